"""Make a run again and compare it with a receipt or with a result that was kept of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from algesia.errors import FileInputError

from .agreement import (
    EXPOSURE,
    Agreement,
    Check,
    input_checks,
    number_verdict,
    row_checks,
    same_rows,
    same_versions,
)
from .answer import json_value
from .question import Question
from .receipt_file import read_receipt

if TYPE_CHECKING:
    from algesia.simulate import Arm, ArmTrajectories, Scenario

__all__ = ["verify_receipt", "verify_result"]

Progress = Callable[[int, int], None]


def verify_receipt(
    path: Path, question: Question | None, *, progress: Progress | None
) -> Agreement:
    """Run what a receipt is about again and compare.

    Parameters
    ----------
    path
        The receipt.
    question
        What is run; the file that the receipt names where None.
    progress
        Told how many subjects are done.
    """
    from algesia.simulate.run_summary import SummaryMaker
    from algesia.simulate.stream import chunked_run, run_chunks

    saved = read_receipt(path)
    if saved.changed:
        return Agreement(checks=(_different("", saved.changed, ""),))
    scenario = (question or saved.question).scenario()
    summary = run_chunks(
        chunked_run(scenario),
        (),
        SummaryMaker(from_h=saved.from_h, to_h=saved.to_h),
        progress=progress,
    )
    checks = input_checks(saved.receipt, summary.receipt)
    rows = json_value(summary.exposure)
    made = {arm["name"]: arm for arm in summary.receipt["arms"]}
    same = same_versions(saved.receipt, summary.receipt)
    for arm in saved.receipt["arms"]:
        name = arm["name"]
        if name not in made:
            checks.append(_different(name, "values", "the scenario has no such arm"))
            continue
        close = row_checks(
            name, saved.exposure, rows, relative_tolerance=scenario.tolerance.relative
        )
        equal = same_rows(name, saved.exposure, rows)
        hashes = (arm.get("values"), made[name]["values"])
        checks += _arm_checks(name, hashes, close=close, equal=equal, same=same)
    return Agreement(checks=tuple(checks))


def _arm_checks(
    name: str, hashes: tuple[Any, Any], *, close: Check, equal: bool, same: bool
) -> list[Check]:
    """Checks of the numbers of an arm.

    Parameters
    ----------
    name
        Name of the arm.
    hashes
        Hash of the values that was kept, or None, and that of the values made again.
    close
        How the exposures compare within the tolerance.
    equal
        Whether they are the same to the last bit.
    same
        Whether the versions of everything are the same.
    """
    exposure = replace(close, what=EXPOSURE, verdict="identical", detail="") if equal else close
    if hashes[0] == hashes[1]:
        if same and not equal:
            detail = "the values are the same and their summary is not"
            exposure = _different(name, EXPOSURE, close.detail or detail)
        return [_identical(name), exposure]
    if same and equal and hashes[0] is not None:
        detail = "their hash is another, while versions and exposure are the same"
        return [_different(name, "values", detail), exposure]
    return [exposure]


def verify_result(path: Path, question: Question, *, progress: Progress | None) -> Agreement:
    """Run what a result is about again, piece by piece, and compare every value.

    Parameters
    ----------
    path
        The result, `.parquet` or `.zarr`.
    question
        What is run.
    progress
        Told how many subjects are done.
    """
    from algesia.formats.result_file import result_pieces
    from algesia.simulate.lower import arm_equations
    from algesia.simulate.receipt import make_receipt

    scenario = question.scenario()
    arms = {arm.name: arm for arm in scenario.arms}
    found: dict[str, _Compared] = {}
    receipt: dict[str, Any] | None = None
    total, done = sum(arm.cohort.size for arm in scenario.arms), 0
    for piece in result_pieces(path):
        receipt = dict(piece.receipt)
        for kept in piece.arms:
            compared = found.setdefault(kept.name, _Compared(kept.name))
            arm = arms.get(kept.name)
            compared.take(kept, None if arm is None else _made_again(scenario, arm, kept))
            done += int(kept.subjects.size)
            if progress is not None:
                progress(done, max(done, total))
    if receipt is None or "versions" not in receipt:
        raise FileInputError(f"{path} has no receipt; expected a result that `run` wrote")
    steppers = {arm.name: arm_equations(arm).program.stepper for arm in scenario.arms}
    checks = input_checks(receipt, make_receipt(scenario, steppers=steppers))
    kept_hashes = {arm["name"]: arm.get("values") for arm in receipt["arms"]}
    for name in dict.fromkeys((*kept_hashes, *found)):
        compared = found.get(name, _Compared(name))
        checks += compared.checks(kept_hashes.get(name), scenario.tolerance.relative)
    return Agreement(checks=tuple(checks))


class _Compared:
    """What is known of the values of one arm after some of its subjects."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sum = 0
        self._arm: ArmTrajectories | None = None
        self._identical = True
        self._largest = 0.0
        self._problem = ""

    def take(self, kept: "ArmTrajectories", made: "ArmTrajectories | None") -> None:
        from algesia.simulate.values_hash import MODULUS, values_sum

        one = values_sum(kept)
        self._sum, self._arm = (self._sum + one) % MODULUS, kept
        if made is None:
            self._problem = f"the scenario has no subject {int(kept.subjects[0])} there"
        elif kept.values.shape != made.values.shape or not np.array_equal(
            kept.time_h, made.time_h
        ):
            self._problem = "other sampling times or outputs"
        elif kept.outputs != made.outputs:
            self._problem = f"other {_other_label(kept.outputs, made.outputs)}"
        elif not np.array_equal(kept.subjects, made.subjects):
            self._problem = "other subjects"
        elif not np.array_equal(kept.status, made.status):
            self._problem = "other subjects failed"
        elif one != values_sum(made):
            self._identical = False
            self._largest = max(self._largest, _largest_share(kept.values, made.values))

    def checks(self, kept_hash: str | None, relative_tolerance: float) -> list[Check]:
        from algesia.simulate.values_hash import values_hash

        if self._arm is None:
            return [_different(self._name, "values", "the result has no such arm")]
        checks = []
        if kept_hash is not None and kept_hash != values_hash(self._sum, self._arm):
            detail = "its values are not those its receipt was written for"
            checks.append(_different(self._name, "the file", detail))
        if self._problem:
            checks.append(_different(self._name, "values", self._problem))
        elif self._identical:
            checks.append(_identical(self._name))
        else:
            checks.append(
                number_verdict(
                    self._name, "values", self._largest, relative_tolerance=relative_tolerance
                )
            )
        return checks


def _other_label(kept: tuple[Any, ...], made: tuple[Any, ...]) -> str:
    """First thing two rows of outputs say differently, in words."""
    for ours, theirs in zip(kept, made, strict=True):
        for name in ("name", "unit", "substance", "form", "site", "description"):
            pair = (getattr(ours, name), getattr(theirs, name))
            if pair[0] != pair[1]:
                return f"{name} of output '{theirs.name}': kept {pair[0]}, now {pair[1]}"
    return "outputs"


def _made_again(
    scenario: "Scenario", arm: "Arm", kept: "ArmTrajectories"
) -> "ArmTrajectories | None":
    """Run the subjects of a piece again; None where the cohort does not have them in a row."""
    from algesia.simulate.chunk import Chunk, arm_chunk
    from algesia.simulate.lower import lower
    from algesia.simulate.run import solved_arm

    places = np.flatnonzero(arm.cohort.subjects == kept.subjects[0])
    first = int(places[0]) if places.size else 0
    stop = first + int(kept.subjects.size)
    if not np.array_equal(arm.cohort.subjects[first:stop], kept.subjects):
        return None
    chunk = Chunk(number=0, of=1, arm=arm.name, first=first, stop=stop)
    part = arm_chunk(arm, chunk)
    sampling = arm.sampling or scenario.sampling
    return solved_arm(part, lower(part, sampling=sampling, tolerance=scenario.tolerance))


def _largest_share(first: Any, second: Any) -> float:
    """Largest difference as a share of the larger peak of the same subject and output."""
    missing = np.isnan(first)
    if not np.array_equal(missing, np.isnan(second)):
        return float("inf")
    ours, theirs = (np.where(missing, 0.0, values) for values in (first, second))
    peak = np.maximum(np.abs(ours), np.abs(theirs)).max(axis=1, keepdims=True)
    gap = np.abs(ours - theirs)
    return float(np.max(np.divide(gap, peak, out=np.zeros_like(gap), where=peak > 0.0)))


def _identical(arm: str) -> Check:
    return Check(arm=arm, what="values", kind="numbers", verdict="identical")


def _different(arm: str, what: str, detail: str) -> Check:
    return Check(arm=arm, what=what, kind="numbers", verdict="different", detail=detail)

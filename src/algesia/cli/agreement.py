"""Whether a run made again agrees with what was kept of it: what went in, and what came out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

__all__ = [
    "Agreement",
    "Check",
    "Verdict",
    "input_checks",
    "number_verdict",
    "row_checks",
    "same_rows",
    "same_versions",
]

Verdict: TypeAlias = Literal["identical", "close", "different", "unknown"]

EXPOSURE: Final = "exposure"
"""How the name of a check of summaries begins."""

CLOSE_PER_TOLERANCE: Final = 10.0
"""Numbers are close when they differ by no more than so many relative tolerances."""

# Peak times and terminal slopes jump from one sample to the next; they say nothing on rounding.
_SMOOTH_MEASURES: Final = frozenset({"auc", "cmax", "accumulation"})
_STATISTICS: Final = ("median", "p05", "p95", "mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was compared.

    Parameters
    ----------
    arm
        Arm it belongs to; empty for the whole.
    what
        What was compared.
    kind
        `version`, `input` or `numbers`.
    verdict
        How it compares.
    detail
        What is different, or by how much.
    """

    arm: str
    what: str
    kind: Literal["version", "input", "numbers"]
    verdict: Verdict
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """All checks of one verification.

    Parameters
    ----------
    checks
        In the order in which they are shown.
    """

    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether the kept run stands.

        Numbers must be there and be identical or close. What went in must be the same, unless
        another version of algesia describes it: then its hashes need not agree, and the numbers
        decide.
        """
        numbers = [check.verdict for check in self.checks if check.kind == "numbers"]
        inputs = [check.verdict for check in self.checks if check.kind == "input"]
        inputs_count = not self._other_algesia()
        return (
            bool(numbers)
            and all(verdict in {"identical", "close"} for verdict in numbers)
            and not (inputs_count and any(verdict != "identical" for verdict in inputs))
        )

    def sentence(self) -> str:
        """The outcome in one line."""
        numbers = {check.verdict for check in self.checks if check.kind == "numbers"}
        if self.holds:
            return f"verified: {self._what_holds(numbers)}{self._what_does_not_count()}"
        wrong = [check for check in self.checks if check.verdict in {"different", "unknown"}]
        what = [f"{check.what} of {check.arm}" if check.arm else check.what for check in wrong]
        return f"not verified: {', '.join(dict.fromkeys(what)) or 'no numbers to compare'}"

    def _what_holds(self, numbers: set[Verdict]) -> str:
        compared = [check for check in self.checks if check.kind == "numbers"]
        every = {check.arm for check in compared if not check.what.startswith(EXPOSURE)}
        if any(check.arm not in every for check in compared):
            return "the exposure agrees within the tolerance; single values were not compared"
        if numbers == {"identical"}:
            return "every value is bit-identical"
        return "every value agrees within the tolerance, not to the last bit"

    def _what_does_not_count(self) -> str:
        """What differs and was not held against the run."""
        wrong = [
            check.what
            for check in self.checks
            if check.kind == "input" and check.verdict != "identical"
        ]
        if not wrong:
            return ""
        named = ", ".join(dict.fromkeys(wrong))
        return f"; of another version of algesia, so these did not count: {named}"

    def _other_algesia(self) -> bool:
        return any(
            check.what == "algesia" and check.verdict == "different"
            for check in self.checks
            if check.kind == "version"
        )


def input_checks(kept: Mapping[str, Any], made: Mapping[str, Any]) -> list[Check]:
    """Compare two receipts: versions, and for every arm what went in.

    Parameters
    ----------
    kept
        The receipt that was kept.
    made
        The receipt of the run made again.
    """
    checks = [
        _equal("", name, "version", kept["versions"].get(name), made["versions"].get(name))
        for name in dict.fromkeys((*kept["versions"], *made["versions"]))
    ]
    checks.append(_equal("", "scenario", "input", kept["scenario"], made["scenario"]))
    ours = {arm["name"]: arm for arm in kept["arms"]}
    theirs = {arm["name"]: arm for arm in made["arms"]}
    checks.append(_equal("", "arms", "input", ", ".join(ours), ", ".join(theirs)))
    for name in (name for name in ours if name in theirs):
        for key, what in (
            ("model", "model"),
            ("model_hash", "content of the model"),
            ("regimen_hash", "regimen"),
            ("cohort_hash", "cohort"),
            ("seed", "seed"),
            ("subjects", "subjects"),
            ("stepper", "solver"),
            ("rules_hash", "rules"),
        ):
            if key not in ours[name] and key not in theirs[name]:
                continue
            pair = (ours[name].get(key), theirs[name].get(key))
            checks.append(_equal(name, what, "input", *pair))
    tolerances = (kept["relative_tolerance"], made["relative_tolerance"])
    return [*checks, _equal("", "relative tolerance", "input", *tolerances)]


def row_checks(
    arm: str,
    kept: Sequence[Mapping[str, Any]],
    made: Iterable[Mapping[str, Any]],
    *,
    relative_tolerance: float,
) -> Check:
    """Compare exposures, where the hashes of the values differ and the values were not kept.

    Parameters
    ----------
    arm
        Name of the arm.
    kept, made
        Rows of the exposure with the keys of `ExposureRow`.
    relative_tolerance
        Of the run.
    """
    ours = {(row["output"], row["measure"]): row for row in kept if row["arm"] == arm}
    theirs = {(row["output"], row["measure"]): row for row in made if row["arm"] == arm}
    compared = [key for key in ours if key[1] in _SMOOTH_MEASURES]
    what = EXPOSURE
    if not compared or set(ours) != set(theirs):
        detail = "no exposure to compare" if not compared else "other outputs or measures"
        return Check(arm=arm, what=what, kind="numbers", verdict="different", detail=detail)
    largest = 0.0
    for key in compared:
        units = (theirs[key].get("unit"), ours[key].get("unit"))
        if units[0] != units[1]:
            detail = f"unit of {key[0]} is {units[0]}, kept {units[1]}"
            return Check(arm=arm, what=what, kind="numbers", verdict="different", detail=detail)
        counts = [(row["n"], row["missing"], row["failed"]) for row in (ours[key], theirs[key])]
        if counts[0] != counts[1]:
            detail = f"n, missing, failed of {key[0]} are {counts[1]}, kept {counts[0]}"
            return Check(arm=arm, what=what, kind="numbers", verdict="different", detail=detail)
        pairs = [(ours[key][name], theirs[key][name]) for name in _STATISTICS]
        largest = max([largest, *(_relative(*pair) for pair in pairs)])
    return number_verdict(
        arm, f"{what}: AUC and peak", largest, relative_tolerance=relative_tolerance
    )


def same_rows(
    arm: str, kept: Iterable[Mapping[str, Any]], made: Iterable[Mapping[str, Any]]
) -> bool:
    """Whether the exposures of an arm agree to the last bit, in everything they say."""
    ours, theirs = ([dict(row) for row in rows if row["arm"] == arm] for rows in (kept, made))
    return ours == theirs


def same_versions(kept: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Whether two receipts were written by the same versions of everything."""
    return bool(kept["versions"] == made["versions"])


def number_verdict(arm: str, what: str, largest: float, *, relative_tolerance: float) -> Check:
    """Judge the largest relative difference of numbers that are not bit-identical."""
    limit = CLOSE_PER_TOLERANCE * relative_tolerance
    close = largest <= limit
    return Check(
        arm=arm,
        what=what,
        kind="numbers",
        verdict="close" if close else "different",
        detail=f"differ by up to {largest:.2g}; allowed {limit:.2g}",
    )


def _relative(first: float | None, second: float | None) -> float:
    """Difference as a share of the larger; a number that exists once only is all of it."""
    if first is None or second is None:
        return 0.0 if first is second else float("inf")
    if not (math.isfinite(first) and math.isfinite(second)):
        return float("inf")
    largest = max(abs(first), abs(second))
    return abs(first - second) / largest if largest else 0.0


def _equal(
    arm: str, what: str, kind: Literal["version", "input"], first: object, second: object
) -> Check:
    same = first == second
    detail = "" if same else f"kept {_short(first)}, now {_short(second)}"
    verdict: Verdict = "identical" if same else "different"
    return Check(arm=arm, what=what, kind=kind, verdict=verdict, detail=detail)


def _short(value: object) -> str:
    text = str(value)
    return text[:12] if len(text) == 32 else text

"""What a run found without its values: who failed, exposure, receipt, notes, sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from algesia.arrays import FloatArray
from algesia.provenance import NOTICE, Reported, Source
from algesia.regimen import DoseRow

from .exposure import ExposureRow, SubjectExposure, subject_exposures, summarised
from .ledger import Ledger
from .output_info import OutputInfo
from .reactive_notes import RuleTally, rule_tallies
from .receipt import with_values
from .run import failure_warnings, further_warnings
from .trajectories import ArmTrajectories, Trajectories
from .values_hash import MODULUS, values_hash, values_sum

__all__ = ["ArmSummary", "RunSummary", "SummaryMaker", "summary_of"]

_MOST_FAILURE_LINES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSummary:
    """What one arm's subjects did, without the values.

    Parameters
    ----------
    name, model_id, model_title, rung, outputs, time_h, rows, regimen_text, notes, values_used,
    sources, band_label
        As in `ArmTrajectories`.
    subjects
        Number of subjects.
    failed
        How many of them did not run to the end.
    failures
        One line per failed subject, the first thousand.
    rules
        What became of every rule of an arm that reacts.
    """

    name: str
    model_id: str
    model_title: str
    rung: str
    outputs: tuple[OutputInfo, ...]
    time_h: FloatArray
    subjects: int
    failed: int
    failures: tuple[str, ...]
    rows: tuple[DoseRow, ...]
    regimen_text: str
    notes: tuple[str, ...]
    values_used: tuple[Reported, ...]
    sources: tuple[Source, ...]
    band_label: str
    rules: tuple[RuleTally, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a run found, without the values.

    Parameters
    ----------
    title
        The question that was asked.
    arms
        One entry per arm.
    exposure
        Exposure measures of every arm and output, summarised over subjects.
    from_h, to_h
        The window they are about, h; None is the end of the run on that side.
    receipt
        As in `Trajectories`, with the hash of the values of each arm.
    warnings
        What the run wants its reader to know.
    notice
        The line every output carries.
    """

    title: str
    arms: tuple[ArmSummary, ...]
    exposure: tuple[ExposureRow, ...]
    from_h: float | None
    to_h: float | None
    receipt: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    notice: str = field(default=NOTICE)

    @property
    def failed(self) -> int:
        """How many subjects failed, over all arms."""
        return sum(arm.failed for arm in self.arms)


def summary_of(
    trajectories: Trajectories, *, from_h: float | None = None, to_h: float | None = None
) -> RunSummary:
    """Summarise a run whose values are in memory.

    Parameters
    ----------
    trajectories
        The run.
    from_h, to_h
        What the exposure is about, h; the whole run where not given.
    """
    maker = SummaryMaker(from_h=from_h, to_h=to_h)
    maker.take(trajectories)
    summary = maker.summary(trajectories.title, trajectories.receipt)
    return replace(summary, warnings=trajectories.warnings)


class SummaryMaker:
    """Collects what is kept of each chunk of a run.

    Per subject it keeps the exposure measures and nothing else.

    Parameters
    ----------
    from_h, to_h
        What the exposure is about, h; the whole run where None.
    """

    def __init__(self, *, from_h: float | None = None, to_h: float | None = None) -> None:
        self._window = (from_h, to_h)
        self._arms: dict[str, _Collected] = {}
        self._warnings: dict[str, None] = {}

    def take(self, answer: Trajectories) -> None:
        """Take a run, or the next subjects of one."""
        for arm in answer.arms:
            if arm.name not in self._arms:
                self._arms[arm.name] = _Collected(arm)
            self._arms[arm.name].take(arm, self._window)
        self._warnings |= dict.fromkeys(further_warnings(answer))

    def summary(self, title: str, receipt: Mapping[str, Any]) -> RunSummary:
        """Put together what was taken.

        Parameters
        ----------
        title
            The question.
        receipt
            The receipt of the whole run; the hashes of the values are filled in.
        """
        arms = tuple(each.summary() for each in self._arms.values())
        values = {name: each.values_hash() for name, each in self._arms.items()}
        return RunSummary(
            title=title,
            arms=arms,
            exposure=tuple(row for each in self._arms.values() for row in each.exposure()),
            from_h=self._window[0],
            to_h=self._window[1],
            receipt=with_values(receipt, values),
            warnings=(
                *failure_warnings((arm.name, arm.failed, arm.subjects) for arm in arms),
                *self._warnings,
            ),
        )


class _Collected:
    """What is kept of one arm."""

    def __init__(self, arm: ArmTrajectories) -> None:
        self._arm = arm_without_people(arm)
        self._subjects = 0
        self._failed = 0
        self._failures: list[str] = []
        self._notes: dict[str, None] = {}
        self._sum = 0
        self._rules: tuple[RuleTally, ...] = ()
        self._counted = True
        self._measures: dict[tuple[str, str], list[SubjectExposure]] = {}

    def take(self, arm: ArmTrajectories, window: tuple[float | None, float | None]) -> None:
        self._subjects += int(arm.status.size)
        self._failed += arm.failed
        self._failures += arm.failures[: _MOST_FAILURE_LINES - len(self._failures)]
        self._notes |= dict.fromkeys(arm.notes)
        self._take_ledger(arm.ledger)
        self._sum = (self._sum + values_sum(arm)) % MODULUS
        if not arm.time_h[-1] > arm.time_h[0]:
            # Looked at once: a point has no exposure.
            return
        for each in subject_exposures(arm, from_h=window[0], to_h=window[1]):
            self._measures.setdefault((each.output, each.measure), []).append(each)

    def _take_ledger(self, ledger: Ledger | None) -> None:
        """Count rules; of a chunk that was read back there is no ledger to count."""
        self._counted = self._counted and ledger is not None
        if ledger is None or not self._counted:
            self._rules = ()
            return
        found, before = rule_tallies(ledger), self._rules
        self._rules = (
            tuple(one + more for one, more in zip(before, found, strict=True))
            if before
            else found
        )

    def values_hash(self) -> str:
        return values_hash(self._sum, self._arm)

    def exposure(self) -> tuple[ExposureRow, ...]:
        return tuple(summarised(parts) for parts in self._measures.values())

    def summary(self) -> ArmSummary:
        arm = self._arm
        return ArmSummary(
            name=arm.name,
            model_id=arm.model_id,
            model_title=arm.model_title,
            rung=arm.rung,
            outputs=arm.outputs,
            time_h=arm.time_h,
            rows=arm.rows,
            subjects=self._subjects,
            failed=self._failed,
            failures=tuple(self._failures),
            regimen_text=arm.regimen_text,
            notes=tuple(self._notes),
            values_used=arm.values_used,
            sources=arm.sources,
            band_label=arm.band_label,
            rules=self._rules,
        )


def arm_without_people(arm: ArmTrajectories) -> ArmTrajectories:
    """Arm without subjects, so that nothing of their size is held on to."""
    return replace(
        arm,
        subjects=arm.subjects[:0].copy(),
        status=arm.status[:0].copy(),
        values=arm.values[:0].copy(),
        observed=None if arm.observed is None else arm.observed[:0].copy(),
        below_limit=None if arm.below_limit is None else arm.below_limit[:0].copy(),
        covariates={name: column[:0].copy() for name, column in arm.covariates.items()},
        failures=(),
        ledger=None,
    )

"""A pause of an opioid with the old dose after it: shown, never passed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final, Literal, TypeAlias

from algesia.regimen import DoseRow, Regimen

from .medicine import is_opioid
from .patient import Medicine

__all__ = ["OpioidPause", "opioid_pauses"]

# Choices of this project, made so that a pause is rather shown than missed.
SHORTEST_PAUSE_H: Final = 24.0
TIMES_THE_INTERVAL: Final = 2.0
HOURS_PER_DAY: Final = 24.0
After: TypeAlias = Literal["same or higher", "lower", "unknown"]

FLAG: Final = (
    "tolerance, also to the effect on breathing, may be lost in a pause, so the old dose may"
    " act as a far larger one"
)
REMARK: Final = (
    "recalled, not read in a source; a simulation of it has to show withdrawal and breathing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpioidPause:
    """A time without an opioid, and the dose after it.

    Parameters
    ----------
    opioid
        Its name.
    days
        Length of the pause, days.
    after
        The dose after it against the dose before.
    stated_in
        `patient` or `regimen`.
    flagged
        Whether the old dose, or one that is not known, follows.
    says
        The line to show.
    """

    opioid: str
    days: float
    after: After
    stated_in: Literal["patient", "regimen"]
    flagged: bool
    says: str


def opioid_pauses(
    medicines: Sequence[Medicine] | None, regimen: Regimen
) -> tuple[OpioidPause, ...]:
    """Find pauses of opioids.

    Parameters
    ----------
    medicines
        Medicines of the patient, or None where nothing is said of them.
    regimen
        The plan; a pause is a time of at least a day and twice the usual interval between
        doses of one opioid.
    """
    stated = [
        _pause(each.name.lower(), each.paused_days, _stated(each), "patient")
        for each in medicines or ()
        if each.paused_days is not None and is_opioid(each.name)
    ]
    planned = [
        pause
        for drug in regimen.drugs
        if is_opioid(drug)
        for pause in _planned(drug, [row for row in regimen.rows() if row.drug == drug])
    ]
    return (*stated, *planned)


def _stated(medicine: Medicine) -> After:
    if medicine.after_pause is None:
        return "unknown"
    return "same or higher" if medicine.after_pause == "same" else "lower"


def _planned(drug: str, rows: Sequence[DoseRow]) -> list[OpioidPause]:
    starts = [after.time_h - before.time_h for before, after in pairwise(rows)]
    if not starts:
        return []
    usual_h = median(starts)
    found = []
    for before, after in pairwise(rows):
        gap_h = after.time_h - before.time_h - before.duration_h
        alone = len(starts) == 1 or gap_h >= TIMES_THE_INTERVAL * usual_h
        if gap_h >= SHORTEST_PAUSE_H and alone:
            pause = _pause(drug, gap_h / HOURS_PER_DAY, _against(before, after), "regimen")
            found.append(pause)
    return found


def _against(before: DoseRow, after: DoseRow) -> After:
    if (before.unit, before.form) != (after.unit, after.form):
        return "unknown"
    return "lower" if after.amount < before.amount * (1.0 - 1e-9) else "same or higher"


def _pause(
    opioid: str, days: float, after: After, stated_in: Literal["patient", "regimen"]
) -> OpioidPause:
    flagged = after != "lower"
    shown = {
        "same or higher": "then the old dose or more",
        "lower": "then a lower dose",
        "unknown": "and what dose follows is not known",
    }[after]
    line = f"{opioid}: {days:g} days without it, {shown}"
    return OpioidPause(
        opioid=opioid,
        days=days,
        after=after,
        stated_in=stated_in,
        flagged=flagged,
        says=f"{line}: {FLAG} ({REMARK})" if flagged else line,
    )

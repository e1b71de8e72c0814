"""A plan as a sentence that reads back to the same doses."""

from dataclasses import dataclass

from .calendar import MONDAY_MORNING, Calendar
from .course import Course, Pause, PlanItem
from .dose import Dose
from .ramp import Ramp
from .regimen import Regimen
from .time_text import WEEKDAYS, clock_text, time_text
from .wording import next_course_text, ramp_text

__all__ = ["describe"]


def describe(regimen: Regimen) -> str:
    """Write a plan as a sentence.

    Parameters
    ----------
    regimen
        The plan.

    Returns
    -------
    str
        Text from which `parse_regimen` builds a plan with identical rows.

    Examples
    --------
    >>> from algesia.regimen import parse_regimen
    >>> describe(parse_regimen("25 mg PO TID for 10 days, pause 2 weeks, repeat 3 times"))
    '25 mg oral 3 times a day for 10 days, then pause 2 weeks, 3 courses in all'
    """
    tracks = [_items_text(track, _Written())[0] for track in regimen.tracks]
    words = [" plus ".join(tracks)]
    if regimen.calendar != MONDAY_MORNING:
        words.append(_start_text(regimen.calendar))
    if regimen.concurrent:
        words.append("concurrent")
    return ", ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What was written last in a track: its dose, and whether limits hold for it."""

    dose: Dose | None = None
    limited: bool = False


def _start_text(calendar: Calendar) -> str:
    """Write when time 0 is."""
    day = WEEKDAYS[calendar.weekday] if calendar.date is None else calendar.date.isoformat()
    zone = "" if calendar.zone is None else f" in {calendar.zone}"
    return f"starting on {day} at {clock_text(calendar.clock_h)}{zone}"


def _items_text(items: tuple[PlanItem, ...], written: _Written) -> tuple[str, _Written]:
    """Write parts that follow each other; also give what was written last."""
    texts = []
    for index, item in enumerate(items):
        if isinstance(item, Course):
            texts.append(next_course_text(item, written.dose, limited=written.limited))
            written = _Written(dose=item.dose, limited=bool(item.limits))
        elif isinstance(item, Ramp):
            texts.append(ramp_text(item))
            written = _Written(dose=item.doses()[-1], limited=written.limited)
        elif isinstance(item, Pause):
            texts.append(f"pause {time_text(item.length_h)}")
        else:
            inner, written = _items_text(item.items, written)
            group = inner if index == 0 else f"[{inner}]"
            texts.append(f"{group}, {item.times} courses in all")
    return ", then ".join(texts), written

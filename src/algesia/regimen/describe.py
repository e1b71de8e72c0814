"""A plan as a sentence that reads back to the same doses."""

from .calendar import MONDAY_MORNING
from .course import Course, Pause, PlanItem
from .dose import Dose
from .regimen import Regimen
from .time_text import WEEKDAYS, clock_text, time_text
from .wording import next_course_text

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
    tracks = []
    for track in regimen.tracks:
        text, _ = _items_text(track, None)
        tracks.append(text)
    words = [" plus ".join(tracks)]
    if regimen.calendar != MONDAY_MORNING:
        day, clock = WEEKDAYS[regimen.calendar.weekday], clock_text(regimen.calendar.clock_h)
        words.append(f"starting on {day} at {clock}")
    if regimen.concurrent:
        words.append("concurrent")
    return ", ".join(words)


def _items_text(items: tuple[PlanItem, ...], previous: Dose | None) -> tuple[str, Dose | None]:
    """Write parts that follow each other; also give the last dose written."""
    texts = []
    for index, item in enumerate(items):
        if isinstance(item, Course):
            texts.append(next_course_text(item, previous))
            previous = item.dose
        elif isinstance(item, Pause):
            texts.append(f"pause {time_text(item.length_h)}")
        else:
            inner, previous = _items_text(item.items, previous)
            group = inner if index == 0 else f"[{inner}]"
            texts.append(f"{group}, {item.times} courses in all")
    return ", then ".join(texts), previous

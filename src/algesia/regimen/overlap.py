"""Doses of one drug that collide: two at one moment, or two infusions at once."""

from algesia.errors import RegimenError

from .course import Course
from .time_text import number_text
from .wording import course_text

__all__ = ["refuse_overlap"]

# An infusion that ends where the next begins may miss it by rounding; this is 4 microseconds.
TOLERANCE_H = 1e-9


def refuse_overlap(given: tuple[tuple[float, Course], ...]) -> None:
    """Refuse two instantaneous doses at one time, and infusions that overlap.

    Parameters
    ----------
    given
        Doses with their times, h, ordered by time. Only doses of the same drug, route and
        formulation are compared; a bolus may accompany an infusion.

    Raises
    ------
    RegimenError
        At the first collision. The message names both doses and their times.
    """
    last: dict[tuple[object, ...], tuple[float, Course]] = {}
    for time_h, course in given:
        dose = course.dose
        instantaneous = dose.duration_h == 0.0
        key = (dose.drug, dose.route, dose.formulation, instantaneous)
        if key in last:
            before_h, before = last[key]
            until_h = before_h + before.dose.duration_h
            if time_h - until_h < (TOLERANCE_H if instantaneous else -TOLERANCE_H):
                ends = "" if instantaneous else f" runs until {number_text(until_h)} h,"
                raise RegimenError(
                    f"'{course_text(before)}' given at {number_text(before_h)} h{ends or ' is'}"
                    f" at the same time as '{course_text(course)}' at {number_text(time_h)} h;"
                    " expected a pause between them, or the word 'concurrent'"
                )
        last[key] = (time_h, course)

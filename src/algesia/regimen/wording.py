"""Doses, schedules and courses in words that can be read back."""

from dataclasses import dataclass

from .course import Course
from .dose import Dose
from .dose_unit import dose_unit
from .ramp import Ramp
from .schedule import Schedule
from .time_text import (
    HOURS_PER_DAY,
    HOURS_PER_WEEK,
    WEEKDAYS,
    clock_text,
    number_text,
    time_text,
)

__all__ = ["course_text", "listed", "next_course_text", "ramp_text"]

COUNT_WORDS = {1: "once", 2: "twice"}
WORKING_DAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What must be said again because the dose before it, if any, had something else."""

    form: bool
    formulation: bool
    basis: bool
    caps: bool
    duration: bool


def course_text(course: Course) -> str:
    """Write a course that stands first in a plan.

    Examples
    --------
    >>> course_text(Course(dose=Dose(amount=5, unit="mg/h/70kg", duration_h=20)))
    '5 mg/h/70 kg for 20 h'
    """
    return next_course_text(course, None)


def next_course_text(course: Course, previous: Dose | None, *, limited: bool = False) -> str:
    """Write a course so that nothing is taken over from the dose written before it.

    Parameters
    ----------
    course
        What to write.
    previous
        The dose of the course written before it in the same track, or None.
    limited
        Whether that course has limits for a day, a week or a course.
    """
    change = _change(course.dose, previous)
    words = [*_substance_words(course.dose, change), *_length_words(course.dose, change)]
    if course.dose.weight_basis == "ideal":
        words.append("(ideal weight)")
    elif course.dose.weight_cap_kg is not None:
        words.append(f"(weight capped at {number_text(course.dose.weight_cap_kg)} kg)")
    elif change.basis:
        words.append("(actual weight)")
    words.extend(_cap_words(course, change, limited=limited))
    words.extend(_schedule_words(course.schedule))
    return " ".join(words)


def ramp_text(ramp: Ramp) -> str:
    """Write steps that go on from the dose before them."""
    words = ["taper"]
    if ramp.last_amount is not None:
        word = "taper" if ramp.last_amount < ramp.dose.amount else "escalate"
        words = [f"{word} to {number_text(ramp.last_amount)} {ramp.dose.unit}"]
    plural = "s" if ramp.steps > 1 else ""
    return " ".join([*words, f"over {time_text(ramp.length_h)} in {ramp.steps} step{plural}"])


def listed(words: tuple[str, ...]) -> str:
    """Join words as `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _change(dose: Dose, previous: Dose | None) -> _Change:
    """Find what must be said again."""
    if previous is None:
        return _Change(form=False, formulation=False, basis=False, caps=False, duration=False)
    return _Change(
        form=previous.form != "base",
        formulation=previous.formulation is not None,
        basis=previous.weight_basis != "actual",
        caps=previous.row_cap_mg is not None,
        duration=previous.duration_h > 0.0,
    )


def _substance_words(dose: Dose, change: _Change) -> list[str]:
    """Write drug, form, amount, route and formulation."""
    words = [] if dose.drug is None else [dose.drug]
    if dose.form != "base" or change.form:
        words.append(dose.form.replace("_", " "))
    words.append(f"{number_text(dose.amount)} {dose.unit}")
    if dose.route is not None:
        words.append(dose.route)
    if dose.formulation is not None:
        words.append(dose.formulation)
    elif change.formulation:
        words.append("any formulation")
    return words


def _length_words(dose: Dose, change: _Change) -> list[str]:
    """Write how long the dose runs."""
    if dose.duration_h > 0.0:
        word = "for" if dose_unit(dose.unit).rate else "over"
        return [f"{word} {time_text(dose.duration_h)}"]
    return ["bolus"] if dose.route == "intravenous" or change.duration else []


def _cap_words(course: Course, change: _Change, *, limited: bool) -> list[str]:
    """Write the caps of each dose and the limits of the rule."""
    dose, words = course.dose, []
    if dose.cap_mg is not None:
        words.append(f"(max {number_text(dose.cap_mg)} mg)")
    if dose.cap_rate_mg_per_h is not None:
        words.append(f"(max {number_text(dose.cap_rate_mg_per_h)} mg/h)")
    if not words and (change.caps or (limited and not course.limits)):
        words.append("(no max)")
    return [*words, *(f"({limit})" for limit in course.limits)]


def _schedule_words(schedule: Schedule) -> list[str]:
    """Write when the dose is given."""
    words = [_pattern_text(schedule)] if _pattern_text(schedule) else []
    if schedule.weekdays:
        days = tuple(WEEKDAYS[day] for day in schedule.weekdays)
        words.append(
            "on weekdays" if schedule.weekdays == WORKING_DAYS else f"on {listed(days)}"
        )
    if schedule.without_days:
        words.append(f"except on days {listed(tuple(map(str, schedule.without_days)))}")
    if schedule.span_h is not None:
        words.append(f"for {time_text(schedule.span_h)}")
    if schedule.doses is not None and schedule.repeats:
        words.append(f"for {schedule.doses} dose{'s' if schedule.doses > 1 else ''}")
    if schedule.steady_state:
        words.append("at steady state")
    return words


def _pattern_text(schedule: Schedule) -> str:
    """Write how often."""
    if schedule.every_h is not None:
        plain = {HOURS_PER_DAY: "daily", HOURS_PER_WEEK: "weekly"}
        return plain.get(schedule.every_h, f"every {time_text(schedule.every_h)}")
    for count, period in ((schedule.times_a_day, "day"), (schedule.times_a_week, "week")):
        if count is not None:
            return f"{COUNT_WORDS.get(count, f'{count} times')} a {period}"
    if schedule.clocks_h:
        return f"at {listed(tuple(clock_text(clock) for clock in schedule.clocks_h))}"
    if schedule.at_h:
        return f"at {listed(tuple(time_text(time_h) for time_h in schedule.at_h))}"
    return ""

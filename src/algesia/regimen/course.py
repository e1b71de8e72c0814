"""The parts of a plan: a dose on a schedule, a pause, and a group given several times."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from algesia.errors import RegimenError

from .calendar import Calendar
from .dose import Dose
from .limit import Limit, check_limits, within_limits
from .ramp import Ramp
from .schedule import ONCE, Schedule

__all__ = [
    "Course",
    "Pause",
    "PlanItem",
    "Repeat",
    "courses_of",
    "expand",
    "most_doses",
    "plan_end_h",
    "plan_length_h",
    "resolved_items",
    "steady_course",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A dose on a schedule.

    Parameters
    ----------
    dose
        What is given each time.
    schedule
        When it is given; once by default.
    limits
        The most that is given in a day, in a week, or in all.
    """

    dose: Dose
    schedule: Schedule = ONCE
    limits: tuple[Limit, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", tuple(self.limits))
        check_limits(self.limits, self.dose)
        if self.limits and self.schedule.steady_state:
            raise RegimenError(
                f"a rule at steady state has the limit '{self.limits[0]}'; expected one of them"
            )

    @property
    def length_h(self) -> float:
        """Time until whatever follows, h."""
        if self.schedule.repeats or self.schedule.span_h is not None:
            return self.schedule.length_h
        return self.schedule.length_h + self.dose.duration_h


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time without doses.

    Parameters
    ----------
    length_h
        Length, h, finite, above 0.
    """

    length_h: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.length_h) and self.length_h > 0.0):
            raise RegimenError(
                f"pause is {self.length_h:g} h; expected a finite length above 0, for no dose"
                " can stand before the start"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A group of parts given several times, one after the other.

    Parameters
    ----------
    items
        The parts, at least one.
    times
        How often in all, from 1.
    """

    items: "tuple[PlanItem, ...]"
    times: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple(self.items))
        if most_doses(self.items) == 0:
            raise RegimenError("no dose stands before the repeat; expected at least one")
        if isinstance(self.times, bool) or not isinstance(self.times, int) or self.times < 1:
            raise RegimenError(
                f"number of courses is {self.times}; expected a whole number from 1"
            )

    @property
    def length_h(self) -> float:
        """Length of all courses together, h."""
        return self.times * plan_length_h(self.items)


PlanItem: TypeAlias = Course | Pause | Repeat | Ramp


def plan_length_h(items: tuple[PlanItem, ...]) -> float:
    """Length of parts that follow each other, h."""
    return math.fsum(item.length_h for item in items)


def most_doses(items: tuple[PlanItem, ...]) -> int:
    """Count the doses that the parts can give at most."""
    count = 0
    for item in items:
        if isinstance(item, Course):
            count += item.schedule.most_doses()
        elif isinstance(item, Ramp):
            count += item.most_doses()
        elif isinstance(item, Repeat):
            count += item.times * most_doses(item.items)
    return count


def expand(
    items: tuple[PlanItem, ...], start_h: float, calendar: Calendar
) -> Iterator[tuple[float, Course]]:
    """Give each dose with its time, h since the start of the plan, part by part."""
    for item in items:
        if isinstance(item, Course):
            given_h = item.schedule.times_h(start_h, calendar)
            times_h = _with_hours_since(given_h, start_h, calendar)
            for time_h, dose in within_limits(times_h, item.dose, item.limits):
                yield time_h, item if dose is item.dose else Course(dose=dose)
        elif isinstance(item, Ramp):
            for time_h, dose in item.expand(start_h, calendar):
                yield time_h, Course(dose=dose)
        elif isinstance(item, Repeat):
            each_h = plan_length_h(item.items)
            begin_h = start_h
            for index in range(item.times):
                if calendar.zone is None:
                    # A product, not a running sum: the last course is as exact as the first.
                    begin_h = start_h + index * each_h
                yield from expand(item.items, begin_h, calendar)
                begin_h = plan_end_h(item.items, begin_h, calendar)
        start_h = _end_h(item, start_h, calendar)


def plan_end_h(items: tuple[PlanItem, ...], start_h: float, calendar: Calendar) -> float:
    """Time at which parts that follow each other end, h since the start of the plan."""
    if calendar.zone is None:
        return start_h + plan_length_h(items)
    for item in items:
        start_h = _end_h(item, start_h, calendar)
    return start_h


def _end_h(item: PlanItem, start_h: float, calendar: Calendar) -> float:
    """Time at which a part ends, h; whole days are those of the place, but for an infusion."""
    if calendar.zone is None:
        return start_h + item.length_h
    if isinstance(item, Repeat):
        for _ in range(item.times):
            start_h = plan_end_h(item.items, start_h, calendar)
        return start_h
    if isinstance(item, Course | Ramp) and not item.schedule.repeats:
        return start_h + item.length_h
    return calendar.later_h(start_h, item.length_h)


def _with_hours_since(
    times_h: Iterator[float], start_h: float, calendar: Calendar
) -> Iterator[tuple[float, float]]:
    """Give times with the hours since a start by the clocks of the place."""
    return ((time_h, calendar.wall_h(start_h, time_h)) for time_h in times_h)


def steady_course(tracks: tuple[tuple[PlanItem, ...], ...]) -> Course | None:
    """Give the one rule that begins at steady state, or None.

    Raises
    ------
    RegimenError
        If there are two, or it does not begin with the plan.
    """
    steady = [
        course
        for items in tracks
        for course in courses_of(items)
        if course.schedule.steady_state
    ]
    if not steady:
        return None
    if len(steady) > 1:
        raise RegimenError(f"the plan has {len(steady)} rules at steady state; expected one")
    if not any(items and items[0] is steady[0] for items in tracks):
        raise RegimenError(
            "a rule at steady state does not begin with the plan; expected it first, for a "
            "steady state has no doses before it"
        )
    return steady[0]


def courses_of(items: tuple[PlanItem, ...]) -> Iterator[Course]:
    """Give every rule among the parts and within their groups, in the order written.

    A fall or rise in steps counts as one rule for each step.
    """
    for item in items:
        if isinstance(item, Course):
            yield item
        elif isinstance(item, Ramp):
            yield from (Course(dose=dose) for dose in item.doses())
        elif isinstance(item, Repeat):
            yield from courses_of(item.items)


def resolved_items(
    items: tuple[PlanItem, ...], drug: str | None, route: str | None
) -> tuple[PlanItem, ...]:
    """Fill in the drug and the route of every dose that has none."""
    return tuple(_resolved(item, drug, route) for item in items)


def _resolved(item: PlanItem, drug: str | None, route: str | None) -> PlanItem:
    """Fill in the drug and the route of one part."""
    if isinstance(item, Course | Ramp):
        dose = item.dose
        named = replace(dose, drug=dose.drug or drug, route=dose.route or route)
        return replace(item, dose=named)
    if isinstance(item, Repeat):
        return replace(item, items=resolved_items(item.items, drug, route))
    return item

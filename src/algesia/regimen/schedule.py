"""When a dose is given: once, every so often, on certain days, and for how long."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final

from algesia.errors import RegimenError

from .calendar import Calendar, clock_hours
from .time_text import HOURS_PER_DAY, HOURS_PER_WEEK, WEEKDAYS

__all__ = ["ONCE", "ROW_LIMIT", "Schedule"]

ROW_LIMIT: Final = 100_000
"""Most doses that one plan may expand to."""

DAYS_PER_WEEK: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Times of the doses of one rule, counted from the start of the rule.

    Conventions. `times_a_week` n puts dose k of a week on day ⌊7 k/n⌋: twice weekly is days 0
    and 3 (Monday and Thursday), three times a week is days 0, 2 and 4. `times_a_day` n spaces
    the doses evenly over 24 h. Day 0 is the day the rule starts, at the same time of day.
    A rule that runs for a span gives the doses that start before the span ends.

    Parameters
    ----------
    every_h
        Interval, h, above 0.
    times_a_day, times_a_week
        Number of doses, from 1 to 1440 a day and from 1 to 7 a week.
    at_h
        Explicit times, h from the start of the rule, from 0, increasing.
    clocks_h
        Times of day, hours since midnight, increasing, whole minutes.
    weekdays
        Only on these days, 0 is Monday, increasing; alone it means once on each.
    span_h
        Length of the rule, h, above 0.
    doses
        Number of doses, from 1. A repeating rule has either a span or a number of doses.
    steady_state
        Whether the rule begins as if it had always been followed.
    without_days
        Days of the rule without a dose, the first day being 1, increasing; needs a span.

    Raises
    ------
    RegimenError
        If two fields contradict each other, or the rule has no end.

    Examples
    --------
    >>> list(Schedule(times_a_week=2, span_h=336).times_h(0, Calendar()))
    [0.0, 72.0, 168.0, 240.0]
    """

    every_h: float | None = None
    times_a_day: int | None = None
    times_a_week: int | None = None
    at_h: tuple[float, ...] = ()
    clocks_h: tuple[float, ...] = ()
    weekdays: tuple[int, ...] = ()
    span_h: float | None = None
    doses: int | None = None
    steady_state: bool = False
    without_days: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self._check_values()
        self._check_days()
        object.__setattr__(self, "at_h", tuple(map(float, self.at_h)))
        object.__setattr__(
            self, "clocks_h", tuple(clock_hours(clock) for clock in self.clocks_h)
        )
        object.__setattr__(self, "weekdays", tuple(self.weekdays))
        object.__setattr__(self, "without_days", tuple(self.without_days))
        for what, values in (("times", self.at_h), ("times of day", self.clocks_h),
                             ("weekdays", self.weekdays),
                             ("days without a dose", self.without_days)):  # fmt: skip
            if any(later <= earlier for earlier, later in pairwise(values)):
                raise RegimenError(
                    f"{what} are {values}; expected each once, in increasing order"
                )
        self._check_pattern()
        self._check_end()

    @property
    def repeats(self) -> bool:
        """Whether the rule has a pattern that goes on until something ends it."""
        fields = (self.every_h, self.times_a_day, self.times_a_week)
        return any(field is not None for field in fields) or bool(
            self.clocks_h or self.weekdays
        )

    @property
    def length_h(self) -> float:
        """Length of the rule, h: its span, or the intervals that its doses fill."""
        if self.span_h is not None:
            return self.span_h
        if not self.repeats:
            return self.at_h[-1] if self.at_h else 0.0
        doses = self.doses or 1
        period_h, offsets = self._period()
        if self.weekdays:
            per_week = len(self.weekdays) * max(1.0, len(offsets) * HOURS_PER_DAY / period_h)
            return math.ceil(doses / per_week) * HOURS_PER_WEEK
        if self.times_a_week is not None:
            return math.ceil(doses / self.times_a_week) * HOURS_PER_WEEK
        if self.clocks_h:
            return math.ceil(doses / len(self.clocks_h)) * HOURS_PER_DAY
        return doses * period_h / len(offsets)

    def cycle_h(self, calendar: Calendar) -> tuple[float, tuple[float, ...]]:
        """Length of the pattern that repeats for ever, h, and the times of its doses in it.

        Parameters
        ----------
        calendar
            When time 0, the start of the rule, is.
        """
        period_h = HOURS_PER_WEEK if self.weekdays else self._period()[0]
        times = takewhile(lambda time_h: time_h < period_h, self._offsets(0.0, calendar))
        return period_h, tuple(
            time_h
            for time_h in times
            if not self.weekdays or calendar.weekday_at(time_h) in self.weekdays
        )

    def most_doses(self) -> int:
        """Count the doses the rule can give at most; weekdays may leave some out."""
        if self.doses is not None:
            return self.doses
        if not self.repeats:
            return max(1, len(self.at_h))
        period_h, offsets = self._period()
        periods = min((self.span_h or 0.0) / period_h, 1e9)
        return math.ceil(periods) * len(offsets)

    def times_h(self, start_h: float, calendar: Calendar) -> Iterator[float]:
        """Give the times of the doses, h since the start of the plan.

        Parameters
        ----------
        start_h
            Start of the rule, h since the start of the plan.
        calendar
            When time 0 of the plan is.
        """
        if not self.repeats:
            yield from (start_h + offset for offset in self.at_h or (0.0,))
            return
        given = 0
        for offset in self._placed_offsets(start_h, calendar):
            if self.span_h is not None and offset >= self._end_h(start_h, calendar):
                return
            if self.weekdays and calendar.weekday_at(start_h + offset) not in self.weekdays:
                continue
            if self.without_days and _day(start_h, offset, calendar) in self.without_days:
                continue
            yield start_h + offset
            given += 1
            if given == self.doses:
                return

    def _end_h(self, start_h: float, calendar: Calendar) -> float:
        """Length of the span, h, by the clocks of the place where it is whole days."""
        span_h = self.span_h or 0.0
        if calendar.zone is None:
            return span_h
        return round(calendar.later_h(start_h, span_h) - start_h, 9)

    def _placed_offsets(self, start_h: float, calendar: Calendar) -> Iterator[float]:
        """Give the times of the pattern, days being those of the place."""
        in_hours = self.every_h is not None and bool(self.every_h % HOURS_PER_DAY)
        for offset in self._offsets(start_h, calendar):
            if calendar.zone is None or self.clocks_h or in_hours:
                yield offset
            else:
                days_h = offset // HOURS_PER_DAY * HOURS_PER_DAY
                anchor_h = calendar.later_h(start_h, days_h) - start_h
                yield round(anchor_h + offset - days_h, 9)

    def _offsets(self, start_h: float, calendar: Calendar) -> Iterator[float]:
        """Give the times of the pattern, h from the start of the rule, without end."""
        if self.clocks_h:
            yield from calendar.clock_waits_h(self.clocks_h, start_h)
        period_h, offsets = self._period()
        index = 0
        while True:
            # A product, not a running sum: the last of many doses is as exact as the first.
            yield from (index * period_h + offset for offset in offsets)
            index += 1

    def _period(self) -> tuple[float, tuple[float, ...]]:
        """Length of the repeating pattern, h, and the times in it (placeholders for clocks)."""
        if self.every_h is not None:
            return self.every_h, (0.0,)
        if self.times_a_week is not None:
            days = (DAYS_PER_WEEK * k // self.times_a_week for k in range(self.times_a_week))
            return HOURS_PER_WEEK, tuple(day * HOURS_PER_DAY for day in days)
        if self.times_a_day is not None:
            count = self.times_a_day
            return HOURS_PER_DAY, tuple(HOURS_PER_DAY * k / count for k in range(count))
        return HOURS_PER_DAY, self.clocks_h or (0.0,)

    def _check_values(self) -> None:
        """Refuse numbers outside their range."""
        for what, value in (("interval", self.every_h), ("length of the rule", self.span_h)):
            if value is not None and not (math.isfinite(value) and value > 0.0):
                raise RegimenError(f"{what} is {value:g} h; expected a finite number above 0")
        for what, count, most in (
            ("times a day", self.times_a_day, 1440),
            ("times a week", self.times_a_week, DAYS_PER_WEEK),
            ("number of doses", self.doses, ROW_LIMIT),
        ):
            if count is None:
                continue
            if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= most:
                raise RegimenError(
                    f"{what} is {count}; expected a whole number from 1 to {most}"
                )
        for time_h in self.at_h:
            if not (math.isfinite(time_h) and time_h >= 0.0):
                raise RegimenError(f"dose time is {time_h:g} h; expected a finite time from 0")

    def _check_days(self) -> None:
        """Refuse days that there are none of."""
        for day in self.without_days:
            if isinstance(day, bool) or not isinstance(day, int) or day < 1:
                raise RegimenError(
                    f"day without a dose is {day}; expected a whole number, the first day is 1"
                )
        for day in self.weekdays:
            if day not in range(len(WEEKDAYS)):
                raise RegimenError(f"weekday is {day}; expected 0 (Monday) to 6 (Sunday)")

    def _check_pattern(self) -> None:
        """Refuse two patterns at once."""
        named = {
            "every so many hours": self.every_h is not None,
            "times a day": self.times_a_day is not None,
            "times a week": self.times_a_week is not None,
            "explicit times": bool(self.at_h),
            "times of day": bool(self.clocks_h),
        }
        chosen = [name for name, present in named.items() if present]
        if len(chosen) > 1:
            raise RegimenError(f"schedule has {' and '.join(chosen)}; expected one of them")
        if self.weekdays and chosen and chosen[0] in ("times a week", "explicit times"):
            raise RegimenError(f"schedule has weekdays and {chosen[0]}; expected one of them")
        # Any other interval could miss a weekday for ever.
        if self.weekdays and self.every_h is not None and HOURS_PER_DAY % self.every_h:
            raise RegimenError(
                f"schedule is every {self.every_h:g} h on certain weekdays;"
                " expected an interval that divides a day evenly"
            )

    def _check_end(self) -> None:
        """Refuse a rule without an end, or with two."""
        if self.span_h is not None and self.doses is not None:
            raise RegimenError(
                f"schedule has {self.doses} doses and a length of {self.span_h:g} h;"
                " expected one of them"
            )
        if self.steady_state and not self.repeats:
            raise RegimenError(
                "a dose at steady state does not say how often; expected 'every 8 h' or 'daily'"
            )
        if self.without_days and (not self.repeats or self.span_h is None or self.steady_state):
            raise RegimenError(
                "schedule leaves out days without a length, or at steady state;"
                " expected 'daily for 4 weeks except on days 8 and 9'"
            )
        if self.repeats and self.span_h is None and self.doses is None:
            raise RegimenError("schedule has no end; expected 'for 4 weeks' or 'for 8 doses'")
        if self.repeats:
            return
        if self.span_h is not None and (not self.at_h or self.span_h < self.at_h[-1]):
            raise RegimenError(
                f"schedule lasts {self.span_h:g} h without saying how often;"
                " expected 'daily', 'every 8 h' or 'twice weekly'"
            )
        if self.doses not in (None, max(1, len(self.at_h))):
            raise RegimenError(
                f"schedule has {self.doses} doses without saying how often;"
                " expected 'daily', 'every 8 h' or 'twice weekly'"
            )


def _day(start_h: float, offset_h: float, calendar: Calendar) -> int:
    """Give the day of the rule, from 1, on which a time, h since its start, falls."""
    if calendar.zone is not None:
        offset_h = calendar.wall_h(start_h, start_h + offset_h)
    return int(round(offset_h, 9) // HOURS_PER_DAY) + 1


ONCE: Final = Schedule()
"""One dose at the start of the rule."""

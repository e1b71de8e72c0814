"""Day of the week, date and time of day at which a plan starts."""

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from algesia.errors import RegimenError

from .time_text import HOURS_PER_DAY, MINUTES_PER_HOUR, SECONDS_PER_HOUR, WEEKDAYS

__all__ = ["MONDAY_MORNING", "Calendar", "clock_hours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When time 0 of a plan is. It matters only where weekdays or clock times are named.

    Times of a plan are hours that pass. Where a time zone is given, times of day, days and
    weeks follow the clocks of the place: on the day they are put forward, 08:00 follows the
    08:00 before it after 23 h, and so does the next of daily doses. Intervals in hours stay
    what they are. A time of day that a day skips is given an hour later, one that a day has
    twice at the first of them.

    Parameters
    ----------
    weekday
        Day of the week of time 0: 0 is Monday, 6 is Sunday. Follows from `date` where given.
    clock_h
        Time of day of time 0, hours since midnight, a whole minute from 0 to below 24.
    date
        Date of time 0, or None.
    zone
        Time zone by its name in the IANA list, such as `Europe/Zurich`, or None for clocks
        that are never changed; needs a date.

    Examples
    --------
    >>> Calendar(date=datetime.date(2026, 3, 27), zone="Europe/Zurich").weekday
    4
    """

    weekday: int = 0
    clock_h: float = 8.0
    date: datetime.date | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.weekday, bool) or self.weekday not in range(len(WEEKDAYS)):
            raise RegimenError(
                f"start weekday is {self.weekday}; expected 0 (Monday) to 6 (Sunday)"
            )
        object.__setattr__(self, "clock_h", clock_hours(self.clock_h))
        if self.date is not None:
            object.__setattr__(self, "weekday", self.date.weekday())
        if self.zone is None:
            return
        if self.date is None:
            raise RegimenError(
                f"the plan starts in {self.zone} on no date; expected a date such as"
                " 'starting on 2026-03-27 at 08:00 in Europe/Zurich'"
            )
        _zone(self.zone)

    def weekday_at(self, time_h: float) -> int:
        """Day of the week, 0 is Monday, at a time in h since the start."""
        if self.zone is not None:
            return self._local(time_h).weekday()
        # A dose meant for midnight must not fall on the day before by a rounding error.
        days = math.floor(round(self.clock_h + time_h, 9) / HOURS_PER_DAY)
        return (self.weekday + days) % len(WEEKDAYS)

    def later_h(self, time_h: float, length_h: float) -> float:
        """Time, h since the start, that lies some hours, or whole days by the clocks, later."""
        if self.zone is None or length_h % HOURS_PER_DAY:
            return time_h + length_h
        local = self._local(time_h)
        days = datetime.timedelta(days=round(length_h / HOURS_PER_DAY))
        return self._hours_since_start(local.replace(tzinfo=None) + days)

    def wall_h(self, start_h: float, time_h: float) -> float:
        """Hours between two times by the clocks of the place."""
        if self.zone is None:
            return time_h - start_h
        start, end = (self._local(each).replace(tzinfo=None) for each in (start_h, time_h))
        return (end - start).total_seconds() / SECONDS_PER_HOUR

    def until_clock_h(self, clock_h: float, time_h: float) -> float:
        """Hours from a time, h since the start, to the next such time of day; 0 if now."""
        if self.zone is not None:
            return next(self.clock_waits_h((clock_h,), time_h))
        return round(clock_h - self.clock_h - time_h, 9) % HOURS_PER_DAY

    def clock_waits_h(self, clocks_h: tuple[float, ...], time_h: float) -> Iterator[float]:
        """Hours from a time, h since the start, to each such time of day, without end.

        Parameters
        ----------
        clocks_h
            Times of day, hours since midnight.
        time_h
            From when, h since the start.
        """
        if self.zone is None:
            waits = tuple(sorted(self.until_clock_h(clock, time_h) for clock in clocks_h))
            for day in count():
                # A product, not a running sum: the last of many is as exact as the first.
                yield from (day * HOURS_PER_DAY + wait for wait in waits)
        first = self._local(time_h).date()
        for day in count():
            at_h = (
                self._hours_at(first + datetime.timedelta(days=day), clock)
                for clock in clocks_h
            )
            yield from (
                round(each - time_h, 9) for each in sorted(at_h) if each >= time_h - 1e-9
            )

    def moment(self, time_h: float) -> datetime.datetime:
        """Date and time at a time, h since the start, to the second; needs a date.

        Raises
        ------
        RegimenError
            If the plan has no date.
        """
        if self.date is None:
            raise RegimenError("the plan starts on no date; expected 'starting on 2026-03-27'")
        if self.zone is not None:
            return self._local(time_h)
        return self._start() + datetime.timedelta(seconds=round(time_h * SECONDS_PER_HOUR))

    def _start(self) -> datetime.datetime:
        """Date and time of time 0 without its zone."""
        on = self.date or datetime.date.min
        return datetime.datetime(on.year, on.month, on.day) + datetime.timedelta(
            minutes=round(self.clock_h * MINUTES_PER_HOUR)
        )

    def _local(self, time_h: float) -> datetime.datetime:
        """Date and time by the clocks of the place."""
        zone = _zone(self.zone or "")
        start = self._start().replace(tzinfo=zone).astimezone(datetime.UTC)
        moment = start + datetime.timedelta(seconds=round(time_h * SECONDS_PER_HOUR))
        return moment.astimezone(zone)

    def _hours_at(self, day: datetime.date, clock_h: float) -> float:
        """Hours since the start at a time of day on a date, by the clocks of the place."""
        midnight = datetime.datetime(day.year, day.month, day.day)
        return self._hours_since_start(
            midnight + datetime.timedelta(minutes=round(clock_h * MINUTES_PER_HOUR))
        )

    def _hours_since_start(self, wall: datetime.datetime) -> float:
        """Hours since the start at a date and time that the clocks of the place show."""
        zone = _zone(self.zone or "")
        local = wall.replace(tzinfo=zone)
        start = self._start().replace(tzinfo=zone).astimezone(datetime.UTC)
        return (local.astimezone(datetime.UTC) - start).total_seconds() / SECONDS_PER_HOUR


@cache
def _zone(name: str) -> ZoneInfo:
    """Find a time zone, or refuse its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RegimenError(
            f"no time zone '{name}' on this machine; expected a name of the IANA list such as"
            " Europe/Zurich"
        ) from None


def clock_hours(value: float) -> float:
    """Check a time of day, hours since midnight, and round it to the exact minute."""
    minutes = value * MINUTES_PER_HOUR
    if not (0.0 <= value < HOURS_PER_DAY) or abs(minutes - round(minutes)) > 1e-6:
        raise RegimenError(
            f"time of day is {value:g} h; expected a whole minute from 00:00 to 23:59"
        )
    return round(minutes) / MINUTES_PER_HOUR


MONDAY_MORNING: Final = Calendar()
"""Time 0 of a plan that does not say when it starts: Monday, 08:00."""

"""Day of the week and time of day at which a plan starts."""

import math
from dataclasses import dataclass
from typing import Final

from algesia.errors import RegimenError

from .time_text import HOURS_PER_DAY, MINUTES_PER_HOUR, WEEKDAYS

__all__ = ["MONDAY_MORNING", "Calendar", "clock_hours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When time 0 of a plan is. It matters only where weekdays or clock times are named.

    Parameters
    ----------
    weekday
        Day of the week of time 0: 0 is Monday, 6 is Sunday.
    clock_h
        Time of day of time 0, hours since midnight, a whole minute from 0 to below 24.
    """

    weekday: int = 0
    clock_h: float = 8.0

    def __post_init__(self) -> None:
        if isinstance(self.weekday, bool) or self.weekday not in range(len(WEEKDAYS)):
            raise RegimenError(
                f"start weekday is {self.weekday}; expected 0 (Monday) to 6 (Sunday)"
            )
        object.__setattr__(self, "clock_h", clock_hours(self.clock_h))

    def weekday_at(self, time_h: float) -> int:
        """Day of the week, 0 is Monday, at a time in h since the start."""
        # A dose meant for midnight must not fall on the day before by a rounding error.
        days = math.floor(round(self.clock_h + time_h, 9) / HOURS_PER_DAY)
        return (self.weekday + days) % len(WEEKDAYS)

    def until_clock_h(self, clock_h: float, time_h: float) -> float:
        """Hours from a time, h since the start, to the next such time of day; 0 if now."""
        return round(clock_h - self.clock_h - time_h, 9) % HOURS_PER_DAY


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

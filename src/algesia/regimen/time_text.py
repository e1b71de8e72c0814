"""Lengths of time and clock times, between words and hours."""

import math
from types import MappingProxyType
from typing import Final

from algesia.errors import RegimenError, nearest_names

__all__ = ["WEEKDAYS", "clock_text", "hours_of", "number_text", "time_text", "time_unit"]

WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip

HOURS_PER_DAY: Final = 24.0
HOURS_PER_WEEK: Final = 168.0
MINUTES_PER_HOUR: Final = 60.0
SECONDS_PER_HOUR: Final = 3600.0

SPELLINGS: Final = MappingProxyType(
    {
        "week": ("week", "weeks", "wk", "wks", "w"),
        "day": ("day", "days", "d"),
        "h": ("h", "hr", "hrs", "hour", "hours"),
        "min": ("min", "mins", "minute", "minutes"),
        "s": ("s", "sec", "secs", "second", "seconds"),
    }
)
UNIT_OF: Final = MappingProxyType(
    {word: unit for unit, words in SPELLINGS.items() for word in words}
)


def time_unit(word: str) -> str | None:
    """Give the one name of a unit of time, or None if the word is not one.

    Raises
    ------
    RegimenError
        If the word is a month or a year, whose length is not fixed.
    """
    lower = word.lower()
    if lower in {"month", "months", "monthly", "year", "years", "yearly"}:
        raise RegimenError(f"'{word}' has no fixed length; expected days or weeks")
    return UNIT_OF.get(lower)


def hours_of(value: float, unit: str) -> float:
    """Convert a length of time to hours.

    Parameters
    ----------
    value
        Length, in `unit`.
    unit
        `s`, `min`, `h`, `day` or `week`, or another spelling of one.

    Examples
    --------
    >>> hours_of(2, "weeks")
    336.0
    """
    name = time_unit(unit)
    if name is None:
        close = nearest_names(unit, UNIT_OF)
        hint = f"close names: {', '.join(close)}" if close else f"known: {', '.join(SPELLINGS)}"
        raise RegimenError(f"no unit of time '{unit}'; {hint}")
    # Division for the small units: 40 min is the double nearest to 40/60 h.
    if name == "s":
        return value / SECONDS_PER_HOUR
    if name == "min":
        return value / MINUTES_PER_HOUR
    return value * {"h": 1.0, "day": HOURS_PER_DAY, "week": HOURS_PER_WEEK}[name]


def number_text(value: float) -> str:
    """Write a number as short as possible without changing it."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def time_text(hours: float) -> str:
    """Write a length of time in the unit that makes it a whole number, exactly.

    Examples
    --------
    >>> time_text(hours_of(40, "min")), time_text(336.0), time_text(1.5)
    ('40 min', '2 weeks', '90 min')
    """
    for unit, smallest in (("week", 1.0), ("day", 2.0), ("h", 1.0), ("min", 1.0), ("s", 1.0)):
        whole = float(round(hours / hours_of(1.0, unit)))
        if whole >= smallest and hours_of(whole, unit) == hours:
            plural = "s" if unit in {"week", "day"} and whole != 1.0 else ""
            return f"{number_text(whole)} {unit}{plural}"
    return f"{number_text(hours)} h"


def clock_text(clock_h: float) -> str:
    """Write a time of day, hours since midnight, as `08:30`."""
    minutes = math.floor(clock_h * MINUTES_PER_HOUR + 0.5)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

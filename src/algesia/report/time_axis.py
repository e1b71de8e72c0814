"""The time axis of a figure: its unit, its ends and its ticks."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from algesia.arrays import FloatArray
from algesia.regimen import DoseRow

__all__ = ["TimeAxis", "time_axes", "time_axis"]

_HOURS_PER_DAY: Final = 24.0
_LONGEST_IN_HOURS: Final = 72.0
_HOUR_STEPS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0)
_DAY_STEPS: Final = (0.5, 1.0, 2.0, 3.0, 7.0, 14.0, 28.0, 56.0, 91.0, 182.0, 365.0, 730.0)
_FEWEST_STEPS: Final = 2
_MOST_STEPS: Final = 8
# Doses up to this share of the span before the first sample are drawn as well.
_LEAD: Final = 0.1
# Arms share one axis unless one of them lasts more than this many times as long as another.
_MOST_UNLIKE: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """The times a figure shows.

    Parameters
    ----------
    start_h, end_h
        Ends, h.
    unit
        `h`, or `d` for anything longer than 72 h.
    step_h
        Distance of the ticks, h.
    """

    start_h: float
    end_h: float
    unit: str
    step_h: float

    def shown(self, time_h: float | FloatArray) -> float | FloatArray:
        """Convert times to the unit of the axis."""
        return time_h / self.hours_per_unit

    @property
    def hours_per_unit(self) -> float:
        """Hours in one unit of the axis."""
        return _HOURS_PER_DAY if self.unit == "d" else 1.0

    @property
    def label(self) -> str:
        """Label of the axis."""
        return f"time ({self.unit})"

    def ticks(self) -> list[float]:
        """Places of the ticks, in the unit of the axis."""
        first = math.ceil(self.start_h / self.step_h - 1e-9)
        last = math.floor(self.end_h / self.step_h + 1e-9)
        step = self.step_h / self.hours_per_unit
        return [round(number * step, 10) for number in range(first, last + 1)]

    def holds(self, row: DoseRow) -> bool:
        """Whether any of a dose falls within the axis."""
        return row.time_h <= self.end_h and row.time_h + row.duration_h >= self.start_h


def time_axis(first_h: float, last_h: float, rows: tuple[DoseRow, ...]) -> TimeAxis:
    """Choose the time axis for samples between two times and the doses around them.

    Parameters
    ----------
    first_h, last_h
        First and last sample, h.
    rows
        The doses; one shortly before the first sample moves the start.

    Examples
    --------
    >>> time_axis(0.0, 24.0, ()).ticks()
    [0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0, 24.0]
    >>> time_axis(0.0, 336.0, ()).label
    'time (d)'
    """
    span = last_h - first_h if last_h > first_h else 1.0
    lead = [row.time_h for row in rows if first_h - _LEAD * span <= row.time_h < first_h]
    start = min([first_h, *lead])
    end = first_h + span
    in_days = end - start > _LONGEST_IN_HOURS
    steps = [step * _HOURS_PER_DAY for step in _DAY_STEPS] if in_days else list(_HOUR_STEPS)
    fitting = [each for each in steps if _FEWEST_STEPS <= (end - start) / each <= _MOST_STEPS]
    step = fitting[0] if fitting else (end - start) / _FEWEST_STEPS
    return TimeAxis(start_h=start, end_h=end, unit="d" if in_days else "h", step_h=step)


def time_axes(
    arms: Mapping[str, tuple[FloatArray, tuple[DoseRow, ...]]],
) -> dict[str, TimeAxis]:
    """Choose the axis of each arm: one for all, or their own where they last unlike times.

    Parameters
    ----------
    arms
        Samples, (T,), h, and doses of each arm by its name.

    Examples
    --------
    >>> import numpy as np
    >>> day, month = np.array([0.0, 24.0]), np.array([0.0, 720.0])
    >>> [axis.label for axis in time_axes({"a": (day, ()), "b": (month, ())}).values()]
    ['time (h)', 'time (d)']
    """
    ends = {
        name: (float(t.min(initial=0.0)), float(t.max(initial=0.0)))
        for name, (t, _) in arms.items()
    }
    spans = [last - first for first, last in ends.values()]
    if max(spans, default=0.0) > _MOST_UNLIKE * min(spans, default=0.0):
        return {name: time_axis(*ends[name], rows) for name, (_, rows) in arms.items()}
    together = tuple(row for _, rows in arms.values() for row in rows)
    first = min((each for each, _ in ends.values()), default=0.0)
    last = max((each for _, each in ends.values()), default=0.0)
    shared = time_axis(first, last, together)
    return dict.fromkeys(arms, shared)

"""Vertical scales of a figure: where the data end, and which values get a tick."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.formats.extra import import_extra

__all__ = ["Scale", "linear_scale", "logarithmic_scale", "tick_text"]

_HEADROOM: Final = 1.06
_DEEPEST: Final = 1e-3
_MOST_LINEAR_TICKS: Final = 5
_FEW_DECADES: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Vertical axis of a panel.

    Parameters
    ----------
    low, high
        Ends of the data, in the unit of the panel.
    logarithmic
        Whether the axis is logarithmic.
    ticks
        Values with a label.
    minor
        Values with a mark only.
    """

    low: float
    high: float
    logarithmic: bool
    ticks: tuple[float, ...]
    minor: tuple[float, ...] = ()

    def shows(self, values: FloatArray) -> bool:
        """Whether any of the values lies on the axis."""
        return bool(np.any((values >= self.low) & (values <= self.high)))

    def top(self, strip_fraction: float) -> float:
        """End of the axis that leaves a fraction of its height free above the data."""
        if not self.logarithmic:
            return self.low + (self.high - self.low) / (1.0 - strip_fraction)
        decades = math.log10(self.high / self.low) / (1.0 - strip_fraction)
        return float(self.low * 10.0**decades)


def linear_scale(values: FloatArray) -> Scale:
    """Scale from 0, or from the lowest value where some are negative, to just above the peak.

    Examples
    --------
    >>> linear_scale(np.array([0.0, 40.0])).ticks
    (0.0, 10.0, 20.0, 30.0, 40.0)
    """
    finite = values[np.isfinite(values)]
    lowest = min(0.0, float(finite.min(initial=0.0)) * _HEADROOM)
    highest = float(finite.max(initial=0.0)) * _HEADROOM
    if highest <= lowest:
        highest = lowest + 1.0
    locator = import_extra("matplotlib.ticker").MaxNLocator(_MOST_LINEAR_TICKS)
    ticks = [float(tick) for tick in locator.tick_values(lowest, highest)]
    inside = tuple(round(tick, 12) for tick in ticks if lowest <= tick <= highest)
    return Scale(low=lowest, high=highest, logarithmic=False, ticks=inside)


def logarithmic_scale(values: FloatArray) -> Scale | None:
    """Scale down to a thousandth of the peak or the lowest positive value; None if none.

    Examples
    --------
    >>> scale = logarithmic_scale(np.array([0.0, 1e-9, 100.0]))
    >>> scale.low, scale.ticks
    (0.1, (0.1, 1.0, 10.0, 100.0))
    """
    positive = values[np.isfinite(values) & (values > 0.0)]
    if positive.size == 0:
        return None
    peak = float(positive.max())
    kept = positive[positive >= peak * _DEEPEST]
    # At least one decade, so that a flat curve does not look like a steep one.
    lowest = min(float(kept.min()), peak / 10.0)
    if positive.min() < peak * _DEEPEST:
        lowest = peak * _DEEPEST
    highest = peak * 10.0 ** (0.03 * math.log10(peak * 10.0 / lowest))
    decades = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
    factors = (1.0, 2.0, 5.0) if math.log10(highest / lowest) < _FEW_DECADES else (1.0,)

    def inside(chosen: tuple[float, ...]) -> tuple[float, ...]:
        marks = [float(f"{factor:g}e{decade}") for decade in decades for factor in chosen]
        return tuple(mark for mark in marks if lowest * (1 - 1e-9) <= mark <= highest)

    return Scale(
        low=lowest,
        high=highest,
        logarithmic=True,
        ticks=inside(factors),
        minor=inside(tuple(float(digit) for digit in range(2, 10))),
    )


def tick_text(value: float) -> str:
    """Short text of a tick.

    Examples
    --------
    >>> tick_text(0.5), tick_text(2000000.0), tick_text(-3.0)
    ('0.5', '2e6', '−3')
    """
    mantissa, letter, exponent = f"{value:g}".partition("e")
    text = f"{mantissa}e{int(exponent)}" if letter else mantissa
    return text.replace("-", "−")

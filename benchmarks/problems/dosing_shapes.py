"""The three shapes in which the stiff model is dosed and sampled; plain numbers, no engine.

A: one infusion of 40 min, a week, every hour. B: two infusions a week for a year, every day.
C: three oral doses a day for a year, every day. Between the starts of two segments nothing
changes but the state itself, so any solver can take a segment at a time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NAMES = ("A", "B", "C")
DRIVEN = ("CenS", "CenR")
"""States with a zero-order input, in the order of the columns of `Shape.rate_mg_per_h`."""

FED = ("GutS", "GutR")
"""States that oral doses are added to, in the order of the columns of `Shape.dose_mg`."""

INFUSION_H, INFUSED_MG, ORAL_MG = 40 / 60, 17.5, 25.0
HOURS_PER_DAY, DAYS_PER_WEEK, DAYS_PER_YEAR = 24.0, 7, 365
INFUSION_DAYS, INFUSION_HOUR = (0, 3), 9.0
ORAL_HOURS = (7.0, 13.0, 19.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """Segments and samples that every patient shares.

    Attributes
    ----------
    name
        One of `NAMES`.
    start_h
        Start of each segment, (K,), h; the last one ends at the last sample.
    dose_mg
        Added to the states `FED` at the start of a segment, (K, 2), mg.
    rate_mg_per_h
        Input into the states `DRIVEN` during a segment, (K, 2), mg/h.
    sample_h
        Times of the samples, (T,), h.
    sample_segment
        Segment each sample falls into, (T,); one at a border belongs to the earlier segment.
    """

    name: str
    start_h: NDArray[np.float64]
    dose_mg: NDArray[np.float64]
    rate_mg_per_h: NDArray[np.float64]
    sample_h: NDArray[np.float64]
    sample_segment: NDArray[np.int64]

    @property
    def end_h(self) -> NDArray[np.float64]:
        """End of each segment, (K,), h."""
        return np.append(self.start_h[1:], self.sample_h[-1])

    @property
    def first_sample(self) -> NDArray[np.int64]:
        """First sample of each segment and the total, (K + 1,)."""
        borders = np.arange(len(self.start_h) + 1)
        return np.searchsorted(self.sample_segment, borders, side="left")


def shape(name: str) -> Shape:
    """One of the three shapes.

    Raises
    ------
    ValueError
        If the name is not one of `NAMES`.
    """
    if name == "A":
        return _infusions(name, np.zeros(1), np.arange(DAYS_PER_WEEK * HOURS_PER_DAY + 1.0))
    days = np.arange(DAYS_PER_YEAR + 1) * HOURS_PER_DAY
    if name == "B":
        weeks = np.arange(DAYS_PER_YEAR // DAYS_PER_WEEK + 1) * DAYS_PER_WEEK
        starts = np.add.outer(weeks, INFUSION_DAYS).ravel() * HOURS_PER_DAY + INFUSION_HOUR
        return _infusions(name, starts[starts + 1.0 < days[-1]], days)
    if name == "C":
        starts = np.add.outer(days[:-1], ORAL_HOURS).ravel()
        doses = np.full((len(starts), len(FED)), ORAL_MG)
        return _shape(name, starts, (doses, np.zeros((len(starts), len(DRIVEN)))), days)
    raise ValueError(f"shape is {name!r}; expected one of {', '.join(NAMES)}")


def _infusions(name: str, starts: NDArray[np.float64], samples: NDArray[np.float64]) -> Shape:
    borders = np.stack([starts, starts + INFUSION_H], axis=1).ravel()
    rates = np.tile([INFUSED_MG / INFUSION_H, 0.0], len(starts))
    rate = np.repeat(rates[:, None], len(DRIVEN), axis=1)
    return _shape(name, borders, (np.zeros((len(borders), len(FED))), rate), samples)


def _shape(
    name: str,
    starts: NDArray[np.float64],
    inputs: tuple[NDArray[np.float64], NDArray[np.float64]],
    samples: NDArray[np.float64],
) -> Shape:
    """Put a segment without input in front where the first input is after time 0."""
    dose, rate = inputs
    if starts[0] > 0:
        starts = np.insert(starts, 0, 0.0)
        dose, rate = np.insert(dose, 0, 0.0, axis=0), np.insert(rate, 0, 0.0, axis=0)
    segment = np.maximum(np.searchsorted(starts, samples, side="left") - 1, 0)
    return Shape(
        name=name,
        start_h=starts,
        dose_mg=dose,
        rate_mg_per_h=rate,
        sample_h=samples,
        sample_segment=segment,
    )

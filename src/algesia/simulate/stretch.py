"""Stretches of a run between two visits: what falls into one, and what it leaves over."""

from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Raw

from .arrivals import Arrivals
from .lower import Lowered
from .sample_grid import SampleGrid

__all__ = ["Leg", "arrivals_before", "planned_grid", "samples_within"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A stretch that has been solved.

    Parameters
    ----------
    people
        Positions of the subjects whose equations ran, (N,).
    raw
        What the engine found for them; the last sample is the look at the end.
    """

    people: IntArray
    raw: Raw

    @property
    def shown(self) -> FloatArray:
        """All outputs at the end, (N, O), canonical units."""
        last: FloatArray = self.raw.values[:, -1]
        return last


def planned_grid(numbers: Lowered) -> SampleGrid:
    """Sampling times of a plan that is the same for everybody.

    Parameters
    ----------
    numbers
        The arm as lowered with its plan as it stands.
    """
    batch = numbers.batch
    if not batch.subjects:
        return SampleGrid(
            time_h=numbers.time_h, after=np.zeros(numbers.time_h.size, dtype=np.bool_)
        )
    first_h = batch.event_time_h[: batch.event_offset[1]]
    before = np.searchsorted(first_h, numbers.time_h, side="left")
    return SampleGrid(time_h=numbers.time_h, after=batch.sample_event[0] > before)


def samples_within(grid: SampleGrid, window_h: tuple[float, float]) -> IntArray:
    """Samples of a stretch, (N,): the end belongs to it but for samples after its doses.

    Parameters
    ----------
    grid
        All samples.
    window_h
        Start and end of the stretch, h.
    """
    time_h = grid.time_h
    start = time_h >= window_h[0] if window_h[0] == 0.0 else time_h > window_h[0]
    before = start & (time_h <= window_h[1])
    after = (time_h >= window_h[0]) & (time_h < window_h[1])
    found: IntArray = np.flatnonzero(np.where(grid.after, after, before))
    return found


def arrivals_before(coming: Arrivals, end_h: float) -> tuple[Arrivals, Arrivals]:
    """What arrives before a time, and what is left over; an input over time is cut.

    Parameters
    ----------
    coming
        What is on its way.
    end_h
        The time, h.
    """
    begins = coming.start_h < end_h
    now = coming.take(begins)
    longer = now.stop_h > end_h
    rest = replace(now.take(longer), start_h=np.full(int(longer.sum()), end_h))
    left = Arrivals.joined([coming.take(~begins), rest])
    return replace(now, stop_h=np.minimum(now.stop_h, end_h)), left

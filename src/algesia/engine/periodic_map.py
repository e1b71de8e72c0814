"""The map from the state at the start of an interval to the state at its end."""

from dataclasses import replace

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .batch import Batch
from .program import Program
from .solve import solve
from .tolerances import Tolerances

__all__ = ["IntervalMap", "one_sample", "repeated_interval"]

MAP_ACCURACY = 1e-3
"""Tolerance of the map over the tolerance asked for, so that its noise does not count."""

TIGHTEST, LOOSEST = 1e-11, 1e-9
"""Smallest and largest relative tolerance with which the map is solved."""

PERTURBATION = 1e-3
"""Finite difference relative to the size of a state: large against the noise of the map."""

LONG_ENOUGH_H, MOST_REPEATS = 8.0, 1000
"""Shorter intervals are repeated up to this length, h, but no more often than this."""


def repeated_interval(interval: Batch, period_h: FloatArray) -> tuple[Batch, IntArray]:
    """Short intervals one after another, so that what they change stands out from noise.

    Parameters
    ----------
    interval
        One interval of each subject.
    period_h
        Its length, (S,), h.

    Returns
    -------
    tuple
        The repeated intervals, and how often each is there, (S,).
    """
    wanted = np.ceil(np.minimum(LONG_ENOUGH_H / period_h, MOST_REPEATS))
    times = np.maximum(wanted, 1.0).astype(np.int64)
    if not (times > 1).any():
        return interval, times
    count = np.diff(interval.event_offset)
    copies = count * times
    offset = np.concatenate([[0], np.cumsum(copies)]).astype(np.int64)
    owner = np.repeat(np.arange(times.size), copies)
    place = np.arange(owner.size) - offset[owner]
    which, turn = place % count[owner], place // count[owner]
    source = interval.event_offset[owner] + which
    start_h = interval.start_time_h[owner]
    since_h = interval.event_time_h[source] - start_h
    return replace(
        interval,
        event_offset=offset,
        # An event at the end of one interval is not later than the next one's start.
        event_time_h=start_h
        + np.minimum(since_h + turn * period_h[owner], (turn + 1) * period_h[owner]),
        event_kind=interval.event_kind[source],
        event_index=interval.event_index[source],
        event_value=interval.event_value[source],
    ), times


def one_sample(interval: Batch, period_h: FloatArray) -> Batch:
    """The interval with one sample at its end, which makes the engine go there."""
    period_h = np.asarray(period_h, dtype=np.float64)
    if period_h.shape != (interval.subjects,):
        raise ValueError(
            f"period_h has shape {period_h.shape}; expected ({interval.subjects},)"
        )
    count = np.diff(interval.event_offset)
    end = interval.start_time_h + period_h
    busy = np.flatnonzero(count)
    last = interval.event_time_h[interval.event_offset[busy + 1] - 1]
    if not (period_h > 0).all() or (last > end[busy]).any():
        raise ValueError("period_h ends before an event; expected the whole interval, above 0")
    return replace(interval, sample_time_h=end[:, None], sample_event=count[:, None])


class IntervalMap:
    """The map from the start of an interval to its end, for any subjects of a batch."""

    def __init__(self, program: Program, interval: Batch, tolerances: Tolerances) -> None:
        states = len(program.states)
        relative = min(max(tolerances.relative * MAP_ACCURACY, TIGHTEST), LOOSEST)
        share = relative / tolerances.relative
        self.program = replace(program, outputs=())
        self.interval = interval
        self.relative = tolerances.relative
        self.absolute = tolerances.absolute_of(states)
        self.tolerances = replace(
            tolerances, relative=relative, absolute=self.absolute * min(share, 1.0)
        )

    def end(self, subjects: IntArray, state: FloatArray) -> FloatArray:
        """States after one interval from the states given, NaN where it cannot be solved."""
        batch = replace(self.interval.take(subjects), initial=np.ascontiguousarray(state))
        return solve(self.program, batch, self.tolerances).final_state

    def jacobian(self, subjects: IntArray, state: FloatArray, after: FloatArray) -> FloatArray:
        """Derivatives of the map, (N, X, X), by differences of all columns in one batch."""
        count, states = state.shape
        size = np.maximum(np.abs(state), np.abs(after))
        largest = size.max(axis=1, keepdims=True, initial=0.0)
        step = PERTURBATION * np.maximum(size, np.maximum(1e-3 * largest, self.floor()))
        moved = state[:, None, :] + step[:, :, None] * np.eye(states)
        ends = self.end(np.repeat(subjects, states), moved.reshape(-1, states))
        change = (ends.reshape(count, states, states) - after[:, None, :]) / step[:, :, None]
        return np.asarray(np.swapaxes(change, 1, 2), dtype=np.float64)

    def floor(self) -> FloatArray:
        """Size below which a state counts as 0, (X,)."""
        return self.absolute / self.relative

    def relative_size(self, change: FloatArray, state: FloatArray) -> FloatArray:
        """Largest change of a state relative to it, (N,)."""
        scale = np.maximum(np.abs(state), self.floor())
        return np.asarray(np.max(np.abs(change) / scale, axis=1, initial=0.0))

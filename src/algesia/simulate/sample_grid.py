"""Which times are looked at, and how many events each look waits for."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray

from .event_queue import QueuedEvents

__all__ = ["SampleGrid", "events_before_samples", "regimen_grid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleGrid:
    """Sampling times of an arm.

    Parameters
    ----------
    time_h
        Times, (T,), h, not decreasing.
    after
        Whether a sample is taken after the events of its time, (T,); otherwise before them.
    """

    time_h: FloatArray
    after: BoolArray


def regimen_grid(
    times_h: FloatArray, *, edges_h: FloatArray, jumps_h: FloatArray
) -> SampleGrid:
    """Join sampling times with starts and ends of doses.

    Parameters
    ----------
    times_h
        Sampling times asked for, (T',), h, increasing.
    edges_h
        Starts and ends of doses to be sampled as well, h.
    jumps_h
        Times at which a sampled compartment jumps, h; sampled before and after the jump.

    Returns
    -------
    SampleGrid
        Times up to the last one asked for.
    """
    first, last = times_h[0], times_h[-1]
    grid = _merged(np.concatenate([times_h, edges_h[(edges_h >= first) & (edges_h <= last)]]))
    jumps = _merged(jumps_h[(jumps_h >= first) & (jumps_h < last)])
    near = np.isclose(grid[:, None], jumps[None, :], rtol=1e-12, atol=1e-12)
    doubled = near.any(axis=1)
    # The sample must carry the very number of the event, or it would miss the jump by rounding.
    if jumps.size:
        grid = np.where(doubled, jumps[np.argmax(near, axis=1)], grid)
    repeats = np.where(doubled, 2, 1)
    time_h = np.repeat(grid, repeats)
    after = np.zeros(time_h.size, dtype=np.bool_)
    after[np.cumsum(repeats)[doubled] - 1] = True
    return SampleGrid(time_h=time_h, after=after)


def _merged(times_h: FloatArray) -> FloatArray:
    """Sorted times; two that differ by rounding only count as one."""
    ordered = np.unique(times_h)
    if ordered.size < 2:
        return ordered
    apart = np.diff(ordered) > 1e-12 * np.maximum(1.0, np.abs(ordered[1:]))
    kept: FloatArray = ordered[np.concatenate([[True], apart])]
    return kept


def events_before_samples(events: QueuedEvents, grid: SampleGrid, subjects: int) -> IntArray:
    """How many events of each subject are applied before each sample, (S, T)."""
    counts = np.diff(events.offset)
    size = int(counts[0]) if subjects else 0
    alike = bool(np.all(counts == size))
    if alike and size:
        table = events.time_h.reshape(subjects, size)
        alike = bool(np.all(table == table[0]))
    if alike:
        row = _count(events.time_h[:size], grid)
        return np.array(np.broadcast_to(row, (subjects, row.size)))
    return _counts(events, grid, subjects)


def _counts(events: QueuedEvents, grid: SampleGrid, subjects: int) -> IntArray:
    """Count where subjects differ: each event counts from the first sample that sees it on."""
    times = grid.time_h.size
    # For each sample, itself or the next one that is taken after the events of its time.
    seeing = np.where(grid.after, np.arange(times), times)
    seeing = np.append(np.minimum.accumulate(seeing[::-1])[::-1], times)
    at_or_later = np.searchsorted(grid.time_h, events.time_h, side="left")
    later = np.searchsorted(grid.time_h, events.time_h, side="right")
    first = np.minimum(seeing[at_or_later], later)
    owner = np.repeat(np.arange(subjects), np.diff(events.offset))
    table = np.bincount(owner * (times + 1) + first, minlength=subjects * (times + 1))
    counted: IntArray = np.cumsum(table.reshape(subjects, times + 1)[:, :times], axis=1)
    return counted


def _count(event_time_h: FloatArray, grid: SampleGrid) -> IntArray:
    before = np.searchsorted(event_time_h, grid.time_h, side="left")
    after = np.searchsorted(event_time_h, grid.time_h, side="right")
    counted: IntArray = np.where(grid.after, after, before).astype(np.int64)
    return counted

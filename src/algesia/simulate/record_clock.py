"""Times of arrivals beside those of the records: rounding apart, and ended by resets."""

from dataclasses import replace

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .arrivals import Arrivals

__all__ = ["aligned", "cut"]

# Times this close, relative to their size or in h, are one time: 3 * 0.1 h and 0.3 h.
_SAME_TIME = 1e-11


def aligned(arrivals: Arrivals, clock_h: FloatArray, first: IntArray) -> Arrivals:
    """Move what starts or ends at the time of a record, rounding apart, to that very time.

    Parameters
    ----------
    arrivals
        Arrivals of the subjects.
    clock_h
        Times of the records, (N,), h, not decreasing within a subject.
    first
        First record of each subject and one past the last, (S + 1,).
    """
    if not arrivals.who.size:
        return arrivals
    times_h, rank = np.unique(clock_h, return_inverse=True)
    owner = np.repeat(np.arange(first.size - 1), np.diff(first))
    keys = owner * (times_h.size + 1) + rank.reshape(-1)
    own = first[arrivals.who], first[arrivals.who + 1] - 1

    def moved(given_h: FloatArray) -> FloatArray:
        # The first record of the subject that is not before the time.
        wanted = arrivals.who * (times_h.size + 1) + np.searchsorted(times_h, given_h)
        return _moved(given_h, np.searchsorted(keys, wanted), clock_h, own)

    start_h, stop_h = moved(arrivals.start_h), moved(arrivals.stop_h)
    # A short input far from the origin must not lose its length.
    kept = (stop_h > start_h) | ~arrivals.lasting
    return replace(
        arrivals,
        start_h=np.where(kept, start_h, arrivals.start_h),
        stop_h=np.where(kept, stop_h, arrivals.stop_h),
    )


def _moved(
    given_h: FloatArray, found: IntArray, clock_h: FloatArray, own: tuple[IntArray, IntArray]
) -> FloatArray:
    """Times, or those of the nearest of the subject's own records where that is the same."""
    low, last = own
    after = np.minimum(np.maximum(found, low + 1), last)
    before = np.maximum(after - 1, low)
    nearest = np.where(
        np.abs(clock_h[after] - given_h) < np.abs(clock_h[before] - given_h),
        clock_h[after],
        clock_h[before],
    )
    close = np.abs(nearest - given_h) <= _SAME_TIME * np.maximum(1.0, np.abs(given_h))
    moved: FloatArray = np.where(close, nearest, given_h)
    return moved


def cut(arrivals: Arrivals, ends_h: FloatArray) -> Arrivals:
    """Drop what has not arrived by the next reset, and end what is running.

    What arrives at once at the very time of the reset comes from a record above it: it is there
    for the records between the two, and then it is gone.

    Parameters
    ----------
    arrivals
        Arrivals.
    ends_h
        Time of the reset that ends the session of each, (M,), h; infinite where none does.
    """
    if np.isinf(ends_h).all():
        return arrivals
    lasting = arrivals.lasting
    stop_h = np.where(lasting, np.minimum(arrivals.stop_h, ends_h), arrivals.stop_h)
    arrived = np.where(lasting, arrivals.start_h < ends_h, arrivals.start_h <= ends_h)
    return replace(arrivals, stop_h=stop_h).take(arrived)

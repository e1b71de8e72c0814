"""How far an area or a peak rests on where the samples happen to lie."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.regimen import DoseRow

__all__ = ["COARSE_CHANGE", "area_change", "peak_change", "spacing_h"]

COARSE_CHANGE = 0.05
"""Change on leaving out every second sample above which a measure is marked."""

_NEAR = 1e-9

Area = Callable[[FloatArray, FloatArray], FloatArray]


def area_change(
    time_h: FloatArray, values: FloatArray, rows: Iterable[DoseRow], area: Area
) -> FloatArray:
    """Relative change of an area when every second sample is left out, (S,).

    Samples at starts and ends of doses stay. Between two of them without a sample, the change
    is that to the lower of the two values: nothing is known of what lies between.

    Parameters
    ----------
    time_h
        Sampling times, (T,), h.
    values
        Curves, (S, T).
    rows
        Doses of the arm.
    area
        Rule of the area.
    """
    whole = area(time_h, values)
    fixed = np.flatnonzero(_fixed(time_h, rows))
    change = np.zeros(values.shape[0])
    for first, last in pairwise(fixed.tolist()):
        if time_h[last] <= time_h[first]:
            continue
        here = slice(first, last + 1)
        fine = area(time_h[here], values[:, here])
        if last - first == 1:
            width = time_h[last] - time_h[first]
            rough = np.minimum(values[:, first], values[:, last]) * width
        else:
            kept = np.unique([*range(first, last, 2), last])
            rough = area(time_h[kept], values[:, kept])
        change += np.abs(fine - rough)
    relative: FloatArray = np.divide(
        change, np.abs(whole), out=np.zeros_like(change), where=np.abs(whole) > 0.0
    )
    return relative


def peak_change(
    time_h: FloatArray, values: FloatArray, peak: IntArray, rows: Iterable[DoseRow]
) -> FloatArray:
    """Relative change of a peak when its sample is left out, (S,).

    It is 0 where the peak lies at the start or end of a dose or at an end of the window, which
    are looked at whatever the grid.
    """
    subject = np.arange(values.shape[0])
    before, after = np.maximum(peak - 1, 0), np.minimum(peak + 1, time_h.size - 1)
    beside = np.maximum(values[subject, before], values[subject, after])
    height = values[subject, peak]
    change: FloatArray = np.zeros(values.shape[0])
    sure = _fixed(time_h, rows)[peak] | ~(height > 0.0)
    np.divide(height - beside, height, out=change, where=~sure)
    return change


def spacing_h(time_h: FloatArray, rows: Iterable[DoseRow]) -> float:
    """Widest gap right after a start or end of a dose, h; of the whole grid where none is."""
    width = np.diff(time_h)
    after = _fixed(time_h, rows)[:-1] & (width > 0.0)
    if time_h.size > 1 and after.sum() > 1:
        # The first sample is fixed whatever happens there.
        after[0] = bool(_at_dose(time_h, rows)[0]) and width[0] > 0.0
    chosen = width[after] if after.any() else width
    return float(chosen.max()) if chosen.size else 0.0


def _fixed(time_h: FloatArray, rows: Iterable[DoseRow]) -> BoolArray:
    """Samples that are never left out, (T,): ends of the window and of doses, and jumps."""
    fixed = _at_dose(time_h, rows)
    fixed[[0, -1]] = True
    return fixed


def _at_dose(time_h: FloatArray, rows: Iterable[DoseRow]) -> BoolArray:
    ends = sorted({end for row in rows for end in (row.time_h, row.time_h + row.duration_h)})
    fixed = np.zeros(time_h.size, dtype=np.bool_)
    jump = np.diff(time_h) == 0.0
    fixed[:-1] |= jump
    fixed[1:] |= jump
    if ends:
        known = np.asarray(ends)
        right = np.clip(np.searchsorted(known, time_h), 0, known.size - 1)
        left = np.maximum(right - 1, 0)
        gap = np.minimum(np.abs(known[right] - time_h), np.abs(known[left] - time_h))
        fixed |= gap <= _NEAR * np.maximum(1.0, np.abs(time_h))
    return fixed

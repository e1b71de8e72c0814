"""Occasions: stretches of treatment that share one draw of the inter-occasion spread."""

from collections.abc import Sequence

import numpy as np

from algesia.arrays import FloatArray, IntArray

__all__ = ["occasion_numbers"]


def occasion_numbers(
    start_h: Sequence[float], duration_h: Sequence[float], *, gap_h: float
) -> tuple[IntArray, FloatArray]:
    """Number the occasion of each dose.

    A new occasion starts with the first dose at least `gap_h` after the end of all before it.

    Parameters
    ----------
    start_h
        Starts of the doses, (D,), h, not decreasing.
    duration_h
        Durations, (D,), h, at or above 0.
    gap_h
        Shortest pause that separates two occasions, h, above 0.

    Returns
    -------
    tuple
        Occasion of each dose, (D,), from 0; and the start of each occasion, h.

    Examples
    --------
    >>> numbers, starts = occasion_numbers([0.0, 6.0, 84.0], [0.0, 0.3, 0.0], gap_h=12.0)
    >>> numbers.tolist(), starts.tolist()
    ([0, 0, 1], [0.0, 84.0])
    """
    numbers = np.zeros(len(start_h), dtype=np.int64)
    starts: list[float] = []
    busy_until = -np.inf
    for place, (start, duration) in enumerate(zip(start_h, duration_h, strict=True)):
        if not starts or start - busy_until >= gap_h:
            starts.append(start)
        numbers[place] = len(starts) - 1
        busy_until = max(busy_until, start + duration)
    return numbers, np.asarray(starts, dtype=np.float64)

"""Segment by segment through a shape, for the peers whose loop over segments is in Python."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from peers.model_text import Model
from problems.dosing_shapes import Shape

__all__ = ["Floats", "Result", "march", "segment_times", "timed"]

Floats = NDArray[np.float64]
Result = tuple[Floats, float]
"""States at the samples, (S, T, X), and the processor time it took, s."""


def segment_times(shape: Shape) -> list[Floats]:
    """Start, samples and end of each segment, increasing; a sample at the start is left out."""
    first = shape.first_sample
    times = []
    for k, (start, end) in enumerate(zip(shape.start_h, shape.end_h, strict=True)):
        samples = shape.sample_h[first[k] : first[k + 1]]
        inside = samples[(samples > start) & (samples < end)]
        times.append(np.concatenate([[start], inside, [end]]))
    return times


def march(
    shape: Shape,
    model: Model,
    times: list[Floats],
    advance: Callable[[Floats, Floats, Floats], Floats],
) -> Floats:
    """Solve one patient.

    Parameters
    ----------
    shape
        Doses and samples.
    model
        Supplies the initial state and the states that doses are added to.
    times
        What `segment_times` returned.
    advance
        Given a state, the zero-order inputs and the times of a segment, returns the states at
        those times, one row per time, the first included.

    Returns
    -------
    Floats
        States at the samples, (T, X).
    """
    values = np.empty((len(shape.sample_h), len(model.states)))
    state = np.array(model.initial)
    first = shape.first_sample
    for k, segment in enumerate(times):
        begin, stop = first[k], first[k + 1]
        if stop > begin and shape.sample_h[begin] == segment[0]:
            values[begin] = state
            begin += 1
        state[model.fed_indices] += shape.dose_mg[k]
        found = advance(state, shape.rate_mg_per_h[k], segment)
        values[begin:stop] = found[1 : 1 + stop - begin]
        state = np.array(found[-1])
    return values


def timed(solve: Callable[[], Floats]) -> Result:
    """Call a function and return its result and the processor time of this process, s."""
    begin = time.process_time()
    values = solve()
    return values, time.process_time() - begin

"""What an interval leaves behind where no state comes back: the reason for a refusal."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray

from .batch import Batch
from .periodic_linear import growth, rate_matrices
from .periodic_map import IntervalMap, one_sample
from .program import Program
from .tolerances import Tolerances

__all__ = ["Accumulation", "accumulation"]

INTERVALS = 50
"""Intervals after which the rise is looked at: enough for what is fast to have settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accumulation:
    """How the states of one subject change from one interval to the next.

    Attributes
    ----------
    intervals
        Intervals passed before.
    state
        Name of the state that rises most.
    rise
        Its rise over the interval, unit of the state; NaN where it cannot be solved.
    multiplier
        Largest factor by which a small difference is left after the interval.
    """

    intervals: int
    state: str
    rise: float
    multiplier: float


def accumulation(
    program: Program, interval: Batch, period_h: FloatArray, tolerances: Tolerances
) -> Accumulation:
    """See what many intervals, one after another, come to.

    Parameters
    ----------
    program
        The system of equations.
    interval
        One interval of one subject, as `periodic_state` takes it.
    period_h
        Its length, (1,), h.
    tolerances
        Accuracy.
    """
    task = IntervalMap(program, one_sample(interval, period_h), tolerances)
    subject = np.zeros(1, dtype=np.int64)
    after = interval.initial
    state = after
    for _ in range(INTERVALS + 1):
        state, after = after, task.end(subject, after)
    rise = after[0] - state[0]
    if not np.isfinite(rise).all():
        return Accumulation(
            intervals=INTERVALS, state=program.states[0], rise=np.nan, multiplier=np.nan
        )
    if program.stepper == "exact":
        slopes = growth(rate_matrices(task), period_h) + np.eye(len(rise))
    else:
        slopes = task.jacobian(subject, state, after)
    most = int(np.argmax(rise))
    return Accumulation(
        intervals=INTERVALS,
        state=program.states[most],
        rise=float(rise[most]),
        multiplier=float(np.abs(np.linalg.eigvals(slopes[0])).max()),
    )

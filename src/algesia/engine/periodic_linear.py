"""The periodic state of a program that is linear in its states: solved, not searched for.

Between events ``y' = A y + c + r``, so that an interval of length T takes y to ``M y + b`` with
``M = exp(A T)``. The state that comes back is ``(I - M)^-1 b``; ``M - I`` is computed as such,
so that it keeps its digits where little leaves in an interval. Whether every state comes back
is read off the eigenvalues of A, which do not depend on the interval.
"""

from dataclasses import replace

import numpy as np

from algesia.arrays import BoolArray, FloatArray

from .certificate import Periodic
from .periodic_map import IntervalMap
from .program import Program
from .solve import solve
from .status import Status

__all__ = ["growth", "leaving", "linear_periodic_state", "rate_matrices"]

_SERIES = 16
_LARGE = 2.0**40
"""A power of 2, so that dividing by it rounds nothing; constant inputs are small beside it."""

SLOWEST_SHARE = 1e-10
"""Slowest rate over the largest entry of A that is told from 0 by its rounding."""


def linear_periodic_state(task: IntervalMap, period_h: FloatArray) -> Periodic:
    """Solve the periodic state of each subject.

    Parameters
    ----------
    task
        The map over one interval of a program that is propagated exactly.
    period_h
        Length of the interval, (S,), h.
    """
    interval = task.interval
    answer = Periodic.unknown(*interval.initial.shape)
    if not interval.subjects:
        return answer
    everyone = np.arange(interval.subjects)
    matrices = rate_matrices(task)
    brought = task.end(everyone, np.zeros_like(interval.initial))
    found = np.flatnonzero(leaving(matrices) & np.isfinite(brought).all(axis=1))
    change = growth(matrices[found], np.asarray(period_h)[found])
    solved = np.linalg.solve(-change, brought[found][:, :, None])[:, :, 0]
    state: FloatArray = np.asarray(solved, dtype=np.float64)
    residual = task.relative_size(task.end(found, state) - state, state)
    answer.iterations[found] = 1
    answer.residual[found] = np.where(np.isfinite(residual), residual, np.inf)
    settled = residual <= task.relative
    answer.state[found[settled]] = state[settled]
    answer.status[found[settled]] = Status.OK
    return answer


def rate_matrices(task: IntervalMap) -> FloatArray:
    """The matrix A of each subject, (S, X, X), 1/h."""
    program, interval = task.program, task.interval
    subjects, states = interval.initial.shape
    at = np.concatenate([np.zeros((1, states)), _LARGE * np.eye(states)])
    rows = np.repeat(np.arange(subjects), states + 1)
    asked = interval.take(rows)
    count = rows.size
    nothing = np.zeros(0, dtype=np.int64)
    batch = replace(
        asked,
        initial=np.tile(at, (subjects, 1)),
        event_offset=np.zeros(count + 1, dtype=np.int64),
        event_time_h=np.zeros(0),
        event_kind=nothing,
        event_index=nothing,
        event_value=np.zeros(0),
        sample_time_h=asked.start_time_h[:, None],
        sample_event=np.zeros((count, 1), dtype=np.int64),
    )
    slopes = solve(_showing_slopes(program), batch, task.tolerances).values[:, 0]
    slopes = slopes.reshape(subjects, states + 1, states)
    matrices: FloatArray = np.swapaxes((slopes[:, 1:] - slopes[:, :1]) / _LARGE, 1, 2)
    return matrices


def _showing_slopes(program: Program) -> Program:
    return replace(
        program,
        outputs=tuple(
            (f"slope_of_{name}", text)
            for name, text in zip(program.states, program.derivatives, strict=True)
        ),
    )


def leaving(matrices: FloatArray) -> BoolArray:
    """Whether all that is in any state leaves in time, (S,)."""
    known: BoolArray = np.asarray(np.isfinite(matrices).all(axis=(1, 2)), dtype=np.bool_)
    safe = np.where(known[:, None, None], matrices, 0.0)
    slowest = -np.linalg.eigvals(safe).real.max(axis=1)
    answer: BoolArray = known & (slowest > SLOWEST_SHARE * np.abs(safe).max(axis=(1, 2)))
    return answer


def growth(matrices: FloatArray, period_h: FloatArray) -> FloatArray:
    """``exp(A T) - I`` without the loss of digits that subtracting I brings, (S, X, X)."""
    whole = matrices * period_h[:, None, None]
    size = np.abs(whole).sum(axis=1).max(initial=0.0)
    halvings = max(0, int(np.ceil(np.log2(max(size, 1e-300)))) + 1)
    small = whole / 2.0**halvings
    term = small
    change = small
    for number in range(2, _SERIES + 1):
        term = term @ small / number
        change = change + term
    for _ in range(halvings):
        change = 2.0 * change + change @ change
    return change

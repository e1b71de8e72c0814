"""`periodic_state`: the state that repeats itself from one dosing interval to the next.

With G the map from the state at the start of an interval to the state one period later, it
solves ``G(y) = y``: at once for a program that is propagated exactly (see `periodic_linear`),
by Newton's method for any other. The Jacobian of G then comes from finite differences, all
columns of all subjects in one batch.
"""

from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray

from .batch import Batch, EventKind
from .certificate import Periodic
from .periodic_linear import linear_periodic_state
from .periodic_map import IntervalMap, one_sample, repeated_interval
from .program import Program
from .solve import check_fit
from .status import Status
from .tolerances import Tolerances

__all__ = ["Periodic", "periodic_state"]

OPENING_INTERVALS = 3
"""Intervals solved one after another before the first correction."""

MOST_CORRECTIONS = 40

BOUNDARY = 0.1
"""A correction leaves at least this part of a state that has never been below 0."""

SLOWEST_DECAY = 1.0 - 1e-5
"""Largest size of an eigenvalue of the map's Jacobian that counts as coming back.

The differences of the map carry a noise of about `LOOSEST` / `PERTURBATION`, a tenth of what is
left to 1; a half-life of 60 years still passes with an interval of 8 h. Shorter intervals are
repeated first, see `repeated_interval`.
"""


@dataclass(slots=True, kw_only=True, eq=False)
class _Search:
    """The subjects still searched for: everything has their number as its first axis."""

    subjects: IntArray
    state: FloatArray
    after: FloatArray
    never_negative: BoolArray


def periodic_state(
    program: Program, interval: Batch, period_h: FloatArray, tolerances: Tolerances
) -> Periodic:
    """Find the state each subject returns to after one period of dosing.

    A state is accepted only if it comes back within the tolerances, attracts its neighbours and
    keeps the sign of states that are never negative on the way to it. So a drug without
    elimination, or given faster than it can be eliminated, has status NOT_CONVERGED.

    Parameters
    ----------
    program
        The system of equations.
    interval
        One interval of each subject; `initial` is where the search begins. An infusion that
        began before the interval is an event of kind RATE at its start. Samples are ignored.
    period_h
        Length of the interval, (S,), h, not before the last event.
    tolerances
        Accuracy wanted of the state.

    Returns
    -------
    Periodic
        States, certificates and one status per subject.

    Raises
    ------
    ValueError
        If a period ends before the last event, or batch and program do not fit each other.
    """
    check_fit(program, interval)
    once = one_sample(interval, period_h)
    if program.stepper == "exact" and not (interval.event_kind == EventKind.PARAMETERS).any():
        return linear_periodic_state(IntervalMap(program, once, tolerances), period_h)
    many, times = repeated_interval(interval, period_h)
    task = IntervalMap(program, one_sample(many, times * period_h), tolerances)
    answer = Periodic.unknown(*interval.initial.shape)
    search = _opening(task, interval.initial)
    for _ in range(MOST_CORRECTIONS):
        if not search.subjects.size:
            break
        search = _correct(task, search, answer)
    return answer


def _opening(task: IntervalMap, initial: FloatArray) -> _Search:
    """Begin the search some intervals after the start, noting the states never below 0."""
    search = _Search(
        subjects=np.arange(len(initial), dtype=np.int64),
        state=initial,
        after=initial,
        never_negative=initial >= 0,
    )
    for _ in range(OPENING_INTERVALS):
        after = task.end(search.subjects, search.after)
        never_negative = search.never_negative & (after >= 0)
        search = _kept(
            replace(search, state=search.after, after=after, never_negative=never_negative),
            _finite(after),
        )
    return search


def _finite(rows: FloatArray) -> BoolArray:
    """Whether a row has no infinity and no NaN, (N,)."""
    return np.asarray(np.isfinite(rows).all(axis=1), dtype=np.bool_)


def _kept(search: _Search, keep: BoolArray) -> _Search:
    return _Search(
        subjects=search.subjects[keep],
        state=search.state[keep],
        after=search.after[keep],
        never_negative=search.never_negative[keep],
    )


def _correct(task: IntervalMap, search: _Search, answer: Periodic) -> _Search:
    """Make one correction of every subject left, and settle those that have come to an end."""
    if not search.subjects.size:
        return search
    slopes = task.jacobian(search.subjects, search.state, search.after)
    search, slopes = _with_finite(search, slopes)
    gap = search.after - search.state
    correction, attracting = _newton(slopes, gap)
    close = task.relative_size(correction, search.state) <= task.relative
    state = _inside(search, correction)
    after = task.end(search.subjects, state)
    answer.iterations[search.subjects] += 1
    residual = task.relative_size(after - state, state)
    answer.residual[search.subjects] = np.where(np.isfinite(residual), residual, np.inf)
    settled = close & attracting & (residual <= task.relative)
    done = search.subjects[settled]
    answer.state[done] = state[settled]
    answer.status[done] = Status.OK
    # An interval that cannot be solved from the corrected state is tried from the next one.
    lost = ~_finite(after)
    state[lost], after[lost] = search.after[lost], np.nan
    after[lost] = task.end(search.subjects[lost], state[lost])
    following = replace(search, state=state, after=after)
    return _kept(following, ~settled & _finite(after))


def _with_finite(search: _Search, slopes: FloatArray) -> tuple[_Search, FloatArray]:
    """Leave out the subjects whose Jacobian could not be computed."""
    finite = _finite(slopes.reshape(len(slopes), -1))
    return _kept(search, finite), slopes[finite]


def _newton(slopes: FloatArray, gap: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Newton's correction, (N, X), and whether the map surely contracts, (N,).

    Where the map does not contract at all there is nothing to be found near: the plain next
    interval is taken instead.
    """
    count, states = gap.shape
    if count == 0:
        return gap, np.zeros(0, dtype=np.bool_)
    slowest = np.max(np.abs(np.linalg.eigvals(slopes)), axis=1)
    contracting = slowest < 1.0
    correction = gap.copy()
    system = np.eye(states) - slopes[contracting]
    correction[contracting] = np.linalg.solve(system, gap[contracting][:, :, None])[:, :, 0]
    return correction, slowest < SLOWEST_DECAY


def _inside(search: _Search, correction: FloatArray) -> FloatArray:
    """The corrected state; a state that has never been below 0 stays above a part of itself.

    Each such state is held back on its own, down to the value after the next interval if that
    is lower: a depot that empties within the interval reaches its 0 in one step.
    """
    state = search.state + correction
    floor = np.minimum(BOUNDARY * search.state, search.after)
    return np.where(search.never_negative, np.maximum(state, floor), state)

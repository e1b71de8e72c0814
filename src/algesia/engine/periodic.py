"""`periodic_state`: the state that repeats itself from one dosing interval to the next.

With G the map from the state at the start of an interval to the state one period later, it
solves ``G(y) = y`` by Newton's method. The Jacobian of G comes from finite differences, all
columns of all subjects in one batch; for a linear system it is exact and one correction
suffices.
"""

from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray

from .batch import Batch
from .program import Program
from .solve import check_fit, solve
from .status import Status
from .tolerances import Tolerances

__all__ = ["Periodic", "periodic_state"]

MAP_ACCURACY = 1e-3
"""Tolerance of the map over the tolerance asked for, so that its noise does not count."""

TIGHTEST, LOOSEST = 1e-11, 1e-9
"""Smallest and largest relative tolerance with which the map is solved."""

PERTURBATION = 1e-3
"""Finite difference relative to the size of a state: large against the noise of the map."""

OPENING_INTERVALS = 3
"""Intervals solved one after another before the first correction."""

MOST_CORRECTIONS = 40

BOUNDARY = 0.1
"""A correction leaves at least this part of a state that has never been below 0."""

SLOWEST_DECAY = 1.0 - 1e-5
"""Largest size of an eigenvalue of the map's Jacobian that counts as coming back.

The differences of the map carry a noise of about `LOOSEST` / `PERTURBATION`, a tenth of what is
left to 1; a half-life of 60 years still passes with an interval of 8 h.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Periodic:
    """The periodic states of S subjects and their certificates.

    Attributes
    ----------
    state
        State at the start of the interval, (S, X); NaN where none was found.
    residual
        Largest change of a state over one period relative to that state, or to its absolute
        tolerance over the relative one if that is larger, (S,); infinite where the interval
        could not be solved.
    iterations
        Corrections made, (S,).
    status
        OK or NOT_CONVERGED, (S,), see `Status`.
    """

    state: FloatArray
    residual: FloatArray
    iterations: IntArray
    status: IntArray


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
    task = _Map(program, _one_sample(interval, period_h), tolerances)
    subjects, states = interval.initial.shape
    answer = Periodic(
        state=np.full((subjects, states), np.nan),
        residual=np.full(subjects, np.inf),
        iterations=np.zeros(subjects, dtype=np.int64),
        status=np.full(subjects, Status.NOT_CONVERGED, dtype=np.int64),
    )
    search = _opening(task, interval.initial)
    for _ in range(MOST_CORRECTIONS):
        if not search.subjects.size:
            break
        search = _correct(task, search, answer)
    return answer


def _one_sample(interval: Batch, period_h: FloatArray) -> Batch:
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


class _Map:
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


def _opening(task: _Map, initial: FloatArray) -> _Search:
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


def _correct(task: _Map, search: _Search, answer: Periodic) -> _Search:
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

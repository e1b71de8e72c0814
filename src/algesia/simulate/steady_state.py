"""Steady state of repeated doses: the periodic solution, found and certified, never assumed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.engine import Batch, Program, Tolerances, accumulation, periodic_state
from algesia.errors import ConvergenceError
from algesia.model import Model
from algesia.model.symbol import TIME

from .arrivals import Arrivals
from .event_queue import EventQueue

__all__ = [
    "MOST_AT_ONCE",
    "SteadyStateRequests",
    "SteadyStates",
    "depends_on_time",
    "left_over",
    "steady_states",
    "steady_tolerances",
    "too_many_at_once",
]

MOST_AT_ONCE = 10_000
"""Doses of an endless series that may be under way at one time."""

_ROUNDING = 1e-11
_STEADY_RELATIVE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyStateRequests:
    """Doses given for ever, each at one interval, looked at when the next one is due.

    Parameters
    ----------
    parameters
        Parameter values, (N, P).
    arrivals
        What one dose of each brings, timed from its record (lag included); `who` is the
        position among the N.
    interval_h
        Interval between the doses, (N,), h, above 0.
    initial
        State in which the search begins, (N, X).
    what
        Where each stands in the data, (N,), for messages.
    constant
        Which have no interval, (N,), what they bring being constant; None where none.
    """

    parameters: FloatArray
    arrivals: Arrivals
    interval_h: FloatArray
    initial: FloatArray
    what: Sequence[str]
    constant: BoolArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyStates:
    """Steady states and how well they come back.

    Parameters
    ----------
    values
        States just before the next dose is due, (N, X).
    residual
        Largest change of a state over one interval relative to it, (N,).
    """

    values: FloatArray
    residual: FloatArray


def steady_tolerances(per_mg: Tolerances, dose_mg: float) -> Tolerances:
    """Tolerances of steady states from those of a dose of 1 mg.

    They are tighter than the rest: the error of a steady state stays in every later value.
    """
    return Tolerances(
        relative=min(per_mg.relative, _STEADY_RELATIVE),
        absolute=dose_mg * np.asarray(per_mg.absolute),
    )


def depends_on_time(model: Model) -> bool:
    """Whether the equations ask for the time, so that no state can come back."""
    return any(TIME in formula.names for _, formula in model.expressions())


def steady_states(
    program: Program, requests: SteadyStateRequests, tolerances: Tolerances
) -> SteadyStates:
    """Find the states just before the next dose is due.

    Raises
    ------
    ConvergenceError
        If a periodic state does not exist or is not found; the message says what accumulates.
    """
    count = requests.interval_h.size
    if not count:
        return SteadyStates(values=np.zeros((0, len(program.states))), residual=np.zeros(0))
    queue = EventQueue(count)
    one_interval(requests.arrivals, requests.interval_h[requests.arrivals.who]).queue(queue)
    events = queue.finish()
    interval = Batch(
        parameters=requests.parameters,
        initial=requests.initial,
        start_row=np.arange(count, dtype=np.int64),
        start_time_h=np.zeros(count),
        event_offset=events.offset,
        event_time_h=events.time_h,
        event_kind=events.kind,
        event_index=events.index,
        event_value=events.value,
        sample_time_h=np.zeros((count, 0)),
        sample_event=np.zeros((count, 0), dtype=np.int64),
    )
    found = periodic_state(program, interval, requests.interval_h, tolerances)
    lost = np.flatnonzero(found.status)
    if lost.size:
        first = int(lost[0])
        raise ConvergenceError(
            f"{requests.what[first]}: no steady state: "
            + _why_none(program, interval, requests, first, tolerances)
        )
    return SteadyStates(values=found.state, residual=found.residual)


def _why_none(
    program: Program,
    interval: Batch,
    requests: SteadyStateRequests,
    which: int,
    tolerances: Tolerances,
) -> str:
    """Why one of the requests has no steady state, a phrase."""
    every_h = requests.interval_h[which : which + 1]
    alone = interval.take(np.asarray([which]))
    found = accumulation(program, alone, every_h, tolerances)
    constant = requests.constant is not None and bool(requests.constant[which])
    every = f"{every_h[0]:g} h"
    if not np.isfinite(found.rise):
        return "the equations could not be solved" + ("" if constant else f" over {every}")
    if found.rise <= 0.0:
        return f"no state was found that returns (largest multiplier {found.multiplier:.9g})"
    if constant:
        hours = found.intervals * every_h[0]
        return (
            f"accumulates: after {hours:g} h '{found.state}' still rises by "
            f"{found.rise / every_h[0]:.3g} per h"
        )
    return (
        f"accumulates: after {found.intervals} intervals of {every} each further one leaves "
        f"{found.rise:.3g} more behind in '{found.state}' (largest multiplier there "
        f"{found.multiplier:.9g})"
    )


def too_many_at_once(arrivals: Arrivals, interval_h: FloatArray) -> BoolArray:
    """Which arrivals of endless series are under way more than `MOST_AT_ONCE` times, (M,).

    Parameters
    ----------
    arrivals
        What one dose of each series brings, timed from that dose.
    interval_h
        Interval of each series, (M,), h.
    """
    return ~(arrivals.stop_h <= MOST_AT_ONCE * interval_h)


def one_interval(arrivals: Arrivals, interval_h: FloatArray) -> Arrivals:
    """Fold endless series of arrivals into one interval.

    Parameters
    ----------
    arrivals
        What one dose of each series brings, timed from that dose.
    interval_h
        Interval of each series, (M,), h.
    """
    _, phase_h = _phase(arrivals.start_h, interval_h)
    lasting = arrivals.lasting
    once = replace(arrivals, start_h=phase_h, stop_h=phase_h).take(~lasting)
    always, rest_h = _phase(arrivals.stop_h - arrivals.start_h, interval_h)
    zero = np.zeros(arrivals.who.size)
    stop_h = phase_h + rest_h
    # What runs all the time, the last of it, and what of that is over after the next dose.
    whole = replace(arrivals, start_h=zero, stop_h=interval_h).take(
        np.repeat(np.arange(zero.size), np.where(lasting, always, 0))
    )
    last = replace(arrivals, start_h=phase_h, stop_h=np.minimum(stop_h, interval_h)).take(
        lasting & (rest_h > 0.0)
    )
    over = replace(arrivals, start_h=zero, stop_h=stop_h - interval_h).take(
        lasting & (rest_h > 0.0) & (stop_h > interval_h)
    )
    folded = Arrivals.joined([once, whole, last, over])
    nothing = np.zeros(folded.who.size, dtype=np.int64)
    return replace(folded, sequence=nothing, session=nothing)


def left_over(arrivals: Arrivals, *, at_h: FloatArray, interval_h: FloatArray) -> Arrivals:
    """Arrivals of the earlier doses of endless series that are not over at a time.

    Parameters
    ----------
    arrivals
        What the dose given at `at_h` brings, timed from that dose.
    at_h
        Time of the dose of each, (M,), h.
    interval_h
        Interval of each series, (M,), h.
    """
    lasting = arrivals.lasting
    length_h = np.where(lasting, arrivals.stop_h - arrivals.start_h, 0.0)
    whole, phase_h = _phase(arrivals.start_h, interval_h)
    longest = np.ceil(length_h / interval_h).astype(np.int64)
    count = np.where(lasting, whole + longest + 2, whole)
    which = np.repeat(np.arange(count.size), count)
    begins = np.cumsum(count) - count
    number = whole[which] - 1 - (np.arange(which.size) - begins[which])
    start_h = phase_h[which] + number * interval_h[which]
    stop_h = start_h + length_h[which]
    over = np.where(lasting[which], stop_h <= _ROUNDING * interval_h[which], number < 0)
    started_h = np.maximum(start_h, 0.0)
    moved = replace(
        arrivals.take(which),
        start_h=at_h[which] + started_h,
        stop_h=at_h[which] + np.where(lasting[which], stop_h, started_h),
    )
    return moved.take(~over)


def _phase(length_h: FloatArray, interval_h: FloatArray) -> tuple[IntArray, FloatArray]:
    """Whole intervals in each length, and the rest, h.

    A rest short of an interval by rounding alone is none: a delay of three intervals ends when
    a dose is given, not just before it.
    """
    whole = np.floor(length_h / interval_h + _ROUNDING)
    rest_h = length_h - whole * interval_h
    kept = rest_h > _ROUNDING * np.maximum(interval_h, length_h)
    return whole.astype(np.int64), np.where(kept, rest_h, 0.0)

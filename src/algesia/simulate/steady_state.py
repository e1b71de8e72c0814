"""Steady state of repeated doses: the periodic solution, found and certified, never assumed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Batch, Program, Tolerances, periodic_state
from algesia.errors import ConvergenceError
from algesia.model import Model
from algesia.model.symbol import TIME

from .arrivals import Arrival
from .event_queue import EventQueue

__all__ = [
    "SteadyStateRequest",
    "SteadyStates",
    "depends_on_time",
    "left_over",
    "steady_states",
    "steady_tolerances",
]

_ROUNDING = 1e-11
_STEADY_RELATIVE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyStateRequest:
    """A dose given for ever at one interval, looked at when the next one is due.

    Parameters
    ----------
    parameters
        Parameter values, (P,).
    arrivals
        What one dose brings, timed from its record (lag included).
    interval_h
        Interval between the doses, h, above 0.
    initial
        State in which the search begins, (X,).
    what
        Where it stands in the data, for messages.
    """

    parameters: FloatArray
    arrivals: tuple[Arrival, ...]
    interval_h: float
    initial: FloatArray
    what: str


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


def steady_tolerances(per_mg: Tolerances, largest_mg: float) -> Tolerances:
    """Tolerances of steady states from those of a dose of 1 mg.

    They are tighter than the rest: the error of a steady state stays in every later value.
    """
    return Tolerances(
        relative=min(per_mg.relative, _STEADY_RELATIVE),
        absolute=largest_mg * np.asarray(per_mg.absolute),
    )


def depends_on_time(model: Model) -> bool:
    """Whether the equations ask for the time, so that no state can come back."""
    return any(TIME in formula.names for _, formula in model.expressions())


def steady_states(
    program: Program, requests: Sequence[SteadyStateRequest], tolerances: Tolerances
) -> SteadyStates:
    """Find the states just before the next dose is due.

    Raises
    ------
    ConvergenceError
        If a periodic state does not exist or is not found; the message gives the residual.
    """
    if not requests:
        return SteadyStates(values=np.zeros((0, len(program.states))), residual=np.zeros(0))
    queue = EventQueue(len(requests))
    for place, request in enumerate(requests):
        for arrival in request.arrivals:
            _queue_one_interval(queue, place, arrival, request.interval_h)
    events = queue.finish()
    count = len(requests)
    interval = Batch(
        parameters=np.stack([request.parameters for request in requests]),
        initial=np.stack([request.initial for request in requests]),
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
    period_h = np.asarray([request.interval_h for request in requests])
    found = periodic_state(program, interval, period_h, tolerances)
    for place, request in enumerate(requests):
        if found.status[place] != 0:
            raise ConvergenceError(
                f"{request.what}: no steady state was found for an interval of "
                f"{request.interval_h:g} h; relative residual {found.residual[place]:.2g}"
            )
    return SteadyStates(values=found.state, residual=found.residual)


def _queue_one_interval(
    queue: EventQueue, place: int, arrival: Arrival, interval_h: float
) -> None:
    """Fold an endless series of arrivals into one interval."""
    subject = np.asarray([place], dtype=np.int64)
    _, phase_h = _phase(arrival.start_h, interval_h)
    size = np.asarray([arrival.size])
    if not arrival.lasting:
        queue.add_amount(subject, np.asarray([phase_h]), arrival.state, size)
        return
    always, rest_h = _phase(arrival.stop_h - arrival.start_h, interval_h)
    pieces = [(0.0, interval_h)] * always
    if rest_h > 0.0:
        stop_h = phase_h + rest_h
        pieces.append((phase_h, min(stop_h, interval_h)))
        if stop_h > interval_h:
            pieces.append((0.0, stop_h - interval_h))
    for start_h, stop_h in pieces:
        queue.add_infusion(
            subject, np.asarray([start_h]), np.asarray([stop_h]), arrival.state, size
        )


def left_over(
    arrival: Arrival, *, at_h: float, interval_h: float, session: int = 0
) -> tuple[Arrival, ...]:
    """Arrivals of the earlier doses of an endless series that are not over at a time.

    Parameters
    ----------
    arrival
        What the dose given at `at_h` brings, timed from that dose.
    at_h
        Time of the dose, h.
    interval_h
        Interval of the series, h.
    session
        Stretch between resets they belong to.
    """
    whole, phase_h = _phase(arrival.start_h, interval_h)
    length_h = arrival.stop_h - arrival.start_h
    kept: list[Arrival] = []
    number = whole - 1
    while True:
        start_h = phase_h + number * interval_h
        stop_h = start_h + length_h
        over = stop_h <= _ROUNDING * interval_h if arrival.lasting else number < 0
        if over:
            return tuple(kept)
        kept.append(
            replace(
                arrival,
                start_h=at_h + max(start_h, 0.0),
                stop_h=at_h + (stop_h if arrival.lasting else max(start_h, 0.0)),
                session=session,
            )
        )
        number -= 1


def _phase(length_h: float, interval_h: float) -> tuple[int, float]:
    """Whole intervals in a length, and the rest, h.

    A rest short of an interval by rounding alone is none: a delay of three intervals ends when
    a dose is given, not just before it.
    """
    whole = math.floor(length_h / interval_h + _ROUNDING)
    rest_h = length_h - whole * interval_h
    return whole, rest_h if rest_h > _ROUNDING * max(interval_h, length_h) else 0.0

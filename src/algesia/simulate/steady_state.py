"""Steady state of repeated doses: the periodic solution, found and certified, never assumed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Batch, Program, Tolerances, periodic_state
from algesia.errors import ConvergenceError

from .arrivals import Arrival
from .event_queue import EventQueue

__all__ = ["SteadyStateRequest", "left_over", "steady_states"]


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
    what
        Where it stands in the data, for messages.
    """

    parameters: FloatArray
    arrivals: tuple[Arrival, ...]
    interval_h: float
    what: str


def steady_states(
    program: Program, requests: Sequence[SteadyStateRequest], tolerances: Tolerances
) -> FloatArray:
    """States just before the next dose is due, (N, X).

    Raises
    ------
    ConvergenceError
        If a periodic state does not exist or is not found; the message gives the residual.
    """
    if not requests:
        return np.zeros((0, len(program.states)))
    queue = EventQueue(len(requests))
    for place, request in enumerate(requests):
        for arrival in request.arrivals:
            _queue_one_interval(queue, place, arrival, request.interval_h)
    events = queue.finish()
    count = len(requests)
    interval = Batch(
        parameters=np.stack([request.parameters for request in requests]),
        initial=np.zeros((count, len(program.states))),
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
    return found.state


def _queue_one_interval(
    queue: EventQueue, place: int, arrival: Arrival, interval_h: float
) -> None:
    """Fold an endless series of arrivals into one interval."""
    subject = np.asarray([place], dtype=np.int64)
    phase_h = math.fmod(arrival.start_h, interval_h)
    size = np.asarray([arrival.size])
    if not arrival.lasting:
        queue.add_amount(subject, np.asarray([phase_h]), arrival.state, size)
        return
    duration_h = arrival.stop_h - arrival.start_h
    always = math.floor(duration_h / interval_h)
    rest_h = duration_h - always * interval_h
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


def left_over(arrival: Arrival, *, at_h: float, interval_h: float) -> tuple[Arrival, ...]:
    """Arrivals of the earlier doses of an endless series that are not over at a time.

    Parameters
    ----------
    arrival
        What the dose recorded at `at_h` brings, timed from the start of the run.
    at_h
        Time of the record, h.
    interval_h
        Interval of the series, h.
    """
    kept: list[Arrival] = []
    earlier = 1
    while True:
        start_h = arrival.start_h - earlier * interval_h
        stop_h = arrival.stop_h - earlier * interval_h
        running = stop_h > at_h if arrival.lasting else start_h >= at_h
        if not running:
            return tuple(kept)
        kept.append(
            Arrival(
                subject=arrival.subject,
                state=arrival.state,
                start_h=max(start_h, at_h),
                stop_h=max(stop_h, at_h) if arrival.lasting else max(start_h, at_h),
                size=arrival.size,
                sequence=arrival.sequence,
                session=arrival.session,
            )
        )
        earlier += 1

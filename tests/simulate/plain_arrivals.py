"""Arrivals and steady states one at a time: slow, plain, and the oracle of the fast ones."""

import math
from dataclasses import dataclass, replace

import numpy as np

from algesia.engine import Batch, periodic_state
from algesia.errors import ConvergenceError
from algesia.simulate.event_queue import EventQueue

ROUNDING = 1e-11


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An amount, or an input at a constant rate, that reaches a state."""

    subject: int
    state: int
    start_h: float
    stop_h: float
    size: float
    sequence: int
    session: int = 0

    @property
    def lasting(self):
        """Whether it is an input over time."""
        return self.stop_h > self.start_h

    def shifted(self, delay_h, *, session):
        """Return the same arrival some hours later, in a session."""
        return replace(
            self, start_h=self.start_h + delay_h, stop_h=self.stop_h + delay_h, session=session
        )


class ArrivalList:
    """Takes what a `DoseGiver` gives, one subject at a time, as a list of arrivals."""

    def __init__(self):
        self.items = []

    def add_amount(self, subject, time_h, state, amount, *, sequence=0):
        """Note an amount that arrives at once, each (N,)."""
        self._note(subject, time_h, time_h, state, amount, sequence)

    def add_infusion(self, subject, start_h, stop_h, state, rate_per_h, *, sequence=0):
        """Note an input at constant rate, each (N,)."""
        self._note(subject, start_h, stop_h, state, rate_per_h, sequence)

    def _note(self, subject, start_h, stop_h, state, size, sequence):
        order = np.broadcast_to(sequence, subject.shape)
        for place in range(subject.size):
            self.items.append(
                Arrival(
                    subject=int(subject[place]),
                    state=state,
                    start_h=float(start_h[place]),
                    stop_h=float(stop_h[place]),
                    size=float(size[place]),
                    sequence=int(order[place]),
                )
            )

    def queue(self, target):
        """Put every arrival into an event queue."""
        for state in sorted({item.state for item in self.items}):
            mine = [item for item in self.items if item.state == state]
            once = [item for item in mine if not item.lasting]
            lasting = [item for item in mine if item.lasting]
            if once:
                target.add_amount(
                    _integers(once, "subject"),
                    _floats(once, "start_h"),
                    state,
                    _floats(once, "size"),
                    sequence=_integers(once, "sequence"),
                )
            if lasting:
                target.add_infusion(
                    _integers(lasting, "subject"),
                    _floats(lasting, "start_h"),
                    _floats(lasting, "stop_h"),
                    state,
                    _floats(lasting, "size"),
                    sequence=_integers(lasting, "sequence"),
                    session=_integers(lasting, "session"),
                )


def _floats(items, name):
    return np.asarray([getattr(item, name) for item in items], dtype=np.float64)


def _integers(items, name):
    return np.asarray([getattr(item, name) for item in items], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyStateRequest:
    """A dose given for ever at one interval, looked at when the next one is due."""

    parameters: object
    arrivals: object
    interval_h: float
    initial: object
    what: str


def steady_states(program, requests, tolerances):
    """Find the states just before the next dose is due."""
    if not requests:
        return (np.zeros((0, len(program.states))), np.zeros(0))
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
            raise ConvergenceError(f"{request.what}: no steady state")
    return (found.state, found.residual)


def _queue_one_interval(queue, place, arrival, interval_h):
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


def left_over(arrival, *, at_h, interval_h, session=0):
    """Arrivals of the earlier doses of an endless series that are not over at a time."""
    whole, phase_h = _phase(arrival.start_h, interval_h)
    length_h = arrival.stop_h - arrival.start_h
    kept = []
    number = whole - 1
    while True:
        start_h = phase_h + number * interval_h
        stop_h = start_h + length_h
        over = stop_h <= ROUNDING * interval_h if arrival.lasting else number < 0
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


def _phase(length_h, interval_h):
    """Whole intervals in a length, and the rest, h."""
    whole = math.floor(length_h / interval_h + ROUNDING)
    rest_h = length_h - whole * interval_h
    return (whole, rest_h if rest_h > ROUNDING * max(interval_h, length_h) else 0.0)

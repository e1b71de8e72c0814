"""Turn inputs, occasions and resets into the ordered event rows the engine reads.

At equal times events follow their sequence number (the record they came from); within one
record the order is: parameter switch, reset, set, add, start of an input. An input that ends
comes before all of them, so that a rate never counts twice.
"""

import math
from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import EventKind

__all__ = ["EventQueue", "QueuedEvents"]

# Order within one record; the end of an input has a sequence number before all others.
_STOP, _SWITCH, _RESET, _SET, _ADD, _START = range(6)
_ENDS_FIRST = -1

_Sequence = IntArray | int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedEvents:
    """Event rows ready for the engine.

    Parameters
    ----------
    offset
        First row of each subject, (S+1,).
    time_h, kind, index, value
        One entry per event, (E,).
    sequence
        Record each event came from, (E,).
    told
        What the queue was told to bring into each state, (S, X'), for the states up to the last
        that gets anything.
    """

    offset: IntArray
    time_h: FloatArray
    sequence: IntArray
    kind: IntArray
    index: IntArray
    value: FloatArray
    told: FloatArray


class EventQueue:
    """Collects events of many subjects and hands them out in order.

    Parameters
    ----------
    subjects
        Number of subjects S.
    """

    def __init__(self, subjects: int) -> None:
        self._subjects = subjects
        self._parts: list[_Part] = []
        self._infusions: list[_Infusions] = []

    def _append(self, part: "_Part") -> None:
        self._parts.append(part)

    def add_amount(
        self,
        subject: IntArray,
        time_h: FloatArray,
        state: int,
        amount: FloatArray,
        *,
        sequence: _Sequence = 0,
    ) -> None:
        """Add an amount to a state at once, each (N,)."""
        self._append(_part(_ADD, EventKind.ADD, subject, time_h, state, amount, sequence))

    def add_infusion(  # noqa: PLR0913 - one column each
        self,
        subject: IntArray,
        start_h: FloatArray,
        stop_h: FloatArray,
        state: int,
        rate_per_h: FloatArray,
        *,
        sequence: _Sequence = 0,
        session: _Sequence = 0,
    ) -> None:
        """Feed a state at a constant rate from start to stop, each (N,), rates per h.

        `session` numbers the stretch between resets the input belongs to; inputs of different
        sessions never add up.
        """
        shape = subject.shape
        self._infusions.append(
            _Infusions(
                subject=subject.astype(np.int64),
                start_h=np.broadcast_to(start_h, shape).astype(np.float64),
                stop_h=np.broadcast_to(stop_h, shape).astype(np.float64),
                state=np.full(shape, state, dtype=np.int64),
                session=np.broadcast_to(session, shape).astype(np.int64),
                sequence=np.broadcast_to(sequence, shape).astype(np.int64),
                rate=np.broadcast_to(rate_per_h, shape).astype(np.float64),
            )
        )

    def set_state(
        self,
        subject: IntArray,
        time_h: FloatArray,
        state: int,
        value: FloatArray,
        *,
        sequence: _Sequence = 0,
    ) -> None:
        """Set a state to a value, each (N,)."""
        self._append(_part(_SET, EventKind.SET, subject, time_h, state, value, sequence))

    def reset(self, subject: IntArray, time_h: FloatArray, *, sequence: _Sequence = 0) -> None:
        """Empty every state and stop every input, each (N,)."""
        self._append(_part(_RESET, EventKind.RESET, subject, time_h, 0, 0.0, sequence))

    def switch_parameters(
        self, subject: IntArray, time_h: FloatArray, row: IntArray, *, sequence: _Sequence = 0
    ) -> None:
        """Use another row of parameters from a time on, each (N,)."""
        self._append(_part(_SWITCH, EventKind.PARAMETERS, subject, time_h, row, 0.0, sequence))

    def finish(self) -> QueuedEvents:
        """Order all events by subject, time and rule, and set absolute input rates."""
        parts = [*self._parts]
        if self._infusions:
            parts += _rate_events(self._infusions)
        if not parts:
            parts = [
                _part(_ADD, EventKind.ADD, np.zeros(0, dtype=np.int64), np.zeros(0), 0, 0.0, 0)
            ]
        subject, time_h, sequence, order, kind, index, value = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("subject", "time_h", "sequence", "order", "kind", "index", "value")
        )
        rank = np.lexsort((np.arange(subject.size), order, sequence, time_h, subject))
        counts = np.bincount(subject, minlength=self._subjects)
        return QueuedEvents(
            offset=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            time_h=time_h[rank],
            sequence=sequence[rank],
            kind=kind[rank],
            index=index[rank],
            value=value[rank],
            told=self._told(),
        )

    def _told(self) -> FloatArray:
        """Sum what was asked for, before any of it becomes an event."""
        adding = [part for part in self._parts if np.all(part.order == _ADD)]
        given = [(part.subject, part.index, part.value) for part in adding]
        given += [
            (each.subject, each.state, each.rate * (each.stop_h - each.start_h))
            for each in self._infusions
        ]
        if not given:
            return np.zeros((self._subjects, 0))
        subject, state, amount = (np.concatenate(column) for column in zip(*given, strict=True))
        states = int(state.max(initial=-1)) + 1
        total: FloatArray = np.bincount(
            subject * states + state, weights=amount, minlength=self._subjects * states
        ).astype(np.float64)
        return total.reshape(self._subjects, states)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Events of one kind, columns (N,)."""

    subject: IntArray
    time_h: FloatArray
    sequence: IntArray
    order: IntArray
    kind: IntArray
    index: IntArray
    value: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Infusions:
    """Inputs at constant rate, columns (N,)."""

    subject: IntArray
    start_h: FloatArray
    stop_h: FloatArray
    state: IntArray
    session: IntArray
    sequence: IntArray
    rate: FloatArray

    def select(self, rows: IntArray) -> "_Infusions":
        """Return the inputs of some rows."""
        return _Infusions(**{name: getattr(self, name)[rows] for name in self.__slots__})


def _part(  # noqa: PLR0913, PLR0917 - one column each
    order: int,
    kind: EventKind,
    subject: IntArray,
    time_h: FloatArray,
    index: IntArray | int,
    value: FloatArray | float,
    sequence: _Sequence,
) -> _Part:
    shape = subject.shape
    return _Part(
        subject=subject.astype(np.int64),
        time_h=np.broadcast_to(time_h, shape).astype(np.float64),
        sequence=np.broadcast_to(sequence, shape).astype(np.int64),
        order=np.full(shape, order, dtype=np.int64),
        kind=np.full(shape, int(kind), dtype=np.int64),
        index=np.broadcast_to(index, shape).astype(np.int64),
        value=np.broadcast_to(value, shape).astype(np.float64),
    )


def _rate_events(pieces: list[_Infusions]) -> list[_Part]:
    """Turn inputs into rate events that carry the absolute rate of their state."""
    merged = _Infusions(
        **{
            name: np.concatenate([getattr(piece, name) for piece in pieces])
            for name in _Infusions.__slots__
        }
    )
    rank = np.lexsort((merged.start_h, merged.session, merged.state, merged.subject))
    inputs = merged.select(rank)
    same = np.ones(max(rank.size - 1, 0), dtype=bool)
    for column in (inputs.subject, inputs.state, inputs.session):
        same &= column[1:] == column[:-1]
    edges = np.flatnonzero(~same) + 1
    group = np.zeros(rank.size, dtype=np.int64)
    group[edges] = 1
    group = np.cumsum(group)
    overlap = np.flatnonzero(same & (inputs.start_h[1:] < inputs.stop_h[:-1])) + 1
    crowded = np.zeros(edges.size + 1, dtype=bool)
    crowded[group[overlap]] = True
    bounds = np.concatenate([[0], edges, [rank.size]])
    parts = _single_rates(inputs.select(np.flatnonzero(~crowded[group])))
    for number in np.flatnonzero(crowded):
        members = np.arange(bounds[number], bounds[number + 1])
        parts.append(_summed_rates(inputs.select(members)))
    return parts


def _single_rates(inputs: _Infusions) -> list[_Part]:
    """Rate events of inputs that never run at once."""
    stop = _part(
        _STOP, EventKind.RATE, inputs.subject, inputs.stop_h, inputs.state, 0.0, _ENDS_FIRST
    )
    start = _part(
        _START,
        EventKind.RATE,
        inputs.subject,
        inputs.start_h,
        inputs.state,
        inputs.rate,
        inputs.sequence,
    )
    return [stop, start]


def _summed_rates(inputs: _Infusions) -> _Part:
    """Sum the inputs that run at once afresh at each edge, so that no rounding is left over."""
    edges_h, at = np.unique(
        np.concatenate([inputs.start_h, inputs.stop_h]), return_inverse=True
    )
    starts, stops = np.split(at.reshape(-1), 2)
    rates, kind = np.unique(inputs.rate, return_inverse=True)
    if rates.size == 1:
        begun = np.bincount(starts, minlength=edges_h.size)
        ended = np.bincount(stops, minlength=edges_h.size)
        total = rates[0] * np.cumsum(begun - ended)
    else:
        total = _swept(rates, kind, starts, stops)
    # An edge where an input starts belongs to that record; where inputs only end, it is first.
    sequence = np.full(edges_h.size, _ENDS_FIRST, dtype=np.int64)
    np.maximum.at(sequence, starts, inputs.sequence)
    shape = np.zeros(edges_h.size, dtype=np.int64)
    return _part(
        _START,
        EventKind.RATE,
        shape + inputs.subject[0],
        edges_h,
        shape + inputs.state[0],
        total,
        sequence,
    )


def _swept(rates: FloatArray, kind: IntArray, starts: IntArray, stops: IntArray) -> FloatArray:
    """Sum of the rates running from each edge on, counting how many run of each."""
    turns = sorted(
        [(edge, which, 1) for edge, which in zip(starts.tolist(), kind.tolist(), strict=True)]
        + [(edge, which, -1) for edge, which in zip(stops.tolist(), kind.tolist(), strict=True)]
    )
    total = np.zeros(int(stops.max()) + 1)
    running: dict[int, int] = {}
    given = rates.tolist()
    for place, (edge, which, change) in enumerate(turns):
        running[which] = running.get(which, 0) + change
        if running[which] == 0:
            del running[which]
        if place + 1 == len(turns) or turns[place + 1][0] != edge:
            total[edge] = math.fsum(given[each] * count for each, count in running.items())
    return total

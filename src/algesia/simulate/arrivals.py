"""Doses on their way into the states of one subject, held back until resets are known."""

from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .event_queue import EventQueue

__all__ = ["Arrival", "ArrivalList"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An amount, or an input at a constant rate, that reaches a state.

    Parameters
    ----------
    subject
        Position of the subject.
    state
        Position of the state.
    start_h, stop_h
        When it starts and ends, h; equal for an amount that arrives at once.
    size
        The amount, or the rate per h, in the unit of the state.
    sequence
        Record it came from.
    session
        Stretch between resets it belongs to.
    """

    subject: int
    state: int
    start_h: float
    stop_h: float
    size: float
    sequence: int
    session: int = 0

    @property
    def lasting(self) -> bool:
        """Whether it is an input over time."""
        return self.stop_h > self.start_h

    def shifted(self, delay_h: float, *, session: int) -> "Arrival":
        """Return the same arrival some hours later, in a session."""
        return replace(
            self,
            start_h=self.start_h + delay_h,
            stop_h=self.stop_h + delay_h,
            session=session,
        )


class ArrivalList:
    """Takes what a `DoseGiver` gives, one subject at a time, as a list of arrivals."""

    def __init__(self) -> None:
        self.items: list[Arrival] = []

    def add_amount(
        self,
        subject: IntArray,
        time_h: FloatArray,
        state: int,
        amount: FloatArray,
        *,
        sequence: IntArray | int = 0,
    ) -> None:
        """Note an amount that arrives at once, each (N,)."""
        self._note(subject, time_h, time_h, state, amount, sequence)

    def add_infusion(
        self,
        subject: IntArray,
        start_h: FloatArray,
        stop_h: FloatArray,
        state: int,
        rate_per_h: FloatArray,
        *,
        sequence: IntArray | int = 0,
    ) -> None:
        """Note an input at constant rate, each (N,)."""
        self._note(subject, start_h, stop_h, state, rate_per_h, sequence)

    def _note(
        self,
        subject: IntArray,
        start_h: FloatArray,
        stop_h: FloatArray,
        state: int,
        size: FloatArray,
        sequence: IntArray | int,
    ) -> None:
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

    def queue(self, target: EventQueue) -> None:
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


def _floats(items: list[Arrival], name: str) -> FloatArray:
    return np.asarray([getattr(item, name) for item in items], dtype=np.float64)


def _integers(items: list[Arrival], name: str) -> IntArray:
    return np.asarray([getattr(item, name) for item in items], dtype=np.int64)

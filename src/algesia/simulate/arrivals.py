"""Doses on their way into the states, held back until resets are known; one entry each."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray

from .event_queue import EventQueue

__all__ = ["ArrivalList", "Arrivals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Amounts, and inputs at a constant rate, that reach states.

    Parameters
    ----------
    who
        Whose they are, (M,): the position of a subject, a record or a steady state.
    state
        Position of the state, (M,).
    start_h, stop_h
        When each starts and ends, (M,), h; equal for an amount that arrives at once.
    size
        The amount, or the rate per h, (M,), in the unit of the state.
    sequence
        Record each came from, (M,).
    session
        Stretch between resets each belongs to, (M,).
    """

    who: IntArray
    state: IntArray
    start_h: FloatArray
    stop_h: FloatArray
    size: FloatArray
    sequence: IntArray
    session: IntArray

    @classmethod
    def none(cls) -> "Arrivals":
        """Nothing at all."""
        whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
        return cls(
            who=whole, state=whole, start_h=real, stop_h=real, size=real, sequence=whole,
            session=whole,
        )  # fmt: skip

    @classmethod
    def joined(cls, parts: Iterable["Arrivals"]) -> "Arrivals":
        """Several, one after the other."""
        kept = [part for part in parts if part.who.size]
        if len(kept) < 2:
            return kept[0] if kept else cls.none()
        return cls(
            **{
                each.name: np.concatenate([getattr(part, each.name) for part in kept])
                for each in fields(cls)
            }
        )

    @property
    def lasting(self) -> BoolArray:
        """Which are inputs over time, (M,)."""
        return self.stop_h > self.start_h

    def take(self, rows: IntArray | BoolArray) -> "Arrivals":
        """Some of them, in the order asked for."""
        return Arrivals(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def shifted(self, delay_h: FloatArray) -> "Arrivals":
        """The same ones some hours later, each by its own delay, (M,)."""
        return replace(self, start_h=self.start_h + delay_h, stop_h=self.stop_h + delay_h)

    def queue(self, target: EventQueue) -> None:
        """Put every arrival into an event queue."""
        lasting = self.lasting
        for state in np.unique(self.state).tolist():
            mine = self.state == state
            once, long = self.take(mine & ~lasting), self.take(mine & lasting)
            if once.who.size:
                target.add_amount(
                    once.who, once.start_h, state, once.size, sequence=once.sequence
                )
            if long.who.size:
                target.add_infusion(
                    long.who,
                    long.start_h,
                    long.stop_h,
                    state,
                    long.size,
                    sequence=long.sequence,
                    session=long.session,
                )


class ArrivalList:
    """Takes what a `DoseGiver` gives, as arrivals."""

    def __init__(self) -> None:
        self._parts: list[Arrivals] = []

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
        self.add_infusion(subject, time_h, time_h, state, amount, sequence=sequence)

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
        shape = subject.shape
        self._parts.append(
            Arrivals(
                who=subject.astype(np.int64),
                state=np.full(shape, state, dtype=np.int64),
                start_h=np.broadcast_to(start_h, shape).astype(np.float64),
                stop_h=np.broadcast_to(stop_h, shape).astype(np.float64),
                size=np.broadcast_to(rate_per_h, shape).astype(np.float64),
                sequence=np.broadcast_to(sequence, shape).astype(np.int64),
                session=np.zeros(shape, dtype=np.int64),
            )
        )

    def arrivals(self) -> Arrivals:
        """All that was noted."""
        return Arrivals.joined(self._parts)

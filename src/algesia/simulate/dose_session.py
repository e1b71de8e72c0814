"""Doses that have begun: what is still to be given of them; one entry each."""

from dataclasses import dataclass
from enum import IntEnum

from algesia.arrays import FloatArray, IntArray

from .column_set import ColumnSet

__all__ = ["DoseKind", "DoseSessions"]


class DoseKind(IntEnum):
    """How a dose of the ledger came about."""

    PLANNED = 0
    DOUBLED = 1
    EARLY = 2
    MISSED = 3
    HELD = 4
    BESIDE = 5

    @property
    def words(self) -> str:
        """What a reader is told."""
        return _WORDS[self]


_WORDS = {
    DoseKind.PLANNED: "as planned",
    DoseKind.DOUBLED: "taken twice",
    DoseKind.EARLY: "taken early",
    DoseKind.MISSED: "missed",
    DoseKind.HELD: "on hold, not given",
    DoseKind.BESIDE: "beside the plan",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSessions(ColumnSet):
    """Doses under way.

    Parameters
    ----------
    who
        Position of the subject, (N,).
    line, place
        Line of the plan and dose of the line, (N,).
    start_h, stop_h
        Start and planned end, (N,), h; equal where the dose is given at once.
    factor
        What the dose is multiplied by, (N,): 2 where it is taken twice.
    number
        Which dose of its drug it is, (N,), from 1.
    kind
        `DoseKind` of each, (N,).
    """

    who: IntArray
    line: IntArray
    place: IntArray
    start_h: FloatArray
    stop_h: FloatArray
    factor: FloatArray
    number: IntArray
    kind: IntArray

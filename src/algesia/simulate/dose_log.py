"""Notes every dose as it was really given, and those that were not."""

import numpy as np

from algesia.arrays import FloatArray

from .dose_session import DoseKind, DoseSessions
from .ledger import DoseColumns

__all__ = ["DoseLog"]


class DoseLog:
    """Collects doses of many subjects, stretch by stretch."""

    def __init__(self) -> None:
        self._parts: list[DoseColumns] = []

    def given(
        self, some: DoseSessions, piece: tuple[FloatArray, FloatArray, FloatArray]
    ) -> None:
        """Note doses, or pieces of infusions: start, length, h, and amount, mg, each (N,)."""
        time_h, length_h, amount_mg = piece
        self._add(some, time_h, length_h, amount_mg, some.kind)

    def left_out(self, some: DoseSessions, kind: DoseKind) -> None:
        """Note doses that were due and not given."""
        nothing = np.zeros(some.who.size)
        kinds = np.full(some.who.size, int(kind), dtype=np.int64)
        self._add(some, some.start_h, nothing, nothing, kinds)

    def columns(self) -> DoseColumns:
        """All doses, subject by subject and in time."""
        whole = DoseColumns.joined(self._parts)
        order = np.lexsort((np.arange(whole.who.size), whole.time_h, whole.who))
        return whole.take(order)

    def _add(
        self,
        some: DoseSessions,
        time_h: FloatArray,
        length_h: FloatArray,
        amount_mg: FloatArray,
        kind: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    ) -> None:
        self._parts.append(
            DoseColumns(
                who=some.who,
                time_h=time_h,
                duration_h=length_h,
                amount_mg=amount_mg,
                line=some.line,
                place=some.place,
                kind=kind,
            )
        )

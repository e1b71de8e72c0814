"""Columns of one length that belong together: joined, picked and cut as one."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from algesia.arrays import BoolArray, IntArray

__all__ = ["ColumnSet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSet:
    """Columns, each (N,); a dataclass of arrays alone extends it."""

    @classmethod
    def none(cls) -> Self:
        """No row at all; whole numbers where the annotation says so."""
        return cls(
            **{
                each.name: np.zeros(0, dtype=np.int64 if "int64" in str(each.type) else float)
                for each in fields(cls)
            }
        )

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """Several, one after the other."""
        kept = [part for part in parts if len(part)]
        if len(kept) < 2:
            return kept[0] if kept else cls.none()
        return cls(
            **{
                each.name: np.concatenate([getattr(part, each.name) for part in kept])
                for each in fields(cls)
            }
        )

    def __len__(self) -> int:
        first = fields(self)[0].name
        return int(getattr(self, first).size)

    def take(self, rows: IntArray | BoolArray) -> Self:
        """Some rows, in the order asked for."""
        return type(self)(
            **{each.name: getattr(self, each.name)[rows] for each in fields(self)}
        )

"""`Layout`: where the vectors of a program lie in the memory its kernels work on.

The memory is a table of doubles; a row is one vector, with one column per lane.
"""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CONTROL", "Layout"]

CONTROL = (
    "step_h",
    "fraction",
    "sample_time",
    "end",
    "accepted",
    "relative",
    "size",
    "worst",
    "factor",
)
"""Single rows, in this order at the beginning, that the driver and the kernels share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """First row and shape of every field of the memory.

    Attributes
    ----------
    first
        First row of each field.
    rows
        Number of rows of each field.
    columns
        Rows of one stage, for the field that has several; of other fields not given.
    total
        Rows of the whole memory.
    """

    first: Mapping[str, int]
    rows: Mapping[str, int]
    columns: Mapping[str, int]
    total: int

    @classmethod
    def of(cls, sizes: Mapping[str, float]) -> "Layout":
        """The layout of a program.

        Parameters
        ----------
        sizes
            The sizes a generated file begins with, and ``STAGES`` and ``PARAMETERS``.
        """
        states = int(sizes["STATES"])
        rows = dict.fromkeys(CONTROL, 1) | {
            "state": states,
            "rates": states,
            "slope": states,
            "parameters": int(sizes["PARAMETERS"]),
            "values": int(sizes["OUTPUTS"]),
            "absolute": int(sizes["VISIBLE"]),
            "new_state": states,
            "error": states,
            "trial": states,
            "stages": int(sizes["STAGES"]) * states,
            "jacobian": int(sizes["ENTRIES"]),
            "factors": int(sizes["FACTORS"]),
            "constants": int(sizes["CONSTANTS"]),
        }
        first: dict[str, int] = {}
        total = 0
        for name, count in rows.items():
            first[name] = total
            total += count
        return cls(first=first, rows=rows, columns={"stages": states}, total=total)

"""`DataColumn`: a value that a table of records brings, record by record."""

from dataclasses import dataclass

from algesia.errors import ModelError

from .symbol import require_symbol

__all__ = ["DataColumn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataColumn:
    """A symbol whose value stands in a column of an event table.

    Formulas use it as they use a parameter. A model with data columns runs with a table that
    has them, and with nothing else.

    Parameters
    ----------
    name
        Symbol in the formulas.
    column
        Name of the column; capitals do not matter.
    unit
        Unit of the numbers in the column.
    """

    name: str
    column: str
    unit: str

    def __post_init__(self) -> None:
        require_symbol("data column", self.name)
        if not self.column.strip():
            raise ModelError(
                f"data_columns.{self.name}: column is empty; expected the name of a column"
            )

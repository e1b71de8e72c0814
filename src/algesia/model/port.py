"""`Port`: where models are joined."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .symbol import require_symbol

__all__ = ["Port", "PortDirection"]

PortDirection: TypeAlias = Literal["in", "out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One port of a model.

    Parameters
    ----------
    name
        An `in` port is a symbol formulas may use, fed by another model. An `out` port bears the
        name of the state, definition or output it shows.
    unit
        Unit of what passes, of the same dimension on both sides.
    direction
        `in` or `out`.
    """

    name: str
    unit: str
    direction: PortDirection

    def __post_init__(self) -> None:
        require_symbol("port", self.name)

"""What a name or an expression of a kernel means while it is translated."""

from dataclasses import dataclass, field
from typing import TypeAlias

from .emitter import Condition, Emitter, Value

__all__ = ["Array", "Index", "Loaded", "Meaning", "Scope", "Work"]


@dataclass(frozen=True, slots=True)
class Array:
    """Rows of the memory from a place on; `columns` of them make one stage, 0 without any."""

    pointer: str
    row: int = 0
    columns: int = 0


@dataclass(frozen=True, slots=True)
class Loaded:
    """An element that is loaded only where it is used, so that few registers wait for it."""

    array: Array
    row: int


class Work:
    """The memory as a whole."""


@dataclass(frozen=True, slots=True)
class Index:
    """The counter of a loop."""

    text: str


Meaning: TypeAlias = Value | Condition | Array | Loaded | Work | Index


@dataclass(slots=True)
class Scope:
    """One function being translated."""

    emitter: Emitter
    names: dict[str, Meaning] = field(default_factory=dict)

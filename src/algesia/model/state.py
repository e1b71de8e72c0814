"""`State`: one amount or effect that changes with time."""

from dataclasses import dataclass, field

from .expression import Expression, parse
from .symbol import require_symbol

__all__ = ["GIVEN", "State"]

GIVEN = "given"
"""Stands for the substance of the drug that was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state of a model.

    Parameters
    ----------
    name
        Name in formulas.
    unit
        Unit of its values, `mg` or `nmol` for amounts of a drug, any for an effect.
    substance
        Name of the substance, `given` for whatever drug was given, None for an effect.
    initial
        Value before the first dose, in the unit of the state; may use parameters and
        definitions made of them.
    description
        What it is, in words.
    """

    name: str
    unit: str
    substance: str | None = None
    initial: Expression = field(default_factory=lambda: parse("0"))
    description: str = ""

    def __post_init__(self) -> None:
        require_symbol("state", self.name)

"""`Output`: what a model lets one look at."""

from dataclasses import dataclass

from .expression import Expression
from .symbol import require_symbol

__all__ = ["Output"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output of a model.

    Parameters
    ----------
    name
        Name of the output.
    expression
        The formula in canonical units; amount and mass may differ from `unit` where a substance
        bridges them.
    unit
        Unit of the values shown.
    substance
        Substance measured, `given` for whatever drug was given, None for an effect.
    form
        `base` or the salt in which a mass is expressed.
    site
        Where the sample is taken, such as `arterial plasma`; None for an effect.
    description
        What it is, in words.
    """

    name: str
    expression: Expression
    unit: str
    substance: str | None = None
    form: str = "base"
    site: str | None = None
    description: str = ""

    def __post_init__(self) -> None:
        require_symbol("output", self.name)

"""`Definition`: a name for a formula that others use."""

from dataclasses import dataclass

from .expression import Expression
from .symbol import require_symbol

__all__ = ["Definition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One definition of a model.

    Parameters
    ----------
    name
        Name in formulas.
    expression
        The formula; may use states, parameters, in ports and earlier definitions.
    unit
        Unit it is expected to have, checked where given.
    """

    name: str
    expression: Expression
    unit: str | None = None

    def __post_init__(self) -> None:
        require_symbol("definition", self.name)

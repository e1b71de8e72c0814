"""`Flow`: what moves from one state to another, or out of the system."""

from dataclasses import dataclass

from algesia.errors import ModelError

from .expression import Expression, parse
from .expression_tree import Binary, Number
from .symbol import require_symbol

__all__ = ["Flow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One flow of a model.

    Parameters
    ----------
    name
        Name of the flow.
    source
        State it leaves; None if it comes from outside.
    target
        State it enters; None if it leaves the system.
    rate
        What leaves the source, unit of the state per h.
    fraction
        Share of the rate that enters the target, dimensionless; the rest leaves the system.
        None is all of it.
    """

    name: str
    source: str | None
    target: str | None
    rate: Expression
    fraction: Expression | None = None

    def __post_init__(self) -> None:
        require_symbol("flow", self.name)
        if self.source is None and self.target is None:
            raise ModelError(
                f"flow '{self.name}' has neither source nor target; expected at least one state"
            )
        if self.source == self.target:
            raise ModelError(f"flow '{self.name}' runs from '{self.source}' to itself")
        if self.fraction is not None and self.target is None:
            raise ModelError(
                f"flow '{self.name}' has a fraction but no target; "
                "expected a target or no fraction"
            )

    def entering(self) -> Expression:
        """Return what enters the target, unit of the state per h."""
        if self.fraction is None:
            return self.rate
        return Expression(tree=Binary("*", self.fraction.tree, self.rate.tree))

    def leaving_system(self) -> Expression | None:
        """Return what is lost from the system, unit of the state per h; None if nothing is."""
        if self.source is None:
            return None
        if self.target is None:
            return self.rate
        if self.fraction is None or self.fraction == parse("1"):
            return None
        rest = Binary("-", Number(1.0), self.fraction.tree)
        return Expression(tree=Binary("*", rest, self.rate.tree))

"""`Parameter`: a named value of a model, with the range it may plausibly take."""

from dataclasses import dataclass

from algesia.errors import DomainError
from algesia.provenance import Reported

from .symbol import require_symbol

__all__ = ["Parameter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One value of a model.

    Parameters
    ----------
    name
        Name in formulas.
    reported
        The value as printed, with unit, form, origin, grade and source.
    minimum, maximum
        Plausible range, canonical unit; None where nobody states one.
    """

    name: str
    reported: Reported
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        require_symbol("parameter", self.name)
        if self.reported.value is None or (self.minimum is None and self.maximum is None):
            return
        value = self.reported.canonical()
        low = -float("inf") if self.minimum is None else self.minimum
        high = float("inf") if self.maximum is None else self.maximum
        if not low <= value <= high:
            raise DomainError(
                f"parameter '{self.name}' is {value:g} in canonical units; "
                f"expected a value from {low:g} to {high:g}, its own range"
            )

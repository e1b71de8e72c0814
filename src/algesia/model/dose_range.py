"""`DoseRange`: the doses by one route that a study gave."""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from algesia.errors import ModelError

__all__ = ["DOSE_RANGE_UNITS", "DoseRange", "DoseRangeUnit"]

DoseRangeUnit: TypeAlias = Literal["mg", "mg/kg", "mg/h", "mg/kg/h"]

DOSE_RANGE_UNITS: Final[tuple[DoseRangeUnit, ...]] = ("mg", "mg/kg", "mg/h", "mg/kg/h")
"""What a range may be of: an amount or a rate, whole or per kg of body weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRange:
    """Lowest and highest dose studied by one route.

    Parameters
    ----------
    low, high
        Ends of the range, in `unit`, of the base; equal where one dose was studied.
    unit
        One of `DOSE_RANGE_UNITS`. A range per hour is one of infusions; a range of amounts is
        one of whole doses, however long they run.

    Examples
    --------
    >>> str(DoseRange(low=20, high=20, unit="mg"))
    '20 mg'
    >>> str(DoseRange(low=0.2, high=0.3, unit="mg/kg"))
    '0.2 to 0.3 mg/kg'
    """

    low: float
    high: float
    unit: DoseRangeUnit

    def __post_init__(self) -> None:
        if self.unit not in DOSE_RANGE_UNITS:
            raise ModelError(
                f"a range of doses is in {self.unit!r}; "
                f"expected one of {', '.join(DOSE_RANGE_UNITS)}"
            )
        if not (math.isfinite(self.high) and 0.0 <= self.low <= self.high):
            raise ModelError(
                f"a range of doses is {self.low:g} to {self.high:g} {self.unit}; expected a "
                "low and a high end from 0 in this order"
            )

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:.4g} {self.unit}"
        return f"{self.low:.4g} to {self.high:.4g} {self.unit}"

    @property
    def of_rate(self) -> bool:
        """Whether it is a range of infusion rates."""
        return self.unit.endswith("/h")

    @property
    def per_kg(self) -> bool:
        """Whether it grows with body weight."""
        return "/kg" in self.unit

"""What a unit is worth; that of the usual units is known without asking pint."""

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from .dimensions import DIMENSIONLESS, Dimension

__all__ = ["USUAL_UNITS", "Measure"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a unit is worth: its dimension and its size in canonical units."""

    dimension: Dimension
    canonical_size: Fraction | float


_MASS, _AMOUNT = Dimension.of(mass=1), Dimension.of(amount=1)
_VOLUME, _TIME = Dimension.of(length=3), Dimension.of(time=1)
_PER_THOUSAND = Fraction(1, 1000)

_ROWS: Final = (
    (_MASS, Fraction(1), ("mg", "milligram")),
    (_MASS, Fraction(10**6), ("kg",)),
    (_MASS, Fraction(1000), ("g", "gram")),
    (_MASS, _PER_THOUSAND, ("ug", "mcg", "microgram")),
    (_MASS, _PER_THOUSAND**2, ("ng",)),
    (_AMOUNT, Fraction(1), ("nmol",)),
    (_AMOUNT, Fraction(1000), ("umol",)),
    (_AMOUNT, Fraction(10**6), ("mmol",)),
    (_VOLUME, Fraction(1), ("L",)),
    (_VOLUME, _PER_THOUSAND, ("mL",)),
    (_TIME, Fraction(1), ("h", "hour")),
    (_TIME, Fraction(1, 60), ("min", "minute")),
    (_TIME, Fraction(1, 3600), ("s",)),
    (_TIME, Fraction(24), ("day",)),
    (_TIME, Fraction(168), ("week",)),
    (_TIME, Fraction(8766), ("year",)),
    (Dimension.of(body_weight=1), Fraction(1), ("kg_body",)),
    (DIMENSIONLESS, Fraction(1, 100), ("%", "percent")),
)

USUAL_UNITS: Final = MappingProxyType(
    {name: Measure(dimension, size) for dimension, size, names in _ROWS for name in names}
)
"""Worth of the usual units by name; a test compares every row with pint."""

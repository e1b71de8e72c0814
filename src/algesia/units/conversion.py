"""Conversion to and from the canonical units h, mg, nmol, L and kg_body, by factors alone."""

from functools import lru_cache
from typing import overload

from algesia.arrays import FloatArray
from algesia.errors import UnitError

from .dimensions import Dimension
from .registry import measure

__all__ = ["canonical_unit", "conversion_factor", "dimension", "from_canonical", "to_canonical"]


def dimension(unit_text: str) -> Dimension:
    """Dimension of a unit text.

    Examples
    --------
    >>> str(dimension("nmol/L")), str(dimension("mg/kg")), str(dimension("%"))
    ('amount/volume', 'mass/body_weight', 'dimensionless')
    """
    return measure(unit_text).dimension


def canonical_unit(unit_text: str) -> str:
    """Canonical unit of the dimension of a unit text; '1' where it has none.

    Examples
    --------
    >>> canonical_unit("µg/kg/min"), canonical_unit("ng/mL"), canonical_unit("%")
    ('mg/h/kg_body', 'mg/L', '1')
    """
    return measure(unit_text).dimension.canonical_unit


@lru_cache(maxsize=4096)
def conversion_factor(from_unit: str, to_unit: str) -> float:
    """Factor from one unit to another of the same dimension.

    Raises
    ------
    UnitError
        If the dimensions differ. The message names both units and what would join them.

    Examples
    --------
    >>> conversion_factor("ng/mL", "mg/L"), conversion_factor("year", "day")
    (0.001, 365.25)
    """
    given, wanted = measure(from_unit), measure(to_unit)
    if given.dimension != wanted.dimension:
        raise UnitError(
            f"cannot convert {from_unit} ({given.dimension}) to {to_unit} ({wanted.dimension})"
            f"{_bridge_hint(given.dimension, wanted.dimension)}"
        )
    return float(given.canonical_size / wanted.canonical_size)


@overload
def to_canonical(value: float, unit_text: str) -> float: ...


@overload
def to_canonical(value: FloatArray, unit_text: str) -> FloatArray: ...


def to_canonical(value: float | FloatArray, unit_text: str) -> float | FloatArray:
    """Value in the canonical unit of its dimension; a number or an array, NaN passes through.

    Examples
    --------
    >>> to_canonical(30.0, "min"), to_canonical(5.0, "ug/mL")
    (0.5, 5.0)
    """
    return value * float(measure(unit_text).canonical_size)


@overload
def from_canonical(value: float, unit_text: str) -> float: ...


@overload
def from_canonical(value: FloatArray, unit_text: str) -> FloatArray: ...


def from_canonical(value: float | FloatArray, unit_text: str) -> float | FloatArray:
    """Value in the unit given, from a value in the canonical unit of the same dimension.

    Examples
    --------
    >>> from_canonical(0.5, "min")
    30.0
    """
    return value / float(measure(unit_text).canonical_size)


def _bridge_hint(given: Dimension, wanted: Dimension) -> str:
    """Hint at what would join two dimensions, for the mistakes people make most."""
    ratio = given / wanted
    mass, amount = ratio.exponent("mass"), ratio.exponent("amount")
    if mass and ratio == Dimension.of(mass=mass, amount=-mass) and amount == -mass:
        return "; give the Substance to convert mass to amount"
    if mass and ratio == Dimension.of(mass=mass, body_weight=-mass):
        return "; a body weight above the line is written kg_body"
    weight = ratio.exponent("body_weight")
    if weight and ratio == Dimension.of(body_weight=weight):
        return "; multiply or divide by a body weight"
    return ""

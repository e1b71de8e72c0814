"""The one pint registry of the project, and what each unit of it is worth.

Body weight is a dimension of its own: `kg` below the line of a unit is `kg_body`, so mg/kg is
not a ratio of masses. A year is 365.25 days.
"""

import math
import re
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from algesia.errors import UnitError, nearest_names

from .dimensions import BASES, DIMENSIONLESS, Dimension
from .measure import USUAL_UNITS, Measure
from .unit_text import read_unit_text, tidy

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = ["SPELLINGS", "measure", "measured_by_pint", "unit_registry"]

SPELLINGS = MappingProxyType(
    {"%": "percent", "y": "year", "wk": "week", "cc": "milliliter", "hrs": "hour"}
)
_SUGGESTED = (
    *("mg", "g", "kg", "ug", "ng", "pg", "mcg", "nmol", "umol", "mmol", "pmol", "mol", "nM"),
    *("uM", "L", "mL", "dL", "uL", "h", "min", "s", "day", "week", "month", "year", "kg_body"),
    *("mmHg", "kPa", "Hz", "percent", "fraction", "microgram", "milligram", "nanogram"),
    *("hour", "minute", "second", "m", "cm", "mm"),
)
# A capital M is mega: 'Mg' is a thousand kilograms. Nobody doses by the tonne.
_MISTYPED = {"Mg": "mg", "MG": "mg", "ML": "mL", "Ml": "mL", "Mmol": "mmol", "Mol": "mol"}
_SIGNIFICANT_DIGITS = 15


def _with_body_weight(text: str) -> str:
    """Read kg below the line as body weight wherever pint itself reads a unit text."""
    return re.sub(r"(/\s*)kg\b(?!_)", r"\1kg_body", text)


@cache
def unit_registry() -> "UnitRegistry[Any]":
    """Pint registry of the project, built once at first use."""
    from pint import UnitRegistry

    registry: UnitRegistry[Any] = UnitRegistry(
        autoconvert_offset_to_baseunit=False, preprocessors=[_with_body_weight]
    )
    registry.define("kg_body = [body_weight] = kg_body")
    return registry


@lru_cache(maxsize=4096)
def measure(text: str) -> Measure:
    """Dimension of a unit text and its size in canonical units.

    Raises
    ------
    UnitError
        If the text is not a unit. The message gives the nearest name.

    Examples
    --------
    >>> measure("L/h/70 kg").canonical_size
    Fraction(1, 70)
    """
    dimension_so_far = DIMENSIONLESS
    size: Fraction | float = Fraction(1)
    for factor in read_unit_text(text):
        name = _measure_name(factor.name, tidy(text))
        dimension_so_far = dimension_so_far * name.dimension**factor.exponent
        size = size * factor.multiple ** (-1 if factor.below else 1)
        size = size * _raised(name.canonical_size, factor.exponent)
    return Measure(dimension_so_far, size)


def _measure_name(name: str, text: str) -> Measure:
    """Dimension and size of one name; pint is asked for all but the usual ones."""
    if name in _MISTYPED:
        raise UnitError(f"unit '{name}' in '{text}' is not accepted; write {_MISTYPED[name]}")
    usual = USUAL_UNITS.get(name)
    return measured_by_pint(name, text) if usual is None else usual


def measured_by_pint(name: str, text: str) -> Measure:
    """Dimension and size of one name, exact wherever pint's factor is a decimal number.

    Parameters
    ----------
    name
        Name of a unit.
    text
        Unit text it stands in, for messages.
    """
    registry = unit_registry()
    try:
        one = registry.Quantity(1, registry.Unit(SPELLINGS.get(name, name))).to_root_units()
        two = registry.Quantity(2, registry.Unit(SPELLINGS.get(name, name))).to_root_units()
    except (AttributeError, ValueError) as error:
        raise UnitError(_unknown_unit(name, text)) from error
    exponents = dict(one.dimensionality)
    found = Dimension(
        tuple(
            Fraction(str(exponents.pop(key, 0))).limit_denominator(1000) for _, key, _ in BASES
        )
    )
    # Temperatures and decibels are points on a scale: two of them are not twice one.
    proportional = math.isclose(two.magnitude, 2 * one.magnitude, rel_tol=1e-9)
    whole = all(power.denominator == 1 for power in found.exponents)
    if exponents or not (proportional and whole):
        raise UnitError(f"unit '{name}' in '{text}' is not accepted; it has no canonical unit")
    return Measure(found, _decimal(float(one.magnitude)) / _base_size(found))


def _base_size(found: Dimension) -> Fraction:
    """Size of the canonical unit of a dimension in pint's root units."""
    registry = unit_registry()
    size = Fraction(1)
    for (_, _, base_unit), power in zip(BASES, found.exponents, strict=True):
        root = _decimal(float(registry.Quantity(1, base_unit).to_root_units().magnitude))
        size *= root ** int(power)
    return size


def _decimal(value: float) -> Fraction:
    """Decimal number that a float stands for, without the noise of its last binary digits."""
    return Fraction(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def _raised(size: Fraction | float, power: Fraction) -> Fraction | float:
    return size ** int(power) if power.denominator == 1 else float(size) ** float(power)


def _unknown_unit(name: str, text: str) -> str:
    close = nearest_names(name, _SUGGESTED)
    hint = (
        f"close names: {', '.join(close)}" if close else "expected for example mg, nmol, L or h"
    )
    where = "" if name == text else f" in '{text}'"
    return f"no unit '{name}'{where}; {hint}"

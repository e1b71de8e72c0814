"""Quantities: a number and its unit, kept together above the border."""

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from algesia.errors import DomainError, UnitError

from .registry import SPELLINGS, measure, unit_registry
from .unit_text import Factor, read_unit_text, tidy

if TYPE_CHECKING:
    from pint import Quantity, Unit

__all__ = ["body_weight", "parse_quantity", "quantity", "split_quantity", "unit"]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)(?![a-z])", re.IGNORECASE)


def unit(text: str) -> "Unit":
    """Pint unit of a unit text.

    Parameters
    ----------
    text
        Unit text, such as 'mg/kg', 'µg/kg/min', 'ng*h/mL' or 'L/h/70 kg'.

    Returns
    -------
    Unit
        A unit of the project registry; '70 kg' below the line becomes a unit of its own.

    Raises
    ------
    UnitError
        If the text is not a unit. The message gives the nearest name.

    Examples
    --------
    >>> unit("ug/kg/min") == unit("microgram/kg/min")
    True
    """
    measure(text)
    registry = unit_registry()
    product: Any = registry.Unit("")
    for factor in read_unit_text(text):
        part: Any = registry.Unit(_defined_name(factor))
        if factor.multiple == 1:
            part = part ** _plain(factor.power)
        product = product / part if factor.below else product * part
    made: Unit = product
    return made


def quantity(value: float, unit_text: str) -> "Quantity[float]":
    """Quantity of a finite number and a unit text.

    Parameters
    ----------
    value
        Finite number, in `unit_text`.
    unit_text
        Unit text, see `unit`.

    Returns
    -------
    Quantity
        A quantity of the project registry.

    Raises
    ------
    DomainError
        If the value is not a finite number.
    UnitError
        If the unit text is not a unit.

    Examples
    --------
    >>> float(quantity(0.5, "mg/kg").to(unit("ug/kg")).magnitude)
    500.0
    """
    if isinstance(value, bool) or not math.isfinite(value):
        raise DomainError(f"quantity is {value} {unit_text}; expected a finite number")
    made: Quantity[float] = unit_registry().Quantity(float(value), unit(unit_text))
    return made


def parse_quantity(text: str) -> "Quantity[float]":
    """Quantity written as a number followed by its unit.

    Parameters
    ----------
    text
        A number and a unit text, such as '0.5 mg/kg', '5 mg/h/70 kg' or '40 min'.

    Returns
    -------
    Quantity
        A quantity of the project registry.

    Raises
    ------
    DomainError
        If the number is not finite.
    UnitError
        If the number or the unit is missing or cannot be read.

    Examples
    --------
    >>> float(parse_quantity("40 min").to(unit("h")).magnitude)
    0.6666666666666666
    """
    return quantity(*split_quantity(text))


def split_quantity(text: str) -> tuple[float, str]:
    """Finite number and checked unit text of a written quantity, without building a quantity.

    Raises
    ------
    DomainError
        If the number is not finite.
    UnitError
        If the number or the unit is missing or cannot be read.

    Examples
    --------
    >>> split_quantity("5 mg/h/70 kg")
    (5.0, 'mg/h/70 kg')
    """
    plain = tidy(text)
    if _NOT_FINITE.match(plain):
        raise DomainError(f"quantity is '{plain}'; expected a finite number with its unit")
    match = _NUMBER.match(plain)
    if match is None:
        raise UnitError(f"quantity is '{plain}'; expected a number with its unit, as '40 min'")
    unit_text = plain[match.end() :].strip()
    if not unit_text:
        raise UnitError(
            f"quantity is '{plain}' without a unit; expected one after it, such as mg or h, "
            "or 'fraction' for a pure number"
        )
    if unit_text.startswith(","):
        raise UnitError(f"quantity is '{plain}'; write the number with a decimal point only")
    measure(unit_text)
    return float(match[0]), unit_text


def body_weight(text: str) -> "Quantity[float]":
    """Body weight written in a unit of mass, as a quantity in kg_body.

    Parameters
    ----------
    text
        A number and a unit of mass, such as '70 kg'; above 0.

    Returns
    -------
    Quantity
        Body weight, kg_body.

    Examples
    --------
    >>> float(body_weight("70 kg").magnitude), float(body_weight("3500 g").magnitude)
    (70.0, 3.5)
    """
    given = parse_quantity(text)
    registry = unit_registry()
    if given.check("[body_weight]"):
        kilograms = float(given.to("kg_body").magnitude)
    elif given.check("[mass]"):
        kilograms = float(given.to("kg").magnitude)
    else:
        raise UnitError(f"body weight is '{text}'; expected a unit of mass, such as '70 kg'")
    if kilograms <= 0:
        raise DomainError(f"body weight is '{text}'; expected a weight above 0 kg")
    made: Quantity[float] = registry.Quantity(kilograms, "kg_body")
    return made


def _defined_name(factor: Factor) -> str:
    """Name of the factor in the registry; a multiple such as 70 kg is defined at first use."""
    name = SPELLINGS.get(factor.name, factor.name)
    if factor.multiple == 1:
        return name
    number = f"{float(factor.multiple)!r} * {name} ** {_plain(factor.power)!r}"
    multiple = "multiple_" + re.sub(r"\W+", "_", number)
    registry = unit_registry()
    if multiple not in registry:
        registry.define(f"{multiple} = {number}")
    return multiple


def _plain(power: Fraction) -> int | float:
    return int(power) if power.denominator == 1 else float(power)

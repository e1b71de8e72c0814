"""Words that FHIR and the plan language share: units, lengths of time, weekdays, labels."""

from types import MappingProxyType
from typing import Any, Final

from algesia.errors import RegimenError
from algesia.regimen.dose_unit import dose_unit
from algesia.regimen.time_text import hours_of, time_text

__all__ = [
    "DAYS",
    "SECURITY",
    "WARNING",
    "cannot_say",
    "dose_quantity",
    "duration_quantity",
    "hours_in",
    "time_value",
    "unit_of",
]

WARNING: Final = "simulation - do not administer"
"""What stands in every resource and every dosage."""

SECURITY: Final = (
    {
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        "code": "HTEST",
        "display": "test health data",
    },
)
"""Security label of every resource."""

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Codes of the weekdays; the first is Monday."""

UCUM: Final = "http://unitsofmeasure.org"
_TIME_CODES: Final = MappingProxyType(
    {"s": "s", "min": "min", "h": "h", "day": "d", "days": "d", "week": "wk", "weeks": "wk"}
)
_TIME_UNITS: Final = MappingProxyType(
    {"s": "s", "min": "min", "h": "h", "d": "day", "wk": "week"}
)


def cannot_say(what: str, hint: str) -> RegimenError:
    """Say what FHIR has no words for.

    Examples
    --------
    >>> cannot_say("a steady state", "doses from the start")
    RegimenError('FHIR Dosage cannot say a steady state; expected doses from the start')
    """
    return RegimenError(f"FHIR Dosage cannot say {what}; expected {hint}")


def time_value(hours: float) -> tuple[float, str]:
    """Give a length of time as a number and the code of a unit of time.

    Examples
    --------
    >>> time_value(40 / 60), time_value(336.0)
    ((40, 'min'), (2, 'wk'))
    """
    number, _, unit = time_text(hours).partition(" ")
    value = float(number)
    return (int(value) if value.is_integer() else value), _TIME_CODES[unit]


def hours_in(value: Any, code: Any, where: str) -> float:
    """Give hours of a number with the code of a unit of time.

    Raises
    ------
    RegimenError
        If the unit has no fixed length, or the number is none.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise RegimenError(f"{where} is {value!r}; expected a number from 0")
    if not isinstance(code, str) or code not in _TIME_UNITS:
        known = ", ".join(_TIME_UNITS)
        raise RegimenError(f"{where} has the unit of time {code!r}; expected one of {known}")
    return hours_of(value, _TIME_UNITS[code])


def duration_quantity(hours: float) -> dict[str, Any]:
    """Give a length of time as a FHIR Duration."""
    value, code = time_value(hours)
    return {"value": value, "unit": code, "system": UCUM, "code": code}


def dose_quantity(amount: float, unit: str) -> dict[str, Any]:
    """Give an amount, or a rate, as a FHIR Quantity with a UCUM unit.

    Examples
    --------
    >>> dose_quantity(5.0, "mg/h/70 kg")["code"]
    'mg/h/(70.kg)'
    """
    value = int(amount) if float(amount).is_integer() else amount
    return {"value": value, "unit": unit, "system": UCUM, "code": _ucum(unit)}


def unit_of(quantity: Any, where: str) -> tuple[float, str]:
    """Give the amount and the unit of a FHIR Quantity.

    Raises
    ------
    RegimenError
        If it has no number, or no unit of dose.
    """
    if not isinstance(quantity, dict):
        raise RegimenError(f"{where} is {quantity!r}; expected a quantity with a unit")
    value = quantity.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise RegimenError(f"{where}.value is {value!r}; expected a number")
    if quantity.get("comparator") is not None:
        raise RegimenError(f"{where} has a comparator; expected one value")
    code = str(quantity.get("code") or quantity.get("unit") or "")
    text = code.replace("(70.kg)", "70 kg")
    parts = ["day" if part == "d" else part for part in text.split("/")]
    return float(value), dose_unit("/".join(parts)).text


def _ucum(unit: str) -> str:
    """Write a unit of dose as UCUM does."""
    parts = {"µg": "ug", "day": "d", "70 kg": "(70.kg)"}
    return "/".join(parts.get(part, part) for part in unit.split("/"))

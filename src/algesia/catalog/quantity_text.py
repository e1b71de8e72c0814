"""Quantities written in scenario files: a number with its unit, with the place in messages."""

from algesia.errors import InputError
from algesia.units import conversion_factor, convert_amount, split_quantity, substance

__all__ = ["concentration_in", "hours", "number_and_unit"]


def number_and_unit(text: str, where: str) -> tuple[float, str]:
    """Split '40 min' into its number and its unit text.

    Raises
    ------
    InputError
        If there is no number or no unit, naming the place.

    Examples
    --------
    >>> number_and_unit("40 min", "example")
    (40.0, 'min')
    """
    try:
        return split_quantity(text)
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None


def hours(text: str, where: str) -> float:
    """Time in h.

    Raises
    ------
    InputError
        If the text is not a time, naming the place.

    Examples
    --------
    >>> hours("30 min", "example")
    0.5
    """
    number, unit = number_and_unit(text, where)
    try:
        return number * conversion_factor(unit, "h")
    except InputError as error:
        raise type(error)(
            f"{where} is '{text}'; expected a time, such as '2 h' ({error})"
        ) from None


def concentration_in(text: str, unit: str, drug: str | None, where: str) -> float:
    """Concentration in a wanted unit; mass and amount are bridged by the drug measured."""
    number, given = number_and_unit(text, where)
    try:
        bridge = substance(drug) if drug is not None else None
        if bridge is None:
            return number * conversion_factor(given, unit)
        return float(convert_amount(number, from_unit=given, to_unit=unit, substance=bridge))
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None

"""A fact that rules ask for, and the reading of a value given for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from algesia.errors import DomainError, InputError, UnitError, unknown_name
from algesia.units import conversion_factor, split_quantity

__all__ = ["About", "Fact", "FactKind", "FactValue", "FactValues", "number_in"]

FactKind: TypeAlias = Literal["flag", "number", "choice"]
About: TypeAlias = Literal["patient", "regimen", "setting", "outcome"]
FactValue: TypeAlias = bool | float | str
FactValues: TypeAlias = Mapping[str, tuple[FactValue, ...]]
"""Values by fact; one that is not there is unknown, one without values does not exist here."""

UNKNOWN: Final = "unknown"
FLAGS: Final[Mapping[str, bool]] = {"yes": True, "true": True, "no": False, "false": False}
# Units of clinical sheets that are pure counts; no conversion leads to or from them.
COUNTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ULN": ("ULN", "x ULN", "× ULN", "times ULN"),
    "percent": ("percent", "%"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that a rule, a question or a monitoring item may ask about.

    Parameters
    ----------
    name
        Its one name.
    kind
        A flag, a number with a unit, or a choice among levels.
    about
        Whether it is about the patient, the regimen, the setting or the outcome.
    question
        What to ask where it is not known.
    unit
        Unit of a number; `1` where it is a count.
    levels
        What a choice may be.
    many
        Whether several values may hold at once.
    derived
        Whether it is computed.
    statable
        Whether it may be stated although it is computed.
    lowest, highest
        What a number may be, in `unit`.
    """

    name: str
    kind: FactKind
    about: About
    question: str
    unit: str = "1"
    levels: tuple[str, ...] = ()
    many: bool = False
    derived: bool = False
    statable: bool = False
    lowest: float = 0.0
    highest: float = math.inf

    def read(self, given: object, where: str) -> tuple[FactValue, ...] | None:
        """Read a value given for the fact.

        Parameters
        ----------
        given
            A truth value, a number with its unit as text, a level, or a list of levels.
        where
            What to call the place in messages.

        Returns
        -------
        tuple or None
            The values; None where it is said to be unknown.

        Raises
        ------
        InputError
            If the value does not fit. The message says what would.
        """
        if self.derived and not self.statable:
            raise InputError(
                f"{where} states {self.name}, which is computed from the plan; leave it out"
            )
        if given is None or (isinstance(given, str) and given.strip().lower() == UNKNOWN):
            return None
        if self.kind == "flag":
            return (self._flag(given, where),)
        if self.kind == "number":
            return (self._number(given, where),)
        return self._choice(given, where)

    def _flag(self, given: object, where: str) -> bool:
        key = str(given).strip().lower()
        if not isinstance(given, bool | str) or key not in FLAGS:
            raise InputError(
                f"{where}: {self.name} is {given!r}; expected yes, no or {UNKNOWN}"
            )
        return FLAGS[key]

    def _number(self, given: object, where: str) -> float:
        value = number_in(given, self.unit, f"{where}: {self.name}")
        if not self.lowest <= value <= self.highest:
            raise DomainError(
                f"{where}: {self.name} is {given}; expected {self.lowest:g} to "
                f"{self.highest:g}{'' if self.unit == '1' else f' {self.unit}'}"
            )
        return value

    def _choice(self, given: object, where: str) -> tuple[FactValue, ...]:
        levels = given if isinstance(given, list) else [given]
        if not levels or (len(levels) > 1 and not self.many):
            raise InputError(
                f"{where}: {self.name} is {given!r}; expected one of {', '.join(self.levels)}"
            )
        for level in levels:
            if level not in self.levels:
                raise unknown_name(f"level of {self.name}", str(level), self.levels)
        return tuple(dict.fromkeys(levels))


def number_in(given: object, unit: str, where: str) -> float:
    """Read a number in a wanted unit.

    Parameters
    ----------
    given
        Text such as `128 mmHg`; a bare number where the unit is `1`.
    unit
        The unit wanted; ULN and percent are taken as they stand.
    where
        What to call the value in messages.

    Raises
    ------
    InputError
        If there is no finite number, or its unit is missing or of another kind.

    Examples
    --------
    >>> number_in("1.5 x ULN", "ULN", "ALT"), number_in("90 min", "h", "length")
    (1.5, 1.5)
    """
    if unit == "1" or not isinstance(given, str):
        return _bare(given, unit, where)
    number, _, rest = given.strip().partition(" ")
    if unit in COUNTS:
        if rest.strip() not in COUNTS[unit]:
            raise UnitError(f"{where} is '{given}'; expected a number with '{unit}'")
        return _finite(number, given, where)
    try:
        value, from_unit = split_quantity(given)
        return float(value * conversion_factor(from_unit, unit))
    except InputError as error:
        raise type(error)(f"{where}: {error}; expected it in {unit}") from None


def _bare(given: object, unit: str, where: str) -> float:
    if unit != "1":
        raise UnitError(f"{where} is {given!r}; expected a number with its unit, in {unit}")
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise InputError(f"{where} is {given!r}; expected a number")
    return _finite(given, given, where)


def _finite(text: str | float, given: object, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DomainError(f"{where} is {given!r}; expected a finite number")
    return value

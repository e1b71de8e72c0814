"""Units in which a dose may be stated: mass, per kilogram, per time, and both."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from algesia.errors import RegimenError, nearest_names
from algesia.units import conversion_factor

from .time_text import time_unit

__all__ = ["DOSE_UNIT", "DoseUnit", "RowUnit", "dose_unit"]

RowUnit = Literal["mg", "mg/kg_body"]

MASSES: Final = {
    "g": "g", "gram": "g", "grams": "g",
    "mg": "mg", "milligram": "mg", "milligrams": "mg",
    "ug": "µg", "mcg": "µg", "µg": "µg", "μg": "µg", "microgram": "µg", "micrograms": "µg",
    "ng": "ng", "nanogram": "ng", "nanograms": "ng",
}  # fmt: skip
PER: Final = r"\s*(?:/|\bper\b)\s*"
DOSE_UNIT: Final = re.compile(
    rf"(?:{'|'.join(sorted(MASSES, key=len, reverse=True))})(?![A-Za-zµμ])"
    rf"(?:{PER}(?:70\s?kg|24\s?h(?:ours|rs|r)?|kg|hours?|hrs?|h|minutes?|mins?|days?|d)(?![A-Za-z]))*",
    re.IGNORECASE,
)
"""Matches a dose unit as it may stand in a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseUnit:
    """A unit of dose, and what one of it is.

    Parameters
    ----------
    text
        The one spelling, such as `mg/kg/h`.
    row_unit
        Unit of the amount given: `mg`, or `mg/kg_body` where it scales with body weight.
    rate
        Whether it is per time, so that an amount needs a duration.
    factor
        Size of one unit in `row_unit`, or in `row_unit` per hour for a rate.
    """

    text: str
    row_unit: RowUnit
    rate: bool
    factor: float


@cache
def dose_unit(text: str) -> DoseUnit:
    """Understand a unit of dose.

    Parameters
    ----------
    text
        Mass, optionally per `kg` or `70 kg` and per `min`, `h`, `24 h` or `day`.

    Raises
    ------
    RegimenError
        If the text is not such a unit.

    Examples
    --------
    >>> dose_unit("mg/h/70 kg").factor * 70
    1.0
    """
    if DOSE_UNIT.fullmatch(text.strip()) is None:
        close = nearest_names(
            text, ("mg", "mg/kg", "mg/h", "mg/kg/h", "µg/kg/min", "mg/h/70 kg")
        )
        hint = (
            f"close units: {', '.join(close)}"
            if close
            else "expected one such as mg or mg/kg/h"
        )
        raise RegimenError(f"no dose unit '{text}'; {hint}")
    mass, *pers = re.split(PER, text.strip(), flags=re.IGNORECASE)
    names = [_per_name(per) for per in pers]
    weights = [name for name in names if name.endswith("kg")]
    times = [name for name in names if not name.endswith("kg")]
    if len(weights) > 1 or len(times) > 1:
        raise RegimenError(
            f"dose unit '{text}' divides twice by the same; expected mg/kg/h or less"
        )
    spelling = "/".join([MASSES[mass.lower()], *names])
    return DoseUnit(
        text=spelling,
        row_unit="mg/kg_body" if weights else "mg",
        rate=bool(times),
        factor=_factor(spelling, per_kilogram=bool(weights), rate=bool(times)),
    )


def _per_name(text: str) -> str:
    """Give the one spelling of what stands after a stroke."""
    compact = re.sub(r"\s", "", text.lower())
    if compact.endswith("kg"):
        return "70 kg" if compact.startswith("70") else "kg"
    if compact.startswith("24"):
        return "day"
    name = time_unit(compact)
    if name is None:
        raise RegimenError(f"no unit of time '{text}'; expected min, h or day")
    return name


def _factor(spelling: str, *, per_kilogram: bool, rate: bool) -> float:
    """Size of one unit in mg, mg/kg, mg/h or mg/kg/h."""
    target = "mg" + ("/kg" if per_kilogram else "") + ("/h" if rate else "")
    return float(conversion_factor(spelling, target))

"""The gate of plausible numbers: bounds that no value of its kind lies outside."""

from collections.abc import Mapping
from typing import Final

from algesia.errors import UnitError
from algesia.provenance import LogNormalSpread, Reported
from algesia.units import conversion_factor

from .entry import Entry
from .entry_file import read_entry_values
from .gate import Issue

__all__ = ["numbers_plausible"]

_Bounds = tuple[float, float, str]

# By the beginning of a name; the longest that fits counts. Wide on purpose: they catch a slip
# of unit or sign, not a disputed value.
_BY_NAME: Final[Mapping[str, _Bounds]] = {
    "allometric_exponent": (0.2, 1.5, "1"),
    "population_weight": (1.0, 250.0, "kg"),
    "population_weight_sd": (0.1, 60.0, "kg"),
    "population_age": (0.0, 110.0, "year"),
    "population_age_sd": (0.01, 40.0, "year"),
    "reference_weight": (1.0, 150.0, "kg"),
}
_SPREADS: Final = frozenset({"log_sd", "log_variance", "cv_percent"})
_LOG_SD: Final = (0.02, 3.0)
_SHARE: Final = (0.01, 2.0)


def numbers_plausible(entry: Entry) -> list[Issue]:
    """Exponents, body weights, ages and spreads lie where any of their kind does."""
    issues = []
    for parameter in read_entry_values(entry.folder).parameters.values():
        reported = parameter.reported
        message = _implausible(reported) if reported.known else None
        if message is not None:
            place = f"values.{reported.name}"
            issues.append(Issue(gate="numbers_plausible", place=place, message=message))
    return issues


def _implausible(reported: Reported) -> str | None:
    """What is odd about a value, None where nothing is."""
    shown = f"is {reported.number():g} {reported.unit} ({reported.form})"
    if reported.name.startswith("residual_proportional"):
        number = _residual_share(reported)
        if number is not None and number and not _SHARE[0] <= number <= _SHARE[1]:
            return f"{shown}; expected a share of {_SHARE[0]:g} to {_SHARE[1]:g} of the value"
        return None
    if reported.form in _SPREADS:
        log_sd = _log_sd(reported)
        if log_sd and not _LOG_SD[0] <= log_sd <= _LOG_SD[1]:
            return f"{shown}; expected a log SD of {_LOG_SD[0]:g} to {_LOG_SD[1]:g}"
        return None
    bounds = _bounds(reported.name)
    if bounds is None:
        return None
    low, high, unit = bounds
    try:
        number = reported.number() * conversion_factor(reported.unit, unit)
    except UnitError:
        return f"{shown}; expected {low:g} to {high:g} {unit}"
    if reported.form == "variance":
        number = number**0.5
    if low <= number <= high:
        return None
    return f"{shown}; expected {low:g} to {high:g} {unit}"


def _bounds(name: str) -> _Bounds | None:
    fitting = [start for start in _BY_NAME if name.startswith(start)]
    return _BY_NAME[max(fitting, key=len)] if fitting else None


def _log_sd(reported: Reported) -> float:
    number = reported.canonical()
    if reported.form == "cv_percent":
        return LogNormalSpread.from_cv_percent(number * 100.0).log_sd
    return float(number**0.5) if reported.form == "log_variance" else float(number)


def _residual_share(reported: Reported) -> float | None:
    """Proportional error as a share of the value, None for a form that gives none."""
    number = reported.canonical()
    if reported.form in {"variance", "log_variance"}:
        return float(number**0.5)
    return float(number) if reported.form in {"sd", "log_sd", "cv_percent"} else None

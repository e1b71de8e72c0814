"""For whom, by which routes and at which doses an entry holds, from its file."""

from collections.abc import Mapping
from typing import Final

from algesia.errors import FileInputError, InputError, UnitError
from algesia.model import (
    COVARIATE_UNITS,
    DOSE_RANGE_UNITS,
    DoseRange,
    Validity,
    in_covariate_unit,
)
from algesia.regimen import FORMULATIONS, route_name
from algesia.units import conversion_factor, dimension

from .entry_schema import DomainFile, DoseRangeFile, DosesUnknownFile, ValidityFile
from .entry_values import located
from .quantity_text import number_and_unit

__all__ = ["unknown_routes_of", "validity_of"]

_PER_KG: Final = {"mg/kg": "mg/kg_body", "mg/kg/h": "mg/kg_body/h"}


def validity_of(row: ValidityFile) -> Validity:
    """Build the validity of an entry.

    Raises
    ------
    InputError
        If a range cannot be read, or a route does not exist. The message gives the place.
    """
    by_route = row.dose if isinstance(row.dose, Mapping) else {}
    whole = row.dose if isinstance(row.dose, DomainFile) else None
    with located("validity"):
        return Validity(
            covariates={name: _domain(name, given) for name, given in row.covariates.items()},
            population=row.population,
            routes=tuple(row.routes),
            dose_mg=None if whole is None else _dose_range(whole),
            doses={
                _dose_route(route): _doses(route, given)
                for route, given in by_route.items()
                if not isinstance(given, DosesUnknownFile)
            },
            unknown_doses={
                _dose_route(route): " ".join(given.unknown.split())
                for route, given in by_route.items()
                if isinstance(given, DosesUnknownFile)
            },
            children=row.children,
            pregnancy=row.pregnancy,
            note=row.note,
        )


def unknown_routes_of(given: Mapping[str, str]) -> dict[str, str]:
    """Give the routes an entry knows nothing of, by their one name, with the reason.

    Raises
    ------
    InputError
        If a route does not exist.
    """
    with located("unknown_routes"):
        return {route_name(route): " ".join(reason.split()) for route, reason in given.items()}


def _dose_route(route: str) -> str:
    """Give the one name of a route; a formulation, such as `wafer`, keeps its own."""
    return route if route in FORMULATIONS else route_name(route)


def _doses(route: str, given: DoseRangeFile | list[DoseRangeFile]) -> tuple[DoseRange, ...]:
    ranges = given if isinstance(given, list) else [given]
    if not ranges:
        raise FileInputError(f"dose.{route} is an empty list; expected at least one range")
    return tuple(_range(each, f"dose.{route}") for each in ranges)


def _range(given: DoseRangeFile, where: str) -> DoseRange:
    """Read both ends in the one of the accepted units that has their dimension."""
    (low, low_unit) = number_and_unit(given.low, f"{where}.from")
    (high, high_unit) = number_and_unit(given.high, f"{where}.to")
    try:
        for unit in DOSE_RANGE_UNITS:
            held = _PER_KG.get(unit, unit)
            if dimension(held) == dimension(low_unit):
                return DoseRange(
                    low=low * conversion_factor(low_unit, held),
                    high=high * conversion_factor(high_unit, held),
                    unit=unit,
                )
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None
    raise UnitError(
        f"{where}.from is in {low_unit}; expected a dose in {', '.join(DOSE_RANGE_UNITS)}"
    )


def _domain(name: str, row: DomainFile) -> tuple[float, float] | tuple[str, ...]:
    where = f"covariates.{name}"
    if row.levels is not None and row.low is None and row.high is None:
        if name in COVARIATE_UNITS:
            raise FileInputError(f"{where} has levels; expected from and to, it is a number")
        return tuple(row.levels)
    low, high = _ends(row, where)
    with located(where):
        return in_covariate_unit(name, *low), in_covariate_unit(name, *high)


def _dose_range(row: DomainFile) -> tuple[float, float]:
    try:
        low, high = (
            number * conversion_factor(unit, "mg") for number, unit in _ends(row, "dose")
        )
    except UnitError as error:
        raise UnitError(f"dose: {error}") from None
    return low, high


def _ends(row: DomainFile, where: str) -> tuple[tuple[float, str], tuple[float, str]]:
    if row.low is None or row.high is None or row.levels is not None:
        raise FileInputError(f"{where}: expected from and to, or a list of levels")
    return number_and_unit(row.low, f"{where}.from"), number_and_unit(row.high, f"{where}.to")

"""The units in which covariates are held, and how a printed value gets there."""

from typing import Final

from algesia.errors import DomainError, UnitError, unknown_name
from algesia.units import Dimension, conversion_factor, dimension

__all__ = [
    "COVARIATE_UNITS",
    "FLAG_LEVELS",
    "covariate_dimension",
    "covariate_unit",
    "in_covariate_unit",
]

COVARIATE_UNITS: Final[dict[str, str]] = {
    "weight": "kg",
    "height": "cm",
    "age": "year",
    "creatinine_clearance": "mL/min",
    "hepatic_function": "fraction",
}
"""Numeric covariates and the unit in which every cohort holds them."""

FLAG_LEVELS: Final[dict[str, tuple[str, ...]]] = {
    "female": ("true", "false"),
    "pregnant": ("true", "false"),
}
"""Covariates that are true or false."""


def covariate_unit(covariate: str) -> str:
    """Return the unit of a numeric covariate.

    Raises
    ------
    UnknownNameError
        If there is no such numeric covariate.

    Examples
    --------
    >>> covariate_unit("age")
    'year'
    """
    if covariate not in COVARIATE_UNITS:
        raise unknown_name("numeric covariate", covariate, COVARIATE_UNITS)
    return COVARIATE_UNITS[covariate]


def covariate_dimension(covariate: str) -> Dimension:
    """Dimension of a numeric covariate; weight is body mass, never mass of drug."""
    unit = covariate_unit(covariate)
    return dimension("kg_body" if unit == "kg" else unit)


def in_covariate_unit(covariate: str, value: float, unit: str) -> float:
    """Express a printed value of a covariate in the unit cohorts hold.

    Raises
    ------
    UnitError
        If the unit is of another dimension. The message names both units.

    Examples
    --------
    >>> in_covariate_unit("age", 6.0, "month")
    0.5
    """
    wanted = covariate_unit(covariate)
    if wanted == "kg":
        return _body_weight_kg(value, unit)
    if dimension(unit) != dimension(wanted):
        raise UnitError(f"{covariate} is given in '{unit}'; expected a unit such as {wanted}")
    return value * conversion_factor(unit, wanted)


def _body_weight_kg(value: float, unit: str) -> float:
    """Body weight in kg from a unit of body weight or of mass."""
    held = next(
        (each for each in ("kg_body", "kg") if dimension(each) == dimension(unit)), None
    )
    if held is None:
        raise UnitError(f"body weight is given in '{unit}'; expected a unit such as kg")
    weight_kg = value * conversion_factor(unit, held)
    if not weight_kg > 0.0:
        raise DomainError(f"body weight is {value:g} {unit}; expected a weight above 0 kg")
    return weight_kg

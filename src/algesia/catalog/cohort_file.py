"""Build a cohort: the study population of a model, changed where a scenario says so."""

from pathlib import Path

from algesia.errors import FileInputError, InputError
from algesia.formats.patient_table import read_patient_table
from algesia.model import CovariateDistribution, Model, in_covariate_unit
from algesia.population import (
    Cohort,
    Distribution,
    covariate,
    distribution_of,
    study_population,
)

from .covariate_use import checked_level
from .quantity_text import number_and_unit
from .scenario_schema import CohortFile, DistributionFile

__all__ = ["build_cohort", "typical_values"]


def build_cohort(
    model: Model,
    given: CohortFile,
    *,
    folder: Path,
    where: str,
) -> Cohort:
    """Build the cohort of an arm.

    Parameters
    ----------
    model
        Its study population is the default.
    given
        What the scenario says, with number of subjects and seed filled in.
    folder
        Folder in which a table of patients is looked for.
    where
        Place in the scenario, for messages.

    Raises
    ------
    InputError
        If the cohort is empty, contradicts itself or cannot be read.
    """
    chosen = [
        name for name in ("covariates", "table", "typical") if getattr(given, name) is not None
    ]
    if ("table" in chosen and len(chosen) > 1) or {"covariates", "typical"} <= set(chosen):
        raise InputError(f"{where}: {' and '.join(chosen)} are given; expected one of them")
    seed = 1 if given.seed is None else given.seed
    if given.table is not None:
        path = folder / given.table
        if not path.is_file():
            raise FileInputError(f"{where}.table: no file '{given.table}' in {folder}")
        return read_patient_table(path, seed=seed)
    if given.typical is not None:
        values = {
            name: _plain_value(model, name, value, f"{where}.typical.{name}")
            for name, value in given.typical.items()
        }
        return Cohort.typical({**typical_values(model), **values}, seed=seed)
    distributions = dict(study_population(model))
    for name, distribution in (given.covariates or {}).items():
        covariate(name)
        distributions[name] = _scenario_distribution(
            model, name, distribution, f"{where}.covariates.{name}"
        )
    return Cohort.sample(given.subjects or 1, distributions, seed)


def typical_values(model: Model) -> dict[str, float | bool | str]:
    """Middle of the study population: mean or median, commoner sex, largest group."""
    values: dict[str, float | bool | str] = {}
    for each in model.population:
        numbers = each.numbers
        match each.kind:
            case "categorical":
                values[each.covariate] = max(each.levels, key=lambda name: each.levels[name])
            case "bernoulli":
                values[each.covariate] = numbers["probability"] > 0.5
            case "uniform":
                values[each.covariate] = 0.5 * (numbers["low"] + numbers["high"])
            case _:
                key = {"normal": "mean", "log_normal": "median"}.get(each.kind, "value")
                values[each.covariate] = numbers[key]
    return values


def _plain_value(model: Model, name: str, value: bool | str, where: str) -> float | bool | str:
    """Covariate as cohorts hold it: a number in its unit, a flag, or a level."""
    held = covariate(name)
    if held.kind == "level":
        return checked_level(model, name, value, where)
    if held.kind == "flag":
        if not isinstance(value, bool):
            raise InputError(f"{where} is '{value}'; expected true or false")
        return value
    if isinstance(value, bool):
        raise InputError(f"{where} is {value}; expected a number with its unit")
    number, unit = number_and_unit(value, where)
    try:
        return in_covariate_unit(name, number, unit)
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None


def _scenario_distribution(
    model: Model, name: str, given: DistributionFile, where: str
) -> Distribution:
    """Distribution of a scenario, checked and cut as one a study reports."""
    said = given.model_dump(exclude_none=True, exclude={"distribution"})
    kind, levels = given.distribution, said.pop("levels", {})
    for level in levels if covariate(name).kind == "level" else ():
        checked_level(model, name, level, f"{where}.levels")
    if covariate(name).kind == "level":
        if kind not in {"fixed", "categorical"}:
            raise InputError(f"{where} is {kind}; expected categorical or fixed, it has levels")
        if kind == "fixed" and set(said) == {"value"}:
            # Everyone of one level is the categorical distribution with a single one.
            level = checked_level(model, name, said.pop("value"), f"{where}.value")
            kind, levels = "categorical", {level: 1.0}
    numbers = {
        key: value
        if isinstance(value, float)
        else float(_plain_value(model, name, value, f"{where}.{key}"))
        for key, value in said.items()
    }
    try:
        return distribution_of(
            CovariateDistribution(covariate=name, kind=kind, numbers=numbers, levels=levels)
        )
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None

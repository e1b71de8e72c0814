"""How people differ in an entry: random effects, covariates, residuals, population."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from algesia.errors import ModelError, UnitError, UnknownNameError, unknown_name
from algesia.model import (
    FLAG_LEVELS,
    Allometry,
    Categorical,
    CovarianceBlock,
    CovariateDistribution,
    CovariateEffect,
    EffectPair,
    LinearAbove,
    Output,
    RandomEffect,
    ResidualError,
    covariance_blocks,
)
from algesia.provenance import Reported
from algesia.units import DIMENSIONLESS, dimension

from .entry_schema import (
    AllometryFile,
    CategoricalFile,
    DistributionOfStudyFile,
    LinearAboveFile,
    ModelFile,
)
from .entry_values import EntryValues, located

__all__ = [
    "EntrySpread",
    "covariate_effects_of",
    "population_of",
    "residuals_of",
    "spread_of",
]

_IN_COVARIATE_UNIT = ("mean", "sd", "median", "low", "high", "value")
_PURE = ("log_sd", "probability")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySpread:
    """Random effects of an entry.

    Parameters
    ----------
    effects
        The effects whose spread is printed.
    blocks
        Those that are drawn together.
    blank
        Values of effects the source states without a number; none of them is drawn.
    """

    effects: tuple[RandomEffect, ...]
    blocks: tuple[CovarianceBlock, ...]
    blank: tuple[Reported, ...]

    def notes(self) -> tuple[str, ...]:
        """One note for each spread that is stated but blank."""
        return tuple(
            f"the spread '{value.name}' is stated without a number ({value.source}, "
            f"{value.locator}); none is drawn"
            for value in self.blank
        )


def spread_of(file: ModelFile, values: EntryValues) -> EntrySpread:
    """Build the random effects of an entry and their blocks."""
    effects: list[RandomEffect] = []
    blank: list[Reported] = []
    for name, row in file.random_effects.items():
        where = f"random_effects.{name}"
        reported = values.reported(row.value, f"{where}.value")
        if reported.value is None:
            blank.append(reported)
            continue
        with located(where):
            effect = RandomEffect.from_reported(
                name=name,
                parameters=tuple(row.parameters),
                kind=row.kind,
                level=row.level,
                reported=reported,
            )
        effects.append(effect)
    pairs = list(_pairs(file, values))
    with located("blocks"):
        blocks = covariance_blocks(effects, pairs)
    return EntrySpread(effects=tuple(effects), blocks=blocks, blank=tuple(blank))


def _pairs(file: ModelFile, values: EntryValues) -> Iterator[EffectPair]:
    for place, row in enumerate(file.blocks):
        where = f"blocks.{place}"
        given = {"covariance": row.covariance, "correlation": row.correlation}
        named = [(key, value) for key, value in given.items() if value is not None]
        if len(named) != 1:
            raise ModelError(f"{where}: expected either covariance or correlation")
        key, value = named[0]
        reported = values.reported(value, f"{where}.{key}")
        wanted = "correlation" if key == "correlation" else "covariance_log"
        if reported.form != wanted:
            raise ModelError(
                f"{where}.{key}: '{value}' has form '{reported.form}'; accepted: {wanted}"
            )
        with located(where):
            yield EffectPair(effects=(row.effects[0], row.effects[1]), reported=reported)


def covariate_effects_of(file: ModelFile, values: EntryValues) -> tuple[CovariateEffect, ...]:
    """Build the covariate effects of an entry, in order."""
    effects: list[CovariateEffect] = []
    for place, row in enumerate(file.covariate_effects):
        where = f"covariate_effects.{place}"
        with located(where):
            effects.append(_covariate_effect(row, values))
    return tuple(effects)


def _covariate_effect(
    row: AllometryFile | CategoricalFile | LinearAboveFile, values: EntryValues
) -> CovariateEffect:
    if isinstance(row, AllometryFile):
        return Allometry.from_reported(
            parameters=tuple(row.parameters),
            covariate=row.covariate,
            reference=values.reported(row.reference, "reference"),
            exponent=values.reported(row.exponent, "exponent"),
        )
    if isinstance(row, CategoricalFile):
        return Categorical.from_reported(
            parameter=row.parameter,
            covariate=row.covariate,
            level=row.level,
            factor=values.reported(row.factor, "factor"),
        )
    return LinearAbove.from_reported(
        parameter=row.parameter,
        covariate=row.covariate,
        threshold=values.reported(row.threshold, "threshold"),
        slope=values.reported(row.slope, "slope"),
    )


def residuals_of(
    file: ModelFile, values: EntryValues, outputs: Mapping[str, Output]
) -> tuple[ResidualError, ...]:
    """Build the residual errors of an entry; their outputs must exist."""
    errors: list[ResidualError] = []
    for name, row in file.residuals.items():
        where = f"residuals.{name}"
        terms = {
            "proportional": row.proportional,
            "additive": row.additive,
            "log_additive": row.log_additive,
        }
        given = {
            term: values.reported(value, f"{where}.{term}")
            for term, value in terms.items()
            if value is not None
        }
        if name not in outputs:
            raise UnknownNameError(f"{where}: {unknown_name('output', name, outputs)}")
        with located(where):
            error = ResidualError.from_reported(
                output=outputs[name], kind=row.kind, values=given
            )
        errors.append(error)
    return tuple(errors)


def population_of(file: ModelFile, values: EntryValues) -> tuple[CovariateDistribution, ...]:
    """Build the covariate distributions of the study."""
    return tuple(_distribution(name, row, values) for name, row in file.population.items())


def _distribution(
    covariate: str, row: DistributionOfStudyFile, values: EntryValues
) -> CovariateDistribution:
    where = f"population.{covariate}"
    numbers: dict[str, float] = {}
    used: list[Reported] = []
    flag = covariate in FLAG_LEVELS
    for key in () if flag else _IN_COVARIATE_UNIT:
        name = getattr(row, key)
        if name is not None:
            numbers[key], reported = values.covariate_number(name, covariate, f"{where}.{key}")
            used += reported
    for key in (*_PURE, *_IN_COVARIATE_UNIT) if flag else _PURE:
        name = getattr(row, key)
        if name is not None:
            share = _pure(values.reported(name, f"{where}.{key}"), f"{where}.{key}")
            numbers[key] = share.canonical()
            used.append(share)
    levels: dict[str, float] = {}
    for level, name in (row.levels or {}).items():
        share = _pure(
            values.reported(name, f"{where}.levels.{level}"), f"{where}.levels.{level}"
        )
        levels[level] = share.canonical()
        used.append(share)
    with located(where):
        return CovariateDistribution(
            covariate=covariate,
            kind=row.distribution,
            numbers=numbers,
            levels=levels,
            reported=tuple(used),
        )


def _pure(reported: Reported, where: str) -> Reported:
    """Refuse a value with a dimension where a pure number stands."""
    if dimension(reported.unit) != DIMENSIONLESS:
        raise UnitError(
            f"{where}: '{reported.name}' is in '{reported.unit}'; expected unit '1'"
        )
    return reported

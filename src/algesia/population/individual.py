"""Parameters of each subject: typical values, shifted by covariates, spread at random."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import DomainError, InputError
from algesia.model import Allometry, Categorical, CovariateEffect, LinearAbove, Model

from .cohort import Cohort
from .covariate import Column, covariate
from .draws import normal, whole_number

__all__ = ["individual_parameters", "typical_parameters"]

_KINDS = {Allometry: "allometry", Categorical: "categorical", LinearAbove: "linear_above"}


def individual_parameters(
    model: Model,
    cohort: Cohort,
    *,
    occasions: int = 1,
    spread: bool = True,
    data: Mapping[str, FloatArray] = MappingProxyType({}),
) -> FloatArray:
    """Parameters of each subject on each occasion.

    A log-normal effect multiplies the typical value by exp(draw), so the typical value stays
    the median; a logit-normal effect adds the draw to the logit. The draws of an effect come
    from the stream ``subject:<effect>``, or ``occasion:<effect>:<k>`` with k counted from 0.

    Parameters
    ----------
    model
        The model; P is its `dynamic_parameters`, in that order.
    cohort
        Who receives it.
    occasions
        Number of occasions, 1 or above.
    spread
        Whether subjects differ at random; a cohort without spread never does.
    data
        Values of the data columns of the model, each (S,), canonical units.

    Returns
    -------
    FloatArray
        Values, (occasions, S, P), canonical units.

    Raises
    ------
    InputError
        If the cohort lacks a covariate that an effect needs and that is not one and the same
        for everyone in the model's population. The message names both.
    DomainError
        If a covariate effect takes a parameter out of its domain, naming the first subject.
    """
    if whole_number("occasions", occasions) < 1:
        raise DomainError(f"occasions is {occasions}; expected 1 or above")
    typical = typical_parameters(model, cohort, data=data)
    values = np.repeat(typical[np.newaxis], occasions, axis=0)
    if not (spread and cohort.spread and model.random_effects):
        return values
    place = {name: column for column, name in enumerate(model.dynamic_parameters())}
    shifts: dict[str, FloatArray] = {}
    subject_draws = _draws(model, cohort, "subject", "")
    for occasion in range(occasions):
        draws = subject_draws | _draws(model, cohort, "occasion", f":{occasion}")
        shifts.clear()
        for effect in model.random_effects:
            for name in effect.parameters:
                before = shifts.get(name)
                draw = draws[effect.name]
                shifts[name] = draw if before is None else before + draw
        logits = _logit_parameters(model)
        for name, shift in shifts.items():
            column = values[occasion, :, place[name]]
            spread_out = _shifted_logit if name in logits else _shifted_logarithm
            values[occasion, :, place[name]] = spread_out(column, shift)
    return values


def typical_parameters(
    model: Model, cohort: Cohort, *, data: Mapping[str, FloatArray] = MappingProxyType({})
) -> FloatArray:
    """Parameters of the typical subject with each subject's covariates.

    Parameters
    ----------
    model
        The model; P is its `dynamic_parameters`, in that order.
    cohort
        Who receives it.
    data
        Values of the data columns of the model, each (S,), canonical units.

    Returns
    -------
    FloatArray
        Values, (S, P), canonical units, without random differences.

    Raises
    ------
    InputError
        If a data column of the model has no values.
    """
    names = model.dynamic_parameters()
    columns = {column.name: column for column in model.data_columns}
    values = np.empty((cohort.size, len(names)))
    for number, name in enumerate(names):
        if name not in columns:
            values[:, number] = model.parameter(name).reported.canonical()
        elif name in data:
            values[:, number] = data[name]
        else:
            raise InputError(
                f"model '{model.id}' takes '{name}' from the column {columns[name].column} of "
                "an event table; expected a table that has it"
            )
    place = {name: column for column, name in enumerate(names)}
    for effect in model.covariate_effects:
        if isinstance(effect, Categorical) and effect.factor == 1.0:
            # Switched off: it changes nobody and asks for nobody's level.
            continue
        column = _needed(model, effect, cohort)
        for name in effect.parameters:
            # A contiguous copy: vector instructions may round a strided power differently.
            before = np.ascontiguousarray(values[:, place[name]])
            after = effect.adjust(before, column)
            _require_same_sign(model, effect, name, before, after, cohort)
            values[:, place[name]] = after
    _require_fractions(model, values, cohort)
    return values


def _draws(
    model: Model, cohort: Cohort, level: Literal["subject", "occasion"], suffix: str
) -> dict[str, FloatArray]:
    """Random shift of each effect of a level, (S,), on its log or logit scale."""
    standard = {
        effect.name: normal(cohort.seed, f"{level}:{effect.name}{suffix}", cohort.subjects)
        for effect in model.random_effects
        if effect.level == level
    }
    shifts = {
        effect.name: np.sqrt(effect.variance) * standard[effect.name]
        for effect in model.random_effects
        if effect.level == level
    }
    for block in model.blocks:
        if block.effects[0] not in standard:
            continue
        factor = np.linalg.cholesky(block.array())
        for row, name in enumerate(block.effects):
            # Added up term by term: a matrix product rounds differently with the cohort's size.
            total = factor[row, 0] * standard[block.effects[0]]
            for column in range(1, row + 1):
                total = total + factor[row, column] * standard[block.effects[column]]
            shifts[name] = total
    return shifts


def _logit_parameters(model: Model) -> frozenset[str]:
    """Parameters whose spread is on the logit scale."""
    return frozenset(
        name
        for effect in model.random_effects
        if effect.kind == "logit_normal"
        for name in effect.parameters
    )


def _shifted_logarithm(values: FloatArray, shift: FloatArray) -> FloatArray:
    shifted: FloatArray = values * np.exp(shift)
    return shifted


def _shifted_logit(values: FloatArray, shift: FloatArray) -> FloatArray:
    shifted: FloatArray = values / (values + (1.0 - values) * np.exp(-shift))
    return shifted


def _needed(model: Model, effect: CovariateEffect, cohort: Cohort) -> Column:
    """Covariate column an effect needs, or what all of the model's population share."""
    if effect.covariate in cohort.covariates:
        return cohort.column(effect.covariate)
    shared = _shared_by_all(model, effect.covariate)
    held = covariate(effect.covariate)
    if shared is None:
        unit = f" in {held.unit}" if held.kind == "number" else ""
        raise InputError(
            f"the cohort has no '{held.name}', which the {_KINDS[type(effect)]} effect on "
            f"'{effect.parameters[0]}' of model '{model.id}' needs; give {held.name}{unit}"
        )
    return held.column(np.full(cohort.size, shared), cohort.subjects)


def _shared_by_all(model: Model, name: str) -> float | str | None:
    """Number or level that a model's population gives to everyone, None where people differ."""
    for each in model.population:
        if each.covariate == name and covariate(name).kind != "flag":
            if each.kind == "fixed":
                return each.numbers["value"]
            if len(each.levels) == 1:
                return next(iter(each.levels))
    return None


def _require_same_sign(
    model: Model,
    effect: CovariateEffect,
    name: str,
    before: FloatArray,
    after: FloatArray,
    cohort: Cohort,
) -> None:
    """Refuse a covariate effect that takes a positive value to zero or below."""
    wrong = (before > 0.0) & ~(after > 0.0)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DomainError(
            f"'{name}' of subject {cohort.subjects[first]} is {after[first]:g} in canonical "
            f"units after the {_KINDS[type(effect)]} effect of {effect.covariate} "
            f"{cohort.column(effect.covariate)[first]} in model '{model.id}'; expected above 0"
        )


def _require_fractions(model: Model, values: FloatArray, cohort: Cohort) -> None:
    """Refuse a typical value of 1 or above where the spread is on the logit scale."""
    names = model.dynamic_parameters()
    for name in sorted(_logit_parameters(model)):
        column = values[:, names.index(name)]
        wrong = ~(column < 1.0)
        if wrong.any():
            first = int(np.argmax(wrong))
            raise DomainError(
                f"'{name}' of subject {cohort.subjects[first]} is {column[first]:g} after its "
                f"covariate effects in model '{model.id}'; expected below 1"
            )

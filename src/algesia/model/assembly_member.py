"""Members of an assembly: companions under their own names, and who was studied."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from .covariate_distribution import CovariateDistribution
from .dose_input import Input
from .model import Model
from .namespace import under_prefix
from .output import Output
from .state import GIVEN, State

__all__ = ["as_companion", "first_populations", "idle_population_values"]

_Held = TypeVar("_Held", State, Output)


def as_companion(model: Model, namespace: str) -> Model:
    """Return a model under the names it has beside a main one.

    Parameters
    ----------
    model
        The model. What it leaves to the drug given is its own drug.
    namespace
        Prefix of its names; its inputs say that they are its own.
    """
    named = under_prefix(model, namespace)
    return replace(
        named,
        states=tuple(_of_own_drug(entry, model.drug) for entry in named.states),
        outputs=tuple(_of_own_drug(entry, model.drug) for entry in named.outputs),
        inputs=tuple(
            _with_doses(replace(entry, member=namespace), named) for entry in named.inputs
        ),
    )


def _with_doses(entry: Input, model: Model) -> Input:
    ranges, reason = model.validity.studied((*entry.formulations, *entry.routes))
    return replace(entry, studied=ranges, unknown_doses=reason)


def _of_own_drug(entry: _Held, drug: str) -> _Held:
    return replace(entry, substance=drug) if entry.substance == GIVEN else entry


def first_populations(
    models: Sequence[Model],
) -> tuple[tuple[CovariateDistribution, ...], tuple[str, ...]]:
    """Return the studied population: of each covariate the first model that reports it.

    A normal or log-normal without ends of its own keeps those of the validity of its model, so
    that the people drawn are the ones that model draws alone.
    """
    found: dict[str, CovariateDistribution] = {}
    notes: list[str] = []
    for model in models:
        for entry in model.population:
            if entry.covariate in found:
                notes.append(
                    f"the distribution of {entry.covariate} in {model.id} is not used; "
                    "that of an earlier member is"
                )
            else:
                found[entry.covariate] = _with_ends(entry, model)
    return tuple(found.values()), tuple(notes)


def idle_population_values(
    models: Sequence[Model], counted: Sequence[CovariateDistribution]
) -> frozenset[str]:
    """Names of values that only distributions use which do not count in the whole.

    Parameters
    ----------
    models
        The members, under the names they have in the whole.
    counted
        Distributions of the whole.
    """
    described = {
        value.name for model in models for each in model.population for value in each.reported
    }
    used = {value.name for each in counted for value in each.reported}
    for model in models:
        used |= {name for _, formula in model.expressions() for name in formula.names}
        used |= {effect.reported.name for effect in model.random_effects}
        rows = (*model.blocks, *model.covariate_effects, *model.residuals)
        used |= {value.name for row in rows for value in row.reported}
        used |= {name for each in model.inputs for name in each.device_parameters()}
    return frozenset(described - used)


def _with_ends(entry: CovariateDistribution, model: Model) -> CovariateDistribution:
    ends = model.validity.ranges().get(entry.covariate)
    if ends is None or entry.kind not in {"normal", "log_normal"}:
        return entry
    return replace(entry, numbers={"low": ends[0], "high": ends[1], **entry.numbers})

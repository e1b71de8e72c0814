"""Whether spread, covariate effects and residuals act on things that exist, once each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from algesia.errors import DomainError, ModelError, UnknownNameError, unknown_name

from .covariate_effect import Categorical
from .covariate_unit import COVARIATE_UNITS, FLAG_LEVELS
from .random_effect import RandomEffect

if TYPE_CHECKING:
    from .model import Model

__all__ = ["check_spread"]


def check_spread(model: "Model") -> None:
    """Refuse spread, blocks, covariate effects and residuals that do not fit the model.

    Raises
    ------
    InputError
        At the first such part. The message names it.
    """
    columns = {column.name for column in model.data_columns}
    dynamic = tuple(name for name in model.dynamic_parameters() if name not in columns)
    _check_effects(model, dynamic)
    _check_blocks(model)
    levels = _levels(model)
    for place, effect in enumerate(model.covariate_effects):
        where = f"covariate_effects.{place}"
        for name in effect.parameters:
            _require(where, "parameter of the equations", name, dynamic)
        if isinstance(effect, Categorical):
            _check_level(where, effect, levels)
    outputs = [output.name for output in model.outputs]
    for residual in model.residuals:
        _require("residuals", "output", residual.output, outputs)


def _require(where: str, kind: str, name: str, known: tuple[str, ...] | list[str]) -> None:
    if name not in known:
        raise UnknownNameError(f"{where}: {unknown_name(kind, name, known)}")


def _check_effects(model: "Model", dynamic: tuple[str, ...]) -> None:
    """One effect per parameter and level, one kind per parameter."""
    carried: dict[tuple[str, str], RandomEffect] = {}
    kinds: dict[str, RandomEffect] = {}
    for effect in model.random_effects:
        where = f"random_effects.{effect.name}"
        for name in effect.parameters:
            _require(where, "parameter of the equations", name, dynamic)
            other = carried.setdefault((name, effect.level), effect)
            if other is not effect:
                raise ModelError(
                    f"{where}: '{name}' already carries the {effect.level} effect "
                    f"'{other.name}'; expected one effect per parameter and level"
                )
            first = kinds.setdefault(name, effect)
            if first.kind != effect.kind:
                raise ModelError(
                    f"{where}: '{name}' is {effect.kind} here and {first.kind} in "
                    f"'{first.name}'; expected one kind per parameter"
                )
            _check_typical(model, where, name, effect)


def _check_typical(model: "Model", where: str, name: str, effect: RandomEffect) -> None:
    """Refuse a typical value that the scale of the spread cannot hold."""
    value = model.parameter(name).reported.value
    if value is None:
        return
    typical = model.parameter(name).reported.canonical()
    logit = effect.kind == "logit_normal"
    if typical <= 0.0 or (logit and typical >= 1.0):
        raise DomainError(
            f"{where}: '{name}' is {typical:g}; expected "
            f"{'strictly between 0 and 1' if logit else 'above 0'} for a {effect.kind} spread"
        )


def _check_blocks(model: "Model") -> None:
    effects = {effect.name: effect for effect in model.random_effects}
    seen: set[str] = set()
    for block in model.blocks:
        for place, name in enumerate(block.effects):
            _require("blocks", "random effect", name, list(effects))
            if name in seen:
                raise ModelError(f"blocks: '{name}' stands in two blocks; expected one")
            seen.add(name)
            stated, drawn = block.matrix[place][place], effects[name].variance
            if abs(stated - drawn) > 1e-9 * drawn:
                raise ModelError(
                    f"blocks: '{name}' has variance {stated:g} in its block and {drawn:g} as "
                    "random effect; expected one value"
                )
        if len({effects[name].level for name in block.effects}) > 1:
            raise ModelError(
                f"blocks: {' and '.join(block.effects)} are of different levels; "
                "expected one level"
            )


def _levels(model: "Model") -> dict[str, tuple[str, ...]]:
    """Levels each covariate may take, as validity and population declare them."""
    levels = dict(FLAG_LEVELS)
    for name, declared in model.validity.levels().items():
        levels[name] = tuple(dict.fromkeys((*levels.get(name, ()), *declared)))
    for distribution in model.population:
        if distribution.levels:
            name = distribution.covariate
            levels[name] = tuple(dict.fromkeys((*levels.get(name, ()), *distribution.levels)))
    return levels


def _check_level(
    where: str, effect: Categorical, levels: Mapping[str, tuple[str, ...]]
) -> None:
    if effect.covariate in COVARIATE_UNITS:
        raise ModelError(f"{where}: '{effect.covariate}' is a number; expected one with levels")
    if effect.covariate not in levels:
        raise ModelError(
            f"{where}: no levels of '{effect.covariate}' are declared; "
            "expected them under validity.covariates or population"
        )
    declared = levels[effect.covariate]
    _require(where, f"level of {effect.covariate}", effect.level, declared)

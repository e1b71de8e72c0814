"""Values of a model set to others by whoever asks, as assumptions of grade D."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from algesia.errors import DomainError, InputError, ModelError, UnitError
from algesia.provenance import Grade, Reported
from algesia.units import conversion_factor, dimension, split_quantity

from .covariate_effect import Allometry, Categorical, CovariateEffect, LinearAbove
from .parameter import Parameter
from .random_effect import RandomEffect

if TYPE_CHECKING:
    from .model import Model

__all__ = ["with_values"]

_NOTE = "set by whoever asks"


def with_values(model: "Model", values: Mapping[str, float | str]) -> "Model":
    """Model with some of its values set to others; see `Model.with_values`."""
    if not values:
        return model
    ports = {port.name: port for port in model.ports if port.default is not None}
    changed: dict[str, Parameter] = {}
    notes = []
    for name, given in values.items():
        old = model.parameter(name)
        try:
            new = _changed(old, given)
            _require_settable(model, old.reported)
        except InputError as error:
            raise type(error)(f"value '{name}' of model '{model.id}': {error}") from None
        changed[name] = new
        notes.append(f"{name} of {model.id} is {_shown(new)} here, {_shown(old)} in the entry")
    swapped = {model.parameter(name).reported: new.reported for name, new in changed.items()}
    return replace(
        model,
        parameters=tuple(
            changed.get(each.name, each)
            for each in model.parameters
            if not (each.name in changed and each.name in ports)
        ),
        ports=tuple(
            replace(port, default=changed[port.name].reported.number())
            if port.name in changed and port.name in ports
            else port
            for port in model.ports
        ),
        covariate_effects=tuple(_effect(each, swapped) for each in model.covariate_effects),
        random_effects=tuple(
            _random_effect(each, swapped[each.reported]) if each.reported in swapped else each
            for each in model.random_effects
        ),
        notes=(*model.notes, *notes),
    )


def _changed(old: Parameter, given: float | str) -> Parameter:
    """Parameter with another value, in its own unit, within its own range."""
    unit = old.reported.unit
    if isinstance(given, str):
        number, said = split_quantity(given)
        if dimension(said) != dimension(unit):
            raise UnitError(f"'{given}' is given; expected the dimension of {unit}")
        number *= conversion_factor(said, unit)
    elif isinstance(given, bool) or not isinstance(given, int | float):
        raise DomainError(f"{given!r} is given; expected a number")
    elif not dimension(unit).dimensionless:
        raise UnitError(f"{given:g} has no unit; expected one, such as '{given:g} {unit}'")
    else:
        number = float(given) * conversion_factor("1", unit)
    reported = replace(
        old.reported,
        value=number,
        origin="assumed",
        grade=Grade(kind="D", certainty="low"),
        source="",
        locator="",
        note=f"{_NOTE}; {_shown(old)} in the entry",
    )
    return replace(old, reported=reported)


def _shown(parameter: Parameter) -> str:
    value, unit = parameter.reported.value, parameter.reported.unit
    if value is None:
        return "unknown"
    return f"{value:g}" if unit == "1" else f"{value:g} {unit}"


def _require_settable(model: "Model", value: Reported) -> None:
    """Refuse values that other numbers of the model were worked out from."""
    blocked = {name for block in model.blocks for name in block.effects}
    if any(value in block.reported for block in model.blocks) or any(
        effect.reported == value and effect.name in blocked for effect in model.random_effects
    ):
        raise ModelError("it belongs to effects that are drawn together and cannot be set")
    if any(value in residual.reported for residual in model.residuals):
        raise ModelError("it is a residual error and cannot be set")
    for each in model.population:
        if value in each.reported:
            raise ModelError(
                f"it describes who was studied; say so in the cohort, under {each.covariate}"
            )


def _effect(effect: CovariateEffect, swapped: Mapping[Reported, Reported]) -> CovariateEffect:
    """Covariate effect built again from the values that hold now."""
    if not any(each in swapped for each in effect.reported):
        return effect
    now = [swapped.get(each, each) for each in effect.reported]
    if isinstance(effect, Allometry):
        return Allometry.from_reported(
            parameters=effect.parameters,
            covariate=effect.covariate,
            reference=now[0],
            exponent=now[1],
        )
    if isinstance(effect, Categorical):
        return Categorical.from_reported(
            parameter=effect.parameter,
            covariate=effect.covariate,
            level=effect.level,
            factor=now[0],
        )
    return LinearAbove.from_reported(
        parameter=effect.parameter,
        covariate=effect.covariate,
        threshold=now[0],
        slope=now[1],
    )


def _random_effect(effect: RandomEffect, reported: Reported) -> RandomEffect:
    return RandomEffect.from_reported(
        name=effect.name,
        parameters=effect.parameters,
        kind=effect.kind,
        level=effect.level,
        reported=reported,
    )

"""Dimensions over a whole model: what each formula must come to."""

from typing import TYPE_CHECKING

from algesia.errors import UnitError
from algesia.units import DIMENSIONLESS, Dimension, dimension

from .covariate_effect import LinearAbove
from .dimension_check import dimension_of, fits_dimension, require_dimension
from .flow import Flow
from .output import Output
from .symbol import DOSE_ATTRIBUTES, TIME

if TYPE_CHECKING:
    from .model import Model

__all__ = ["check_dimensions", "symbol_dimensions"]

_TIME = Dimension.of(time=1)
_MASS_PER_AMOUNT = Dimension.of(mass=1, amount=-1)
_DOSABLE = (Dimension.of(mass=1), Dimension.of(amount=1))


def symbol_dimensions(model: "Model") -> dict[str, Dimension]:
    """Dimension of every symbol formulas may use; definitions have that of their formula.

    Raises
    ------
    UnitError
        If a definition does not fit together, or has another unit than it states.
    """
    found = {
        state.name: _dimension(f"states.{state.name}.unit", state.unit)
        for state in model.states
    }
    found |= {p.name: dimension(p.reported.unit) for p in model.parameters}
    found |= {
        each.name: _dimension(f"data_columns.{each.name}.unit", each.unit)
        for each in model.data_columns
    }
    found |= {
        port.name: _dimension(f"ports.{port.name}.unit", port.unit)
        for port in model.ports
        if port.direction == "in"
    }
    found[TIME] = _TIME
    for entry in model.definitions:
        where = f"definitions.{entry.name}"
        if entry.unit is not None:
            require_dimension(
                entry.expression, found, _dimension(f"{where}.unit", entry.unit), where=where
            )
            found[entry.name] = dimension(entry.unit)
            continue
        try:
            found[entry.name] = dimension_of(entry.expression, found)
        except UnitError as error:
            raise UnitError(f"{where}: {error}") from None
    return found


def check_dimensions(model: "Model") -> None:
    """Refuse a model in which a formula has another dimension than its place needs.

    Raises
    ------
    UnitError
        At the first such formula. The message names the place, the formula and both dimensions.
    """
    known = symbol_dimensions(model)
    for state in model.states:
        where = f"states.{state.name}.initial"
        require_dimension(state.initial, known, known[state.name], where=where)
    for flow in model.flows:
        _check_flow(flow, known)
    for name, formula in model.derivatives.items():
        require_dimension(formula, known, known[name] / _TIME, where=f"derivatives.{name}")
    for output in model.outputs:
        _check_output(output, known)
    _check_inputs(model, known)
    _check_ports(model, known)
    for effect in model.covariate_effects:
        if isinstance(effect, LinearAbove):
            effect.require_dimension(known[effect.parameter])
    for random in model.random_effects:
        for name in random.parameters:
            if random.kind == "logit_normal" and known[name] != DIMENSIONLESS:
                raise UnitError(
                    f"random_effects.{random.name}: '{name}' has dimension {known[name]}; "
                    "expected a dimensionless fraction for a logit-normal spread"
                )


def _dimension(where: str, unit: str) -> Dimension:
    try:
        return dimension(unit)
    except UnitError as error:
        raise UnitError(f"{where}: {error}") from None


def _check_flow(flow: Flow, known: dict[str, Dimension]) -> None:
    where = f"flows.{flow.name}"
    ends = [name for name in (flow.source, flow.target) if name is not None]
    if known[ends[0]] != known[ends[-1]]:
        raise UnitError(
            f"{where}: runs from '{ends[0]}' ({known[ends[0]]}) to '{ends[-1]}' "
            f"({known[ends[-1]]}); expected one dimension at both ends"
        )
    require_dimension(flow.rate, known, known[ends[0]] / _TIME, where=f"{where}.rate")
    if flow.fraction is not None:
        require_dimension(flow.fraction, known, DIMENSIONLESS, where=f"{where}.fraction")


def _check_output(output: Output, known: dict[str, Dimension]) -> None:
    """Allow the unit's dimension, or that with amount for mass where a substance is named."""
    where = f"outputs.{output.name}"
    wanted = _dimension(f"{where}.unit", output.unit)
    bridged = (wanted, wanted * _MASS_PER_AMOUNT, wanted / _MASS_PER_AMOUNT)
    try:
        if output.substance is not None and any(
            fits_dimension(output.expression, known, one) for one in bridged
        ):
            return
    except UnitError as error:
        raise UnitError(f"{where}.expression: {error}") from None
    require_dimension(output.expression, known, wanted, where=f"{where}.expression")


def _check_inputs(model: "Model", known: dict[str, Dimension]) -> None:
    attributes = {name: dimension(unit) for name, unit in DOSE_ATTRIBUTES.items()}
    symbols = {**known, **attributes}
    for entry in model.inputs:
        for place, part in enumerate(entry.parts):
            where = f"inputs.{entry.name}.parts.{place}"
            if known[part.into] not in _DOSABLE:
                raise UnitError(
                    f"{where}.into: state '{part.into}' has dimension {known[part.into]}; "
                    "expected mass or amount to take a dose"
                )
            for key, formula, unit in part.expressions():
                require_dimension(formula, symbols, dimension(unit), where=f"{where}.{key}")
        wanted = (
            ("device_amount", entry.device_amount, _DOSABLE),
            ("device_interval", entry.device_interval, (_TIME,)),
        )
        for key, name, accepted in wanted:
            if name is not None and known[name] not in accepted:
                raise UnitError(
                    f"inputs.{entry.name}.{key}: '{name}' has dimension {known[name]}; "
                    f"expected {' or '.join(str(one) for one in accepted)}"
                )


def _check_ports(model: "Model", known: dict[str, Dimension]) -> None:
    outputs = {output.name: output for output in model.outputs}
    for port in model.ports:
        if port.direction == "in":
            continue
        where = f"ports.{port.name}"
        wanted = _dimension(f"{where}.unit", port.unit)
        if port.name in known:
            if known[port.name] != wanted:
                raise UnitError(
                    f"{where}: shows '{port.name}' of dimension {known[port.name]}; "
                    f"expected {wanted}, its unit {port.unit}"
                )
        else:
            require_dimension(outputs[port.name].expression, known, wanted, where=where)

"""How a model is laid out as numbers: its program, its static definitions, its outputs."""

from collections.abc import Mapping

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Program
from algesia.errors import UnitError
from algesia.model import GIVEN, Model, Output, parse
from algesia.model.model_dimension_check import symbol_dimensions
from algesia.units import canonical_unit, conversion_factor, convert_amount, substance

from .output_info import OutputInfo
from .stepper_choice import choose_stepper

__all__ = [
    "directly_sampled_states",
    "initial_states",
    "output_factor",
    "output_info",
    "program_of",
    "static_values",
]


def program_of(model: Model) -> Program:
    """Model as the engine reads it: texts in canonical units, without meaning.

    All outputs are always in it, so that one compiled program serves every question; parameters
    and definitions that only inputs use are not.

    Parameters
    ----------
    model
        A checked model without open ports.
    """
    dynamics = model.dynamics()
    outputs = tuple((output.name, output.expression.text) for output in model.outputs)
    used = frozenset().union(
        *(parse(text).names for _, text in dynamics),
        *(output.expression.names for output in model.outputs),
    )
    definitions: list[tuple[str, str]] = []
    for definition in reversed(model.definitions):
        if definition.name in used:
            definitions.insert(0, (definition.name, definition.expression.text))
            used |= definition.expression.names
    return Program(
        states=tuple(state.name for state in model.states),
        parameters=tuple(name for name in model.dynamic_parameters() if name in used),
        definitions=tuple(definitions),
        derivatives=tuple(text for _, text in dynamics),
        outputs=outputs,
        stepper=choose_stepper(model)[0],
    )


def static_values(model: Model, parameters: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Parameters and the definitions made of parameters alone, each (S,), canonical units."""
    # Contiguous: vector instructions may round a strided column differently from one of a few.
    values = {name: np.ascontiguousarray(column) for name, column in parameters.items()}
    for definition in model.constant_definitions():
        computed = definition.expression.evaluate(values)
        values[definition.name] = np.asarray(computed, dtype=np.float64)
    return values


def initial_states(model: Model, parameters: FloatArray) -> FloatArray:
    """States before the first dose, (S, X), canonical units.

    Parameters
    ----------
    model
        The model.
    parameters
        Individual parameters, (S, P), canonical units.
    """
    names = model.dynamic_parameters()
    symbols = static_values(
        model, {name: parameters[:, place] for place, name in enumerate(names)}
    )
    initial = np.zeros((parameters.shape[0], len(model.states)))
    for place, state in enumerate(model.states):
        initial[:, place] = state.initial.evaluate(symbols)
    return initial


def directly_sampled_states(model: Model, outputs: tuple[str, ...]) -> frozenset[str]:
    """States that some wanted output shows without delay."""
    uses = {definition.name: definition.expression.names for definition in model.definitions}
    open_names = {
        name
        for output in model.outputs
        if output.name in outputs
        for name in output.expression.names
    }
    seen: set[str] = set()
    while open_names:
        name = open_names.pop()
        if name not in seen:
            seen.add(name)
            open_names |= set(uses.get(name, ()))
    return frozenset(state.name for state in model.states if state.name in seen)


def output_info(output: Output, drug: str | None) -> OutputInfo:
    """Describe an output, with the drug that was given where the model leaves it open."""
    name = drug if output.substance == GIVEN else output.substance
    return OutputInfo(
        name=output.name,
        unit=output.unit,
        substance=name,
        form=output.form,
        site=output.site,
        description=output.description,
    )


def output_factor(model: Model, output: Output, drug: str | None) -> float:
    """Number that turns the canonical value of an output into its unit.

    Raises
    ------
    UnitError
        If a mass and an amount must be bridged and no substance is known.
    """
    computed = output.expression.dimension(symbol_dimensions(model)).canonical_unit
    shown = canonical_unit(output.unit)
    bridge = 1.0
    if computed != shown or output.form != "base":
        name = drug if output.substance == GIVEN else output.substance
        if name is None:
            raise UnitError(
                f"output '{output.name}' of model '{model.id}' is computed in {computed} and "
                f"shown in {output.unit}; expected a substance that bridges them"
            )
        bridge = convert_amount(
            1.0,
            from_unit=computed,
            to_unit=shown,
            substance=substance(name),
            to_form=output.form,
        )
    return bridge * conversion_factor(shown, output.unit)

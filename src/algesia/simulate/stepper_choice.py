"""How a model is solved: exactly where it is linear between events, else in steps."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import StepperName
from algesia.engine.exact.linearity import degrees_of, names_behind, nonlinear_part
from algesia.engine.exact.reach import products
from algesia.errors import ModelError
from algesia.model import Expression, Model, parse
from algesia.model.symbol import TIME

__all__ = ["choose_stepper", "where_not_linear"]

# Measured: with more products in a product of two exponentials the steps are faster.
_MOST_PRODUCTS: Final = 2_000
# Measured: up to this ratio of the rates explicit steps are no slower than implicit ones.
_NOT_STIFF: Final = 10.0
_PROBED_AMOUNTS: Final = (0.0, 1.0, 1e2, 1e4, 1e6)
_NUDGE: Final = 1e-6
_NO_RATE: Final = 1e-9


def choose_stepper(model: Model) -> tuple[StepperName, str]:
    """How a model is solved, and why.

    A model whose flows are linear in its states needs no steps. Any other is solved by
    implicit steps, unless its rates lie so close together, at the typical values and with
    little or much in every state, that explicit ones are no slower.

    Parameters
    ----------
    model
        A checked model without open ports.

    Returns
    -------
    tuple
        Name of the stepper and the reason, a phrase.
    """
    bend = where_not_linear(model)
    if bend is None:
        count = products(len(model.states), _entries(model))
        if count <= _MOST_PRODUCTS:
            return "exact", "linear between events"
        return "rodas5p", f"linear, but its exponential takes {count} products"
    spread = _largest_spread(model)
    if spread is None:
        return "rodas5p", f"{bend}; how far its rates lie apart is not known"
    if spread <= _NOT_STIFF:
        return "dopri5", f"{bend}; not stiff, rates within a factor of {spread:.2g}"
    return "rodas5p", f"{bend}; stiff, rates up to a factor of {spread:.2g} apart"


def where_not_linear(model: Model) -> str | None:
    """The first flow that is not linear, with what bends it, as a phrase; None if all are."""
    states = tuple(state.name for state in model.states)
    degrees = degrees_of(
        model.dynamic_parameters(),
        states,
        ((each.name, each.expression.text) for each in model.definitions),
    )
    uses = _uses(model)
    formulas = [(f"flow {flow.name}", flow.entering()) for flow in model.flows]
    formulas += [
        (f"the derivative of {name}", text) for name, text in model.derivatives.items()
    ]
    shown = [(f"output {output.name}", output.expression) for output in model.outputs]
    for place, formula in (*formulas, *shown):
        if TIME in names_behind(formula.names, uses):
            return f"changing with {TIME} in {place}"
    for place, formula in formulas:
        part = nonlinear_part(formula.text, degrees)
        if part is not None:
            behind = names_behind(parse(part).names, uses)
            state = next(name for name in states if name in behind)
            return f"non-linear because of state {state} in {place}"
    return None


def _uses(model: Model) -> dict[str, frozenset[str]]:
    return {each.name: each.expression.names for each in model.definitions}


def _entries(model: Model) -> list[tuple[int, int]]:
    """Places of the Jacobian that are not 0, (row, column), row by row."""
    uses = _uses(model)
    reads = [names_behind(parse(text).names, uses) for _, text in model.dynamics()]
    return [
        (row, column)
        for row, names in enumerate(reads)
        for column, state in enumerate(model.states)
        if state.name in names
    ]


def _largest_spread(model: Model) -> float | None:
    """Largest ratio of two rates of the typical subject, None where it cannot be told."""
    try:
        constants = model.typical_constants()
    except ModelError:
        return None
    largest = 1.0
    for amount in _PROBED_AMOUNTS:
        rates = _rates(model, constants, amount)
        if rates is None:
            return None
        kept = rates[rates > _NO_RATE * rates.max(initial=0.0)]
        if kept.size:
            largest = max(largest, float(kept.max() / kept.min()))
    return largest


def _rates(model: Model, constants: Mapping[str, float], amount: float) -> FloatArray | None:
    """Sizes of the eigenvalues of the Jacobian with so much more in every state, 1/h."""
    at = np.array([float(state.initial.evaluate(constants)) for state in model.states]) + amount
    nudges = _NUDGE * np.maximum(np.abs(at), 1.0)
    states = at[:, None] + np.concatenate([np.diag(nudges), -np.diag(nudges)], axis=1)
    changes = _changes(model, constants, states)
    if not np.isfinite(changes).all():
        return None
    half = len(at)
    jacobian = (changes[:, :half] - changes[:, half:]) / (2.0 * nudges)
    rates: FloatArray = np.abs(np.linalg.eigvals(jacobian))
    return rates


def _changes(model: Model, constants: Mapping[str, float], states: FloatArray) -> FloatArray:
    """Change of each state per h, (X, N), at N sets of states, (X, N), at time 0."""
    values: dict[str, float | FloatArray] = {TIME: 0.0, **constants}
    values.update({state.name: row for state, row in zip(model.states, states, strict=True)})
    with np.errstate(all="ignore"):
        for definition in model.definitions:
            if definition.name not in values:
                values[definition.name] = definition.expression.evaluate(values)
        rows = [_row(parse(text), values, states.shape[1]) for _, text in model.dynamics()]
    return np.stack(rows)


def _row(
    formula: Expression, values: Mapping[str, float | FloatArray], count: int
) -> FloatArray:
    return np.broadcast_to(np.asarray(formula.evaluate(values), dtype=np.float64), (count,))

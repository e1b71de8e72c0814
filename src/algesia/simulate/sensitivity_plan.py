"""The doses of an arm once more, with the derivatives of every event and starting value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DomainError
from algesia.model import Expression, Model
from algesia.population import individual_parameters
from algesia.regimen import Regimen

from .dosing import DoseGiver
from .given_row import dose_weights, given_row
from .lower import Lowered
from .regimen_plan import occasions_of
from .scenario import Arm
from .tangent import Tangent, tangent_value
from .tangent_queue import TangentEvents, TangentQueue

__all__ = ["MovingArm", "moving_arm"]

Symbols = dict[str, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MovingArm:
    """What of an arm depends on parameters other than through its equations.

    Parameters
    ----------
    events
        Its events with their derivatives.
    dinitial
        Derivatives of the initial states, (S, X, W).
    parameters
        Values of the W parameters in the first occasion, (S, W), canonical units.
    """

    events: TangentEvents
    dinitial: FloatArray
    parameters: FloatArray


def moving_arm(arm: Arm, numbers: Lowered, columns: tuple[str, ...]) -> MovingArm:
    """Give the doses of an arm again, with derivatives in some of its parameters.

    Parameters
    ----------
    arm
        The arm.
    numbers
        What `lower` made of it.
    columns
        Names of the parameters, (W,); each shifts equally in all occasions.

    Raises
    ------
    DomainError
        If the arm has explicit records or rules, or starts at a steady state.
    """
    if arm.protocol is not None:
        raise DomainError(
            f"arm '{arm.name}' has rules, whose decisions have no slope; expected a plan alone"
        )
    if not isinstance(arm.regimen, Regimen):
        raise DomainError(f"arm '{arm.name}' has explicit records; expected a regimen")
    if arm.regimen.steady_cycle() is not None:
        raise DomainError(
            f"arm '{arm.name}' starts at a steady state; expected a regimen that starts at 0 h"
        )
    occasion, starts_h = occasions_of(arm, numbers.rows)
    parameters = individual_parameters(arm.model, arm.cohort, occasions=max(starts_h.size, 1))
    every = [_symbols(arm.model, values, columns) for values in parameters]
    return MovingArm(
        events=_events(arm, numbers, (occasion, starts_h), every, len(columns)),
        dinitial=_initial(arm.model, every[0], len(columns)),
        parameters=_values(every[0], columns),
    )


def _symbols(model: Model, values: FloatArray, columns: tuple[str, ...]) -> Symbols:
    """Parameters and definitions made of parameters alone, with derivatives."""
    symbols: Symbols = {}
    for place, name in enumerate(model.dynamic_parameters()):
        slope = np.zeros((values.shape[0], len(columns)))
        if name in columns:
            slope[:, columns.index(name)] = 1.0
        symbols[name] = _as_array(Tangent(values[:, place], slope))
    for definition in model.constant_definitions():
        symbols[definition.name] = _as_array(
            tangent_value(definition.expression, symbols, len(columns))
        )
    return symbols


def _as_array(tangent: Tangent) -> FloatArray:
    # A tangent goes wherever arrays go; the code it goes through was written for arrays.
    return cast("FloatArray", tangent)


def _values(symbols: Symbols, columns: tuple[str, ...]) -> FloatArray:
    tangents = cast("Mapping[str, Tangent]", symbols)
    return np.stack([tangents[name].value for name in columns], axis=1)


def _events(
    arm: Arm,
    numbers: Lowered,
    occasions: tuple[IntArray, FloatArray],
    every: list[Symbols],
    columns: int,
) -> TangentEvents:
    subjects = np.arange(arm.cohort.size, dtype=np.int64)
    queue = TangentQueue(subjects.size, columns)
    occasion, starts_h = occasions
    for number, start_h in enumerate(starts_h[1:], start=1):
        at_h = np.full(subjects.size, start_h)
        queue.switch_parameters(subjects, at_h, subjects + number * subjects.size)

    def evaluate(formula: Expression, symbols: Symbols) -> FloatArray:
        return _as_array(tangent_value(formula, symbols, columns))

    givers = [
        DoseGiver(arm.model, symbols, subjects, queue, evaluate=evaluate) for symbols in every
    ]
    weights = dose_weights(arm.cohort, numbers.rows)
    for number, row in enumerate(numbers.rows, start=1):
        dose, moiety = given_row(arm, row, number, weights)
        givers[int(occasion[number - 1])].give(dose, moiety)
    return queue.finish()


def _initial(model: Model, symbols: Symbols, columns: int) -> FloatArray:
    """Derivatives of the states before the first dose, (S, X, W)."""
    slopes = [tangent_value(state.initial, symbols, columns).slope for state in model.states]
    return np.stack(slopes, axis=1)

"""Models run with values drawn from the ranges they state, many at once."""

from dataclasses import replace

import numpy as np

from algesia.catalog.administration import typical_cohort
from algesia.engine import solve
from algesia.model import Output, parse
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Tolerance
from algesia.simulate.lower import lower


def with_states_shown(model):
    """A model whose states and out ports are outputs as well, by name."""
    known = {output.name for output in model.outputs}
    units = {state.name: state.unit for state in model.states if state.substance is None}
    units |= {port.name: port.unit for port in model.ports if port.direction == "out"}
    shown = tuple(
        Output(name=name, expression=parse(name), unit=unit)
        for name, unit in units.items()
        if name not in known
    )
    return replace(model, outputs=(*model.outputs, *shown))


def drawn(model, count, seed):
    """Every value with a range, drawn between its ends, (count,) by name, canonical units.

    Spread over the logarithm where the range does not touch 0, evenly where it does.
    """
    random = np.random.default_rng(seed)
    found = {}
    for parameter in model.parameters:
        low, high = parameter.minimum, parameter.maximum
        if low is None or high is None:
            continue
        share = random.random(count)
        found[parameter.name] = (
            low * (high / low) ** share if low > 0.0 else low + (high - low) * share
        )
    return found


def lowered(model, plan, times_h, **covariates):
    """A plan as numbers, for a typical subject, all outputs of the model."""
    arm = Arm(
        name=plan,
        model=model,
        regimen=parse_regimen(plan),
        cohort=typical_cohort(model, covariates),
    )
    sampling = Sampling(times_h=np.asarray(times_h, dtype=np.float64), at_doses=False)
    return lower(arm, sampling=sampling, tolerance=Tolerance(relative=1e-6))


def solved(numbers, values, initial=None):
    """Outputs by name, (S, T), with some parameters replaced row by row, canonical units."""
    unknown = set(values) - set(numbers.program.parameters)
    assert not unknown, unknown
    columns = {name: np.atleast_1d(np.asarray(value)) for name, value in values.items()}
    count = max((column.size for column in columns.values()), default=1)
    rows = np.repeat(numbers.batch.parameters[:1], count, axis=0)
    for place, name in enumerate(numbers.program.parameters):
        if name in columns:
            rows[:, place] = columns[name]
    batch = numbers.batch.take(np.zeros(count, dtype=np.int64))
    batch = replace(batch, parameters=rows, start_row=np.arange(count, dtype=np.int64))
    if initial is not None:
        batch = replace(batch, initial=initial)
    raw = solve(numbers.program, batch, numbers.tolerances)
    assert np.all(raw.status == 0)
    names = [name for name, _ in numbers.program.outputs]
    return {name: raw.values[:, :, place] for place, name in enumerate(names)}


def at_rest(model, values):
    """States of a model at the start for parameters row by row, (S, X), canonical units."""
    count = max(np.size(value) for value in values.values())
    symbols = {
        parameter.name: values.get(parameter.name, parameter.reported.canonical())
        for parameter in model.parameters
        if parameter.reported.known
    }
    for definition in model.constant_definitions():
        symbols[definition.name] = definition.expression.evaluate(symbols)
    columns = [
        np.broadcast_to(state.initial.evaluate(symbols), (count,)) for state in model.states
    ]
    return np.stack(columns, axis=1)


def formulas(model, **given):
    """Every definition of a model that follows from its values and what is given, canonical."""
    symbols = {
        parameter.name: parameter.reported.canonical()
        for parameter in model.parameters
        if parameter.reported.known
    }
    symbols |= {state.name: 0.0 for state in model.states}
    symbols |= given
    for definition in model.definitions:
        symbols[definition.name] = definition.expression.evaluate(symbols)
    return symbols

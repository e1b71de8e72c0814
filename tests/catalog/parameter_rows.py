"""Many sets of values of a model that takes no dose, solved side by side."""

from dataclasses import dataclass, replace

import numpy as np

from algesia.catalog.administration import typical_cohort
from algesia.engine import Batch, Tolerances, solve
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, run
from algesia.simulate.layout import initial_states, program_of

TOLERANCES = Tolerances(relative=1e-8, absolute=1e-11)


def with_values(model, **values):
    """Model with some values set to others, in their own units, whatever their range."""
    names = {each.name for each in model.parameters}
    assert set(values) <= names, sorted(set(values) - names)
    return replace(
        model,
        parameters=tuple(
            replace(
                each,
                reported=replace(each.reported, value=float(values[each.name])),
                minimum=None,
                maximum=None,
            )
            if each.name in values
            else each
            for each in model.parameters
        ),
    )


def typical(model):
    """Value of each number of the equations, in ports among them, canonical units."""
    return {
        name: model.parameter(name).reported.canonical() for name in model.dynamic_parameters()
    }


def drawn(model, size, seed, **fixed):
    """Values, (S,), drawn evenly between the ends of their ranges; those without one, fixed."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    values = {}
    for name, middle in typical(model).items():
        parameter = model.parameter(name)
        ends = (parameter.minimum, parameter.maximum)
        if name in fixed:
            values[name] = np.broadcast_to(np.asarray(fixed[name], dtype=float), (size,))
        elif None in ends:
            values[name] = np.full(size, middle)
        else:
            values[name] = generator.uniform(*ends, size)
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What many sets of values did: states (S, X) at the end, outputs by name (S, T)."""

    states: dict
    outputs: dict
    initial: dict


def solved(model, values, times_h, displaced=None):
    """Solve each set of values from the rest that belongs to it, some states displaced."""
    program = program_of(model)
    names = model.dynamic_parameters()
    table = np.stack([np.asarray(values[name], dtype=float) for name in names], axis=1)
    size, times_h = table.shape[0], np.asarray(times_h, dtype=float)
    initial = initial_states(model, table)
    for place, state in enumerate(model.states):
        initial[:, place] += (displaced or {}).get(state.name, 0.0)
    columns = [names.index(name) for name in program.parameters]
    nothing = np.zeros(0)
    batch = Batch(
        parameters=np.ascontiguousarray(table[:, columns]),
        initial=initial,
        start_row=np.arange(size, dtype=np.int64),
        start_time_h=np.zeros(size),
        event_offset=np.zeros(size + 1, dtype=np.int64),
        event_time_h=nothing,
        event_kind=nothing.astype(np.int64),
        event_index=nothing.astype(np.int64),
        event_value=nothing,
        sample_time_h=np.repeat(times_h[np.newaxis], size, axis=0),
        sample_event=np.zeros((size, times_h.size), dtype=np.int64),
    )
    raw = solve(program, batch, TOLERANCES)
    assert np.all(raw.status == 0)
    states = [state.name for state in model.states]
    return Rows(
        states=dict(zip(states, raw.final_state.T, strict=True)),
        outputs={
            output.name: raw.values[:, :, place] for place, output in enumerate(model.outputs)
        },
        initial=dict(zip(states, initial.T, strict=True)),
    )


def one(model, times_h, **values):
    """One set of values: those of the model with some set to others, canonical units."""
    row = {name: np.asarray([value]) for name, value in (typical(model) | values).items()}
    return solved(model, row, times_h)


def curve(model, plan, times_h, output):
    """Output of a joined model, (T,), for the typical subject of 70 kg."""
    cohort = typical_cohort(model, {"weight": 70.0})
    arm = Arm(name="one", model=model, regimen=parse_regimen(plan), cohort=cohort)
    sampling = Sampling(times_h=np.asarray(times_h, dtype=float), at_doses=False)
    answer = run(Scenario(title="one", arms=(arm,), sampling=sampling)).arms[0]
    assert answer.failures == ()
    return answer.values[0, :, answer.output_index(output)]

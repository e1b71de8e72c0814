"""Gates on what a dose does: it moves every output, and so does every number."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import solve
from algesia.model import Input, Model, Parameter
from algesia.provenance import Reported
from algesia.simulate import Sampling
from algesia.units import canonical_unit

from .administration import Administration, Trial, lowered_plan, trial_of, undosed
from .entry import Entry
from .gate import Issue

__all__ = ["dose_moves_every_output", "every_number_moves_an_output"]

_PERTURBED = 1.1
_MOVED_SHARE = 1e-9
# A dose that would dilute to less than this share of its concentration in one litre is lost.
_DILUTED = 1e-6


def dose_moves_every_output(entry: Entry) -> list[Issue]:
    """After a dose by each input each output differs from what it is without one.

    The difference is compared with the dose dissolved in a million litres, or with a millionth
    of the baseline where the output is no concentration.
    """
    trial = trial_of(entry)
    issues = []
    for each in trial.administrations:
        numbers = each.lowered
        dosed = solve(numbers.program, numbers.batch, numbers.tolerances).values[0]
        quiet = solve(numbers.program, undosed(numbers.batch), numbers.tolerances).values[0]
        moved = np.max(np.abs(dosed - quiet), axis=0)
        for place, output in enumerate(trial.model.outputs):
            least = _least_movement(each, canonical_unit(output.unit), quiet[:, place])
            if not moved[place] > least:
                issues.append(
                    Issue(
                        gate="dose_moves_every_output",
                        place=each.place,
                        message=f"moves output '{output.name}' by {moved[place]:.3g}; "
                        f"expected more than {least:.3g}",
                    )
                )
    return issues


def _least_movement(dose: Administration, unit: str, quiet: FloatArray) -> float:
    """Smallest difference that counts, canonical unit of the output."""
    if unit in {"mg/L", "nmol/L"}:
        return _DILUTED * dose.amount_mg
    return _DILUTED * max(float(np.max(np.abs(quiet))), 1.0)


def every_number_moves_an_output(entry: Entry) -> list[Issue]:
    """Each number of the equations, made a tenth larger, changes some output after some dose.

    A number that cancels out stands in the entry without being used.
    """
    trial = trial_of(entry)
    silent = set(trial.model.dynamic_parameters())
    for each in trial.administrations:
        silent -= _moving(each)
    return [
        Issue(
            gate="every_number_moves_an_output",
            place=f"values.{name}",
            message="can grow by a tenth without changing any output; use it or remove it",
        )
        for name in trial.model.dynamic_parameters()
        if name in silent and not _moves_by_input(trial, name)
    ]


def _moving(dose: Administration) -> set[str]:
    """Parameters of the program that change an output after this dose."""
    numbers = dose.lowered
    names = numbers.program.parameters
    rows = np.repeat(numbers.batch.parameters, len(names) + 1, axis=0)
    for place in range(len(names)):
        rows[place + 1, place] *= _PERTURBED
    batch = numbers.batch.take(np.zeros(len(names) + 1, dtype=np.int64))
    batch = replace(batch, parameters=rows, start_row=np.arange(len(names) + 1, dtype=np.int64))
    values = solve(numbers.program, batch, numbers.tolerances).values
    return {name for place, name in enumerate(names) if _differs(values[place + 1], values[0])}


def _differs(changed: FloatArray, usual: FloatArray) -> bool:
    scale = np.max(np.abs(usual), axis=0)
    return bool(np.any(np.max(np.abs(changed - usual), axis=0) > _MOVED_SHARE + 1e-5 * scale))


def _moves_by_input(trial: Trial, name: str) -> bool:
    """Whether a parameter acts through fraction, duration or lag of an input."""
    if trial.model.parameter(name).reported.value is None:
        return False
    changed = replace(trial, model=_with_larger(trial.model, name))
    for each in trial.administrations:
        if name not in _names_of(trial.model, each.input):
            continue
        sampling = Sampling(times_h=trial.time_h, at_doses=False)
        # Two doses of a device each, so that what only a second device feels is felt.
        plan = each.plan(doses=2.0 if each.input.device_amount is None else 4.0)
        usual = lowered_plan(trial, plan, sampling=sampling)
        other = lowered_plan(changed, plan, sampling=sampling)
        if _differs(
            solve(other.program, other.batch, other.tolerances).values[0],
            solve(usual.program, usual.batch, usual.tolerances).values[0],
        ):
            return True
    return False


def _names_of(model: Model, into: Input) -> frozenset[str]:
    """Symbols of an input, those of the definitions it uses included."""
    names = {
        name
        for part in into.parts
        for _, formula, _ in part.expressions()
        for name in formula.names
    }
    for definition in reversed(model.constant_definitions()):
        if definition.name in names:
            names |= definition.expression.names
    return frozenset(names)


def _with_larger(model: Model, name: str) -> Model:
    return replace(model, parameters=tuple(_larger(model, name)))


def _larger(model: Model, name: str) -> Iterator[Parameter]:
    for parameter in model.parameters:
        reported: Reported = parameter.reported
        if parameter.name == name:
            reported = replace(reported, value=_PERTURBED * reported.number())
        yield replace(parameter, reported=reported, minimum=None, maximum=None)

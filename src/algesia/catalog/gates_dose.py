"""Gates on what a dose does: it moves every output, and so does every number."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import solve
from algesia.model import GIVEN, Expression, Input, Model, Parameter
from algesia.provenance import Reported
from algesia.simulate import Sampling
from algesia.units import canonical_unit, from_canonical, substance

from .administration import Administration, Trial, lowered_plan, trial_of, undosed
from .entry import Entry
from .gate import Issue

__all__ = ["dose_moves_every_output", "every_number_moves_an_output"]

_PERTURBED = 1.1
# Where in ports go: half of their default, or this, canonical unit, where that is 0.
_HALF = 0.5
_RAISED = 0.3
# Of its maximum, where a switch goes that is off.
_ON_SHARE = 0.1
_MOVED_SHARE = 1e-9
# A dose that would dilute to less than this share of its concentration in one litre is lost.
_DILUTED = 1e-6


def dose_moves_every_output(entry: Entry) -> list[Issue]:
    """After a dose by each input each output differs from what it is without one.

    The difference is compared with the dose dissolved in a million litres, or with a millionth
    of the baseline where the output is no concentration. In a model that takes both enantiomers
    a dose of one need not move an output of the other. In a model that takes no dose itself
    each output answers to one of its drivers at least, its switches turned on a little.
    """
    trial = trial_of(entry)
    own = {output.name for output in entry.model.outputs}
    own |= {port.name for port in entry.model.ports if port.direction == "out"}
    switches = {} if entry.model.inputs else _switches(trial.model)
    unmoved = [_unmoved(trial, each, own, switches) for each in trial.administrations]
    if not entry.model.inputs and unmoved:
        nowhere = set.intersection(*(set(found) for found in unmoved))
        unmoved = [{name: unmoved[0][name] for name in unmoved[0] if name in nowhere}]
    return [issue for found in unmoved for issue in found.values()]


def _unmoved(
    trial: Trial, dose: Administration, own: set[str], switches: Mapping[str, float]
) -> dict[str, Issue]:
    """Own outputs that a dose does not move, with what is to be said of each."""
    numbers = dose.lowered
    rows = numbers.batch.parameters.copy()
    for place, name in enumerate(numbers.program.parameters):
        rows[:, place] = switches.get(name, rows[:, place])
    batch = replace(numbers.batch, parameters=rows)
    dosed = solve(numbers.program, batch, numbers.tolerances).values[0]
    quiet = solve(numbers.program, undosed(batch), numbers.tolerances).values[0]
    moved = np.max(np.abs(dosed - quiet), axis=0)
    issues = {}
    for place, output in enumerate(trial.model.outputs):
        if output.name not in own or _other_enantiomer(dose.substance, output.substance, trial):
            continue
        least = _least_movement(dose, canonical_unit(output.unit), quiet[:, place])
        if not moved[place] > least:
            issues[output.name] = Issue(
                gate="dose_moves_every_output",
                place=dose.place,
                message=f"moves output '{output.name}' by {moved[place]:.3g}; "
                f"expected more than {least:.3g}",
            )
    return issues


def _other_enantiomer(given: str, shown: str | None, trial: Trial) -> bool:
    """Whether a dose is of one enantiomer, an output of the other, and others bring that in."""
    if shown is None or shown == GIVEN:
        return False
    side = substance(shown).stereochemistry
    sides = {substance(each.substance).stereochemistry for each in trial.administrations}
    opposite = {substance(given).stereochemistry, side} == {"S", "R"}
    return opposite and bool(sides & {side, "racemate"})


def _least_movement(dose: Administration, unit: str, quiet: FloatArray) -> float:
    """Smallest difference that counts, canonical unit of the output."""
    if unit in {"mg/L", "nmol/L"}:
        return _DILUTED * dose.amount_mg
    return _DILUTED * max(float(np.max(np.abs(quiet))), 1.0)


def every_number_moves_an_output(entry: Entry) -> list[Issue]:
    """Each number of the equations, made a tenth larger, changes some output after some dose.

    A number that cancels out stands in the entry without being used. In ports are tried at
    their default and away from it, and what is 0 but may be more, a switch that is off, at a
    tenth of its maximum: shares of what they turn cancel while all are whole or off.
    """
    trial = trial_of(entry)
    owned = {parameter.name for parameter in entry.model.parameters}
    silent = owned & set(trial.model.dynamic_parameters())
    displaced = _displaced(trial.model)
    for each in trial.administrations:
        silent -= _moving(each, {})
        if displaced and silent:
            silent -= _moving(each, displaced)
    return [
        Issue(
            gate="every_number_moves_an_output",
            place=f"values.{name}",
            message="can grow by a tenth without changing any output; use it or remove it",
        )
        for name in trial.model.dynamic_parameters()
        if name in silent and not _moves_when_lowered_anew(trial, name)
    ]


def _displaced(model: Model) -> dict[str, float]:
    """In ports away from their default, and switches on, canonical units."""
    moved = {}
    for port in model.ports:
        if port.direction == "in" and port.default is not None:
            moved[port.name] = port.parameter().reported.canonical() * _HALF or _RAISED
    return _switches(model) | moved


def _switches(model: Model) -> dict[str, float]:
    """Switches that are off, turned on a little, canonical units."""
    return {each.name: _on(each) for each in model.parameters if _is_off(each)}


def _is_off(parameter: Parameter) -> bool:
    """Whether a value is a switch that is off: 0, and possibly more."""
    return parameter.reported.value == 0.0 and bool(parameter.maximum)


def _on(parameter: Parameter) -> float:
    """Value of a switch that is turned on a little, canonical unit."""
    return _ON_SHARE * float(parameter.maximum or 0.0)


def _moving(dose: Administration, displaced: Mapping[str, float]) -> set[str]:
    """Parameters of the program that change an output after this dose, some displaced."""
    numbers = dose.lowered
    names = numbers.program.parameters
    rows = np.repeat(numbers.batch.parameters, len(names) + 1, axis=0)
    for place, name in enumerate(names):
        if name in displaced:
            rows[:, place] = displaced[name]
    for place in range(len(names)):
        rows[place + 1, place] *= _PERTURBED
    batch = numbers.batch.take(np.zeros(len(names) + 1, dtype=np.int64))
    batch = replace(batch, parameters=rows, start_row=np.arange(len(names) + 1, dtype=np.int64))
    values = solve(numbers.program, batch, numbers.tolerances).values
    return {name for place, name in enumerate(names) if _differs(values[place + 1], values[0])}


def _differs(changed: FloatArray, usual: FloatArray) -> bool:
    scale = np.max(np.abs(usual), axis=0)
    return bool(np.any(np.max(np.abs(changed - usual), axis=0) > _MOVED_SHARE + 1e-5 * scale))


def _moves_when_lowered_anew(trial: Trial, name: str) -> bool:
    """Whether a parameter acts through an input (fraction, duration, lag), or at the start."""
    if trial.model.parameter(name).reported.value is None:
        return False
    on = replace(trial, model=_switched_on(trial.model))
    changed = replace(on, model=_with_larger(on.model, name))
    starting = _names_behind(trial.model, (state.initial for state in trial.model.states))
    # A switch that changes the start may wake any number.
    woken = any(_is_off(each) and each.name in starting for each in trial.model.parameters)
    for each in trial.administrations:
        if not woken and name not in starting | _names_of(trial.model, each.input):
            continue
        sampling = Sampling(times_h=trial.time_h, at_doses=False)
        # Two doses of a device each, so that what only a second device feels is felt.
        plan = each.plan(doses=2.0 if each.input.device_amount is None else 4.0)
        usual = lowered_plan(on, plan, sampling=sampling)
        other = lowered_plan(changed, plan, sampling=sampling)
        if _differs(
            solve(other.program, other.batch, other.tolerances).values[0],
            solve(usual.program, usual.batch, usual.tolerances).values[0],
        ):
            return True
    return False


def _names_of(model: Model, into: Input) -> frozenset[str]:
    """Symbols of an input, those of the definitions it uses included."""
    return _names_behind(
        model, (formula for part in into.parts for _, formula, _ in part.expressions())
    )


def _names_behind(model: Model, formulas: Iterable[Expression]) -> frozenset[str]:
    """Symbols of formulas, those of the constant definitions they use included."""
    names = {name for formula in formulas for name in formula.names}
    for definition in reversed(model.constant_definitions()):
        if definition.name in names:
            names |= definition.expression.names
    return frozenset(names)


def _switched_on(model: Model) -> Model:
    """Model with every switch that is off turned on a little."""
    parameters = tuple(
        replace(
            parameter,
            reported=replace(
                parameter.reported,
                value=from_canonical(_on(parameter), parameter.reported.unit),
            ),
        )
        if _is_off(parameter)
        else parameter
        for parameter in model.parameters
    )
    return replace(model, parameters=parameters)


def _with_larger(model: Model, name: str) -> Model:
    return replace(model, parameters=tuple(_larger(model, name)))


def _larger(model: Model, name: str) -> Iterator[Parameter]:
    for parameter in model.parameters:
        reported: Reported = parameter.reported
        if parameter.name == name:
            reported = replace(reported, value=_PERTURBED * reported.number())
        yield replace(parameter, reported=reported, minimum=None, maximum=None)

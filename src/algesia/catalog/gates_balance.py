"""Gates on amounts: none is negative, and every molecule given is somewhere."""

from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.model import GIVEN, Model, State
from algesia.units import canonical_unit, convert_amount, substance

from .administration import Administration, Trial, trial_of
from .entry import Entry
from .exemption import unless_exempt
from .gate import Issue
from .reference import Reference, reference_of

__all__ = ["moles_conserved", "no_negative_amounts"]

_NOTHING_SHARE: Final = 1e-8


def no_negative_amounts(entry: Entry) -> list[Issue]:
    """No state that holds a drug falls below zero after any dose."""
    trial, reference = trial_of(entry), reference_of(entry)
    issues = []
    for place, each in enumerate(trial.administrations):
        given = _given_nmol(each)
        for column, state in enumerate(trial.model.states):
            per_unit = _nmol_per_unit(trial.model, state, each.substance)
            lowest = float(np.min(reference.states[place, :, column])) * per_unit
            if lowest < -_NOTHING_SHARE * given:
                issues.append(
                    Issue(
                        gate="no_negative_amounts",
                        place=each.place,
                        message=f"takes state '{state.name}' to {lowest:.3g} nmol; "
                        "expected 0 or above",
                    )
                )
    return issues


def moles_conserved(entry: Entry) -> list[Issue]:
    """Molecules in the states and in the sinks add up to those that were given.

    The share of a dose that its input does not take up is lost on the way in and counts as
    such; an input that hands out more than the dose makes molecules. A sink never gives back.
    """
    trial, reference = trial_of(entry), reference_of(entry)
    issues = [
        issue
        for place, each in enumerate(trial.administrations)
        for issue in _unbalanced(trial, each, reference, place)
    ]
    return unless_exempt(entry, "moles_conserved", issues)


def _unbalanced(
    trial: Trial, dose: Administration, reference: Reference, place: int
) -> list[Issue]:
    given = _given_nmol(dose)
    share = _share_taken_up(trial, dose)
    messages = []
    if share > 1.0 + _NOTHING_SHARE:
        messages.append(f"hands out {share:.4g} doses; expected one at most")
    states = [_nmol_per_unit(trial.model, s, dose.substance) for s in trial.model.states]
    lost = _lost_nmol(trial.model, reference.sinks[place], dose.substance)
    held = reference.states[place] @ np.asarray(states)
    total = held + np.sum(lost, axis=1)
    expected = held[0] + share * given
    # The last sample: by then every part of a dose has entered.
    if abs(total[-1] - expected) > _NOTHING_SHARE * max(given, 1e-300):
        messages.append(
            f"leaves {total[-1]:.6g} nmol in states and sinks of {expected:.6g} nmol taken up"
        )
    names = [name for name, _ in trial.model.sinks()]
    for column, name in enumerate(names):
        steps = np.diff(lost[:, column])
        if np.any(steps < -_NOTHING_SHARE * given):
            messages.append(f"makes sink '{name}' give back; expected it to take only")
    return [
        Issue(gate="moles_conserved", place=dose.place, message=message) for message in messages
    ]


def _given_nmol(dose: Administration) -> float:
    return convert_amount(
        dose.amount_mg, from_unit="mg", to_unit="nmol", substance=substance(dose.substance)
    )


def _share_taken_up(trial: Trial, dose: Administration) -> float:
    """Sum of the fractions of the parts of an input, for the first device."""
    symbols = {
        **trial.constants(),
        "device_number": 1.0,
        "dose_number": 1.0,
        "dose_amount": dose.amount_mg,
    }
    return float(sum(np.sum(part.fraction.evaluate(symbols)) for part in dose.input.parts))


def _nmol_per_unit(model: Model, state: State, given: str) -> float:
    """Molecules per canonical unit of a state; 0 where it holds no drug."""
    unit = canonical_unit(state.unit)
    if unit == "nmol":
        return 1.0
    if unit != "mg" or state.substance is None:
        return 0.0
    name = given if state.substance == GIVEN else state.substance
    return convert_amount(1.0, from_unit="mg", to_unit="nmol", substance=substance(name))


def _lost_nmol(model: Model, sinks: FloatArray, given: str) -> FloatArray:
    """What each sink has taken, (T, sinks), nmol."""
    flows = {flow.name: flow for flow in model.flows}
    sources = [flows[name].source for name, _ in model.sinks()]
    per_unit = [
        0.0 if source is None else _nmol_per_unit(model, model.state(source), given)
        for source in sources
    ]
    lost: FloatArray = sinks * np.asarray(per_unit)
    return lost

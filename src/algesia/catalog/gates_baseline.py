"""Gates on rest: without a dose nothing happens, and what is displaced comes back."""

from dataclasses import replace
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Batch, Raw, solve
from algesia.model import GIVEN, Model
from algesia.units import canonical_unit, convert_amount, substance

from .administration import Administration, Trial, trial_of, undosed
from .entry import Entry
from .exemption import unless_exempt
from .gate import Issue

__all__ = ["baseline_holds", "displaced_baseline_returns"]

_WEEK_H: Final = 168.0
_SIXTY_DAYS_H: Final = 1440.0
_UNMOVED_SHARE: Final = 1e-6
_RETURNED_SHARE: Final = 1e-3
_DISPLACED_MG: Final = 10.0


def baseline_holds(entry: Entry) -> list[Issue]:
    """Without a dose every state is after a week where it was at the start."""
    trial = trial_of(entry)
    issues = []
    for dose in trial.administrations[:1]:
        initial = dose.lowered.batch.initial
        raw = _at_rest(dose, initial, _WEEK_H)
        moved = np.abs(raw.final_state - initial)[0]
        scale = _displacements(trial, initial[0])
        for place, state in enumerate(trial.model.states):
            if not moved[place] <= _UNMOVED_SHARE * scale[place]:
                issues.append(
                    Issue(
                        gate="baseline_holds",
                        place=f"states.{state.name}",
                        message=f"goes from {initial[0, place]:.4g} to "
                        f"{raw.final_state[0, place]:.4g} {canonical_unit(state.unit)} in a "
                        "week without a dose; expected to stay",
                    )
                )
    return unless_exempt(entry, "baseline_holds", issues)


def displaced_baseline_returns(entry: Entry) -> list[Issue]:
    """Whatever state is displaced, sixty days later all states are back where they were."""
    trial = trial_of(entry)
    issues = []
    for dose in trial.administrations[:1]:
        initial = dose.lowered.batch.initial
        scale = _displacements(trial, initial[0])
        displaced = initial + np.diag(scale)
        raw = _at_rest(dose, displaced, _SIXTY_DAYS_H)
        away = np.abs(raw.final_state - initial) > _RETURNED_SHARE * scale
        away |= ~np.isfinite(raw.final_state)
        for row, column in np.argwhere(away):
            first, other = trial.model.states[row].name, trial.model.states[column].name
            issues.append(
                Issue(
                    gate="displaced_baseline_returns",
                    place=f"states.{first}",
                    message=f"displaced, leaves '{other}' at "
                    f"{raw.final_state[row, column]:.4g} after sixty days; "
                    f"expected {initial[0, column]:.4g}",
                )
            )
    return unless_exempt(entry, "displaced_baseline_returns", issues)


def _at_rest(dose: Administration, initial: FloatArray, until_h: float) -> Raw:
    """Run subjects that start at given states without any dose, (S, X)."""
    subjects = initial.shape[0]
    batch: Batch = undosed(dose.lowered.batch).take(np.zeros(subjects, dtype=np.int64))
    batch = replace(
        batch,
        initial=initial,
        sample_time_h=np.full((subjects, 1), until_h),
        sample_event=np.zeros((subjects, 1), dtype=np.int64),
    )
    return solve(dose.lowered.program, batch, dose.lowered.tolerances)


def _displacements(trial: Trial, initial: FloatArray) -> FloatArray:
    """A dose for a state that holds a drug, a tenth of the baseline for one that has any."""
    return np.asarray(
        [
            _displacement(trial.model, place, float(initial[place]))
            for place in range(initial.size)
        ]
    )


def _displacement(model: Model, place: int, baseline: float) -> float:
    state = model.states[place]
    if state.substance is None:
        return 0.1 * abs(baseline) or 1.0
    name = model.drug if state.substance == GIVEN else state.substance
    return convert_amount(
        _DISPLACED_MG,
        from_unit="mg",
        to_unit=canonical_unit(state.unit),
        substance=substance(name),
    )

"""Gates on the answer itself: linear where the model is, and the same by two roads."""

from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import solve
from algesia.simulate import Sampling
from algesia.simulate.lower import Lowered

from .administration import Administration, Trial, lowered_plan, trial_of, undosed
from .entry import Entry
from .exemption import unless_exempt
from .gate import Issue
from .reference import reference_of

__all__ = ["fast_path_equals_slow_path", "linear"]

_DAY_H: Final = 24.0
_STEP_H: Final = 0.25
_GAP_STEPS: Final = 24
_TIGHT: Final = 1e-9
_LINEAR_SHARE: Final = 1e-6
_TIMES_TOLERANCE: Final = 10.0
# Below this share of its peak a curve is compared with the peak, not with itself.
_FLOOR_SHARE: Final = 1e-3


def fast_path_equals_slow_path(entry: Entry) -> list[Issue]:
    """The compiled kernels agree with SciPy within ten times the tolerance of a run."""
    trial, reference = trial_of(entry), reference_of(entry)
    issues = []
    for place, each in enumerate(trial.administrations):
        numbers = each.lowered
        fast = solve(numbers.program, numbers.batch, numbers.tolerances).values[0]
        slow = reference.outputs[place]
        error = _largest_error(fast, slow)
        accepted = _TIMES_TOLERANCE * numbers.tolerances.relative
        for column, output in enumerate(trial.model.outputs):
            if not error[column] <= accepted:
                issues.append(
                    Issue(
                        gate="fast_path_equals_slow_path",
                        place=each.place,
                        message=f"output '{output.name}' differs by {error[column]:.2g} of "
                        f"itself between engine and SciPy; expected at most {accepted:.2g}",
                    )
                )
    return issues


def linear(entry: Entry) -> list[Issue]:
    """Twice the dose gives twice the answer, and two doses give the sum of two answers."""
    trial = trial_of(entry)
    issues = [issue for each in trial.administrations for issue in _bent(trial, each)]
    return unless_exempt(entry, "linear", issues)


def _bent(trial: Trial, dose: Administration) -> list[Issue]:
    sampling = Sampling.every(_STEP_H, until_h=_DAY_H, at_doses=False)
    gap_h = _GAP_STEPS * _STEP_H
    once, twice, again = (
        lowered_plan(trial, plan, sampling=sampling, relative=_TIGHT)
        for plan in (
            dose.plan(),
            dose.plan(doses=2.0),
            f"{dose.plan()} plus {dose.plan()} at {gap_h:g} h",
        )
    )
    quiet = solve(once.program, undosed(once.batch), once.tolerances).values[0]
    single, double, repeated = (_answer(numbers) - quiet for numbers in (once, twice, again))
    later = np.zeros_like(single)
    later[_GAP_STEPS:] = single[:-_GAP_STEPS]
    found = []
    for what, given, expected in (
        ("twice the dose", double, 2.0 * single),
        ("the same dose again", repeated, single + later),
    ):
        error = _largest_error(given, expected)
        for column, output in enumerate(trial.model.outputs):
            if not error[column] <= _LINEAR_SHARE:
                found.append(
                    Issue(
                        gate="linear",
                        place=dose.place,
                        message=f"{what} misses the sum in output '{output.name}' by "
                        f"{error[column]:.2g} of it; expected at most {_LINEAR_SHARE:g}, or "
                        "the exemption 'linear'",
                    )
                )
    return found


def _answer(numbers: Lowered) -> FloatArray:
    answer: FloatArray = solve(numbers.program, numbers.batch, numbers.tolerances).values[0]
    return answer


def _largest_error(values: FloatArray, expected: FloatArray) -> FloatArray:
    """Largest error of each output, (O,), relative to the curve or a thousandth of its peak."""
    peak = np.max(np.abs(expected), axis=0)
    scale = np.abs(expected) + _FLOOR_SHARE * peak
    difference = np.abs(values - expected)
    share = np.divide(
        difference, scale, out=np.where(difference > 0.0, np.inf, 0.0), where=scale > 0.0
    )
    largest: FloatArray = np.max(share, axis=0)
    return largest

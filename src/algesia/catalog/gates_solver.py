"""Gates on the answer itself: linear where the model is, and the same by two roads."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import solve
from algesia.simulate import Sampling
from algesia.simulate.lower import Lowered

from .administration import Administration, Trial, lowered_plan, trial_of, undosed
from .entry import Entry, entry_at, entry_hash
from .exemption import unless_exempt
from .gate import Issue
from .reference import reference_of

__all__ = ["SolverDifferences", "fast_path_equals_slow_path", "linear", "solver_differences"]

_DAY_H: Final = 24.0
_STEP_H: Final = 0.25
_GAP_STEPS: Final = 24
_TIGHT: Final = 1e-9
_STEPPED: Final = 1e-10
_STEPPED_SHARE: Final = 1e-8
_LINEAR_SHARE: Final = 1e-6
_TIMES_TOLERANCE: Final = 10.0
# Below this share of its peak a curve is compared with the peak, not with itself.
_FLOOR_SHARE: Final = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class SolverDifferences:
    """How far the roads to the answers of a trial lie apart.

    Parameters
    ----------
    scipy
        Engine and SciPy, (A, O) for A doses and O outputs: share of the curve itself, or of a
        thousandth of its peak.
    stepped
        Exact propagation and Rodas5P at a tolerance of 1e-10, (A, O): share of the peak; None
        where the model is not propagated exactly.
    """

    scipy: FloatArray
    stepped: FloatArray | None

    def largest(self) -> dict[str, float]:
        """Largest of each kind, by what was compared."""
        found = {"engine_and_scipy": float(np.max(self.scipy, initial=0.0))}
        if self.stepped is not None:
            found["exact_and_stepped"] = float(np.max(self.stepped, initial=0.0))
        return found


def solver_differences(entry: Entry) -> SolverDifferences:
    """Answers by all roads compared; done once per content of the files of an entry."""
    return _differences(entry.folder, entry_hash(entry.folder))


@lru_cache(maxsize=16)
def _differences(folder: Path, content: str) -> SolverDifferences:
    del content  # only there so that a changed file is read again
    entry = entry_at(folder)
    trial, reference = trial_of(entry), reference_of(entry)
    scipy, stepped = [], []
    for place, each in enumerate(trial.administrations):
        fast = _answer(each.lowered)
        scipy.append(_largest_error(fast, reference.outputs[place]))
        if each.lowered.program.stepper == "exact":
            stepped.append(_largest_share(fast, _answer(_in_small_steps(each.lowered))))
    shape = (len(scipy), len(trial.model.outputs))
    return SolverDifferences(
        scipy=np.reshape(scipy, shape),
        stepped=np.reshape(stepped, shape) if stepped else None,
    )


def fast_path_equals_slow_path(entry: Entry) -> list[Issue]:
    """The compiled kernels agree with SciPy, and exact propagation with small steps.

    With SciPy within ten times the tolerance of a run; exact propagation, where it is used,
    with Rodas5P at a tolerance of 1e-10 within 1e-8 of the largest value.
    """
    trial, found = trial_of(entry), solver_differences(entry)
    issues = []
    for place, each in enumerate(trial.administrations):
        accepted = _TIMES_TOLERANCE * each.lowered.tolerances.relative
        issues += _apart(
            trial, each, found.scipy[place], accepted, "itself between engine and SciPy"
        )
        if found.stepped is not None:
            roads = "its peak between exact propagation and small steps"
            issues += _apart(trial, each, found.stepped[place], _STEPPED_SHARE, roads)
    return issues


def _apart(
    trial: Trial, dose: Administration, error: FloatArray, accepted: float, between: str
) -> list[Issue]:
    """One issue for each output whose roads lie too far apart."""
    return [
        Issue(
            gate="fast_path_equals_slow_path",
            place=dose.place,
            message=f"output '{output.name}' differs by {error[column]:.2g} of {between}; "
            f"expected at most {accepted:.2g}",
        )
        for column, output in enumerate(trial.model.outputs)
        if not error[column] <= accepted
    ]


def _in_small_steps(numbers: Lowered) -> Lowered:
    """The same question for Rodas5P at a tight tolerance."""
    finer = _STEPPED / numbers.tolerances.relative
    tolerances = replace(
        numbers.tolerances,
        relative=_STEPPED,
        absolute=np.asarray(numbers.tolerances.absolute) * finer,
    )
    program = replace(numbers.program, stepper="rodas5p")
    return replace(numbers, program=program, tolerances=tolerances)


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


def _largest_share(values: FloatArray, expected: FloatArray) -> FloatArray:
    """Largest error of each output, (O,), as a share of its peak."""
    peak = np.max(np.abs(expected), axis=0)
    difference = np.max(np.abs(values - expected), axis=0)
    share: FloatArray = np.divide(
        difference, peak, out=np.where(difference > 0.0, np.inf, 0.0), where=peak > 0.0
    )
    return share

"""The run a claim asks for: who, what, and when it is looked at."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import RouteError
from algesia.formats.regimen_yaml import read_regimen
from algesia.model import Model
from algesia.population import Cohort, Distribution, Fixed, study_population
from algesia.population.distribution import Conditional
from algesia.regimen import Regimen, parse_regimen
from algesia.simulate import Arm, ArmTrajectories, Sampling, Scenario, run

from .administration import typical_cohort
from .claim import Claim, Measure
from .curve_file import curve

__all__ = ["ClaimRun", "claim_run", "intravenous_run"]

_MINUTE_H: Final = 1.0 / 60.0
_MOST_POINTS: Final = 3000
_UNTIL_GONE_H: Final = 720.0
_POINTS_UNTIL_GONE: Final = 600
_AFTER_LAST_DOSE_H: Final = 72.0
_SEED: Final = 1
_UNTIL_GONE: Final = frozenset({"clearance", "fraction_absorbed", "half_life"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRun:
    """What a claim's subjects did, and what they were given.

    Parameters
    ----------
    arm
        The answer.
    dose_mg
        All doses together, (S,), mg of base.
    """

    arm: ArmTrajectories
    dose_mg: FloatArray

    def output(self, name: str) -> FloatArray:
        """Curves of an output, (S, T), in its unit."""
        return self.arm.values[:, :, self.arm.output_index(name)]


def claim_run(model: Model, claim: Claim) -> ClaimRun:
    """Run what a claim describes.

    Parameters
    ----------
    model
        The model of the entry.
    claim
        The claim; without a number of subjects the typical one, in the middle of the study
        population where the claim does not say otherwise.

    Raises
    ------
    InputError
        If the model refuses the subject or the regimen.
    """
    regimen = _regimen(claim)
    measure = claim.quantity.of or claim.quantity.measure
    sampling = _sampling(claim, measure, regimen)
    return _run(model, claim.id, regimen, _cohort(model, claim), sampling)


def intravenous_run(model: Model, claim: Claim, dose_mg: float) -> ClaimRun:
    """Run the same subjects with the same amount into a vein.

    Raises
    ------
    RouteError
        If the model has no intravenous input.
    """
    if not any("intravenous" in each.routes for each in model.inputs):
        raise RouteError(
            f"claim '{claim.id}' needs an intravenous dose to compare with; "
            f"model '{model.id}' has no such input"
        )
    drug = _regimen(claim).drugs or (model.drug,)
    regimen = parse_regimen(f"{drug[0]} {dose_mg:.10g} mg intravenous")
    sampling = _until_gone(regimen)
    return _run(model, f"{claim.id}, intravenous", regimen, _cohort(model, claim), sampling)


def _run(
    model: Model, name: str, regimen: Regimen, cohort: Cohort, sampling: Sampling
) -> ClaimRun:
    asked = Arm(name=name, model=model, regimen=regimen, cohort=cohort)
    answer = run(Scenario(title=name, arms=(asked,), sampling=sampling)).arms[0]
    weight_kg = np.asarray(
        answer.covariates.get("weight", np.ones(answer.subjects.size)), dtype=np.float64
    )
    dose_mg = np.sum([row.base_milligrams(weight_kg) for row in answer.rows], axis=0)
    return ClaimRun(arm=answer, dose_mg=dose_mg)


def _regimen(claim: Claim) -> Regimen:
    if isinstance(claim.regimen, str):
        return parse_regimen(claim.regimen)
    return read_regimen(dict(claim.regimen), where=f"claims.{claim.id}.regimen")


def _cohort(model: Model, claim: Claim) -> Cohort:
    if claim.subjects is None:
        return typical_cohort(model, claim.covariates)
    distributions: dict[str, Distribution | Conditional] = dict(study_population(model))
    distributions |= {name: Fixed(value=value) for name, value in claim.covariates.items()}
    return Cohort.sample(claim.subjects, distributions, _SEED)


def _sampling(claim: Claim, measure: Measure, regimen: Regimen) -> Sampling:
    quantity = claim.quantity
    if quantity.curve is not None:
        time_h = curve(quantity.curve).time_h
        return Sampling(times_h=time_h[time_h > 0.0], at_doses=False)
    if quantity.sampled_at_h:
        return Sampling(times_h=np.asarray(quantity.sampled_at_h), at_doses=False)
    if measure in _UNTIL_GONE:
        return _until_gone(regimen)
    until_h = quantity.to_h
    if until_h is None:
        until_h = _last_input_h(regimen) + _AFTER_LAST_DOSE_H
    return Sampling.every(max(_MINUTE_H, until_h / _MOST_POINTS), until_h=until_h)


def _until_gone(regimen: Regimen) -> Sampling:
    """Every minute while doses enter, then ever further apart for thirty days."""
    last_h = _last_input_h(regimen)
    step_h = max(_MINUTE_H, last_h / _MOST_POINTS)
    during = np.arange(0.0, last_h, step_h)
    after = last_h + np.geomspace(_MINUTE_H, _UNTIL_GONE_H, _POINTS_UNTIL_GONE)
    return Sampling(times_h=np.concatenate([during, [last_h], after]))


def _last_input_h(regimen: Regimen) -> float:
    return max(row.time_h + row.duration_h for row in regimen.rows())

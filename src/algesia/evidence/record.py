"""A validation as plain data: all of it for `--json`, and the headline that pages quote."""

import json
import math
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from .conflict import conflicts
from .curve_prediction import CurvePrediction
from .goal_check import GoalCheck
from .observation_file import studies
from .prediction import Prediction
from .score import Score
from .validation import PkValidation

__all__ = ["headline", "headline_path", "headlines", "record"]

_DIGITS: Final = 3


def record(validation: PkValidation) -> dict[str, Any]:
    """Everything that was found.

    Parameters
    ----------
    validation
        What `validate_pk` found.

    Returns
    -------
    dict
        Text, numbers, lists and mappings only; a number that does not exist is None.
    """
    return {
        "model": validation.entry.id,
        "rung": validation.entry.rung,
        "subjects": validation.subjects,
        "split": validation.split(),
        "median_spread_over_reported": validation.median_spread_ratio,
        "goals": [_goal(each) for each in validation.goals],
        "scores": {
            by: [_score(each) for each in scores] for by, scores in validation.scores().items()
        },
        "scores_of_studies_values_were_taken_from": [
            _score(each) for each in validation.used_scores()
        ],
        "observations": [_prediction(each) for each in validation.predictions],
        "curves": [_curve(each) for each in validation.curves],
        "conflicts": [
            {
                "id": each.id,
                "what": each.what,
                "carried": each.carried,
                "sides": [
                    {
                        "says": side.says,
                        "source": side.source,
                        "observations": list(side.observations),
                        "counts": side.counts,
                    }
                    for side in each.sides
                ],
            }
            for each in conflicts()
        ],
        "studies": [
            {
                "id": study.id,
                "citation": study.citation,
                "doi": study.doi,
                "url": study.url,
                "same_trial_as": list(study.same_trial_as),
                "used_by": [
                    {
                        "entry": use.entry,
                        "value": use.value,
                        "what": use.what,
                        "observations": list(use.observations),
                    }
                    for use in study.used_by
                ],
                "notes": list(study.notes),
            }
            for study in studies().values()
        ],
    }


def headline(validation: PkValidation) -> dict[str, Any]:
    """The few numbers that pages quote, with three digits.

    Parameters
    ----------
    validation
        What `validate_pk` found, without bands.
    """
    (whole,) = validation.scores()["all"]
    return {
        "goals": {
            each.goal.id: {
                "verdict": each.verdict,
                "passed": each.passed,
                "counted": each.counted,
                "number": _rounded(each.number),
            }
            for each in validation.goals
            if each.goal.kind != "band"
        },
        "predicted": whole.n,
        "within_1_25": whole.within_1_25,
        "within_1_5": whole.within_1_5,
        "within_2": whole.within_2,
        "median_absolute_error_percent": _rounded(whole.median_absolute_error_percent),
        **validation.split(),
        "without_prediction": len(validation.unpredicted),
        "observations": len(validation.predictions),
    }


def headline_path() -> Path:
    """File that holds the recorded headlines."""
    return Path(str(files("algesia.evidence"))) / "pk_headline.json"


def headlines() -> Mapping[str, Any]:
    """Headlines as last recorded, by entry.

    Examples
    --------
    >>> headlines()["simons_2022_film"]["observations"]
    163
    """
    content: dict[str, Any] = json.loads(headline_path().read_text(encoding="utf-8"))
    models: dict[str, Any] = content["models"]
    return models


def _rounded(number: float | None) -> float | None:
    if number is None or not math.isfinite(number) or number == 0.0:
        return number
    return round(number, _DIGITS - 1 - math.floor(math.log10(abs(number))))


def _goal(check: GoalCheck) -> dict[str, Any]:
    return {
        "id": check.goal.id,
        "sentence": check.goal.sentence,
        "verdict": check.verdict,
        "reached": check.reached,
        "passed": check.passed,
        "counted": check.counted,
        "number": check.number,
        "unit": check.unit,
        "without_prediction": check.unpredicted,
        "used": {
            "passed": check.used_passed,
            "counted": check.used,
            "ratios": None if check.used_ratios is None else list(check.used_ratios),
        },
        "conflict": {"passed": check.conflict_passed, "counted": check.conflict},
        "with_conflict": _with_conflict(check),
        "reason": check.reason,
        "remark": check.remark,
        "seen": check.seen,
    }


def _with_conflict(check: GoalCheck) -> dict[str, Any] | None:
    if check.with_conflict is None:
        return None
    return dict(zip(("passed", "counted", "reached"), check.with_conflict, strict=True))


def _score(score: Score) -> dict[str, Any]:
    return {
        "name": score.name,
        "n": score.n,
        "within_1_25": score.within_1_25,
        "within_1_5": score.within_1_5,
        "within_2": score.within_2,
        "median_absolute_error_percent": score.median_absolute_error_percent,
        "bands_that_hold_the_spread": score.covered,
        "bands": score.bands,
    }


def _prediction(prediction: Prediction) -> dict[str, Any]:
    observation = prediction.observation
    arm, value, printed = observation.arm, observation.value, observation.printed
    return {
        "name": observation.name,
        "trial": arm.trial,
        "standing": prediction.standing,
        "route": arm.route,
        "product": arm.product,
        "regimens": list(arm.regimens),
        "perpetrator": None if arm.perpetrator is None else arm.perpetrator.regimen,
        "weight_kg": arm.weight_kg,
        "site": arm.site,
        "subjects": arm.subjects,
        "categories": dict(arm.categories),
        "assumptions": list(arm.assumptions),
        "moieties": list(observation.moieties),
        "over": observation.over,
        "measure": observation.measure,
        "from_h": observation.from_h,
        "to_h": observation.to_h,
        "printed": {
            "dose": printed.dose,
            "route": printed.route,
            "population": printed.population,
            "analyte": printed.analyte,
            "quantity": printed.quantity,
            "number": printed.number,
            "unit": printed.unit,
        },
        "observed": {"central": value.central, "low": value.low, "high": value.high},
        "one_sd": value.spread(),
        "unit": observation.unit,
        "predicted": prediction.central,
        "predicted_low": prediction.low,
        "predicted_high": prediction.high,
        "ratio": prediction.ratio,
        "band": prediction.band,
        "band_holds_one_sd": prediction.covered,
        "spread_over_reported": prediction.spread_ratio,
        "problem": prediction.problem,
        "true_by_construction": observation.trivial,
        "verified": observation.verified,
        "second_hand": observation.second_hand,
        "notes": [*prediction.notes, *arm.notes, *filter(None, [observation.note])],
    }


def _curve(curve: CurvePrediction) -> dict[str, Any]:
    return {
        "name": curve.observed.name,
        "standing": curve.standing,
        "moiety": curve.moiety,
        "site": curve.observed.arm.site,
        "unit": curve.unit,
        "time_h": curve.time_h.tolist(),
        "observed": curve.concentration.tolist(),
        "predicted": [None if math.isnan(x) else x for x in curve.predicted.tolist()],
        "median_absolute_error_percent": curve.error_percent,
        "problem": curve.problem,
        "note": curve.note,
    }

"""`validate_pk`: every stored observation against one model."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from algesia.catalog.entry import Entry, entry
from algesia.errors import DomainError

from .curve_prediction import CurvePrediction, curve_times_h, predict_curve
from .goal import goals
from .goal_check import GoalCheck, check_goal
from .observation import Observation
from .observation_file import studies
from .prediction import Prediction, predict
from .prediction_run import RunBook
from .score import Score, grouped_scores, score_of

__all__ = ["DEFAULT_MODEL", "PkValidation", "validate_pk"]

DEFAULT_MODEL: Final = "ketamine_backbone"


@dataclass(frozen=True, slots=True, kw_only=True)
class PkValidation:
    """What a model predicts of what was observed.

    Parameters
    ----------
    entry
        The catalogue entry.
    subjects
        Number of sampled subjects behind the bands, None without bands.
    predictions
        One for each observation, in the order of the files.
    curves
        One for each mean curve.
    goals
        Each goal with its verdict.
    """

    entry: Entry
    subjects: int | None
    predictions: tuple[Prediction, ...]
    curves: tuple[CurvePrediction, ...]
    goals: tuple[GoalCheck, ...]

    @property
    def evidence(self) -> tuple[Prediction, ...]:
        """Predictions that count."""
        return tuple(each for each in self.predictions if each.standing == "evidence")

    def standing(self, *wanted: str) -> tuple[Prediction, ...]:
        """Predictions of some standings."""
        return tuple(each for each in self.predictions if each.standing in wanted)

    def scores(self) -> dict[str, tuple[Score, ...]]:
        """Scores of what counts: in all, by study, route, moiety and measure."""
        counted = self.evidence
        return {
            "all": (score_of("all", counted),),
            "study": grouped_scores(counted, lambda each: each.observation.arm.study),
            "route": grouped_scores(counted, route_of),
            "moiety": grouped_scores(counted, moiety_of),
            "measure": grouped_scores(counted, lambda each: each.observation.measure),
        }

    def used_scores(self) -> tuple[Score, ...]:
        """Scores of the studies the model took values from, by study: no evidence."""
        used = self.standing("used")
        return grouped_scores(used, lambda each: each.observation.arm.study)

    @property
    def median_spread_ratio(self) -> float | None:
        """Median of predicted over reported spread of what counts; None without bands."""
        ratios = [each.spread_ratio for each in self.evidence if each.spread_ratio is not None]
        return median(ratios) if ratios else None

    def split(self) -> dict[str, int]:
        """How many observations there are of each standing; together they are all.

        Evidence without a prediction would count, had the model one.
        """
        compared = sum(each.fold is not None for each in self.evidence)
        return {
            "evidence_predicted": compared,
            "evidence_without_prediction": len(self.evidence) - compared,
            "used": len(self.standing("used")),
            "conflict": len(self.standing("conflict")),
            "unverified": len(self.standing("unverified")),
            "true_by_construction": len(self.standing("trivial")),
            "trial_counted_already": len(self.standing("repeat")),
        }

    @property
    def unpredicted(self) -> tuple[Prediction, ...]:
        """Observations without a prediction, each with its reason."""
        return tuple(each for each in self.predictions if each.problem is not None)

    @property
    def goals_missed(self) -> tuple[GoalCheck, ...]:
        """Goals that are not reached."""
        return tuple(each for each in self.goals if each.reached is False)


def route_of(prediction: Prediction) -> str:
    """Route and product of a prediction in one name."""
    arm = prediction.observation.arm
    beside = "" if arm.perpetrator is None else f" with {arm.perpetrator.entry}"
    return f"{arm.route}, {arm.product}{beside}"


def moiety_of(prediction: Prediction) -> str:
    """Moiety of a prediction, enantiomers and racemate apart."""
    observation = prediction.observation
    over = "" if observation.over is None else f" over {observation.over}"
    return f"{' or '.join(observation.moieties)}{over}"


def validate_pk(model: str = DEFAULT_MODEL, *, subjects: int | None = None) -> PkValidation:
    """Predict every stored observation with one model and judge the goals.

    Parameters
    ----------
    model
        Catalogue entry.
    subjects
        Sampled subjects for the 5 to 95 % bands, at least 20; None draws no bands.

    Returns
    -------
    PkValidation
        Predictions, scores and verdicts. What cannot be predicted is there with its reason.

    Raises
    ------
    UnknownNameError
        If there is no such entry.
    DomainError
        If there are too few subjects.

    Examples
    --------
    >>> found = validate_pk("kamp_2020_general")
    >>> found.curves[0].error_percent < 12.0
    True
    """
    if subjects is not None and subjects < 20:
        raise DomainError(f"subjects is {subjects}; expected at least 20 for a 5 to 95 % band")
    asked = entry(model)
    known = tuple(studies().values())
    observations = [each for study in known for each in study.observations]
    observed_curves = tuple(each for study in known for each in study.curves)
    also_h = curve_times_h(observed_curves, _window_ends_h(observations))
    book = RunBook(entry=asked, subjects=None, also_h=also_h)
    sampled = (
        None if subjects is None else RunBook(entry=asked, subjects=subjects, also_h=also_h)
    )
    predictions = _once_per_trial([predict(each, book, sampled) for each in observations])
    curves = tuple(predict_curve(each, study, book) for study in known for each in study.curves)
    return PkValidation(
        entry=asked,
        subjects=subjects,
        predictions=predictions,
        curves=curves,
        goals=tuple(check_goal(goal, predictions, curves, book) for goal in goals()),
    )


def _window_ends_h(observations: Iterable[Observation]) -> tuple[float, ...]:
    ends = [end for each in observations for end in (each.from_h, each.to_h)]
    return tuple(end for end in ends if end is not None)


def _once_per_trial(predictions: list[Prediction]) -> tuple[Prediction, ...]:
    """Let the second report of a number of one trial not count again."""
    seen: set[tuple[object, ...]] = set()
    found = []
    for each in predictions:
        key = each.observation.same_as
        repeated = each.standing == "evidence" and key in seen
        found.append(replace(each, standing="repeat") if repeated else each)
        seen.add(key)
    return tuple(found)

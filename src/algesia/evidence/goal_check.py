"""Whether a goal is reached, with the number, the denominator and the stated reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from .curve_prediction import CurvePrediction
from .goal import Goal, goal_reason
from .measure import Measured
from .measured_curve import measured_curve
from .prediction import Prediction
from .prediction_run import Request, RunBook

__all__ = ["GoalCheck", "check_goal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalCheck:
    """A goal and what was found.

    Parameters
    ----------
    goal
        The goal.
    reached
        True or False; None where no observation is left to test it, or none can be predicted.
    passed, counted
        How many of how many observations passed.
    number
        What was compared, such as a share, a median error in % or a peak; None without one.
    unit
        Unit of the number, empty for a share.
    unpredicted
        Observations that would count but have no prediction; they fail a share.
    used_passed, used
        How many of how many pass among those the model took values from: no evidence. For a
        `peak`, how many such reports its values were chosen with in view.
    used_ratios
        Smallest, median and largest predicted over observed among those; None without one.
    conflict_passed, conflict
        How many of how many pass among those a conflict sets apart.
    reason
        Stated reason where it is not reached, or None.
    remark
        Why there is no answer, or empty.
    seen
        What was chosen for this entry with the observations in view, so that the goal is no
        independent test of it; empty where nothing was.
    """

    goal: Goal
    reached: bool | None
    passed: int = 0
    counted: int = 0
    number: float | None = None
    unit: str = ""
    unpredicted: int = 0
    used_passed: int = 0
    used: int = 0
    used_ratios: tuple[float, float, float] | None = None
    conflict_passed: int = 0
    conflict: int = 0
    reason: str | None = None
    remark: str = ""
    seen: str = ""

    @property
    def verdict(self) -> str:
        """`reached`, `not reached`, `no goal`, `no answer` (see the remark) or nothing left."""
        if self.goal.kind == "listed":
            return "no goal"
        if self.reached is None:
            return "no answer" if self.remark else "no observation left to test"
        return "reached" if self.reached else "not reached"

    @property
    def with_conflict(self) -> tuple[int, int, bool | None] | None:
        """Passed, counted and reached with what a conflict sets apart; None without such."""
        if not self.conflict:
            return None
        passed, counted = self.passed + self.conflict_passed, self.counted + self.conflict
        if self.goal.share is None:
            return passed, counted, None
        return passed, counted, _enough(passed / counted, self.goal)


def check_goal(
    goal: Goal,
    predictions: Sequence[Prediction],
    curves: Sequence[CurvePrediction],
    book: RunBook,
) -> GoalCheck:
    """Hold a goal against what was predicted.

    Parameters
    ----------
    goal
        The goal.
    predictions, curves
        Every prediction of the model.
    book
        Runs of the typical subject.
    """
    reason = goal_reason(goal.id, book.entry.id)
    if goal.kind == "curve_error":
        check = _curve_check(goal, curves, reason)
    elif goal.kind == "peak":
        check = _peak_check(goal, predictions, book, reason)
    else:
        check = _share_check(goal, predictions, reason)
    return replace(check, seen=goal.seen.get(book.entry.id, ""))


def _share_check(
    goal: Goal, predictions: Sequence[Prediction], reason: str | None
) -> GoalCheck:
    meant = [each for each in predictions if _meant(goal, each)]
    tally = {
        standing: [_passes(goal, each) for each in meant if each.standing == standing]
        for standing in ("evidence", "used", "conflict")
    }
    ratios = [each.ratio for each in meant if each.standing == "used"]
    known = [ratio for ratio in ratios if ratio is not None]
    results = tally["evidence"]
    passed, counted = results.count(True), len(results)
    share = passed / counted if counted else None
    return GoalCheck(
        goal=goal,
        reached=None if share is None or goal.share is None else _enough(share, goal),
        passed=passed,
        counted=counted,
        number=share,
        unpredicted=results.count(None),
        used_passed=tally["used"].count(True),
        used=len(tally["used"]),
        used_ratios=(min(known), median(known), max(known)) if known else None,
        conflict_passed=tally["conflict"].count(True),
        conflict=len(tally["conflict"]),
        reason=reason,
        remark="no band was drawn" if goal.kind == "band" and not meant else "",
    )


def _enough(share: float, goal: Goal) -> bool:
    """Whether a share reaches the goal."""
    return share >= (goal.share or 0.0) - 1e-9


def _meant(goal: Goal, prediction: Prediction) -> bool:
    """Whether a goal is about an observation."""
    observation = prediction.observation
    arm = observation.arm
    if not observation.value.known:
        return False
    if goal.kind == "band":
        return prediction.covered is not None
    other = None if arm.perpetrator is None else arm.perpetrator.entry
    return (
        other == goal.perpetrator
        and (not goal.routes or arm.route in goal.routes)
        and (not goal.products or arm.product in goal.products)
        and (not goal.moieties or all(name in goal.moieties for name in observation.moieties))
        and observation.measure in goal.measures
        # What no model can be asked for is listed elsewhere with its reason.
        and observation.not_predicted is None
    )


def _passes(goal: Goal, prediction: Prediction) -> bool | None:
    """Whether a prediction passes; None where the model has none."""
    if goal.kind == "band":
        return prediction.covered
    if prediction.fold is None:
        return None
    return prediction.fold <= (goal.within or 1.0) * (1.0 + 1e-9)


def _curve_check(
    goal: Goal, curves: Sequence[CurvePrediction], reason: str | None
) -> GoalCheck:
    """Hold the largest median error of the curves against the goal."""
    meant = [each for each in curves if each.moiety in goal.moieties]
    limit = goal.at_most_percent or 0.0
    errors = {
        standing: [each.error_percent for each in meant if each.standing == standing]
        for standing in ("evidence", "used")
    }
    known = [error for error in errors["evidence"] if error is not None]
    used = [error for error in errors["used"] if error is not None]
    passed = sum(error <= limit for error in known)
    worst = max(known, default=max(used, default=None))
    return GoalCheck(
        goal=goal,
        reached=passed == len(errors["evidence"]) if errors["evidence"] else None,
        passed=passed,
        counted=len(errors["evidence"]),
        number=worst,
        unit="%",
        unpredicted=len(errors["evidence"]) - len(known),
        used_passed=sum(error <= limit for error in used),
        used=len(errors["used"]),
        reason=reason,
    )


def _peak_check(
    goal: Goal, predictions: Sequence[Prediction], book: RunBook, reason: str | None
) -> GoalCheck:
    """Hold the peak of a regimen at a site against the goal; no observation is needed."""
    site, unit = str(goal.site), str(goal.unit)
    answer = book.answer(Request(regimen=str(goal.regimen), weight_kg=goal.weight_kg))
    found = (
        answer if isinstance(answer, str) else measured_curve(answer, goal.moieties[0], site)
    )
    if isinstance(found, str):
        return GoalCheck(goal=goal, reached=None, reason=reason, remark=found)
    if found.note:
        remark = f"the model has no {site}"
        return GoalCheck(goal=goal, reached=None, reason=reason, remark=remark)
    peak = float(
        Measured(values=found.values.max(axis=1), unit=found.unit, moiety=found.moiety).in_unit(
            unit
        )[0]
    )
    reached = (goal.low or 0.0) <= peak <= (goal.high or 0.0)
    used = [
        each
        for each in predictions
        if each.standing == "used"
        and each.observation.measure == "cmax"
        and goal.regimen in each.observation.arm.regimens
        and each.observation.arm.site == site
    ]
    return GoalCheck(
        goal=goal,
        reached=reached,
        passed=int(reached),
        counted=1,
        number=peak,
        unit=unit,
        used=len(used),
        reason=reason,
    )

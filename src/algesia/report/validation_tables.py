"""A validation on the terminal: goals first, then scores, conflicts and what is missing."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from algesia.evidence.conflict import Conflict, conflicts
from algesia.evidence.goal_check import GoalCheck
from algesia.evidence.prediction import Prediction
from algesia.evidence.score import Score
from algesia.evidence.validation import PkValidation

from .tables import new_table
from .wording import notice_line, number_text, plain, range_text

__all__ = [
    "count_text",
    "goal_cells",
    "goal_notes",
    "heading",
    "observation_cells",
    "score_cells",
    "side_lines",
    "split_lines",
    "spread_lines",
    "standing_text",
    "validation_view",
]

_STANDINGS = {
    "evidence": "counts",
    "used": "model took a value",
    "trivial": "true by construction",
    "conflict": "sources conflict",
    "unverified": "not read in its source",
    "repeat": "trial counted already",
}


_SPLIT = {
    "evidence_predicted": "evidence, predicted",
    "evidence_without_prediction": "evidence, not predicted",
    "used": "the model took a value from",
    "conflict": "sources conflict on",
    "unverified": "not read in their source",
    "true_by_construction": "true by construction",
    "trial_counted_already": "of a trial that counted already",
}


def validation_view(validation: PkValidation, *, every: bool = False) -> Group:
    """Show what was found.

    Parameters
    ----------
    validation
        What `validate_pk` found.
    every
        Whether each observation is listed, too.
    """
    parts: list[RenderableType] = [plain(heading(validation), "bold")]
    parts += [*map(plain, split_lines(validation)), Text()]
    parts += _goals(validation.goals)
    for title, scores in (
        ("Predicted over observed, what counts", validation.scores()["all"]),
        ("By study", validation.scores()["study"]),
        ("By route", validation.scores()["route"]),
        ("By moiety", validation.scores()["moiety"]),
        ("Studies the model took values from: no evidence", validation.used_scores()),
    ):
        if scores:
            parts += [_scores(title, scores), Text()]
    parts += [*map(plain, spread_lines(validation)), _curves(validation), Text()]
    parts += _conflicts(validation)
    if every:
        parts += [_observations(validation.predictions), Text()]
    parts += _missing(validation.unpredicted)
    return Group(*parts, notice_line())


def heading(validation: PkValidation) -> str:
    """Say in one line which model was judged by what."""
    counted = validation.scores()["all"][0]
    bands = "" if validation.subjects is None else f", bands of {validation.subjects} patients"
    return (
        f"{validation.entry.id} ({validation.entry.rung}): {counted.n} of "
        f"{len(validation.predictions)} observations predicted and counted{bands}"
    )


def split_lines(validation: PkValidation) -> tuple[str, ...]:
    """Say what becomes of the observations: one line of counts that add up to all."""
    split = validation.split()
    told = "; ".join(f"{_SPLIT[key]} {number}" for key, number in split.items())
    return (f"Of {sum(split.values())} observations: {told}",)


def spread_lines(validation: PkValidation) -> tuple[str, ...]:
    """Say how wide the bands are beside the reported spread, where bands were drawn."""
    ratio = validation.median_spread_ratio
    if ratio is None:
        return ()
    return (
        f"Predicted over reported spread (SD of logarithms), median of what counts: "
        f"{number_text(ratio)}",
    )


def standing_text(standing: str, *, predicted: bool = True) -> str:
    """Say whether an observation counts, in words.

    Examples
    --------
    >>> standing_text("evidence"), standing_text("evidence", predicted=False)
    ('counts', 'would count; missed where a goal asks for it')
    """
    if standing == "evidence" and not predicted:
        return "would count; missed where a goal asks for it"
    return _STANDINGS[standing]


def count_text(passed: int, counted: int) -> str:
    """Show a share with its denominator.

    Examples
    --------
    >>> count_text(9, 12), count_text(0, 0)
    ('9/12 (75 %)', '0/0')
    """
    return (
        f"{passed}/{counted} ({passed / counted:.0%})".replace("%", " %") if counted else "0/0"
    )


def goal_cells(check: GoalCheck) -> tuple[str, ...]:
    """One row of the table of goals."""
    number = ""
    if check.goal.kind in {"curve_error", "peak"} and check.number is not None:
        number = f"{number_text(check.number)} {check.unit}"
    if check.goal.kind in {"share", "band", "curve_error", "listed"}:
        counted = count_text(check.passed, check.counted)
        if check.with_conflict is not None:
            counted = f"{counted}; with the conflicting ones {_with_conflict_text(check)}"
        number = f"{counted}; worst {number}" if number else counted
    return (check.goal.sentence, check.verdict, number)


def _with_conflict_text(check: GoalCheck) -> str:
    """Share and verdict with what a conflict sets apart."""
    passed, counted, reached = check.with_conflict or (0, 0, None)
    told = "" if reached is None else ", reached" if reached else ", not reached"
    return f"{count_text(passed, counted)}{told}"


def _ratios_text(check: GoalCheck) -> str:
    """Say how far those lie that the model took values from."""
    if check.used_ratios is None or check.goal.kind == "band":
        return ""
    low, middle, high = (round(ratio, 2) for ratio in check.used_ratios)
    if check.used == 1:
        return f", predicted over observed {number_text(middle)}"
    return f", predicted over observed {range_text(low, high)}, median {number_text(middle)}"


def goal_notes(check: GoalCheck) -> tuple[str, ...]:
    """Lines that belong to a goal: what is not in its number, and the stated reason."""
    lines = [check.remark] if check.remark else []
    if check.unpredicted:
        lines.append(f"{check.unpredicted} of them without a prediction count as missed")
    if check.seen:
        lines.append(f"no independent test: {check.seen}")
    elif check.used and check.goal.kind == "peak":
        lines.append("no independent test: values were chosen with such a peak in view")
    if check.used and check.goal.kind != "peak":
        lines.append(
            f"not counted, the model took values from them: {check.used_passed} of "
            f"{check.used} pass{_ratios_text(check)}"
        )
    if check.conflict:
        lines.append(
            f"not counted, sources conflict: {check.conflict_passed} of {check.conflict} pass"
        )
    if check.reached is False or check.goal.kind == "listed":
        lines.append(f"reason: {check.reason or 'none stated'}")
    return tuple(lines)


def score_cells(score: Score) -> tuple[str, ...]:
    """One row of a table of scores."""
    return (
        score.name,
        str(score.n),
        count_text(score.within_1_25, score.n),
        count_text(score.within_1_5, score.n),
        count_text(score.within_2, score.n),
        number_text(score.median_absolute_error_percent),
        count_text(score.covered, score.bands) if score.bands else "",
    )


def observation_cells(prediction: Prediction) -> tuple[str, ...]:
    """One row of the table of observations."""
    observation = prediction.observation
    band = "" if prediction.band is None else range_text(*prediction.band)
    return (
        observation.name,
        f"{observation.printed.number or '–'} {observation.printed.unit}",
        _model_text(prediction),
        number_text(prediction.ratio),
        band,
        standing_text(prediction.standing, predicted=prediction.fold is not None),
    )


def _goals(checks: Iterable[GoalCheck]) -> list[RenderableType]:
    table = new_table("", "goal", "verdict", "found", title="Goals")
    notes: list[RenderableType] = []
    for number, check in enumerate(checks, start=1):
        sentence, verdict, found = goal_cells(check)
        style = "dim" if check.reached is None else "green" if check.reached else "red"
        table.add_row(str(number), plain(sentence), plain(verdict, style), plain(found))
        notes += [plain(f"{number}: {line}") for line in goal_notes(check)]
    return [table, *notes, Text()]


def _scores(title: str, scores: Iterable[Score]) -> Table:
    table = new_table(
        "", "n", "1.25-fold", "1.5-fold", "2-fold", "error, %", "band holds SD", title=title
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for score in scores:
        table.add_row(*map(plain, score_cells(score)))
    return table


def _curves(validation: PkValidation) -> Table:
    table = new_table(
        "mean curve", "points", "median error, %", "", title="Mean curves, time 0 left out"
    )
    for curve in validation.curves:
        remark = curve.problem or curve.note or standing_text(curve.standing)
        cells = (
            curve.observed.curve,
            str(curve.time_h.size),
            number_text(curve.error_percent),
            remark,
        )
        table.add_row(*map(plain, cells))
    return table


def _conflicts(validation: PkValidation) -> list[RenderableType]:
    parts: list[RenderableType] = [plain("Conflicts, shown and not averaged", "bold")]
    for conflict in conflicts():
        parts.append(plain(f"{conflict.what}: {conflict.carried}"))
        parts += [plain(f"  {line}") for line in side_lines(conflict, validation)]
    return [*parts, Text()]


def side_lines(conflict: Conflict, validation: PkValidation) -> tuple[str, ...]:
    """One line for each side of a conflict, with what the model predicts for it."""
    lines = []
    for side in conflict.sides:
        found = [
            each
            for each in validation.predictions
            if each.fold is not None and side.names(each.observation)
        ]
        apart = "" if side.counts or not side.observations else " (set apart)"
        lines.append(f"– {side.says} ({side.source}){apart}{_side_prediction(found)}")
    return tuple(lines)


def _side_prediction(found: list[Prediction]) -> str:
    """Say what the model gives for a side: its number, or how many lie within 2-fold."""
    if not found:
        return ""
    if len(found) == 1:
        return f"; model {_model_text(found[0])}"
    near = sum(each.fold is not None and each.fold <= 2.0 for each in found)
    return f"; model within 2-fold in {near} of {len(found)} observations"


def _model_text(prediction: Prediction) -> str:
    unit = prediction.observation.unit
    number = number_text(prediction.central)
    return number if unit == "1" else f"{number} {unit}"


def _observations(predictions: Iterable[Prediction]) -> Table:
    table = new_table(
        "observation", "printed", "model", "ratio", "5–95 %", "standing", title="Observations"
    )
    for each in predictions:
        table.add_row(*map(plain, observation_cells(each)))
    return table


def _missing(predictions: Iterable[Prediction]) -> list[RenderableType]:
    """What has no prediction, grouped by the reason."""
    reasons: dict[str, list[str]] = {}
    for each in predictions:
        reasons.setdefault(str(each.problem), []).append(each.observation.name)
    parts: list[RenderableType] = []
    if reasons:
        parts.append(plain("Not predicted", "bold"))
    for reason, names in reasons.items():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        parts.append(plain(f"– {reason}: {', '.join(names[:3])}{more}"))
    return [*parts, Text()]

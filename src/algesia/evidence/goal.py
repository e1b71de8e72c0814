"""Goals set before a model was judged, and the stated reasons why one is not reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError
from algesia.formats import read_yaml

from .observation import MEASURES

__all__ = ["Goal", "goal_reason", "goals"]

GoalKind = Literal["share", "curve_error", "peak", "band", "listed"]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Seen(_Strict):
    model: str
    what: str


class _Goal(_Strict):
    id: str
    kind: GoalKind
    sentence: str
    routes: list[str] = Field(default_factory=list)
    products: list[str] = Field(default_factory=list)
    moieties: list[str] = Field(default_factory=list)
    measures: list[str] = Field(default_factory=list)
    perpetrator: str | None = None
    within: float | None = None
    share: float | None = None
    at_most_percent: float | None = None
    regimen: str | None = None
    weight: float = 70.0
    site: str | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    seen: list[_Seen] = Field(default_factory=list)


class _Goals(_Strict):
    version: Literal["algesia/goals/1"] = Field(alias="schema")
    goals: list[_Goal]


class _Reason(_Strict):
    goal: str
    model: str
    reason: str


class _Reasons(_Strict):
    version: Literal["algesia/reasons/1"] = Field(alias="schema")
    reasons: list[_Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal.

    Parameters
    ----------
    id
        Its name.
    kind
        `share` of observations within a fold, `curve_error` of mean curves, `peak` of a regimen
        between two numbers, `band` that holds the reported spread, or `listed`: no goal, the
        share within a fold is shown with the reason why it is what it is.
    sentence
        The goal in words.
    routes, products, moieties, measures
        Which observations are meant; all where empty.
    perpetrator
        Entry of what is given beside, None where nothing is.
    within, share
        Fold, and the share of observations that must lie within it.
    at_most_percent
        Largest median absolute error of a curve, %.
    regimen, weight_kg, site, low, high, unit
        What the peak of a regimen must lie between, and where it is looked at.
    seen
        For entries that are no independent test, by name: what was chosen with the
        observations of this goal in view, although no value was taken from them.
    """

    id: str
    kind: GoalKind
    sentence: str
    routes: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    moieties: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    perpetrator: str | None = None
    within: float | None = None
    share: float | None = None
    at_most_percent: float | None = None
    regimen: str | None = None
    weight_kg: float = 70.0
    site: str | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    seen: Mapping[str, str] = field(default_factory=dict)


_NEEDED = {
    "share": ("within", "share", "measures"),
    "curve_error": ("at_most_percent", "moieties"),
    "peak": ("regimen", "site", "low", "high", "unit", "moieties"),
    "band": ("share",),
    "listed": ("within", "measures"),
}


@cache
def goals() -> tuple[Goal, ...]:
    """All goals, in the order of the file.

    Raises
    ------
    FileInputError
        If the file does not fit, or a goal lacks what its kind needs.

    Examples
    --------
    >>> goals()[0].within
    1.5
    """
    path = _file("pk_goals.yaml")
    found = []
    for row in validated(_Goals, read_yaml(path), where=path.name).goals:
        missing = [key for key in _NEEDED[row.kind] if not getattr(row, key)]
        if missing:
            raise FileInputError(
                f"{path.name}: goal '{row.id}' has no {missing[0]}; a {row.kind} needs it"
            )
        unknown = [name for name in row.measures if name not in MEASURES]
        if unknown:
            raise FileInputError(
                f"{path.name}: goal '{row.id}' has measure '{unknown[0]}'; "
                f"known: {', '.join(MEASURES)}"
            )
        content = row.model_dump()
        lists = ("routes", "products", "moieties", "measures")
        content |= {key: tuple(content[key]) for key in lists}
        content["seen"] = {each.model: " ".join(each.what.split()) for each in row.seen}
        found.append(Goal(weight_kg=content.pop("weight"), **content))
    return tuple(found)


def goal_reason(goal_id: str, entry_id: str) -> str | None:
    """Stated reason why an entry does not reach a goal, or None where none is stated.

    Parameters
    ----------
    goal_id
        Name of the goal.
    entry_id
        Name of the entry.

    Examples
    --------
    >>> goal_reason("no such goal", "simons_2022_film") is None
    True
    """
    return _reasons().get((goal_id, entry_id))


@cache
def _reasons() -> dict[tuple[str, str], str]:
    path = _file("pk_reasons.yaml")
    known = {goal.id for goal in goals()}
    found: dict[tuple[str, str], str] = {}
    for row in validated(_Reasons, read_yaml(path), where=path.name).reasons:
        if row.goal not in known:
            raise FileInputError(
                f"{path.name}: there is no goal '{row.goal}'; known: {', '.join(sorted(known))}"
            )
        found[row.goal, row.model] = " ".join(row.reason.split())
    return found


def _file(name: str) -> Path:
    return Path(str(files("algesia.evidence"))) / name

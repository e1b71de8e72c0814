"""A calendar of what the rules would have looked at, in days and hours of the plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError, unknown_name
from algesia.units import conversion_factor

from .condition import AllOf, AnyOf, Comparison, Condition, Not, holds
from .condition_file import ConditionRow, condition_of
from .fact import FactValues
from .fact_file import fact, read_data
from .finding import in_scope
from .guideline import Verification
from .guideline_file import documents, rules
from .plan_facts import DAY_H, KetaminePlan
from .truth import Truth

__all__ = ["CalendarEntry", "Moment", "monitoring_calendar"]

FILE_NAME: Final = "monitoring.yaml"
Moment: TypeAlias = Literal[
    "before_first", "before_each", "during_each", "after_each", "during_long_infusion",
    "at_week", "end_of_course",
]  # fmt: skip
MOMENTS: Final[dict[Moment, str]] = {
    "before_first": "before the first dose",
    "before_each": "before each session",
    "during_each": "during each session",
    "after_each": "after each session",
    "during_long_infusion": "during the infusion",
    "at_week": "by week",
    "end_of_course": "at the end of each course",
}


EACH: Final = ("before_each", "during_each", "after_each")


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Offset(_Strict):
    rule: str
    fact: str


class _Row(_Strict):
    id: str
    what: str
    moment: Moment
    rules: list[str] = Field(min_length=1)
    offset: _Offset | None = None
    anywhere: bool = False
    when: ConditionRow | None = None


class _File(_Strict):
    version: Literal["algesia/monitoring/1"] = Field(alias="schema")
    items: list[_Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An item with its numbers put in."""

    row: _Row
    when: Condition | None
    offset_h: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """Something to look at, and when.

    Parameters
    ----------
    id
        Its name.
    what
        What is looked at.
    moment
        When, in words.
    hours
        Times, h since the start of the plan; those before a dose are at the dose.
    days
        The same as days of the plan, each once; the first day is 1.
    rules
        Rules it comes from.
    in_scope
        Whether a document of theirs is about this person and plan.
    verification
        How far those rules were checked, each once.
    """

    id: str
    what: str
    moment: str
    hours: tuple[float, ...]
    days: tuple[int, ...]
    rules: tuple[str, ...]
    in_scope: Literal["yes", "no", "unknown"]
    verification: tuple[Verification, ...]


def monitoring_calendar(plan: KetaminePlan, values: FactValues) -> tuple[CalendarEntry, ...]:
    """Lay the items of the rules onto the plan.

    Parameters
    ----------
    plan
        The doses of ketamine.
    values
        What is known.

    Notes
    -----
    Sessions are those by a vein, a muscle, under the skin or by the nose; of a plan by other
    routes only the first dose is one. No document here gives an interval for urinary, liver and
    mental checks in long use, so they stand at the start and at the end of each course only.
    """
    entries = []
    for item in _items():
        scope = _scope(item.row, values)
        if scope == "no" and not item.row.anywhere:
            continue
        if item.when is not None and holds(item.when, values) is Truth.NO:
            continue
        hours = tuple(_hours(item, plan))
        if hours:
            entries.append(_entry(item, plan, hours, scope))
    return tuple(sorted(entries, key=lambda entry: entry.hours[0]))


def _entry(
    item: _Item,
    plan: KetaminePlan,
    hours: tuple[float, ...],
    scope: Literal["yes", "no", "unknown"],
) -> CalendarEntry:
    return CalendarEntry(
        id=item.row.id,
        what=item.row.what,
        moment=_moment(item, plan),
        hours=hours,
        days=tuple(dict.fromkeys(int(hour // DAY_H) + 1 for hour in hours)),
        rules=tuple(item.row.rules),
        in_scope=scope,
        verification=tuple(dict.fromkeys(rules()[id].verification for id in item.row.rules)),
    )


def _moment(item: _Item, plan: KetaminePlan) -> str:
    words = MOMENTS[item.row.moment]
    if item.row.moment in EACH and not plan.treatments:
        words = words.replace("each session", "the first dose")
    if item.offset_h is None:
        return words
    if item.row.moment == "at_week":
        return f"{words} {item.offset_h / (7.0 * DAY_H):g}"
    shown = f"{item.offset_h:g} h" if item.offset_h >= 1.0 else f"{item.offset_h * 60.0:g} min"
    every = item.row.moment == "during_long_infusion"
    return f"every {shown} {words}" if every else f"{shown} {words}"


def _scope(row: _Row, values: FactValues) -> Literal["yes", "no", "unknown"]:
    """Whether any document of the item's rules is about this person and plan."""
    scopes = [in_scope(documents()[rules()[id].document], values) for id in row.rules]
    if "yes" in scopes:
        return "yes"
    return "unknown" if "unknown" in scopes else "no"


def _hours(item: _Item, plan: KetaminePlan) -> Iterator[float]:
    """Times of an item, h since the start of the plan."""
    sessions = plan.treatments or plan.sessions[:1]
    offset_h = item.offset_h or 0.0
    moment = item.row.moment
    if moment == "before_first":
        yield plan.sessions[0].start_h
    elif moment in ("before_each", "during_each"):
        yield from (each.start_h for each in sessions)
    elif moment == "after_each":
        yield from (each.end_h + offset_h for each in sessions)
    elif moment == "at_week":
        yield plan.sessions[0].start_h + offset_h
    elif moment == "end_of_course":
        yield from (max(each.end_h for each in course) for course in plan.courses)
    else:
        for each in sessions:
            count = int((each.infusion_h or 0.0) // offset_h)
            yield from (each.start_h + offset_h * step for step in range(1, count + 1))


@cache
def _items() -> tuple[_Item, ...]:
    file = validated(_File, read_data(FILE_NAME), where=FILE_NAME)
    return tuple(_item(row) for row in file.items)


def _item(row: _Row) -> _Item:
    where = f"{FILE_NAME}, {row.id}"
    for id in (*row.rules, *([row.offset.rule] if row.offset else ())):
        if id not in rules():
            raise unknown_name(f"rule of {where}", id, rules())
    when = None if row.when is None else condition_of(row.when, where, exists=True)
    return _Item(row=row, when=when, offset_h=_offset_h(row.offset, where))


def _offset_h(offset: _Offset | None, where: str) -> float | None:
    """Number that the check of a rule compares a fact with, h."""
    if offset is None:
        return None
    rule = rules()[offset.rule]
    for compared in _comparisons(rule.expect):
        if compared.fact == offset.fact:
            factor = conversion_factor(fact(offset.fact).unit, "h")
            return float(compared.operands[0]) * factor
    raise FileInputError(
        f"{where}: rule {offset.rule} does not compare {offset.fact}; expected one that does"
    )


def _comparisons(condition: Condition | None) -> Iterator[Comparison]:
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from _comparisons(condition.part)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _comparisons(part)

"""Dosing plans in files people write: one line of text, or the same thing key by key.

```yaml
drug: esketamine
route: nasal
plan:
  - {dose: 56 mg, times_a_week: 2, for: 4 weeks}
  - {pause: 2 weeks}
  - {courses: 3, plan: [{dose: 84 mg, every: 1 week, doses: 4}, {pause: 1 week}]}
  - {dose: 56 mg, every: 1 week, doses: 4, limits: [60 mg a week]}
  - {dose: 56 mg, every: 1 day, for: 2 weeks}
  - {taper: 2 weeks, steps: 4, to: 28 mg}
```
"""

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from algesia.errors import InputError, RegimenError, nearest_names
from algesia.regimen import (
    Calendar,
    Course,
    Dose,
    Pause,
    PlanItem,
    Ramp,
    Regimen,
    Repeat,
    Schedule,
    parse_amount,
    parse_length_h,
    parse_limit,
    parse_regimen,
)
from algesia.regimen.ramp_words import ramp_of
from algesia.regimen.time_text import WEEKDAYS

from .regimen_mapping import regimen_mapping

__all__ = ["read_regimen", "regimen_mapping"]

DEPTH_LIMIT: Final = 10
Block = TypeVar("Block", bound="_Block")


class _Block(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Start(_Block):
    """Weekday or date, time of day and time zone of time 0."""

    weekday: str | None = None
    clock: str = "08:00"
    date: str | None = None
    zone: str | None = None


class _Plan(_Block):
    """A whole plan."""

    text: str | None = None
    plan: list[Any] | None = None
    together: list[list[Any]] | None = None
    drug: str | None = None
    route: str | None = None
    form: str | None = None
    start: _Start | None = None
    concurrent: bool = False
    description: str | None = None
    events: dict[str, str] = Field(default_factory=dict)


class _Course(_Block):
    """A dose on a schedule."""

    dose: str
    over: str | None = None
    drug: str | None = None
    form: str | None = None
    route: str | None = None
    formulation: str | None = None
    max: str | None = None
    max_rate: str | None = None
    ideal_weight: bool = False
    weight_capped_at: str | None = None
    every: str | None = None
    times_a_day: int | None = None
    times_a_week: int | None = None
    at: list[str] = Field(default_factory=list)
    clock: list[str] = Field(default_factory=list)
    weekdays: list[str] = Field(default_factory=list)
    lasting: str | None = Field(default=None, alias="for")
    doses: int | None = None
    steady_state: bool = False
    except_days: list[int] = Field(default_factory=list)
    limits: list[str] = Field(default_factory=list)


class _Pause(_Block):
    """A time without doses."""

    pause: str


class _Steps(_Block):
    """Steps down or up from the dose before."""

    taper: str | None = None
    escalate: str | None = None
    steps: int
    to: str | None = None


class _Courses(_Block):
    """A group given several times."""

    courses: int
    plan: list[Any]


def read_regimen(data: object, where: str = "regimen") -> Regimen:
    """Build a plan from the data of a file.

    Parameters
    ----------
    data
        A line of clinical text, or a mapping with `text`, with `plan` (parts that follow each
        other) or with `together` (plans side by side), as `read_yaml` gives it.
    where
        What to call the data in messages.

    Returns
    -------
    Regimen
        The plan.

    Raises
    ------
    InputError
        If a key or a value is not accepted. The message gives its place, as `plan.0.dose`.

    Examples
    --------
    >>> read_regimen({"plan": [{"dose": "25 mg", "times_a_day": 3, "for": "10 days"}]}).length_h
    240.0
    """
    if isinstance(data, str):
        return _placed(lambda: parse_regimen(data), where)
    block = _block(_Plan, data, where)
    given = [name for name in ("text", "plan", "together") if getattr(block, name) is not None]
    if len(given) != 1:
        shown = " and ".join(given) or "none"
        raise RegimenError(f"{where} has {shown}; expected one of text, plan, together")
    if block.text is not None:
        return _from_text(block, block.text, where)
    if block.events:
        raise RegimenError(f"{where} has events without text; expected times of day with clock")
    plans = block.together if block.together is not None else [block.plan or []]
    key = "together" if block.together is not None else "plan"
    tracks = tuple(
        _items(plan, block, f"{where}, {key}" + (f".{index}" if key == "together" else ""), 1)
        for index, plan in enumerate(plans)
    )
    calendar = _placed(lambda: _calendar(block.start or _Start()), f"{where}, start")
    return _placed(
        lambda: Regimen(
            tracks=tracks,
            calendar=calendar,
            concurrent=block.concurrent,
            description=block.description,
        ),
        where,
    )


Result = TypeVar("Result")


def _placed(build: Callable[[], Result], where: str) -> Result:
    """Build something, and add the place to what it refuses."""
    try:
        return build()
    except InputError as error:
        raise type(error)(" ".join(f"{where}: {error}".split())) from None


def _block(kind: type[Block], data: object, where: str) -> Block:
    """Check the keys and types of a mapping."""
    if not isinstance(data, Mapping):
        raise RegimenError(f"{where} is {data!r}; expected text or a mapping")
    known = [field.alias or name for name, field in kind.model_fields.items()]
    for key in data:
        if key not in known:
            close = nearest_names(str(key), known) or known
            raise RegimenError(f"{where} has the key {key!r}; close keys: {', '.join(close)}")
    try:
        return kind.model_validate(dict(data))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        shown = "" if first["type"] == "missing" else f" is {first['input']!r}"
        hint = ", with its unit" if first["type"] == "string_type" else ""
        raise RegimenError(f"{where}.{place}{shown}; {first['msg'].lower()}{hint}") from None


def _from_text(block: _Plan, text: str, where: str) -> Regimen:
    """Build a plan from a line of text; drug and route may stand beside it."""
    if block.start is not None or block.form is not None or block.concurrent:
        raise RegimenError(
            f"{where} has text and start, form or concurrent; say it in the text"
        )
    plan = _placed(lambda: parse_regimen(text, events=block.events), f"{where}, text")
    return _placed(lambda: plan.resolved(drug=block.drug, route=block.route), where)


def _calendar(start: _Start) -> Calendar:
    """Read when time 0 is."""
    if start.date is None:
        weekday = _weekday(start.weekday or "Monday")
        return Calendar(weekday=weekday, clock_h=_clock_h(start.clock), zone=start.zone)
    try:
        on = datetime.date.fromisoformat(start.date)
    except ValueError:
        raise RegimenError(
            f"no date '{start.date}'; expected one such as '2026-03-27'"
        ) from None
    if start.weekday is not None and _weekday(start.weekday) != on.weekday():
        raise RegimenError(
            f"{start.date} is a {WEEKDAYS[on.weekday()]} and the weekday is {start.weekday};"
            " expected one of them"
        )
    return Calendar(date=on, clock_h=_clock_h(start.clock), zone=start.zone)


def _weekday(text: str) -> int:
    """Give the number of a weekday, 0 is Monday."""
    if text.title() not in WEEKDAYS:
        close = nearest_names(text, WEEKDAYS) or WEEKDAYS
        raise RegimenError(f"no weekday '{text}'; close names: {', '.join(close)}")
    return WEEKDAYS.index(text.title())


def _clock_h(text: str) -> float:
    """Hours since midnight of a time such as 08:30."""
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise RegimenError(f"time of day is '{text}'; expected one such as 08:30")
    if int(minutes) > 59:
        raise RegimenError(f"time of day is '{text}'; expected minutes from 00 to 59")
    return int(hours) + int(minutes) / 60.0


def _items(data: list[Any], plan: _Plan, where: str, depth: int) -> tuple[PlanItem, ...]:
    """Read parts that follow each other."""
    if depth > DEPTH_LIMIT:
        raise RegimenError(f"{where} is nested too deep; expected at most {DEPTH_LIMIT} groups")
    items: tuple[PlanItem, ...] = ()
    for index, part in enumerate(data):
        place = f"{where}.{index}"
        keys = part.keys() if isinstance(part, Mapping) else ()
        if "taper" in keys or "escalate" in keys:
            items = (*items, _ramp(_block(_Steps, part, place), items, place))
        else:
            items = (*items, _item(part, plan, place, depth))
    return items


def _ramp(block: _Steps, before: tuple[PlanItem, ...], where: str) -> Ramp:
    """Read steps that go on from the part before."""
    if (block.taper is None) == (block.escalate is None):
        raise RegimenError(f"{where} has taper and escalate; expected one of them")
    word = "taper" if block.taper is not None else "escalate"
    return _placed(
        lambda: ramp_of(
            before,
            word=word,
            length_h=parse_length_h(block.taper or block.escalate or ""),
            steps=block.steps,
            last=None if block.to is None else parse_amount(block.to),
        ),
        where,
    )


def _item(data: object, plan: _Plan, where: str, depth: int) -> PlanItem:
    """Read one part."""
    keys = data.keys() if isinstance(data, Mapping) else ()
    if "pause" in keys:
        pause = _block(_Pause, data, where)
        return _placed(lambda: Pause(length_h=parse_length_h(pause.pause)), f"{where}.pause")
    if "courses" in keys:
        group = _block(_Courses, data, where)
        items = _items(group.plan, plan, f"{where}.plan", depth + 1)
        return _placed(lambda: Repeat(items=items, times=group.courses), where)
    course = _block(_Course, data, where)
    return _placed(
        lambda: Course(
            dose=_dose(course, plan),
            schedule=_schedule(course),
            limits=tuple(map(parse_limit, course.limits)),
        ),
        where,
    )


def _dose(course: _Course, plan: _Plan) -> Dose:
    """Build a dose."""
    amount, unit = parse_amount(course.dose)
    cap_kg = course.weight_capped_at
    if cap_kg is not None and course.ideal_weight:
        raise RegimenError("a dose has ideal_weight and weight_capped_at; expected one of them")
    basis = "capped" if cap_kg is not None else "ideal" if course.ideal_weight else "actual"
    return Dose(
        amount=amount,
        unit=unit,
        drug=course.drug or plan.drug,
        route=course.route or plan.route,
        form=course.form or plan.form or "base",
        duration_h=0.0 if course.over is None else parse_length_h(course.over),
        weight_basis=basis,  # type: ignore[arg-type]  # one of the three by construction
        weight_cap_kg=None if cap_kg is None else _number(cap_kg, "kg"),
        cap_mg=None if course.max is None else _number(course.max, "mg"),
        cap_rate_mg_per_h=None if course.max_rate is None else _number(course.max_rate, "mg/h"),
        formulation=course.formulation,
    )


def _number(text: str, unit: str) -> float:
    """Read a number that must stand in this unit."""
    value, _, given = text.strip().partition(" ")
    try:
        number = float(value)
    except ValueError:
        given = ""
    if given.strip() != unit:
        raise RegimenError(f"'{text}' is not in {unit}; expected one such as '50 {unit}'")
    return number


def _schedule(course: _Course) -> Schedule:
    """Build a schedule."""
    return Schedule(
        every_h=None if course.every is None else parse_length_h(course.every),
        times_a_day=course.times_a_day,
        times_a_week=course.times_a_week,
        at_h=tuple(parse_length_h(text) for text in course.at),
        clocks_h=tuple(_clock_h(text) for text in course.clock),
        weekdays=tuple(_weekday(text) for text in course.weekdays),
        span_h=None if course.lasting is None else parse_length_h(course.lasting),
        doses=course.doses,
        steady_state=course.steady_state,
        without_days=tuple(course.except_days),
    )

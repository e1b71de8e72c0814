"""Dosing plans as FHIR R4 or R5: a draft PlanDefinition for tests, never an order.

Each plan given side by side becomes an ActivityDefinition inside, with one Dosage after the
other. What comes out is read back before it is handed over, and refused unless every dose is
the same again.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from algesia.errors import RegimenError
from algesia.provenance import NOTICE
from algesia.regimen import Calendar, Course, Limit, PlanItem, Ramp, Regimen, Repeat, describe
from algesia.regimen.course import expand
from algesia.regimen.dose_unit import dose_unit
from algesia.regimen.time_text import clock_text, number_text
from algesia.regimen.wording import course_text

from .fhir_reading import read_fhir
from .fhir_terms import (
    DAYS,
    SECURITY,
    WARNING,
    cannot_say,
    dose_quantity,
    duration_quantity,
    time_value,
)

__all__ = ["FhirVersion", "fhir_plan", "fhir_version"]

FhirVersion = Literal["r4", "r5"]

MOST_DOSAGES: Final = 500
_PERIODS_H: Final = {"day": 24.0, "week": 168.0}
# Two plans are the same where no dose differs by more than this share.
SAME: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A course and when it begins and ends."""

    course: Course
    start_h: float
    end_h: float


def fhir_plan(
    regimen: Regimen, *, version: FhirVersion = "r4", title: str = ""
) -> dict[str, Any]:
    """Write a plan as a FHIR PlanDefinition that is marked as a simulation.

    Parameters
    ----------
    regimen
        The plan; drug and route must be named.
    version
        `r4` or `r5`.
    title
        Title of the plan, or nothing.

    Returns
    -------
    dict
        The resource as plain data.

    Raises
    ------
    RegimenError
        If FHIR cannot say something that the plan does. The message names it.

    Examples
    --------
    >>> from algesia.regimen import parse_regimen
    >>> plan = fhir_plan(parse_regimen("esketamine 56 mg nasal twice weekly for 4 weeks"))
    >>> plan["resourceType"], plan["status"], plan["experimental"]
    ('PlanDefinition', 'draft', True)
    """
    _refuse_unsayable(regimen)
    activities: list[dict[str, Any]] = []
    actions: list[dict[str, Any]] = []
    starts: dict[str, float] = {}
    for number, track in enumerate(regimen.tracks, start=1):
        name = f"dosing-{number}"
        parts = _parts(track, regimen.calendar, version)
        activities.append(_activity(name, parts, version, regimen.calendar))
        starts[name] = parts[0].start_h
        actions.append({"id": name, "title": name, "definitionCanonical": f"#{name}"})
    _relate(actions, starts, version)
    shown = describe(replace(regimen, description=None))
    resource = {
        "resourceType": "PlanDefinition",
        "meta": {"security": [dict(label) for label in SECURITY]},
        "text": {"status": "generated", "div": _narrative(shown)},
        "contained": activities,
        "title": f"{title}: {WARNING}" if title else WARNING,
        "status": "draft",
        "experimental": True,
        "description": f"{WARNING}; {NOTICE}. {shown}",
        "action": actions,
    }
    _refuse_difference(regimen, resource)
    return resource


def fhir_version(text: str) -> FhirVersion:
    """Read a FHIR version.

    Examples
    --------
    >>> fhir_version("R5")
    'r5'
    """
    versions: dict[str, FhirVersion] = {"r4": "r4", "r5": "r5"}
    if text.lower() not in versions:
        raise RegimenError(f"FHIR version is '{text}'; expected r4 or r5")
    return versions[text.lower()]


def _refuse_unsayable(regimen: Regimen) -> None:
    """Refuse what no dosage of any version says."""
    if regimen.calendar.zone is not None:
        raise cannot_say(
            f"clocks that change in {regimen.calendar.zone}", "a plan without a time zone"
        )
    for course in regimen.courses():
        if course.dose.drug is None or course.dose.route is None:
            raise cannot_say("a dose without its drug and route", "both named in the plan")
        if course.dose.weight_basis != "actual":
            raise cannot_say(
                f"a dose per kg of {course.dose.weight_basis} weight", "actual weight"
            )
        if course.schedule.steady_state:
            raise cannot_say("a steady state before the first dose", "doses from the start")


def _refuse_difference(regimen: Regimen, resource: dict[str, Any]) -> None:
    """Refuse a resource that does not read back to the same doses."""
    try:
        again = read_fhir(resource).rows()
    except RegimenError as error:
        raise cannot_say(f"this plan ({error})", "a simpler plan") from None
    rows = regimen.rows()
    same = len(again) == len(rows) and all(
        replace(one, time_h=0.0, amount=0.0, duration_h=0.0, cap_mg=None)
        == replace(other, time_h=0.0, amount=0.0, duration_h=0.0, cap_mg=None)
        and all(
            abs(a - b) <= SAME * max(abs(a), abs(b))
            for a, b in (
                (one.time_h, other.time_h),
                (one.amount, other.amount),
                (one.duration_h, other.duration_h),
                (one.cap_mg or 0.0, other.cap_mg or 0.0),
            )
        )
        for one, other in zip(rows, again, strict=False)
    )
    if not same:
        raise cannot_say("the times of this plan", "doses at a fixed distance, or on weekdays")


def _parts(
    track: tuple[PlanItem, ...], calendar: Calendar, version: FhirVersion
) -> list[_Part]:
    """Lay the courses of a track out in time, groups and steps written out, pauses left out."""
    parts: list[_Part] = []

    def lay(items: tuple[PlanItem, ...], start_h: float) -> float:
        for item in items:
            if isinstance(item, Repeat):
                for _ in range(item.times):
                    start_h = lay(item.items, start_h)
                continue
            if isinstance(item, Course):
                parts.extend(_course_parts(item, start_h, calendar, version))
            elif isinstance(item, Ramp):
                parts.extend(_singles((item,), start_h, calendar))
            start_h += item.length_h
        return start_h

    end_h = lay(track, 0.0)
    if not parts:
        raise cannot_say("a side of 'plus' without doses", "at least one dose")
    ends = [*(part.start_h for part in parts[1:]), max(end_h, parts[-1].start_h)]
    if len(parts) > MOST_DOSAGES:
        raise cannot_say(f"{len(parts)} doses one by one", f"at most {MOST_DOSAGES}")
    return [replace(part, end_h=end) for part, end in zip(parts, ends, strict=True)]


def _course_parts(
    course: Course, start_h: float, calendar: Calendar, version: FhirVersion
) -> list[_Part]:
    """Give a course as it is, or dose by dose where FHIR has no name for times or limits."""
    schedule = course.schedule
    if schedule.without_days or schedule.at_h or not _limits_sayable(course, version):
        return _singles((course,), start_h, calendar)
    given = list(schedule.times_h(start_h, calendar))
    if not given:
        return []
    return [_Part(course=course, start_h=start_h, end_h=start_h)]


def _limits_sayable(course: Course, version: FhirVersion) -> bool:
    """Whether the limits of a rule are amounts of a day or a week, in R4 only one."""
    if len(course.limits) > 1 and version == "r4":
        return False
    return all(
        limit.amount is not None and limit.period in _PERIODS_H for limit in course.limits
    )


def _singles(items: tuple[PlanItem, ...], start_h: float, calendar: Calendar) -> list[_Part]:
    """Give every dose of some parts as a course of its own."""
    return [
        _Part(course=Course(dose=given.dose), start_h=time_h, end_h=time_h)
        for time_h, given in expand(items, start_h, calendar)
    ]


def _relate(actions: list[dict[str, Any]], starts: dict[str, float], version: str) -> None:
    """Say which plans side by side begin later than the first."""
    first = min(starts, key=lambda name: starts[name])
    if starts[first] > 0.0:
        raise cannot_say(
            f"a first dose at {number_text(starts[first])} h", "a plan that begins with a dose"
        )
    for action in actions:
        if version == "r5":
            action["linkId"] = action["id"]
        late_h = starts[action["id"]]
        if late_h > 0.0:
            target = "targetId" if version == "r5" else "actionId"
            action["relatedAction"] = [
                {
                    target: first,
                    "relationship": "after-start",
                    "offsetDuration": duration_quantity(late_h),
                }
            ]


def _activity(
    name: str, parts: list[_Part], version: FhirVersion, calendar: Calendar
) -> dict[str, Any]:
    """Write one track."""
    products = {_product(part.course) for part in parts}
    if len(products) > 1:
        raise cannot_say(
            f"{' then '.join(sorted(products))} one after the other",
            "one drug, form and formulation on each side of 'plus'",
        )
    activity: dict[str, Any] = {
        "resourceType": "ActivityDefinition",
        "id": name,
        "status": "draft",
        "experimental": True,
        "description": WARNING,
        "productCodeableConcept": {"text": products.pop()},
    }
    if any(part.course.schedule.weekdays or part.course.schedule.clocks_h for part in parts):
        activity["timingTiming"] = _start(calendar)
    activity["dosage"] = [
        _dosage(part, number, version, calendar) for number, part in enumerate(parts, start=1)
    ]
    return activity


def _product(course: Course) -> str:
    """Name of what is given: drug, salt and formulation."""
    dose = course.dose
    salt = "" if dose.form == "base" else f" {dose.form.replace('_', ' ')}"
    return f"{dose.drug}{salt}" + (f", {dose.formulation}" if dose.formulation else "")


def _start(calendar: Calendar) -> dict[str, Any]:
    """Write when time 0 is."""
    repeat: dict[str, Any] = {"count": 1, "timeOfDay": [f"{clock_text(calendar.clock_h)}:00"]}
    if calendar.date is not None:
        return {"event": [calendar.date.isoformat()], "repeat": repeat}
    return {"repeat": {"count": 1, "dayOfWeek": [DAYS[calendar.weekday]], **repeat}}


def _dosage(
    part: _Part, number: int, version: FhirVersion, calendar: Calendar
) -> dict[str, Any]:
    """Write one course."""
    dose = part.course.dose
    quantity = dose_quantity(dose.amount, dose.unit)
    kind = "rateQuantity" if dose_unit(dose.unit).rate else "doseQuantity"
    written: dict[str, Any] = {
        "sequence": number,
        "text": f"{WARNING}: {course_text(part.course)}",
        "timing": {"repeat": _repeat(part, calendar)},
        "route": {"text": dose.route},
        "doseAndRate": [{kind: quantity}],
    }
    if dose.row_cap_mg is not None:
        written["maxDosePerAdministration"] = dose_quantity(dose.row_cap_mg, "mg")
    if part.course.limits:
        limits = [_limit(limit) for limit in part.course.limits]
        written["maxDosePerPeriod"] = limits[0] if version == "r4" else limits
    return written


def _limit(limit: Limit) -> dict[str, Any]:
    """Write a largest amount of a day or a week."""
    return {
        "numerator": dose_quantity(limit.amount or 0.0, limit.unit or "mg"),
        "denominator": duration_quantity(_PERIODS_H[limit.period]),
    }


def _repeat(part: _Part, calendar: Calendar) -> dict[str, Any]:
    """Write when a course is given; bounds reach to the next one."""
    schedule, dose = part.course.schedule, part.course.dose
    repeat: dict[str, Any] = {}
    length_h = part.end_h - part.start_h
    if length_h > 0.0 and (schedule.repeats or length_h != dose.duration_h):
        repeat["boundsDuration"] = duration_quantity(length_h)
    repeat["count"] = sum(1 for _ in schedule.times_h(part.start_h, calendar))
    if dose.duration_h > 0.0:
        repeat["duration"], repeat["durationUnit"] = time_value(dose.duration_h)
    if schedule.every_h is not None:
        period, unit = time_value(schedule.every_h)
        repeat |= {"frequency": 1, "period": period, "periodUnit": unit}
    for count, unit in ((schedule.times_a_day, "d"), (schedule.times_a_week, "wk")):
        if count is not None:
            repeat |= {"frequency": count, "period": 1, "periodUnit": unit}
    if schedule.weekdays:
        repeat["dayOfWeek"] = [DAYS[day] for day in schedule.weekdays]
    if schedule.clocks_h:
        repeat["timeOfDay"] = [f"{clock_text(clock)}:00" for clock in schedule.clocks_h]
    return repeat


def _narrative(shown: str) -> str:
    """Write the part that people read."""
    safe = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{WARNING}</p><p>{safe}</p></div>'

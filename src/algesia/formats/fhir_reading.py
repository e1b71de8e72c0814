"""Reading a FHIR PlanDefinition of dosages back into a dosing plan; people are refused."""

import datetime
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from algesia.errors import RegimenError, UnknownNameError
from algesia.regimen import (
    FORMULATIONS,
    Calendar,
    Course,
    Dose,
    Limit,
    Pause,
    Regimen,
    Schedule,
)
from algesia.regimen.course import PlanItem
from algesia.units import substance

from .fhir_checks import object_at, objects, refuse_people, require_known, strings
from .fhir_terms import DAYS, cannot_say, hours_in, unit_of

__all__ = ["read_fhir"]

PLAN_KEYS: Final = (
    "resourceType", "id", "meta", "text", "contained", "title", "status", "experimental",
    "description", "action", "url", "version", "name",
)  # fmt: skip
ACTIVITY_KEYS: Final = (
    "resourceType", "id", "status", "experimental", "description", "productCodeableConcept",
    "timingTiming", "dosage", "title",
)  # fmt: skip
ACTION_KEYS: Final = ("id", "linkId", "title", "definitionCanonical", "relatedAction")
DOSAGE_KEYS: Final = (
    "sequence", "text", "timing", "route", "doseAndRate", "maxDosePerAdministration",
    "maxDosePerPeriod",
)  # fmt: skip
REPEAT_KEYS: Final = (
    "boundsDuration", "count", "duration", "durationUnit", "frequency", "period", "periodUnit",
    "dayOfWeek", "timeOfDay",
)  # fmt: skip


def read_fhir(data: Any) -> Regimen:
    """Build a plan from a FHIR PlanDefinition with contained dosages.

    Parameters
    ----------
    data
        The resource as plain data, as `fhir_plan` writes it.

    Returns
    -------
    Regimen
        The plan.

    Raises
    ------
    RegimenError
        If the resource is an order or names people, or says something that a plan cannot. The
        message names it.
    """
    refuse_people(data)
    if not isinstance(data, dict) or data.get("resourceType") != "PlanDefinition":
        kind = data.get("resourceType") if isinstance(data, dict) else type(data).__name__
        raise RegimenError(f"FHIR resource is {kind!r}; expected a PlanDefinition")
    require_known(data, PLAN_KEYS, "PlanDefinition")
    if data.get("status") != "draft" or data.get("experimental") is not True:
        raise RegimenError(
            "PlanDefinition is not marked as a draft that is experimental; expected status"
            " draft and experimental true"
        )
    activities = {str(each.get("id")): each for each in objects(data, "contained")}
    tracks: list[tuple[PlanItem, ...]] = []
    calendars: set[Calendar] = set()
    for index, action in enumerate(objects(data, "action")):
        where = f"action[{index}]"
        require_known(action, ACTION_KEYS, where)
        name = str(action.get("definitionCanonical", "")).removeprefix("#")
        if name not in activities:
            raise RegimenError(
                f"{where}.definitionCanonical is '{name}'; expected one of"
                f" {', '.join(activities)}"
            )
        calendar = _calendar(activities[name].get("timingTiming"))
        if calendar is not None:
            calendars.add(calendar)
        tracks.append(_track(activities[name], _late_h(action, where), calendar or Calendar()))
    if len(calendars) > 1:
        raise RegimenError("the activities begin on several days; expected one start")
    return Regimen(tracks=tuple(tracks), calendar=calendars.pop() if calendars else Calendar())


def _late_h(action: dict[str, Any], where: str) -> float:
    """Time after the first action at which an action begins, h."""
    related = objects(action, "relatedAction")
    if not related:
        return 0.0
    first = related[0]
    offset = object_at(first, "offsetDuration")
    if len(related) > 1 or first.get("relationship") != "after-start" or not offset:
        raise cannot_say(f"{where}.relatedAction", "one action 'after-start' with an offset")
    return hours_in(offset.get("value"), offset.get("code"), f"{where}.offsetDuration")


def _calendar(timing: Any) -> Calendar | None:
    """Read when time 0 is; None where nothing says it."""
    if timing is None:
        return None
    require_known(timing, ("event", "repeat"), "timingTiming")
    repeat = object_at(timing, "repeat")
    require_known(repeat, ("count", "dayOfWeek", "timeOfDay"), "timingTiming.repeat")
    clock_h = _clock_h((strings(repeat, "timeOfDay") or ["08:00:00"])[0])
    for event in strings(timing, "event"):
        try:
            on = datetime.date.fromisoformat(event)
        except ValueError:
            raise RegimenError(f"timingTiming.event is {event!r}; expected a date") from None
        return Calendar(date=on, clock_h=clock_h)
    weekday = _weekday((strings(repeat, "dayOfWeek") or ["mon"])[0])
    return Calendar(weekday=weekday, clock_h=clock_h)


def _track(activity: dict[str, Any], late_h: float, calendar: Calendar) -> tuple[PlanItem, ...]:
    """Read the dosages of an activity, in their order."""
    require_known(activity, ACTIVITY_KEYS, "ActivityDefinition")
    product = object_at(activity, "productCodeableConcept").get("text")
    drug, form, formulation = _product(product)
    items: list[PlanItem] = [Pause(length_h=late_h)] if late_h else []
    start_h = late_h
    dosages = objects(activity, "dosage")
    numbers = [each.get("sequence", 1) for each in dosages]
    if not all(isinstance(each, int) for each in numbers) or len(set(numbers)) < len(numbers):
        raise cannot_say("dosages without an order", "a sequence of its own on each")
    dosages = sorted(dosages, key=lambda each: each.get("sequence", 1))
    for index, dosage in enumerate(dosages):
        where = f"dosage[{index}]"
        require_known(dosage, DOSAGE_KEYS, where)
        repeat = object_at(object_at(dosage, "timing"), "repeat")
        require_known(object_at(dosage, "timing"), ("repeat",), f"{where}.timing")
        require_known(repeat, REPEAT_KEYS, f"{where}.timing.repeat")
        dose = _dose(dosage, repeat, where)
        named = Dose(**{**dose, "drug": drug, "form": form, "formulation": formulation})
        parts = list(_courses(named, dosage, repeat, (start_h, calendar)))
        items += parts
        start_h += sum(part.length_h for part in parts)
    return tuple(items)


def _product(text: Any) -> tuple[str, str, str | None]:
    """Read drug, salt and formulation of a product such as `ketamine hydrochloride, tablet`."""
    if not isinstance(text, str):
        raise RegimenError("the product has no text; expected a drug such as 'ketamine'")
    name, _, formulation = text.partition(", ")
    if formulation and formulation not in FORMULATIONS:
        raise RegimenError(f"no formulation '{formulation}'; known: {', '.join(FORMULATIONS)}")
    words = name.split()
    for count in range(len(words), 0, -1):
        try:
            drug = substance(" ".join(words[:count])).name
        except UnknownNameError:
            continue
        return drug, "_".join(words[count:]) or "base", formulation or None
    return substance(name).name, "base", formulation or None


def _dose(dosage: dict[str, Any], repeat: dict[str, Any], where: str) -> dict[str, Any]:
    """Read amount, unit, route, length and largest amount of a dose."""
    doses = objects(dosage, "doseAndRate")
    if len(doses) != 1 or len(doses[0]) != 1:
        raise cannot_say(f"{where}.doseAndRate with several amounts", "one dose or one rate")
    ((kind, quantity),) = doses[0].items()
    if kind not in ("doseQuantity", "rateQuantity"):
        raise cannot_say(f"{where}.doseAndRate.{kind}", "doseQuantity or rateQuantity")
    amount, unit = unit_of(quantity, f"{where}.{kind}")
    duration_h = 0.0
    if "duration" in repeat:
        duration_h = hours_in(
            repeat["duration"], repeat.get("durationUnit"), f"{where}.duration"
        )
    most = dosage.get("maxDosePerAdministration")
    cap_mg = None
    if most is not None:
        cap_mg, cap_unit = unit_of(most, f"{where}.maxDosePerAdministration")
        if cap_unit != "mg":
            raise cannot_say(f"{where}.maxDosePerAdministration in {cap_unit}", "mg")
    route = object_at(dosage, "route").get("text")
    if not isinstance(route, str):
        raise RegimenError(f"{where}.route has no text; expected a route such as 'oral'")
    return {
        "amount": amount,
        "unit": unit,
        "route": route,
        "duration_h": duration_h,
        "cap_mg": cap_mg,
    }


def _courses(
    dose: Dose, dosage: dict[str, Any], repeat: dict[str, Any], begins: tuple[float, Calendar]
) -> Iterator[PlanItem]:
    """Read when a dose is given, and the pause up to the next dosage."""
    start_h, calendar = begins
    count = repeat.get("count", 1)
    bounds = object_at(repeat, "boundsDuration")
    bounds_h = None
    if bounds:
        bounds_h = hours_in(bounds.get("value"), bounds.get("code"), "boundsDuration")
    pattern = _pattern(repeat)
    limits = _limits(dosage)
    if not pattern:
        if count != 1:
            raise RegimenError(f"a dosage has {count} doses and no period; expected one")
        course = Course(dose=dose, limits=limits)
    else:
        course = Course(dose=dose, schedule=Schedule(**pattern, doses=count), limits=limits)
        if bounds_h is not None:
            whole = Schedule(**pattern, span_h=bounds_h)
            times_h = islice(whole.times_h(start_h, calendar), course.schedule.most_doses() + 1)
            if sum(1 for _ in times_h) == count:
                course = Course(dose=dose, schedule=whole, limits=limits)
    yield course
    rest_h = 0.0 if bounds_h is None else bounds_h - course.length_h
    if rest_h < -1e-9:
        raise RegimenError(
            "a dosage lasts longer than its bounds; expected bounds that hold it"
        )
    if rest_h > 1e-9:
        yield Pause(length_h=rest_h)


def _pattern(repeat: dict[str, Any]) -> dict[str, Any]:
    """Read how often; empty for a dose given once."""
    pattern: dict[str, Any] = {}
    frequency = repeat.get("frequency", 1)
    if "period" in repeat:
        period_h = hours_in(repeat["period"], repeat.get("periodUnit"), "period")
        if frequency == 1:
            pattern["every_h"] = period_h
        elif period_h in (24.0, 168.0):
            pattern["times_a_day" if period_h == 24.0 else "times_a_week"] = frequency
        else:
            raise cannot_say(f"{frequency} doses in {period_h:g} h", "doses a day or a week")
    if "dayOfWeek" in repeat:
        pattern["weekdays"] = tuple(
            sorted(_weekday(day) for day in strings(repeat, "dayOfWeek"))
        )
    if "timeOfDay" in repeat:
        pattern["clocks_h"] = tuple(
            sorted(_clock_h(text) for text in strings(repeat, "timeOfDay"))
        )
    return pattern


def _limits(dosage: dict[str, Any]) -> tuple[Limit, ...]:
    """Read the largest amounts of a day or a week, one in R4, several in R5."""
    found = dosage.get("maxDosePerPeriod", [])
    limits = []
    for ratio in found if isinstance(found, list) else [found]:
        if not isinstance(ratio, dict):
            raise RegimenError(f"maxDosePerPeriod is {ratio!r}; expected a ratio")
        amount, unit = unit_of(ratio.get("numerator"), "maxDosePerPeriod.numerator")
        period = object_at(ratio, "denominator")
        hours = hours_in(period.get("value"), period.get("code"), "maxDosePerPeriod")
        if hours not in (24.0, 168.0):
            raise cannot_say(f"maxDosePerPeriod of {hours:g} h", "a day or a week")
        limits.append(
            Limit(period="day" if hours == 24.0 else "week", amount=amount, unit=unit)
        )
    return tuple(limits)


def _weekday(code: Any) -> int:
    """Give the number of a weekday, 0 is Monday."""
    if code not in DAYS:
        raise RegimenError(f"weekday is {code!r}; expected one of {', '.join(DAYS)}")
    return DAYS.index(code)


def _clock_h(text: Any) -> float:
    """Hours since midnight of a time such as 08:30:00."""
    try:
        clock = datetime.time.fromisoformat(str(text))
    except ValueError:
        raise RegimenError(f"time of day is {text!r}; expected one such as 08:30:00") from None
    if clock.second or clock.microsecond or clock.tzinfo is not None:
        raise cannot_say(f"the time of day {text}", "a whole minute without a zone")
    return clock.hour + clock.minute / 60.0

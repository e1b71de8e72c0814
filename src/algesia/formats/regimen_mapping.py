"""A dosing plan as plain data that `read_regimen` reads back."""

from algesia.regimen import Calendar, Dose, Pause, PlanItem, Ramp, Regimen, Repeat, Schedule
from algesia.regimen.time_text import WEEKDAYS, clock_text, number_text, time_text

__all__ = ["regimen_mapping"]


def regimen_mapping(regimen: Regimen) -> dict[str, object]:
    """Write a plan as the mapping that `read_regimen` reads.

    Parameters
    ----------
    regimen
        The plan.

    Returns
    -------
    dict
        Plain data, fit for YAML or JSON; it reads back to a plan with identical rows.
    """
    mapping: dict[str, object] = {}
    if regimen.description is not None:
        mapping["description"] = regimen.description
    mapping["start"] = _start_mapping(regimen.calendar)
    mapping["concurrent"] = regimen.concurrent
    mapping["together"] = [[_item_mapping(item) for item in track] for track in regimen.tracks]
    return mapping


def _start_mapping(calendar: Calendar) -> dict[str, object]:
    """Write when time 0 is."""
    day: dict[str, object] = {"weekday": WEEKDAYS[calendar.weekday]}
    if calendar.date is not None:
        day = {"date": calendar.date.isoformat()}
    zone = {} if calendar.zone is None else {"zone": calendar.zone}
    return {**day, "clock": clock_text(calendar.clock_h), **zone}


def _item_mapping(item: PlanItem) -> dict[str, object]:
    """Write one part."""
    if isinstance(item, Pause):
        return {"pause": time_text(item.length_h)}
    if isinstance(item, Repeat):
        return {"courses": item.times, "plan": [_item_mapping(part) for part in item.items]}
    if isinstance(item, Ramp):
        rises = item.last_amount is not None and item.last_amount > item.dose.amount
        last = item.last_amount
        to = {} if last is None else {"to": f"{number_text(last)} {item.dose.unit}"}
        length = time_text(item.length_h)
        return {"escalate" if rises else "taper": length, "steps": item.steps, **to}
    limits = {"limits": [str(limit).removeprefix("max ") for limit in item.limits]}
    mapping = _dose_mapping(item.dose) | _schedule_mapping(item.schedule) | limits
    return {key: value for key, value in mapping.items() if value not in (None, [], False)}


def _dose_mapping(dose: Dose) -> dict[str, object]:
    """Write a dose; what it does not have is None or False."""

    def with_unit(value: float | None, unit: str) -> str | None:
        return None if value is None else f"{number_text(value)} {unit}"

    return {
        "dose": with_unit(dose.amount, dose.unit),
        "drug": dose.drug,
        "form": None if dose.form == "base" else dose.form,
        "route": dose.route,
        "formulation": dose.formulation,
        "over": time_text(dose.duration_h) if dose.duration_h else None,
        "max": with_unit(dose.cap_mg, "mg"),
        "max_rate": with_unit(dose.cap_rate_mg_per_h, "mg/h"),
        "ideal_weight": dose.weight_basis == "ideal",
        "weight_capped_at": with_unit(dose.weight_cap_kg, "kg"),
    }


def _schedule_mapping(schedule: Schedule) -> dict[str, object]:
    """Write a schedule; what it does not have is None or empty."""
    return {
        "every": None if schedule.every_h is None else time_text(schedule.every_h),
        "times_a_day": schedule.times_a_day,
        "times_a_week": schedule.times_a_week,
        "at": [time_text(time_h) for time_h in schedule.at_h],
        "clock": [clock_text(clock_h) for clock_h in schedule.clocks_h],
        "weekdays": [WEEKDAYS[day] for day in schedule.weekdays],
        "for": None if schedule.span_h is None else time_text(schedule.span_h),
        "doses": schedule.doses,
        "steady_state": schedule.steady_state,
        "except_days": list(schedule.without_days),
    }

"""What a plan says about the facts that rules ask for: doses, rates, lengths and schedule."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from algesia.errors import RegimenError
from algesia.regimen import Regimen

from .ending import Ending, ending_of
from .fact import FactValue
from .session import Session, SizedDose, sessions_of, sized

__all__ = ["KETAMINES", "KetaminePlan", "ketamine_plan", "plan_facts"]

KETAMINES: Final = ("ketamine", "esketamine", "arketamine")
# Routes whose sessions are treatments; a tablet taken three times a day is not three.
TREATMENT_ROUTES: Final = frozenset(
    {"intravenous", "intramuscular", "subcutaneous", "epidural", "nasal"}
)
DAY_H: Final = 24.0
WEEK_H: Final = 168.0
YEAR_H: Final = 365.0 * DAY_H
# A longer time without a dose begins a new course; a choice of this project, as long as the
# longest interval that a label of ketamine gives.
COURSE_GAP_H: Final = 2.0 * WEEK_H
DIGITS: Final = 12
Found = dict[str, tuple[FactValue, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KetaminePlan:
    """The doses of ketamine, esketamine or arketamine of a plan, for one body weight.

    Parameters
    ----------
    doses
        The doses, ordered by time; at least one.
    sessions
        The same, grouped.
    ending
        How it steps down, or None where sizes are not known.
    steady
        Whether the plan has always been followed before its time 0.
    """

    doses: tuple[SizedDose, ...]
    sessions: tuple[Session, ...]
    ending: Ending | None
    steady: bool

    @property
    def drugs(self) -> tuple[str, ...]:
        """Drugs given, each once."""
        return tuple(dict.fromkeys(str(dose.row.drug) for dose in self.doses))

    @property
    def routes(self) -> tuple[str, ...]:
        """Routes used, each once."""
        return tuple(dict.fromkeys(d.row.route for d in self.doses if d.row.route is not None))

    @property
    def treatments(self) -> tuple[Session, ...]:
        """Sessions by a route that is given as a treatment."""
        return tuple(
            each for each in self.sessions if each.doses[0].row.route in TREATMENT_ROUTES
        )

    @property
    def courses(self) -> tuple[tuple[Session, ...], ...]:
        """Sessions with no more than two weeks between them."""
        groups: list[list[Session]] = []
        for each in self.sessions:
            if not groups or each.start_h - groups[-1][-1].end_h > COURSE_GAP_H:
                groups.append([])
            groups[-1].append(each)
        return tuple(map(tuple, groups))


def ketamine_plan(
    regimen: Regimen, *, weight_kg: float | None, ideal_weight_kg: float | None = None
) -> KetaminePlan:
    """Take the doses of ketamine out of a plan.

    Parameters
    ----------
    regimen
        The plan; every dose names its drug.
    weight_kg
        Actual body weight, kg, or None where unknown.
    ideal_weight_kg
        Ideal body weight, kg, or None.

    Raises
    ------
    RegimenError
        If doses do not name their drug, or none is ketamine.
    """
    if not regimen.drugs:
        raise RegimenError(
            f"the plan names no drug; expected one of {', '.join(KETAMINES)}, such as "
            "'ketamine 0.5 mg/kg IV over 40 min'"
        )
    rows = [row for row in regimen.rows() if row.drug in KETAMINES]
    if not rows:
        raise RegimenError(
            f"the plan gives {' and '.join(regimen.drugs)}; expected one of "
            f"{', '.join(KETAMINES)} to screen"
        )
    doses = tuple(
        sized(row, weight_kg=weight_kg, ideal_weight_kg=ideal_weight_kg) for row in rows
    )
    return KetaminePlan(
        doses=doses,
        sessions=sessions_of(doses),
        ending=ending_of(doses),
        steady=regimen.steady_cycle() is not None,
    )


def plan_facts(plan: KetaminePlan) -> Mapping[str, tuple[FactValue, ...]]:
    """Values of the facts about the regimen.

    Parameters
    ----------
    plan
        The doses of ketamine.

    Returns
    -------
    Mapping
        Values by fact. A fact is left out where it is not known, and has no value where the
        plan has no such thing, as a tablet has no infusion rate.
    """
    found: Found = {"drug": plan.drugs, "serial_treatments": (len(plan.sessions) > 1,)}
    if plan.routes:
        found["route"] = plan.routes
    forms = (dose.row.formulation for dose in plan.doses)
    found["formulation"] = tuple(dict.fromkeys(each for each in forms if each is not None))
    found |= _rates(plan)
    found |= _amounts(plan)
    found |= _times(plan)
    found |= _ends(plan)
    if plan.steady:
        # Nothing is known of the days before time 0.
        for name in ("weeks_used", "day1_dose", "total_dose", "course_days"):
            found.pop(name, None)
        found = {name: values for name, values in found.items() if "_week" not in name}
    return found


def _rates(plan: KetaminePlan) -> Found:
    """Bolus, infusion rates and lengths."""
    injected = [dose.milligrams_per_kg for dose in plan.doses if dose.bolus]
    running = [dose for dose in plan.doses if dose.infusion]
    rates = [(dose, _rate(dose)) for dose in running]
    known = [(dose, rate) for dose, rate in rates if rate is not None]
    found: Found = _single("bolus", injected, max)
    found["infusion_duration"] = _distinct(
        each.infusion_h for each in plan.sessions if each.infusion_h is not None
    )
    if len(known) == len(rates):
        found["infusion_rate"] = (_largest_sum(known),) if known else ()
        found["first_infusion_rate"] = (known[0][1],) if known else ()
    return found


def _amounts(plan: KetaminePlan) -> Found:
    """Milligrams of sessions, of day 1, of all."""
    amounts = [each.milligrams for each in plan.sessions]
    found = _several("session_dose", amounts)
    found |= _several("session_dose_per_kg", [each.milligrams_per_kg for each in plan.sessions])
    found |= _single("total_dose", amounts, sum)
    found |= _single("day1_dose", _on_day_1(plan.doses), sum)
    early = [each.milligrams for each in _in_weeks(plan.sessions, 1, 4)]
    found |= _several("session_dose_in_weeks_1_to_4", early)
    known = [amount for amount in amounts if amount is not None]
    if len(known) == len(amounts):
        steps = (abs(after - before) for before, after in pairwise(known))
        found["dose_steps"] = _distinct(step for step in steps if step > 1e-9)
    return found


def _times(plan: KetaminePlan) -> Found:
    """Treatments per week and year, intervals, length of use."""
    starts = [each.start_h for each in plan.treatments]
    found: Found = {
        "treatments_per_week": (_most_within(starts, WEEK_H),) if starts else (),
        "treatments_per_year": (_most_within(starts, YEAR_H),) if starts else (),
        "treatments_per_week_in_weeks_1_to_4": _weekly(plan.treatments, 1, 4),
        "treatments_per_week_in_weeks_5_to_8": _weekly(plan.treatments, 5, 8),
        "interval_days": _intervals(plan.sessions),
        "interval_days_from_week_9": _intervals(_in_weeks(plan.sessions, 9, None)),
    }
    last_h = max(each.end_h for each in plan.sessions)
    found["weeks_used"] = ((last_h - plan.sessions[0].start_h) / WEEK_H,)
    found["course_days"] = _distinct(
        (max(s.end_h for s in course) - course[0].start_h) / DAY_H for course in plan.courses
    )
    return found


def _ends(plan: KetaminePlan) -> Found:
    """How it steps down."""
    if plan.ending is None:
        return {}
    found: Found = {
        "gradual_stop": (plan.ending.length_h > 0.0,),
        "taper_duration": (plan.ending.length_h / WEEK_H,),
        "wean": (),
    }
    running = [dose for dose in plan.sessions[-1].doses if dose.infusion]
    weaned = ending_of(running) if running else None
    if weaned is not None:
        found["wean"] = (weaned.length_h,)
    return found


def _rate(dose: SizedDose) -> float | None:
    """Rate of an infusion, mg/kg/h."""
    size = dose.milligrams_per_kg
    return None if size is None else size / dose.row.duration_h


def _largest_sum(rates: Sequence[tuple[SizedDose, float]]) -> float:
    """Largest sum of rates that run at the same time."""
    # At one time what ends is taken off before what starts is added.
    changes = sorted(
        change
        for dose, rate in rates
        for change in ((dose.end_h, 0, -rate), (dose.start_h, 1, rate))
    )
    largest = now = 0.0
    for _, _, change in changes:
        now += change
        largest = max(largest, now)
    return largest


def _on_day_1(doses: Sequence[SizedDose]) -> list[float | None]:
    """What every dose gives within 24 h of the first one, mg."""
    until_h = doses[0].start_h + DAY_H
    shares: list[float | None] = []
    for dose in doses:
        length_h = dose.end_h - dose.start_h
        within_h = min(dose.end_h, until_h) - dose.start_h
        if dose.start_h >= until_h or dose.milligrams is None or length_h == 0.0:
            shares.append(0.0 if dose.start_h >= until_h else dose.milligrams)
        else:
            shares.append(dose.milligrams * within_h / length_h)
    return shares


def _in_weeks(sessions: Sequence[Session], first: int, last: int | None) -> list[Session]:
    """Sessions that begin in weeks counted from 1."""
    if not sessions:
        return []
    zero_h = sessions[0].start_h
    return [
        each
        for each in sessions
        if (first - 1) * WEEK_H <= each.start_h - zero_h
        and (last is None or each.start_h - zero_h < last * WEEK_H)
    ]


def _weekly(sessions: Sequence[Session], first: int, last: int) -> tuple[FactValue, ...]:
    """How many sessions each week has, up to the week of the last session."""
    if not sessions:
        return ()
    zero_h = sessions[0].start_h
    weeks = [int((each.start_h - zero_h) // WEEK_H) + 1 for each in sessions]
    return _distinct(
        float(weeks.count(week)) for week in range(first, min(last, weeks[-1]) + 1)
    )


def _intervals(sessions: Sequence[Session]) -> tuple[FactValue, ...]:
    starts = [each.start_h for each in sessions]
    return _distinct((b - a) / DAY_H for a, b in pairwise(starts))


def _most_within(starts: Sequence[float], length_h: float) -> float:
    """Most starts within a length of time."""
    first, most = 0, 0
    for last, start in enumerate(starts):
        while start - starts[first] >= length_h:
            first += 1
        most = max(most, last - first + 1)
    return float(most)


def _single(
    name: str, parts: Iterable[float | None], join: Callable[[list[float]], float]
) -> Found:
    """One number of several; left out where a part is not known, empty without parts."""
    every = list(parts)
    known = [part for part in every if part is not None]
    if len(known) != len(every):
        return {}
    return {name: (float(join(known)),) if known else ()}


def _several(name: str, parts: Iterable[float | None]) -> Found:
    every = list(parts)
    known = [part for part in every if part is not None]
    return {name: _distinct(known)} if len(known) == len(every) else {}


def _distinct(values: Iterable[float]) -> tuple[FactValue, ...]:
    return tuple(dict.fromkeys(round(float(value), DIGITS) for value in values))

"""A whole dosing plan: parts that follow each other, side by side with others."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import RegimenError, unknown_name

from .calendar import MONDAY_MORNING, Calendar
from .course import (
    Course,
    PlanItem,
    Repeat,
    courses_of,
    expand,
    most_doses,
    plan_end_h,
    resolved_items,
    steady_course,
)
from .dose_row import DoseRow
from .overlap import refuse_overlap
from .ramp import Ramp
from .ramp_words import given_before
from .schedule import ROW_LIMIT
from .time_text import number_text

__all__ = ["Regimen"]

Track = tuple[PlanItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """A dosing plan.

    Parameters
    ----------
    tracks
        Plans given side by side, each a tuple of parts that follow each other from time 0.
    calendar
        Weekday and time of day of time 0; Monday 08:00 by default.
    concurrent
        Whether the same drug may be given twice at once, or infusions of it may overlap.
    description
        The plan in the words it was given in, or None.

    Raises
    ------
    RegimenError
        If there is no dose, there are more than 100 000, some doses name their drug or route
        and others do not, or doses collide without `concurrent`.
    """

    tracks: tuple[Track, ...]
    calendar: Calendar = MONDAY_MORNING
    concurrent: bool = False
    description: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "tracks", tuple(tuple(track) for track in self.tracks))
        count = sum(most_doses(track) for track in self.tracks)
        if count == 0:
            raise RegimenError("the plan has no dose; expected at least one")
        if count > ROW_LIMIT:
            raise RegimenError(f"the plan has {count} doses; expected at most {ROW_LIMIT}")
        for what, named in (
            ("drug", [course.dose.drug for course in self.courses()]),
            ("route", [course.dose.route for course in self.courses()]),
        ):
            if any(named) and not all(named):
                raise RegimenError(
                    f"the plan gives the {what} of some doses only;"
                    f" expected the {what} of every dose, or of none"
                )
        if steady_course(self.tracks) is not None and self.calendar.zone is not None:
            raise RegimenError(
                f"the plan is at steady state in {self.calendar.zone}, where clocks change;"
                " expected no time zone"
            )
        for track in self.tracks:
            _check_ramps(track)
        given = _expanded(self)
        if not given:
            raise RegimenError(
                "the plan has no dose on the days it names; expected at least one"
            )
        if not self.concurrent:
            refuse_overlap(given)

    def courses(self) -> tuple[Course, ...]:
        """Every rule of the plan once, in the order written."""
        return tuple(course for track in self.tracks for course in courses_of(track))

    @property
    def drugs(self) -> tuple[str, ...]:
        """Names of the drugs, in the order written; empty where left to the model."""
        return tuple(dict.fromkeys(c.dose.drug for c in self.courses() if c.dose.drug))

    @property
    def routes(self) -> tuple[str, ...]:
        """Names of the routes, in the order written; empty where left to the model."""
        return tuple(dict.fromkeys(c.dose.route for c in self.courses() if c.dose.route))

    @property
    def length_h(self) -> float:
        """Length of the plan, h, pauses at its end counted."""
        return max(plan_end_h(track, 0.0, self.calendar) for track in self.tracks)

    def rows(self) -> tuple[DoseRow, ...]:
        """Every dose, ordered by time; at equal times in the order written."""
        return tuple(_row(time_h, course) for time_h, course in _expanded(self))

    def steady_cycle(self) -> tuple[float, tuple[DoseRow, ...]] | None:
        """Length, h, and doses of the pattern that has always been followed before time 0.

        None where the plan begins with nothing before it.
        """
        course = steady_course(self.tracks)
        if course is None:
            return None
        period_h, times_h = course.schedule.cycle_h(self.calendar)
        return period_h, tuple(_row(time_h, course) for time_h in times_h)

    def resolved(self, *, drug: str | None = None, route: str | None = None) -> "Regimen":
        """Fill in the drug and the route where the plan left them open.

        Parameters
        ----------
        drug, route
            Names; what the plan says itself is kept.
        """
        tracks = tuple(resolved_items(track, drug, route) for track in self.tracks)
        return replace(self, tracks=tracks)

    def total_milligrams(
        self,
        weight_kg: float = 70.0,
        *,
        ideal_weight_kg: float | None = None,
        drug: str | None = None,
    ) -> float:
        """Sum of all doses for one subject.

        Parameters
        ----------
        weight_kg
            Actual body weight, kg, above 0.
        ideal_weight_kg
            Ideal body weight, kg; needed where doses refer to it.
        drug
            Which drug to sum; needed where the plan has several.

        Returns
        -------
        float
            Total, mg of free base, after the caps.

        Examples
        --------
        >>> from algesia.regimen import parse_regimen
        >>> parse_regimen("0.5 mg/kg over 40 min, twice weekly for 3 weeks").total_milligrams()
        210.0
        """
        wanted = self._drug(drug)
        ideal = None if ideal_weight_kg is None else np.array([ideal_weight_kg])
        weight: FloatArray = np.array([weight_kg], dtype=np.float64)
        counts: dict[Course, int] = {}
        for _, course in _expanded(self):
            counts[course] = counts.get(course, 0) + 1
        return sum(
            count * float(_row(0.0, course).base_milligrams(weight, ideal)[0])
            for course, count in counts.items()
            if course.dose.drug == wanted
        )

    def _drug(self, drug: str | None) -> str | None:
        """Give the drug to sum, or refuse an unclear choice."""
        if not self.drugs:
            if drug is not None:
                raise RegimenError(
                    f"the plan names no drug but '{drug}' is asked; expected None"
                )
            return None
        if drug is None and len(self.drugs) > 1:
            raise RegimenError(f"the plan has {' and '.join(self.drugs)}; expected one of them")
        if drug is not None and drug not in self.drugs:
            raise unknown_name("drug of the plan", drug, self.drugs)
        return drug or self.drugs[0]


def _check_ramps(items: Track) -> None:
    """Refuse steps that do not go on from the dose before them."""
    for index, item in enumerate(items):
        if isinstance(item, Repeat):
            _check_ramps(item.items)
        elif isinstance(item, Ramp):
            before = given_before(items[:index])
            if before is None or item != replace(item, dose=before[0], schedule=before[1]):
                raise RegimenError(
                    f"steps from {number_text(item.dose.amount)} {item.dose.unit} do not follow"
                    " that dose; expected the rule they go on from before them"
                )


@lru_cache(maxsize=64)
def _expanded(regimen: Regimen) -> tuple[tuple[float, Course], ...]:
    """Every dose with its time, h, ordered by time."""
    given = [pair for track in regimen.tracks for pair in expand(track, 0.0, regimen.calendar)]
    return tuple(sorted(given, key=lambda pair: pair[0]))


def _row(time_h: float, course: Course) -> DoseRow:
    """Build the row of one dose."""
    dose = course.dose
    return DoseRow(
        time_h=time_h,
        amount=dose.row_amount,
        unit=dose.row_unit,
        duration_h=dose.duration_h,
        route=dose.route,
        drug=dose.drug,
        form=dose.form,
        weight_basis=dose.weight_basis,
        weight_cap_kg=dose.weight_cap_kg,
        cap_mg=dose.row_cap_mg,
        formulation=dose.formulation,
    )

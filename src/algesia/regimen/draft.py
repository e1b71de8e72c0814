"""One rule while it is being read: what it said, and what it takes over from another."""

from dataclasses import dataclass, field, replace
from typing import Any

from algesia.errors import RegimenError
from algesia.units import substance, substance_names

from .course import Course
from .dose import Dose, WeightBasis
from .dose_unit import dose_unit
from .limit import Limit
from .schedule import DAYS_PER_WEEK, Schedule
from .time_text import HOURS_PER_DAY, HOURS_PER_WEEK, number_text

__all__ = ["Draft"]


@dataclass(slots=True, kw_only=True)
class Draft:
    """What one rule has said so far; None where it said nothing."""

    amount: float | None = None
    unit: str | None = None
    drug: str | None = None
    form: str | None = None
    racemate: bool = False
    route: str | None = None
    formulation: str | None = None
    any_formulation: bool = False
    bolus: bool = False
    loading: bool = False
    infusion: bool = False
    over_h: float | None = None
    lengths_h: list[float] = field(default_factory=list)
    basis: WeightBasis | None = None
    weight_cap_kg: float | None = None
    cap_mg: float | None = None
    cap_rate_mg_per_h: float | None = None
    uncapped: bool = False
    limits: list[Limit] = field(default_factory=list)
    every_h: float | None = None
    times_a_day: int | None = None
    times_a_week: int | None = None
    at_h: tuple[float, ...] = ()
    clocks_h: tuple[float, ...] = ()
    weekdays: tuple[int, ...] = ()
    doses: int | None = None
    steady_state: bool = False
    starting_h: float | None = None
    without_days: tuple[int, ...] = ()
    cycle_h: tuple[float, float] | None = None
    event: tuple[str, float] | None = None
    until: str | None = None

    def say(self, name: str, value: object) -> None:
        """Note something that may be said once in a rule."""
        said = getattr(self, name)
        if said not in (None, (), False) and said != value:
            what = name.removesuffix("_h").replace("_", " ")
            raise RegimenError(
                f"one rule gives {what} twice ({said} and {value}); expected it once,"
                " or 'then' between two rules"
            )
        setattr(self, name, value)

    @property
    def says_cap(self) -> bool:
        """Whether the rule says how much may be given, or that no such limit holds."""
        said = (self.cap_mg, self.cap_rate_mg_per_h)
        return self.uncapped or bool(self.limits) or any(each is not None for each in said)

    def course(self, previous: Dose | None) -> Course:
        """Complete the rule with what it takes over.

        Parameters
        ----------
        previous
            The dose of the rule before it in the same plan, or None.
        """
        dose = self._dose(previous)
        return Course(dose=dose, schedule=self._schedule(), limits=tuple(self.limits))

    def _dose(self, previous: Dose | None) -> Dose:
        """Build the dose."""
        if self.amount is None:
            if previous is None:
                raise RegimenError("no dose is given; expected an amount such as 0.5 mg/kg")
            return self._of_its_kind(self._changed(previous))
        if previous is not None:
            self._refuse_unclear(previous)
        return self._of_its_kind(self._fresh(previous))

    def _of_its_kind(self, dose: Dose) -> Dose:
        """Give the dose back, or refuse a racemate of a drug that is none."""
        if not self.racemate:
            return dose
        if dose.drug is None:
            raise RegimenError(
                "a racemate is given and no drug; expected its name, such as 'ketamine'"
            )
        drug = substance(dose.drug)
        if drug.stereochemistry != "racemate":
            racemates = [
                each
                for each in substance_names()
                if substance(each).molecule == drug.molecule
                and substance(each).stereochemistry == "racemate"
            ]
            named = f"'{racemates[0]}' for the racemate, or " if racemates else ""
            raise RegimenError(
                f"the dose is a racemate of {drug}; expected {named}'{drug.name}' alone"
            )
        return dose

    def _fresh(self, previous: Dose | None) -> Dose:
        """Build a dose with its own amount; what it is and how it is weighed is taken over."""
        amount, unit = self.amount or 0.0, self.unit or ""
        said: dict[str, Any] = {"duration_h": self._duration(dose_unit(unit).rate)}
        if previous is not None:
            said |= {"drug": previous.drug, "route": previous.route}
            if self.drug in (None, previous.drug):
                said["form"] = previous.form
            if self.route in (None, previous.route):
                said["formulation"] = previous.formulation
            if dose_unit(unit).row_unit != "mg":
                said["weight_basis"] = previous.weight_basis
                said["weight_cap_kg"] = previous.weight_cap_kg
        return Dose(**(said | self._said() | {"amount": amount, "unit": unit}))

    def _changed(self, previous: Dose) -> Dose:
        """Build a dose that is the one before it, but for what was said."""
        said = self._said()
        if self.bolus or self.loading or self.over_h is not None:
            said["duration_h"] = self._duration(dose_unit(previous.unit).rate)
        return replace(previous, **said)

    def _said(self) -> dict[str, Any]:
        """Give the fields of a dose that were said, amount and length apart."""
        names = ("drug", "form", "route", "formulation", "cap_mg", "cap_rate_mg_per_h")
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        if self.any_formulation:
            said["formulation"] = None
        if self.uncapped:
            said |= {"cap_mg": None, "cap_rate_mg_per_h": None}
        if self.basis is not None:
            said |= {"weight_basis": self.basis, "weight_cap_kg": self.weight_cap_kg}
        return said

    def _duration(self, rate: bool) -> float:
        """Length of the dose, h; for a rate, the first length said is that of the infusion."""
        if self.bolus or (self.loading and self.over_h is None and not rate):
            if self.over_h is not None or rate:
                raise RegimenError("one rule is a bolus and an infusion; expected one of them")
            return 0.0
        if self.over_h is not None:
            return self.over_h
        if rate and self.lengths_h:
            return self.lengths_h.pop(0)
        if self.infusion and not rate:
            raise RegimenError(
                "an infusion has no length; expected 'over 40 min' after the amount"
            )
        return 0.0

    def _refuse_unclear(self, previous: Dose) -> None:
        """Refuse a new amount that leaves open whether a length or a cap still holds."""
        shown = f"{number_text(self.amount or 0.0)} {self.unit}"
        said_length = (
            self.bolus
            or self.loading
            or self.over_h is not None
            or dose_unit(self.unit or "").rate
        )
        same_route = self.route in (None, previous.route)
        if previous.duration_h > 0.0 and same_route and not said_length:
            raise RegimenError(
                f"the dose {shown} follows an infusion and does not say its own length;"
                " expected 'over 40 min' or 'bolus'"
            )
        if previous.row_cap_mg is not None and not self.says_cap:
            raise RegimenError(
                f"the dose {shown} follows a capped dose and does not say its own cap;"
                " expected 'max 50 mg' or 'no max'"
            )

    def _schedule(self) -> Schedule:
        """Build the schedule."""
        if len(self.lengths_h) > 1:
            raise RegimenError(
                "one rule says twice how long it goes on; expected 'for …' once, 'over …' for"
                " an infusion, or 'then' between two rules"
            )
        every_h, times_a_week = self.every_h, self.times_a_week
        if self.weekdays and every_h in (HOURS_PER_DAY, HOURS_PER_WEEK):
            self._refuse_miscount(1 if every_h == HOURS_PER_WEEK else None)
            every_h = None
        if self.weekdays and times_a_week is not None:
            self._refuse_miscount(times_a_week)
            times_a_week = None
        if self.cycle_h is not None:
            self.lengths_h.append(self.cycle_h[0])
        once_a_day = bool(self.clocks_h) and every_h == HOURS_PER_DAY
        times_a_day = self.times_a_day
        if self.clocks_h and times_a_day == len(self.clocks_h):
            times_a_day = None
        return Schedule(
            every_h=None if once_a_day else every_h,
            times_a_day=times_a_day,
            times_a_week=times_a_week,
            at_h=self.at_h,
            clocks_h=self.clocks_h,
            weekdays=self.weekdays,
            span_h=self.lengths_h[0] if self.lengths_h else None,
            doses=self.doses,
            steady_state=self.steady_state,
            without_days=self.without_days,
        )

    def _refuse_miscount(self, times: int | None) -> None:
        """Refuse a number of times a week that is not the number of days named."""
        if times is not None and times != len(self.weekdays):
            raise RegimenError(
                f"the rule is {times} times a week but names {len(self.weekdays)} of"
                f" {DAYS_PER_WEEK} days; expected the same number"
            )

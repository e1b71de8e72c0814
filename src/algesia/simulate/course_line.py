"""A line of a plan: the doses of one drug, and how they may be stepped."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import RegimenError
from algesia.model import Input
from algesia.regimen import DoseRow, Regimen

from .dosing import given_drug, input_of, moiety_share
from .given_row import dose_weights
from .scenario import Arm

__all__ = ["CourseLine", "LineDose", "lines_of"]

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDose:
    """One dose of a line as the subjects of an arm would get it unchanged.

    Parameters
    ----------
    row
        The dose, drug and route filled in.
    into
        Input of the model it enters.
    moiety
        Substance the model follows.
    share
        Mass of that substance per mass of the drug.
    milligrams
        Amount before any cap, (S,), mg of base of the drug.
    cap_mg
        Largest amount, mg of base of the drug; infinite where there is none.
    """

    row: DoseRow
    into: Input
    moiety: str
    share: float
    milligrams: FloatArray
    cap_mg: float

    @classmethod
    def of(cls, arm: Arm, row: DoseRow) -> "LineDose":
        """Resolve a dose for the subjects of an arm."""
        drug = given_drug(arm.model, row, arm.drug)
        into = input_of(arm.model, row, drug=drug)
        full = row.resolved(drug=drug, route=into.routes[0])
        follow = arm.follow if into.member is None else None
        share, moiety = moiety_share(arm.model, into, drug, follow=follow)
        uncapped = replace(full, cap_mg=None)
        cap_mg = np.inf
        if full.cap_mg is not None:
            salt = replace(uncapped, amount=1.0, unit="mg", weight_basis="actual",
                           weight_cap_kg=None).base_milligrams(np.ones(1))  # fmt: skip
            cap_mg = full.cap_mg * float(salt[0])
        if full.duration_h > 0.0 and not into.infusible:
            raise RegimenError(
                f"the dose at {full.time_h:g} h is an infusion, but input '{into.name}' of "
                f"model '{arm.model.id}' takes single doses only"
            )
        return cls(
            row=full,
            into=into,
            moiety=moiety,
            share=share,
            milligrams=uncapped.base_milligrams(*dose_weights(arm.cohort, (full,))),
            cap_mg=cap_mg,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLine:
    """All doses of one drug in one plan.

    Parameters
    ----------
    plan
        Number of the plan, 0 for the one the arm begins with.
    plan_name, drug
        Names of plan and drug.
    doses
        The doses in order.
    unit
        Unit of the dose as written.
    first_level
        First dose as written, in that unit.
    one_size
        Whether all doses are of one size, so that steps of a dose have a meaning.
    interval_h
        Time between starts of doses, h; NaN where it differs or there is one dose.
    ends_h
        End of the line, h since the start of its plan: no dose starts then or later.
    """

    plan: int
    plan_name: str
    drug: str
    doses: tuple[LineDose, ...]
    unit: str
    first_level: float
    one_size: bool
    interval_h: float
    ends_h: float

    @property
    def starts_h(self) -> FloatArray:
        """Starts of the doses, (D,), h since the start of the plan."""
        return np.asarray([each.row.time_h for each in self.doses])

    @property
    def what(self) -> str:
        """What to call it in messages."""
        return f"dose of {self.drug} in plan '{self.plan_name}'"

    def require_interval(self, rule: str) -> None:
        """Refuse to step an interval that is not one."""
        if not np.isfinite(self.interval_h):
            raise RegimenError(
                f"rule '{rule}' changes the interval of {self.drug}, whose doses in plan "
                f"'{self.plan_name}' are not evenly spaced; expected one repeated dose"
            )

    def require_one_size(self, rule: str) -> None:
        """Refuse to add to doses that differ."""
        if not self.one_size:
            raise RegimenError(
                f"rule '{rule}' steps the dose of {self.drug}, whose doses in plan "
                f"'{self.plan_name}' differ; expected one size, or a factor such as 'x 1.5'"
            )


def lines_of(arm: Arm, plan: int, name: str, regimen: Regimen) -> tuple[CourseLine, ...]:
    """Lines of a plan, one for each drug, in the order of the plan.

    Parameters
    ----------
    arm
        The arm that gets it.
    plan, name, regimen
        Number, name and doses of the plan.

    Raises
    ------
    InputError
        If the model does not take a dose.
    """
    # Doses that differ in time only share what they come to.
    known: dict[DoseRow, LineDose] = {}
    doses = []
    for row in regimen.rows():
        alike = replace(row, time_h=0.0)
        if alike not in known:
            known[alike] = LineDose.of(arm, row)
        shared = known[alike]
        doses.append(replace(shared, row=replace(shared.row, time_h=row.time_h)))
    drugs = dict.fromkeys(str(each.row.drug) for each in doses)
    return tuple(_line(arm, (plan, name), regimen, drug, doses) for drug in drugs)


def _line(
    arm: Arm, plan: tuple[int, str], regimen: Regimen, drug: str, doses: list[LineDose]
) -> CourseLine:
    mine = tuple(each for each in doses if str(each.row.drug) == drug)
    courses = [
        course.dose
        for course in regimen.courses()
        if (course.dose.drug or arm.drug or mine[0].row.drug) == drug
    ]
    starts_h = np.asarray([each.row.time_h for each in mine])
    gaps_h = np.diff(starts_h)
    even = gaps_h.size > 0 and np.ptp(gaps_h) <= _ROUNDING * np.max(starts_h)
    interval_h = float(gaps_h[0]) if even else float("nan")
    last_h = starts_h[-1] + (interval_h if even else 0.0)
    return CourseLine(
        plan=plan[0],
        plan_name=plan[1],
        drug=drug,
        doses=mine,
        unit=courses[0].unit,
        first_level=courses[0].amount,
        one_size=(
            len({(each.amount, each.unit) for each in courses}) == 1
            and len({_rate(each.row) for each in mine}) == 1
        ),
        interval_h=interval_h,
        ends_h=float(max(regimen.length_h, last_h)),
    )


def _rate(row: DoseRow) -> float:
    """Amount of a dose, or its rate per h to nine digits, as far as doses may be compared."""
    rate = row.amount / row.duration_h if row.duration_h > 0.0 else row.amount
    return float(f"{rate:.9g}")

"""The most that a rule gives in a day, in a week, or in all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from algesia.errors import RegimenError

from .dose import Dose
from .dose_unit import dose_unit
from .time_text import HOURS_PER_DAY, HOURS_PER_WEEK, number_text

__all__ = ["PERIODS_H", "Limit", "LimitPeriod", "check_limits", "within_limits"]

LimitPeriod = Literal["day", "week", "course"]

PERIODS_H: Final = {"day": HOURS_PER_DAY, "week": HOURS_PER_WEEK, "course": float("inf")}
"""Length of the periods, h."""

# What is left of a limit after its doses may be a rounding error, not another dose.
LEFT_OVER: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A largest amount, or number of doses, in each period of a rule.

    Doses are given in their order until the limit is reached: the one that would pass it is
    made smaller, later ones of the period are left out. Days and weeks are counted from the
    start of the rule. A dose belongs to the period in which it starts.

    Parameters
    ----------
    period
        `day`, `week`, or `course` for the whole rule.
    amount, unit
        Largest amount in mass, or mass per kg where the doses are per kg.
    doses
        Or the largest number of doses, from 1.
    """

    period: LimitPeriod
    amount: float | None = None
    unit: str | None = None
    doses: int | None = None

    def __post_init__(self) -> None:
        if self.period not in PERIODS_H:
            raise RegimenError(f"limit is for a {self.period}; expected day, week or course")
        if (self.amount is None) == (self.doses is None):
            raise RegimenError("limit has no amount, or two; expected an amount, or doses")
        if self.doses is not None and (isinstance(self.doses, bool) or self.doses < 1):
            raise RegimenError(f"limit is {self.doses} doses; expected a whole number from 1")
        if self.amount is None:
            return
        unit = dose_unit(self.unit or "")
        object.__setattr__(self, "unit", unit.text)
        object.__setattr__(self, "amount", float(self.amount))
        if unit.rate or not 0.0 < self.amount < float("inf"):
            raise RegimenError(
                f"limit is {self.amount:g} {unit.text}; expected a finite amount above 0 in"
                " mass or mass per kg"
            )

    def __str__(self) -> str:
        """Write the limit as a plan says it: `max 60 mg a day`."""
        if self.doses is not None:
            shown = f"{self.doses} dose{'s' if self.doses > 1 else ''}"
        else:
            shown = f"{number_text(self.amount or 0.0)} {self.unit}"
        return f"max {shown} a {self.period}"


def check_limits(limits: tuple[Limit, ...], dose: Dose) -> None:
    """Refuse limits that cannot be counted for a dose.

    Raises
    ------
    RegimenError
        If two limits are alike, or the amount of a dose cannot be compared with its limit.
    """
    kinds = [(limit.period, limit.doses is None) for limit in limits]
    if len(set(kinds)) < len(kinds):
        raise RegimenError(
            f"one rule has two limits alike ({', '.join(map(str, limits))}); expected one"
        )
    for limit in limits:
        if dose.duration_h > PERIODS_H[limit.period]:
            raise RegimenError(
                f"the dose runs for {number_text(dose.duration_h)} h, longer than the"
                f" {limit.period} that '{limit}' counts; expected a largest rate such as"
                " 'max 12 mg/h'"
            )
        if limit.amount is None:
            continue
        if dose_unit(limit.unit or "").row_unit != dose.row_unit:
            raise RegimenError(
                f"'{limit}' stands with a dose in {dose.unit}, so it depends on body weight"
                " when it is reached; expected both per kg, or neither"
            )
        if dose.row_cap_mg is not None and dose.row_unit != "mg":
            raise RegimenError(
                f"'{limit}' stands with a largest dose in mg, so it depends on body weight"
                " when it is reached; expected one of them"
            )


def within_limits(
    times_h: Iterable[tuple[float, float]], dose: Dose, limits: tuple[Limit, ...]
) -> Iterator[tuple[float, Dose]]:
    """Give the doses that the limits leave, with their times.

    Parameters
    ----------
    times_h
        Times of the doses, h, in order, each with the hours since the start of the rule.
    dose
        The dose that is given unless a limit is reached.
    limits
        The limits.
    """
    if not limits:
        yield from ((time_h, dose) for time_h, _ in times_h)
        return
    whole = (
        dose.row_amount if dose.row_cap_mg is None else min(dose.row_amount, dose.row_cap_mg)
    )
    counted: dict[int, tuple[int, float, int]] = {}
    for time_h, since_h in times_h:
        amount, left_out = whole, False
        for index, limit in enumerate(limits):
            number = int(round(since_h, 9) // PERIODS_H[limit.period])
            if counted.get(index, (-1, 0.0, 0))[0] != number:
                counted[index] = (number, 0.0, 0)
            _, given, doses = counted[index]
            if limit.amount is None:
                left_out |= doses >= (limit.doses or 0)
            else:
                most = limit.amount * dose_unit(limit.unit or "").factor
                amount = min(amount, most - given)
        if left_out or amount <= LEFT_OVER * whole:
            continue
        for index, (number, given, doses) in counted.items():
            counted[index] = (number, given + amount, doses + 1)
        yield time_h, dose if amount >= whole * (1.0 - LEFT_OVER) else _smaller(dose, amount)


def _smaller(dose: Dose, amount: float) -> Dose:
    """Give a dose of an amount, in the unit of a row, over the same length."""
    return replace(
        dose, amount=amount, unit="mg" if dose.row_unit == "mg" else "mg/kg", cap_mg=None,
        cap_rate_mg_per_h=None,
    )  # fmt: skip

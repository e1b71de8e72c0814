"""Doses that fall or rise in equal steps: a taper, or a planned escalation."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from algesia.errors import RegimenError

from .calendar import Calendar
from .dose import Dose
from .dose_unit import dose_unit
from .schedule import ROW_LIMIT, Schedule
from .time_text import number_text

__all__ = ["Ramp"]

ROUNDING_H = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """Steps of equal length and equal height away from the dose of the rule before.

    Without a last amount, n steps fall towards nothing: step k gives 1 - k/(n + 1) of the dose
    before, so that four steps are 80, 60, 40 and 20 percent and the fifth would be none. With a
    last amount, the last step gives it. A dose has the amount of the step in which it is given.

    Parameters
    ----------
    dose
        What was given before.
    schedule
        How it was given before; its pattern goes on, every day of it. A constant infusion in a
        rate has none.
    length_h
        Length of all steps together, h.
    steps
        Number of steps, from 1 to 1000.
    last_amount
        Amount of the last step in the unit of `dose`, or None for a fall towards nothing.

    Raises
    ------
    RegimenError
        If there is neither a pattern nor a rate to go on with.

    Examples
    --------
    >>> before = Dose(amount=100, unit="mg", route="oral")
    >>> plan = Schedule(times_a_day=1, doses=1)
    >>> Ramp(dose=before, schedule=plan, length_h=336, steps=4).levels
    (80.0, 60.0, 40.0, 20.0)
    """

    dose: Dose
    schedule: Schedule
    length_h: float
    steps: int
    last_amount: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.length_h) and self.length_h > 0.0):
            raise RegimenError(
                f"the steps last {self.length_h:g} h; expected a finite length above 0"
            )
        if isinstance(self.steps, bool) or not 1 <= self.steps <= 1000:
            raise RegimenError(f"number of steps is {self.steps}; expected 1 to 1000")
        if not (self.schedule.repeats or dose_unit(self.dose.unit).rate):
            raise RegimenError(
                f"the steps follow a single dose of {number_text(self.dose.amount)}"
                f" {self.dose.unit}; expected a rate such as 10 mg/h, or doses such as daily"
            )
        if self.last_amount is not None:
            replace(self.dose, amount=self.last_amount)
        object.__setattr__(self, "length_h", float(self.length_h))
        if self.schedule.repeats:
            pattern = replace(
                self.schedule,
                span_h=self.length_h,
                doses=None,
                steady_state=False,
                without_days=(),
            )
            object.__setattr__(self, "schedule", pattern)

    @property
    def levels(self) -> tuple[float, ...]:
        """Amount of each step, in the unit of `dose`."""
        before, steps = self.dose.amount, self.steps
        if self.last_amount is None:
            return tuple(before * (steps - k) / (steps + 1) for k in range(steps))
        rise = self.last_amount - before
        return (*(before + rise * k / steps for k in range(1, steps)), self.last_amount)

    @property
    def step_h(self) -> float:
        """Length of one step, h."""
        return self.length_h / self.steps

    def doses(self) -> tuple[Dose, ...]:
        """Dose of each step."""
        lasting_h = self.dose.duration_h if self.schedule.repeats else self.step_h
        return tuple(
            replace(self.dose, amount=level, duration_h=lasting_h) for level in self.levels
        )

    def most_doses(self) -> int:
        """Count the doses it can give at most."""
        return self.schedule.most_doses() if self.schedule.repeats else self.steps

    def expand(self, start_h: float, calendar: Calendar) -> Iterator[tuple[float, Dose]]:
        """Give each dose with its time, h since the start of the plan.

        Raises
        ------
        RegimenError
            If a step holds no dose.
        """
        doses = self.doses()
        if not self.schedule.repeats:
            for index, dose in enumerate(doses):
                yield start_h + index * self.step_h, dose
            return
        if self.most_doses() > ROW_LIMIT:
            raise RegimenError(
                f"the steps have {self.most_doses()} doses; expected at most {ROW_LIMIT}"
            )
        given = set()
        for time_h in self.schedule.times_h(start_h, calendar):
            since_h = calendar.wall_h(start_h, time_h)
            step = math.floor((since_h + ROUNDING_H) / self.step_h)
            given.add(step)
            yield time_h, doses[min(step, self.steps - 1)]
        if len(given) < self.steps:
            raise RegimenError(
                f"{self.steps} steps over {number_text(self.length_h)} h hold doses in"
                f" {len(given)} of them; expected a dose in each step"
            )

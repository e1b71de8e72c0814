"""A rule that reacts to the patient: what must be seen, and what is then changed."""

from dataclasses import dataclass

import numpy as np

from algesia.errors import DomainError, RegimenError
from algesia.model import Expression
from algesia.regimen import Regimen, describe

from .criterion import Criterion
from .dose_step import Step

__all__ = ["Action", "Rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a rule changes, from its visit on.

    Parameters
    ----------
    dose
        Step of the dose; an infusion under way goes on at the new rate.
    interval
        Step of the time between doses; counts from the next dose on.
    hold
        Whether nothing is given until the next visit at which the rule does not fire; an
        infusion under way stops, and goes on for the rest of its time.
    hold_h
        How long nothing is given, h, above 0; or None.
    stop
        Whether nothing is given any more.
    resume
        Whether a hold or stop ends.
    switch
        Name of the plan that replaces the present one, or None.
    give
        One dose given at the visit, beside the plan, or None.
    """

    dose: Step | None = None
    interval: Step | None = None
    hold: bool = False
    hold_h: float | None = None
    stop: bool = False
    resume: bool = False
    switch: str | None = None
    give: Regimen | None = None

    def __post_init__(self) -> None:
        if not (self.course or self.give is not None):
            raise RegimenError("a rule changes nothing; expected at least one change")
        if self.dose is not None and self.interval is not None:
            raise RegimenError(
                "a rule changes dose and interval; expected two rules, each with its limits"
            )
        if self.hold_h is not None and not (np.isfinite(self.hold_h) and self.hold_h > 0.0):
            raise RegimenError(f"a hold lasts {self.hold_h:g} h; expected a time above 0 h")
        ends = [self.hold, self.hold_h is not None, self.stop, self.resume]
        if sum(ends) > 1:
            raise RegimenError(
                "a rule holds, stops or resumes more than once; expected one of hold, stop "
                "and resume"
            )
        if self.give is not None and len(self.give.rows()) != 1:
            raise RegimenError(
                f"a rule gives {len(self.give.rows())} doses at once; expected one dose"
            )

    @property
    def course(self) -> bool:
        """Whether it changes the plan, and not only gives a dose beside it."""
        return (
            self.dose is not None
            or self.interval is not None
            or self.hold_h is not None
            or self.switch is not None
            or self.hold
            or self.stop
            or self.resume
        )

    @property
    def words(self) -> str:
        """What it changes, in a few words."""
        hold_h = None if self.hold_h is None else f"hold for {self.hold_h:g} h"
        given = None if self.give is None else f"give {describe(self.give)}"
        parts = (
            None if self.dose is None else f"dose {self.dose.words}",
            None if self.interval is None else f"interval {self.interval.words}",
            "hold while it fires" if self.hold else None,
            hold_h,
            "stop" if self.stop else None,
            "resume" if self.resume else None,
            None if self.switch is None else f"switch to '{self.switch}'",
            given,
        )
        return ", ".join(part for part in parts if part is not None)

    @property
    def heeds_hold(self) -> bool:
        """Whether it waits while the drug is on hold."""
        return not (
            self.hold or self.hold_h is not None or self.stop or self.resume or self.switch
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Parameters
    ----------
    name
        What the ledger calls it.
    when
        What must hold at a visit.
    then
        What is changed.
    priority
        Of rules about one drug that fire at one visit the lowest number acts, from 1.
    drug
        Drug it is about; the first of the plan where None.
    at_most_times
        How often it acts on one patient at most, or None.
    at_most_per_day, at_most_per_week
        How often it acts within 24 h, and within 7 days, or None.
    not_within_h
        Shortest time between two of its actions on one patient, h, from 0.
    probability
        Formula of the probability that it acts where its condition holds; always where None.
    """

    name: str
    when: Criterion
    then: Action
    priority: int
    drug: str | None = None
    at_most_times: int | None = None
    at_most_per_day: int | None = None
    at_most_per_week: int | None = None
    not_within_h: float = 0.0
    probability: Expression | None = None

    def __post_init__(self) -> None:
        for what in ("priority", "at_most_times", "at_most_per_day", "at_most_per_week"):
            value = getattr(self, what)
            if value is not None and value < 1:
                raise DomainError(f"{what} of rule '{self.name}' is {value}; expected from 1")
        if not (np.isfinite(self.not_within_h) and self.not_within_h >= 0.0):
            raise DomainError(
                f"rule '{self.name}' waits {self.not_within_h:g} h; expected a time from 0 h"
            )
        self._require_bounds()

    def _require_bounds(self) -> None:
        """Refuse what would go on for ever."""
        for what, step in (("dose", self.then.dose), ("interval", self.then.interval)):
            if step is None:
                continue
            if step.rises and step.at_most is None:
                raise RegimenError(
                    f"rule '{self.name}' raises the {what} without limit; expected at_most"
                )
        step = self.then.interval
        falls = step is not None and not step.rises and step.kind != "set"
        if step is not None and falls and (step.at_least is None or step.at_least[0] <= 0.0):
            raise RegimenError(
                f"rule '{self.name}' shortens the interval without limit; expected at_least "
                "above 0"
            )

    @property
    def names(self) -> frozenset[str]:
        """Symbols of its condition and probability."""
        chance = frozenset() if self.probability is None else self.probability.names
        return self.when.names | chance

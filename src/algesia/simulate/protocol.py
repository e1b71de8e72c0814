"""Protocol: visits, what is seen there, and the rules that react to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from algesia.errors import DomainError, RegimenError, unknown_name
from algesia.model import Model
from algesia.population import Cohort
from algesia.regimen import Regimen

from .adherence import Adherence
from .rule import Rule
from .sight import Sight
from .visit import Visits

__all__ = ["BASE_PLAN", "KNOWN_NAMES", "Protocol"]

BASE_PLAN = "base"
"""Name of the plan an arm begins with."""

KNOWN_NAMES = (
    "days_since_change", "days_since_dose", "days_since_start", "days_to_next_dose", "dose",
    "doses_given", "habit", "held", "hours_since_start", "interval_days", "milligrams_given",
    "stopped", "times_fired", "visit",
)  # fmt: skip
"""What rules may ask for besides what is seen: of the patient, of the drug, of the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """How an arm reacts to its patients.

    Parameters
    ----------
    visits
        When patients are seen.
    sights
        What is measured at every visit, and once at the start.
    rules
        At least one rule, names distinct; those about one drug have distinct priorities.
    plans
        Plans that rules may switch to, by name.
    adherence
        How doses are taken, or None where every dose is taken as planned.
    """

    visits: Visits
    sights: tuple[Sight, ...]
    rules: tuple[Rule, ...]
    plans: Mapping[str, Regimen] = field(default_factory=dict)
    adherence: Adherence | None = None

    def __post_init__(self) -> None:
        if not self.rules:
            raise DomainError("the protocol has no rule; expected at least one")
        _refuse_doubled("rule", [rule.name for rule in self.rules])
        _refuse_doubled("sight", [sight.name for sight in self.sights])
        for sight in self.sights:
            if sight.name in KNOWN_NAMES:
                raise DomainError(f"'{sight.name}' is taken; expected another name for it")
        if BASE_PLAN in self.plans:
            raise DomainError(
                f"a plan is called '{BASE_PLAN}', the plan the arm begins with; expected "
                "another name"
            )
        known = (BASE_PLAN, *self.plans)
        for rule in self.rules:
            if rule.then.switch is not None and rule.then.switch not in known:
                raise unknown_name(
                    f"plan of rule '{rule.name}'", rule.then.switch, sorted(known)
                )
        for plan in self.plans.values():
            refuse_endless(plan)

    def ordered_rules(self) -> tuple[Rule, ...]:
        """Rules in the order in which they are asked."""
        return tuple(sorted(self.rules, key=lambda rule: rule.priority))

    def require_fit(self, model: Model, cohort: Cohort, outputs: tuple[str, ...]) -> None:
        """Refuse sights and symbols that model and patients do not have.

        Parameters
        ----------
        model, cohort
            Those of the arm.
        outputs
            Names of all outputs of the model.

        Raises
        ------
        UnknownNameError
            If there is no such output, state or symbol; with the nearest names.
        """
        states = tuple(state.name for state in model.states)
        for sight in self.sights:
            known = (*outputs, *states) if sight.oracle else outputs
            if sight.shows not in known:
                if sight.shows in states:
                    raise DomainError(
                        f"'{sight.shows}' is a state of model '{model.id}', which no clinician "
                        "sees; expected one of its outputs, or oracle: true"
                    )
                raise unknown_name(f"output of model '{model.id}'", sight.shows, known)
        symbols = {*KNOWN_NAMES, *numeric_covariates(cohort)}
        for sight in self.sights:
            symbols |= {sight.name, f"{sight.name}_at_start", f"{sight.name}_before"}
        for rule in self.rules:
            for name in sorted(rule.names - symbols):
                raise unknown_name(f"symbol of rule '{rule.name}'", name, sorted(symbols))


def numeric_covariates(cohort: Cohort) -> tuple[str, ...]:
    """Covariates a rule may ask for: those that are numbers or flags."""
    return tuple(
        name
        for name, column in cohort.covariates.items()
        if np.asarray(column).dtype.kind in "fiub"
    )


def refuse_endless(plan: Regimen) -> None:
    """Refuse a plan that has always been followed: rules begin with the first dose."""
    if plan.steady_cycle() is not None:
        raise RegimenError(
            "the plan begins at steady state; expected one that begins at time 0 where rules "
            "react to the patient"
        )


def refuse_shared_priorities(rules: tuple[tuple[Rule, str], ...]) -> None:
    """Refuse two rules about one drug that would have to act first.

    Parameters
    ----------
    rules
        Every rule with the drug it is about.
    """
    taken: dict[tuple[str, int], str] = {}
    for rule, drug in rules:
        other = taken.setdefault((drug, rule.priority), rule.name)
        if other != rule.name:
            raise DomainError(
                f"rules '{other}' and '{rule.name}' about {drug} have priority "
                f"{rule.priority}; expected distinct priorities"
            )


def _refuse_doubled(what: str, names: list[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise DomainError(f"{what} '{name}' stands twice; expected distinct names")

"""One question: which models, given what, to whom, looked at when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from algesia.errors import DomainError, unknown_name
from algesia.model import Model
from algesia.population import Cohort
from algesia.regimen import Regimen
from algesia.units import require_same_moiety, substance

from .event_records import EventRecords
from .protocol import Protocol
from .sampling import Sampling

__all__ = ["OCCASION_GAP_H", "Arm", "Enantiomer", "Scenario", "Tolerance", "enantiomer_share"]

Enantiomer = Literal["S", "R"]

OCCASION_GAP_H = 12.0
"""Pause that separates two occasions unless a scenario says otherwise, h: a night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How exactly the equations are solved.

    Parameters
    ----------
    relative
        Relative error per step, between 1e-13 and 0.1.
    """

    relative: float = 1e-6

    def __post_init__(self) -> None:
        if not 1e-13 <= self.relative <= 0.1:
            raise DomainError(
                f"relative tolerance is {self.relative:g}; expected a value from 1e-13 to 0.1"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm of a scenario.

    Parameters
    ----------
    name
        Name of the arm.
    model
        The model that answers.
    regimen
        A dosing plan, the same for every subject, or explicit records per subject.
    cohort
        Who receives it.
    drug
        Drug of the doses where the regimen does not name one; the model's own otherwise.
    follow
        `S` or `R`: the dose is the racemate and the model follows one enantiomer, half of it.
    outputs
        Names of the outputs wanted, all where empty.
    limits_of_quantification
        Limit per output, in the unit of the output; asks for simulated observations.
    observations
        Whether observations with residual error are simulated.
    occasion_gap_h
        A new occasion starts with the first dose at least so long after the end of the one
        before, h; matters where the model has inter-occasion spread.
    sampling
        When outputs are looked at, where it differs from the scenario's.
    rung
        How far the model's catalogue entry has been checked.
    notes
        What a reader must know about the arm.
    protocol
        Rules that change the plan as its patients do, or None.
    """

    name: str
    model: Model
    regimen: Regimen | EventRecords
    cohort: Cohort
    drug: str | None = None
    follow: Enantiomer | None = None
    outputs: tuple[str, ...] = ()
    limits_of_quantification: Mapping[str, float] = field(default_factory=dict)
    observations: bool = False
    occasion_gap_h: float = OCCASION_GAP_H
    sampling: Sampling | None = None
    rung: str = "unchecked"
    notes: tuple[str, ...] = ()
    protocol: Protocol | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.regimen, Regimen | EventRecords):
            raise DomainError(
                f"regimen of arm '{self.name}' is {self.regimen!r}; expected a Regimen, as "
                "parse_regimen('20 mg esketamine IV'), or EventRecords"
            )
        if self.limits_of_quantification:
            object.__setattr__(self, "observations", True)
        known = [output.name for output in self.model.outputs]
        for name in (*self.outputs, *self.limits_of_quantification):
            if name not in known:
                raise unknown_name(f"output of model '{self.model.id}'", name, known)
        for name, limit in self.limits_of_quantification.items():
            if not (np.isfinite(limit) and limit >= 0.0):
                raise DomainError(
                    f"limit of quantification of '{name}' is {limit}; expected a value from 0"
                )
        if self.protocol is not None:
            self.protocol.require_fit(self.model, self.cohort, tuple(known))
        if not self.occasion_gap_h > 0.0:
            raise DomainError(
                f"occasion gap of arm '{self.name}' is {self.occasion_gap_h} h; "
                "expected above 0"
            )

    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs this arm reports, in the model's order."""
        names = tuple(output.name for output in self.model.outputs)
        return tuple(name for name in names if name in self.outputs) if self.outputs else names


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One question, complete: the only argument of `run`.

    Parameters
    ----------
    title
        The question in words.
    arms
        At least one arm, names distinct.
    sampling
        When outputs are looked at; None takes the observation records of each arm.
    tolerance
        How exactly the equations are solved.
    """

    title: str
    arms: tuple[Arm, ...]
    sampling: Sampling | None
    tolerance: Tolerance = field(default_factory=Tolerance)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arms", tuple(self.arms))
        if not self.arms:
            raise DomainError(f"scenario '{self.title}' has no arms; expected at least one")
        names = [arm.name for arm in self.arms]
        doubled = {name for name in names if names.count(name) > 1}
        if doubled:
            raise DomainError(
                f"arm name '{sorted(doubled)[0]}' stands twice; expected distinct names"
            )
        for arm in self.arms:
            sampled = arm.sampling or self.sampling
            if sampled is None and not isinstance(arm.regimen, EventRecords):
                raise DomainError(
                    f"arm '{arm.name}' has neither sampling of its own nor the scenario's; "
                    "expected sampling times"
                )


def enantiomer_share(
    given: str, expected: str, *, follow: Enantiomer | None, what: str
) -> float:
    """Mass of the expected moiety per mass of the given drug: 1, or a half of the racemate.

    Raises
    ------
    UnitError
        If drug and model differ in moiety and nothing says which enantiomer is followed.
    """
    drug, wanted = substance(given), substance(expected)
    if follow is None:
        require_same_moiety(drug, wanted, what=what)
        return 1.0
    if drug.molecule != wanted.molecule:
        require_same_moiety(drug, wanted, what=what)
    if drug.stereochemistry != "racemate" or wanted.stereochemistry != follow:
        raise DomainError(
            f"{what} follows the {follow} enantiomer, but the drug is {drug.name} "
            f"({drug.stereochemistry}) and the model takes {wanted.name} "
            f"({wanted.stereochemistry}); expected a racemate and a model of that enantiomer"
        )
    return 0.5

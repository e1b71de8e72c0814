"""Rules held against the plans of a scenario: doses, rates and schedule, no patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.regimen import Regimen
from algesia.simulate import Arm, Scenario

from .finding import Finding
from .plan_facts import KETAMINES, ketamine_plan, plan_facts
from .screening import findings_of, summary_of

__all__ = ["ArmFindings", "lint", "lint_line"]

MOST_DOSES: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFindings:
    """What the encoded rules find about the plan of an arm.

    Parameters
    ----------
    arm
        Name of the arm.
    weight_kg
        Median body weight of the arm that doses were sized for, kg, or None.
    fired
        Rules that fired.
    summary
        One line that says so.
    """

    arm: str
    weight_kg: float | None
    fired: tuple[Finding, ...]
    summary: str


def lint(scenario: Scenario) -> tuple[ArmFindings, ...]:
    """Hold the plan of every arm against every encoded rule.

    Parameters
    ----------
    scenario
        The scenario. Arms with event tables, without ketamine or with more than 5000 doses
        are left out.

    Returns
    -------
    tuple
        One for each arm looked at. Nothing is known of the patients but the median weight, so
        most rules are unknown; documents about anyone are used.
    """
    return tuple(found for arm in scenario.arms if (found := _arm_findings(arm)) is not None)


def lint_line(found: Sequence[ArmFindings]) -> str:
    """One line for all arms, empty where none was looked at.

    Parameters
    ----------
    found
        What `lint` gave.
    """
    if not found:
        return ""
    parts = [
        f"{each.arm}: {', '.join(f.rule.id for f in each.fired) or 'none'}" for each in found
    ]
    return (
        f"encoded rules that fire on dose, rate and schedule: {'; '.join(parts)} "
        "(not a clinical clearance; `algesia screen` says more)"
    )


def _arm_findings(arm: Arm) -> ArmFindings | None:
    plan = _plan(arm)
    if plan is None:
        return None
    weight_kg = _median_weight(arm)
    values = plan_facts(ketamine_plan(plan, weight_kg=weight_kg))
    findings = findings_of(values)
    fired = tuple(each for each in findings if each.status == "fired")
    names = f" [{', '.join(each.rule.id for each in fired)}]" if fired else ""
    return ArmFindings(
        arm=arm.name,
        weight_kg=weight_kg,
        fired=fired,
        summary=f"{summary_of(findings)}{names}",
    )


def _plan(arm: Arm) -> Regimen | None:
    """Plan of an arm with its drug filled in, or None where there is no ketamine in it."""
    if not isinstance(arm.regimen, Regimen):
        return None
    plan = arm.regimen
    if not plan.drugs:
        plan = plan.resolved(drug=arm.drug or _own_drug(arm))
    if not set(plan.drugs) & set(KETAMINES) or len(plan.rows()) > MOST_DOSES:
        return None
    return plan


def _own_drug(arm: Arm) -> str | None:
    """Drug that the model takes, where it takes one only."""
    taken = {drug for given in arm.model.inputs for drug in given.substances}
    return next(iter(taken)) if len(taken) == 1 else None


def _median_weight(arm: Arm) -> float | None:
    weights = arm.cohort.covariates.get("weight")
    return None if weights is None else float(np.median(np.asarray(weights, dtype=np.float64)))

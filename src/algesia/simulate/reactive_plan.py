"""Plan of an arm that reacts: its lines of doses, and its rules in their units."""

from collections.abc import Mapping
from dataclasses import dataclass

from algesia.errors import RegimenError, unknown_name
from algesia.regimen import Regimen
from algesia.units import substance

from .course_line import CourseLine, LineDose, lines_of
from .decision import PlacedRule
from .dose_step import LevelStep
from .protocol import BASE_PLAN, Protocol, refuse_endless, refuse_shared_priorities
from .rule import Rule
from .scenario import Arm

__all__ = ["ReactivePlan", "reactive_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactivePlan:
    """Lines and rules of an arm, resolved.

    Parameters
    ----------
    plans
        Names of the plans; the first is the one the arm begins with.
    lines
        Lines of all plans.
    drugs
        All drugs, those rules give beside the plan at the end.
    rules
        Rules, the first to act first.
    beside
        Doses rules give beside the plan, by their line.
    stepped
        Lines whose interval rules step.
    """

    plans: tuple[str, ...]
    lines: tuple[CourseLine, ...]
    drugs: tuple[str, ...]
    rules: tuple[PlacedRule, ...]
    beside: Mapping[int, LineDose]
    stepped: frozenset[int]

    def unit_of(self, drug: int) -> str:
        """Unit of the doses of a drug, empty where no plan has it."""
        units = [line.unit for line in self.lines if line.drug == self.drugs[drug]]
        return units[0] if units else ""


def reactive_plan(arm: Arm) -> ReactivePlan:
    """Resolve the protocol of an arm.

    Parameters
    ----------
    arm
        An arm with a protocol and a plan.

    Raises
    ------
    InputError
        If plan, rules and model do not fit together.
    """
    protocol, regimen = arm.protocol, arm.regimen
    assert protocol is not None
    if not isinstance(regimen, Regimen):
        raise RegimenError(
            f"arm '{arm.name}' has rules and an event table; expected a plan that rules can "
            "change"
        )
    refuse_endless(regimen)
    plans = {BASE_PLAN: regimen, **protocol.plans}
    lines = tuple(
        line
        for number, (name, plan) in enumerate(plans.items())
        for line in lines_of(arm, number, name, plan)
    )
    given = _beside(arm, protocol)
    planned = dict.fromkeys(line.drug for line in lines)
    drugs = tuple(dict.fromkeys([*planned, *(str(each.row.drug) for each in given.values())]))
    rules = []
    beside: dict[int, LineDose] = {}
    for rule in protocol.ordered_rules():
        number = None
        if rule.name in given:
            number = len(lines) + len(beside)
            beside[number] = given[rule.name]
        rules.append(_placed(rule, lines, drugs, tuple(plans), (number, given.get(rule.name))))
    refuse_shared_priorities(tuple((each.rule, _key(each, drugs)) for each in rules))
    return ReactivePlan(
        plans=tuple(plans),
        lines=lines,
        drugs=drugs,
        rules=tuple(rules),
        beside=beside,
        stepped=frozenset(
            number for each in rules if each.rule.then.interval for number in each.steps
        ),
    )


def _beside(arm: Arm, protocol: Protocol) -> dict[str, LineDose]:
    """Dose each rule gives beside the plan, by the name of the rule."""
    found = {}
    for rule in protocol.ordered_rules():
        if rule.then.give is not None:
            (row,) = rule.then.give.rows()
            found[rule.name] = LineDose.of(arm, row)
    return found


def _key(placed: PlacedRule, drugs: tuple[str, ...]) -> str:
    """What rules compete for: the plan of a drug, or doses of it beside the plan."""
    drug = drugs[placed.drug]
    return drug if placed.rule.then.course else f"{drug} beside the plan"


def _placed(
    rule: Rule,
    lines: tuple[CourseLine, ...],
    drugs: tuple[str, ...],
    plans: tuple[str, ...],
    beside: tuple[int | None, LineDose | None],
) -> PlacedRule:
    number, dose = beside
    drug = _drug_of(rule, drugs, dose)
    mine = [place for place, line in enumerate(lines) if line.drug == drug]
    if rule.then.course and not mine and rule.then.switch is None:
        raise RegimenError(
            f"rule '{rule.name}' changes the plan of {drug}, which no plan gives; expected one "
            f"of {', '.join(dict.fromkeys(line.drug for line in lines))}"
        )
    if dose is not None and rule.then.course and dose.row.drug != drug:
        raise RegimenError(
            f"rule '{rule.name}' changes {drug} and gives {dose.row.drug}; expected two rules"
        )
    return PlacedRule(
        rule=rule,
        drug=drugs.index(drug),
        steps=_steps(rule, lines, mine),
        switch=None if rule.then.switch is None else plans.index(rule.then.switch),
        beside=number,
    )


def _drug_of(rule: Rule, drugs: tuple[str, ...], dose: LineDose | None) -> str:
    """Drug a rule is about: named, given beside the plan, or the first of the plan."""
    if rule.drug is not None:
        name = substance(rule.drug).name
        if name not in drugs:
            raise unknown_name(f"drug of rule '{rule.name}'", rule.drug, drugs)
        return name
    if dose is not None and not rule.then.course:
        return str(dose.row.drug)
    return drugs[0]


def _steps(rule: Rule, lines: tuple[CourseLine, ...], mine: list[int]) -> dict[int, LevelStep]:
    """Step of each line a rule may change, in the unit of the line."""
    found = {}
    for number in mine:
        line = lines[number]
        if rule.then.interval is not None:
            line.require_interval(rule.name)
            found[number] = rule.then.interval.in_unit("h", what=f"interval of {line.drug}")
        elif rule.then.dose is not None:
            if rule.then.dose.kind != "times":
                line.require_one_size(rule.name)
            what = f"rule '{rule.name}': {line.what}"
            found[number] = rule.then.dose.in_unit(line.unit, what=what)
    return found

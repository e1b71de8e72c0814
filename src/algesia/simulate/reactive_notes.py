"""What a reader of an arm that reacts is told: its rules, and what became of them."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .ledger import Ledger, Outcome

__all__ = ["RuleTally", "reactive_notes", "rule_tallies"]

SWINGS = 3
"""A dose that turned back so often swings: rules that undo each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTally:
    """How often a rule fired, over some subjects.

    Parameters
    ----------
    rule, drug
        Name of the rule, and the drug it is about.
    acted, at_limit, overruled
        How often it changed something, found its limit reached, or gave way to another rule.
    subjects
        Subjects in whom it changed something.
    swinging
        Subjects in whom it undid the step before it at least three times.
    """

    rule: str
    drug: str
    acted: int
    at_limit: int
    overruled: int
    subjects: int
    swinging: int

    def __add__(self, other: "RuleTally") -> "RuleTally":
        """Tally over the subjects of both."""
        return RuleTally(
            rule=self.rule,
            drug=self.drug,
            acted=self.acted + other.acted,
            at_limit=self.at_limit + other.at_limit,
            overruled=self.overruled + other.overruled,
            subjects=self.subjects + other.subjects,
            swinging=self.swinging + other.swinging,
        )

    def words(self) -> str:
        """One line for a reader."""
        name = f"rule '{self.rule}' ({self.drug})"
        if not (self.acted or self.at_limit or self.overruled):
            return f"{name} never fired"
        parts = [f"acted {self.acted} times in {self.subjects} subjects"]
        if self.at_limit:
            parts.append(f"{self.at_limit} times its limit was reached")
        if self.overruled:
            parts.append(f"{self.overruled} times another rule came first")
        if self.swinging:
            parts.append(
                f"it undid the step before {SWINGS} times or more in {self.swinging} subjects"
            )
        return f"{name}: {', '.join(parts)}"


def reactive_notes(ledger: Ledger, planned_visits: int) -> tuple[str, ...]:
    """Notes that are the same for any part of the subjects.

    Parameters
    ----------
    ledger
        The ledger.
    planned_visits
        Visits the protocol names.
    """
    held = ledger.visits_h.size
    notes = [
        f"reacts to the patient at {held} visits; rules in their order: "
        f"{', '.join(ledger.rules)}",
        "doses that rules change are not compared with those the source studied",
    ]
    if planned_visits > held:
        notes.append(
            f"{planned_visits - held} of {planned_visits} visits fall after the last sampling "
            "time"
        )
    return tuple(notes)


def rule_tallies(ledger: Ledger) -> tuple[RuleTally, ...]:
    """Count what became of every rule.

    Parameters
    ----------
    ledger
        The ledger of an arm, or of some of its subjects.
    """
    rows = ledger.decisions
    swinging = _swinging(ledger)
    tallies = []
    for number, name in enumerate(ledger.rules):
        mine = rows.rule == number
        count = {
            outcome: int(np.count_nonzero(mine & (rows.outcome == outcome)))
            for outcome in Outcome
        }
        acted = mine & (rows.outcome == Outcome.ACTED)
        tallies.append(
            RuleTally(
                rule=name,
                drug=ledger.rule_drugs[number],
                acted=count[Outcome.ACTED],
                at_limit=count[Outcome.AT_LIMIT],
                overruled=count[Outcome.OVERRULED],
                subjects=int(np.unique(rows.who[acted]).size),
                swinging=int(swinging[number]),
            )
        )
    return tuple(tallies)


def _swinging(ledger: Ledger) -> IntArray:
    """Subjects in whom each rule undid the step before it so often, (Q,)."""
    rows = ledger.decisions
    drugs = np.asarray([ledger.rule_drugs.index(each) for each in ledger.rule_drugs])
    moved = np.flatnonzero(
        (rows.outcome == Outcome.ACTED) & (rows.dose_after != rows.dose_before)
        & np.isfinite(rows.dose_after - rows.dose_before)
    )  # fmt: skip
    drug = drugs[rows.rule[moved]]
    order = np.lexsort((rows.visit[moved], drug, rows.who[moved]))
    moved, drug = moved[order], drug[order]
    rose: FloatArray = np.sign(rows.dose_after[moved] - rows.dose_before[moved])
    same = (rows.who[moved][1:] == rows.who[moved][:-1]) & (drug[1:] == drug[:-1])
    turned = np.flatnonzero(same & (rose[1:] != rose[:-1])) + 1
    count = np.zeros((len(ledger.rules), ledger.subjects.size), dtype=np.int64)
    np.add.at(count, (rows.rule[moved[turned]], rows.who[moved[turned]]), 1)
    found: IntArray = np.count_nonzero(count >= SWINGS, axis=1)
    return found

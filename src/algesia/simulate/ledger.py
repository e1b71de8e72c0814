"""Ledger of an arm that reacts: who was seen when, what was seen, decided and given."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DomainError

from .column_set import ColumnSet
from .event_records import EventRecords

__all__ = ["DecisionColumns", "DoseColumns", "Ledger", "Outcome"]

_OTHER, _DOSE = 2, 1


class Outcome(IntEnum):
    """What became of a rule that fired."""

    ACTED = 0
    AT_LIMIT = 1
    OVERRULED = 2

    @property
    def words(self) -> str:
        """What a reader is told."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionColumns(ColumnSet):
    """Rules that fired, one row each.

    Parameters
    ----------
    who
        Position of the subject, (N,).
    visit
        Which visit, (N,), from 0.
    rule
        Which rule, (N,).
    outcome
        `Outcome`, (N,).
    dose_before, dose_after
        Dose of the drug of the rule, (N,), its unit; NaN where the plan has none.
    interval_before_h, interval_after_h
        Time between its doses, (N,), h; NaN where it has none.
    held_until_h
        End of a hold, (N,), h; NaN where the drug is not on hold.
    plan
        Plan after the decision, (N,).
    """

    who: IntArray
    visit: IntArray
    rule: IntArray
    outcome: IntArray
    dose_before: FloatArray
    dose_after: FloatArray
    interval_before_h: FloatArray
    interval_after_h: FloatArray
    held_until_h: FloatArray
    plan: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseColumns(ColumnSet):
    """Doses as they were given, infusions cut at visits, one row each.

    Parameters
    ----------
    who
        Position of the subject, (N,).
    time_h, duration_h
        Start and length, (N,), h; length 0 where given at once.
    amount_mg
        Amount, (N,), mg of base of the drug; 0 where a dose was left out.
    line, place
        Line of the plan and dose of the line, (N,).
    kind
        `DoseKind`, (N,).
    """

    who: IntArray
    time_h: FloatArray
    duration_h: FloatArray
    amount_mg: FloatArray
    line: IntArray
    place: IntArray
    kind: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All that happened in an arm that reacts to its patients.

    Parameters
    ----------
    subjects
        Numbers of the subjects, (S,).
    sights
        Names of what is seen, (N,), and the unit of each.
    units
        Unit of each, (N,).
    rules, rule_drugs, rule_texts, dose_units
        Name, drug and words of every rule, and the unit of the dose it is about.
    plans
        Names of the plans.
    lines
        Drug, plan and input of every line of doses.
    start
        What was seen at the start, (S, N).
    visits_h
        Times of the visits, (V,), h.
    seen
        What was seen at each visit, (S, V, N); NaN after a subject failed.
    decisions
        Rules that fired.
    doses
        Doses given and left out.
    """

    subjects: IntArray
    sights: tuple[str, ...]
    units: tuple[str, ...]
    rules: tuple[str, ...]
    rule_drugs: tuple[str, ...]
    rule_texts: tuple[str, ...]
    dose_units: tuple[str, ...]
    plans: tuple[str, ...]
    lines: tuple[tuple[str, str, str], ...]
    start: FloatArray
    visits_h: FloatArray
    seen: FloatArray
    decisions: DecisionColumns
    doses: DoseColumns

    def acted(self, rule: str) -> int:
        """How often a rule changed something, over all subjects."""
        mine = self.decisions.rule == self.rules.index(rule)
        return int(np.count_nonzero(mine & (self.decisions.outcome == Outcome.ACTED)))

    def place_of(self, subject: int) -> int:
        """Position of a subject.

        Raises
        ------
        DomainError
            If there is no such subject.
        """
        found = np.flatnonzero(self.subjects == subject)
        if not found.size:
            raise DomainError(
                f"no subject {subject} in the ledger; expected one of {self.subjects.size}, "
                f"{int(self.subjects.min())} to {int(self.subjects.max())}"
            )
        return int(found[0])

    def records(self) -> EventRecords:
        """The doses that were given as explicit records, subject by subject.

        An arm with these records in the place of plan and protocol gives the same trajectories
        where inputs take the whole dose of an infusion. Every subject has one record at time 0
        that gives nothing.
        """
        given = self.doses.take(self.doses.amount_mg > 0.0)
        people = np.arange(self.subjects.size, dtype=np.int64)
        who = np.concatenate([people, given.who])
        time_h = np.concatenate([np.zeros(people.size), given.time_h])
        order = np.lexsort((np.arange(who.size), time_h, who))
        nothing = np.zeros(people.size)
        rate = np.divide(
            given.amount_mg,
            given.duration_h,
            out=np.zeros(len(given)),
            where=given.duration_h > 0.0,
        )
        dosed = [self.lines[number][2] for number in given.line.tolist()]
        names = ["" for _ in people] + dosed
        whole = np.zeros(who.size, dtype=np.int64)
        return EventRecords(
            subject=self.subjects[who[order]],
            time_h=time_h[order],
            kind=np.repeat([_OTHER, _DOSE], [people.size, len(given)])[order],
            amount_mg=np.concatenate([nothing, given.amount_mg])[order],
            rate_mg_per_h=np.concatenate([nothing, rate])[order],
            compartment=tuple(names[place] for place in order.tolist()),
            additional=whole,
            interval_h=np.zeros(who.size),
            steady_state=whole,
            covariates={},
            row=np.arange(1, who.size + 1),
            origin="ledger",
        )

    @classmethod
    def joined(cls, parts: Sequence["Ledger"]) -> "Ledger":
        """Ledgers of disjoint subjects of one arm, in the order given."""
        first = parts[0]
        if len(parts) == 1:
            return first
        before = np.cumsum([0, *(part.subjects.size for part in parts)]).tolist()
        return replace(
            first,
            subjects=np.concatenate([part.subjects for part in parts]),
            start=np.concatenate([part.start for part in parts]),
            seen=np.concatenate([part.seen for part in parts]),
            decisions=DecisionColumns.joined(
                replace(part.decisions, who=part.decisions.who + shift)
                for part, shift in zip(parts, before, strict=False)
            ),
            doses=DoseColumns.joined(
                replace(part.doses, who=part.doses.who + shift)
                for part, shift in zip(parts, before, strict=False)
            ),
        )

    def same_as(self, other: "Ledger") -> bool:
        """Whether two ledgers say the same, bit for bit."""
        return all(
            _same(getattr(self, each.name), getattr(other, each.name)) for each in fields(self)
        )


def _same(one: object, other: object) -> bool:
    if isinstance(one, ColumnSet):
        return all(
            _same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one)
        )
    if isinstance(one, np.ndarray):
        equal_nan = one.dtype.kind == "f"
        return bool(np.array_equal(one, np.asarray(other), equal_nan=equal_nan))
    return one == other

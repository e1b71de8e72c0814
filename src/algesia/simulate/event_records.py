"""Doses and observations as explicit records, subject by subject, as in NONMEM."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError, unknown_name
from algesia.population import Column, covariate

__all__ = ["CovariateRule", "EventRecords", "as_column"]

CovariateRule = Literal["nocb", "locf"]

_DOSES, _RESETS, _OBSERVATIONS = (1, 4), (3, 4), (0, 2)

MOST_DOSES = 100_000
"""Doses one record may stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecords:
    """Event records in file order, subjects one after the other.

    Parameters
    ----------
    subject
        Subject of each record, (N,); records of one subject stand together.
    time_h
        Time, (N,), h, not decreasing within a subject but for a reset, which may start anew.
    kind
        EVID: 0 observation, 1 dose, 2 other, 3 reset, 4 reset and dose, (N,).
    amount_mg
        Amount, (N,), mg of the base.
    rate_mg_per_h
        Infusion rate, (N,), mg/h; 0 instantaneous; -1 rate and -2 duration given by the model.
    compartment
        Name of the state or input each record acts on, (N,); empty for observations.
    additional
        Further doses after this one (ADDL), (N,).
    interval_h
        Interval between those doses, or of the steady state (II), (N,), h.
    steady_state
        0 none, 1 steady state replaces the state, 2 it is added to it, (N,).
    covariates
        Covariate columns, each (N,).
    data
        Data columns of the model by their symbols, each (N,), canonical units.
    covariate_rule
        Which record's covariates and data hold between two records: `nocb`, the later one
        (NONMEM's own rule), or `locf`, the earlier one; for all, or by name, `nocb` for others.
    looked_at
        `observations`: outputs are looked at in records of EVID 0 and 2; `records`: in all.
    row
        Line of the file each record came from, (N,), for messages.
    origin
        Where the records came from.
    whole
        The table these records were cut from, or None where they are all of it.
    """

    subject: IntArray
    time_h: FloatArray
    kind: IntArray
    amount_mg: FloatArray
    rate_mg_per_h: FloatArray
    compartment: tuple[str, ...]
    additional: IntArray
    interval_h: FloatArray
    steady_state: IntArray
    covariates: Mapping[str, FloatArray]
    data: Mapping[str, FloatArray] = field(default_factory=dict)
    covariate_rule: CovariateRule | Mapping[str, CovariateRule] = "nocb"
    looked_at: Literal["observations", "records"] = "observations"
    row: IntArray
    origin: str
    whole: "EventRecords | None" = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.subject.size == 0:
            raise DataError(f"{self.origin} holds no records; expected at least one dose")
        self._refuse_rules()
        self._refuse_disorder()
        self._refuse_doses()

    def _refuse_rules(self) -> None:
        """Refuse rules that are unknown, or for columns that do not exist."""
        rules = self.covariate_rule
        named = rules if isinstance(rules, Mapping) else {"covariates": rules}
        for name, rule in named.items():
            if isinstance(rules, Mapping) and name not in {*self.covariates, *self.data}:
                raise unknown_name(
                    f"covariate of {self.origin}", name, (*self.covariates, *self.data)
                )
            if rule not in {"nocb", "locf"}:
                raise DataError(
                    f"covariate rule of {name} is '{rule}'; expected 'nocb' or 'locf', for "
                    "parameters are constant from one event to the next and a line between "
                    "two records would not be exact"
                )

    def _refuse_doses(self) -> None:
        """Refuse doses before the start and series too long to be meant."""
        dosing = np.isin(self.kind, (1, 4))
        early = np.flatnonzero(dosing & (self.time_h < 0.0))
        if early.size:
            raise DataError(
                f"{self.origin}, row {int(self.row[early[0]])}: dose at "
                f"{self.time_h[early[0]]:g} h; expected doses from 0 h on"
            )
        many = np.flatnonzero(dosing & (self.additional >= MOST_DOSES))
        if many.size:
            raise DataError(
                f"{self.origin}, row {int(self.row[many[0]])}: ADDL is "
                f"{int(self.additional[many[0]])}; expected fewer than {MOST_DOSES}"
            )

    def _refuse_disorder(self) -> None:
        """Refuse subjects that return and times that go back without a reset."""
        same = self.subject[1:] == self.subject[:-1]
        anew = np.isin(self.kind[1:], _RESETS)
        back = np.flatnonzero(same & ~anew & (np.diff(self.time_h) < 0.0)) + 1
        if back.size:
            raise DataError(
                f"{self.origin}, row {int(self.row[back[0]])}: time {self.time_h[back[0]]:g} h "
                f"goes back from {self.time_h[back[0] - 1]:g} h; expected times in order, or "
                "EVID 3 or 4"
            )
        starts = np.concatenate([[0], np.flatnonzero(~same) + 1])
        known, counts = np.unique(self.subject[starts], return_counts=True)
        if np.any(counts > 1):
            number = known[np.argmax(counts > 1)]
            again = starts[np.flatnonzero(self.subject[starts] == number)[1]]
            raise DataError(
                f"{self.origin}, row {int(self.row[again])}: subject {int(number)} stands "
                "again after another; expected the records of a subject together"
            )

    def rule_of(self, name: str) -> CovariateRule:
        """Rule of one covariate or data column."""
        rules = self.covariate_rule
        return rules if isinstance(rules, str) else rules.get(name, "nocb")

    def restarts(self) -> IntArray:
        """Records whose time lies before that of the record above, (M,)."""
        back = (self.subject[1:] == self.subject[:-1]) & (np.diff(self.time_h) < 0.0)
        found: IntArray = np.flatnonzero(back) + 1
        return found

    def clock_h(self) -> FloatArray:
        """Time that never goes back, (N,), h: where a reset starts anew, it goes on."""
        lost_h = np.zeros(self.time_h.size)
        again = self.restarts()
        lost_h[again] = self.time_h[again - 1] - self.time_h[again]
        shift_h = np.cumsum(lost_h)
        firsts = np.asarray([low for low, _ in self.ranges()])
        counts = np.diff([*firsts, self.subject.size])
        clock_h: FloatArray = self.time_h + (shift_h - np.repeat(shift_h[firsts], counts))
        return clock_h

    def subjects(self) -> IntArray:
        """Subject identifiers in order of appearance, (S,)."""
        _, first = np.unique(self.subject, return_index=True)
        ordered: IntArray = self.subject[np.sort(first)]
        return ordered

    def ranges(self) -> tuple[tuple[int, int], ...]:
        """First and one-past-last record of each subject, in order of appearance."""
        edges = np.flatnonzero(np.diff(self.subject)) + 1
        bounds = [0, *edges.tolist(), int(self.subject.size)]
        return tuple(pairwise(bounds))

    def part(self, first: int, stop: int) -> "EventRecords":
        """Records of the subjects from one place to another, in order of appearance.

        What the whole table decides stays as it is: sampling times, largest dose, description.
        """
        ranges = self.ranges()[first:stop]
        kept = slice(ranges[0][0], ranges[-1][1])
        columns = ("subject", "time_h", "kind", "amount_mg", "rate_mg_per_h", "compartment",
                   "additional", "interval_h", "steady_state", "row")  # fmt: skip
        return replace(
            self,
            **{name: getattr(self, name)[kept] for name in columns},
            covariates={name: values[kept] for name, values in self.covariates.items()},
            data={name: values[kept] for name, values in self.data.items()},
            whole=self.whole or self,
        )

    def observation_times_h(self) -> FloatArray:
        """Times looked at over all subjects, not decreasing, (T,), h, by `clock_h`.

        A time stands as often as one subject looks at it more than once.
        """
        return self._grid()[0]

    def looks(self) -> IntArray:
        """Place of each record among the times looked at, (N,), -1 where it is not."""
        place = np.full(self.subject.size, -1, dtype=np.int64)
        table = self.whole or self
        start = int(np.argmax(table.subject == self.subject[0]))
        rows, places = self._grid()[1:]
        mine = (rows >= start) & (rows < start + self.subject.size)
        place[rows[mine] - start] = places[mine]
        return place

    def _grid(self) -> tuple[FloatArray, IntArray, IntArray]:
        """Times of the whole table, the records that look, and their places."""
        table = self.whole or self
        looking = np.isin(table.kind, _OBSERVATIONS) | (table.looked_at == "records")
        rows = np.flatnonzero(looking)
        if rows.size == 0:
            return np.zeros(0), rows, rows
        clock_h, subject = table.clock_h()[rows], table.subject[rows]
        fresh = np.append(True, (clock_h[1:] != clock_h[:-1]) | (subject[1:] != subject[:-1]))
        order = np.arange(rows.size)
        again = order - np.maximum.accumulate(np.where(fresh, order, 0))
        keys, places = np.unique(
            np.stack([clock_h, again.astype(np.float64)], axis=1), axis=0, return_inverse=True
        )
        return keys[:, 0], rows, places.reshape(-1)

    def largest_amount_mg(self) -> float:
        """Largest dose of the table, or what an infusion gives in 1 h, mg; 0 without doses."""
        table = self.whole or self
        return float(np.max(np.maximum(table.amount_mg, table.rate_mg_per_h), initial=0.0))

    def describe(self) -> str:
        """One line: how many doses for how many subjects, and the rule of each covariate."""
        if self.whole is not None:
            return self.whole.describe()
        doses = int(np.count_nonzero(np.isin(self.kind, _DOSES)))
        names = (*self.covariates, *self.data)
        rules = [f"{name} by {self.rule_of(name).upper()}" for name in names]
        return ", ".join(
            [
                f"{doses} dose records of {self.subjects().size} subjects from {self.origin}",
                *rules,
            ]
        )


def as_column(name: str, values: FloatArray) -> Column:
    """Covariate values of a table as a cohort holds them: flags as truth values.

    Raises
    ------
    DataError
        If a flag is neither 0 nor 1, or the covariate is a level that a number cannot say.

    Examples
    --------
    >>> as_column("female", np.array([0.0, 1.0]))
    array([False,  True])
    """
    kind = covariate(name).kind
    if kind == "level":
        raise DataError(f"covariate '{name}' is a word; an event table holds numbers only")
    if kind == "flag":
        wrong = ~np.isin(values, (0.0, 1.0))
        if wrong.any():
            raise DataError(f"covariate '{name}' is {values[wrong][0]:g}; expected 0 or 1")
        column: Column = values == 1.0
        return column
    return values

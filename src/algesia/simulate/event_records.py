"""Doses and observations as explicit records, subject by subject, as in NONMEM."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError, unknown_name
from algesia.population import Column, covariate

__all__ = ["CovariateRule", "EventRecords", "as_column", "running_clock_h"]

CovariateRule = Literal["nocb", "locf", "linear"]

_DOSES, _RESETS, _OBSERVATIONS = (1, 4), (3, 4), (0, 2)

MOST_DOSES = 100_000
"""Doses one record may stand for."""

LONGEST_H, SHORTEST_INTERVAL_H = 1e6, 1e-4
"""Latest time and longest interval of a table, a century; shortest interval; h."""

MOST_MG, MOST_MG_PER_H = 1e9, 1e12
"""Largest amount and rate; what is larger is a slip of the pen."""


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
        What holds between two records: `nocb`, the later one's value (NONMEM's own rule),
        `locf`, the earlier one's, or `linear`, the straight line from one to the other; for all
        covariates and data columns, or by name, `nocb` for others.
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
        self._refuse_doses()
        self._refuse_disorder()

    def _refuse_rules(self) -> None:
        """Refuse rules that are unknown, or for columns that do not exist."""
        rules = self.covariate_rule
        named = rules if isinstance(rules, Mapping) else {"covariates": rules}
        for name, rule in named.items():
            if isinstance(rules, Mapping) and name not in {*self.covariates, *self.data}:
                raise unknown_name(
                    f"covariate of {self.origin}", name, (*self.covariates, *self.data)
                )
            if rule not in get_args(CovariateRule):
                raise DataError(
                    f"covariate rule of {name} is '{rule}'; expected 'nocb', 'locf' or 'linear'"
                )
        for name in self.covariates:
            if self.rule_of(name) == "linear" and covariate(name).kind != "number":
                raise DataError(
                    f"covariate rule of {name} is 'linear', but {name} is no number; expected "
                    "'nocb' or 'locf'"
                )

    def _refuse_doses(self) -> None:
        """Refuse numbers, doses before the start and series that cannot be meant."""
        dosing = np.isin(self.kind, _DOSES)
        repeated = dosing & ((self.additional > 0) | (self.steady_state > 0))
        repeated &= self.interval_h != 0.0
        # Each is refused unless it holds, so that NaN is.
        for column, values, rows, low, high, unit in (
            ("TIME", self.time_h, np.ones_like(dosing), -LONGEST_H, LONGEST_H, "h"),
            ("AMT", self.amount_mg, dosing, 0.0, MOST_MG, "mg"),
            ("RATE", self.rate_mg_per_h, dosing, -2.0, MOST_MG_PER_H, "mg/h"),
            ("II", self.interval_h, repeated, SHORTEST_INTERVAL_H, LONGEST_H, "h"),
            ("ADDL", self.additional, dosing, 0, MOST_DOSES - 1, "doses"),
        ):
            wrong = np.flatnonzero(rows & ~((values >= low) & (values <= high)))
            if wrong.size:
                first = int(wrong[0])
                raise DataError(
                    f"{self.where(first, column)} is {values[first]:g} {unit}; expected from "
                    f"{low:g} to {high:g} {unit}"
                )
        lasts_h = np.where(repeated, self.time_h + self.additional * self.interval_h, 0.0)
        late = np.flatnonzero(lasts_h > LONGEST_H)
        if late.size:
            first = int(late[0])
            raise DataError(
                f"{self.where(first, 'ADDL')}: the last dose is given at {lasts_h[first]:g} h; "
                f"expected up to {LONGEST_H:g} h"
            )

    def _refuse_disorder(self) -> None:
        """Refuse subjects that return and times that go back without a reset."""
        same = self.subject[1:] == self.subject[:-1]
        anew = np.isin(self.kind[1:], _RESETS)
        back = np.flatnonzero(same & ~anew & (np.diff(self.time_h) < 0.0)) + 1
        if back.size:
            raise DataError(
                f"{self.where(int(back[0]), 'TIME')}: time {self.time_h[back[0]]:g} h "
                f"goes back from {self.time_h[back[0] - 1]:g} h; expected times in order, or "
                "EVID 3 or 4"
            )
        starts = np.concatenate([[0], np.flatnonzero(~same) + 1])
        known, counts = np.unique(self.subject[starts], return_counts=True)
        if np.any(counts > 1):
            number = known[np.argmax(counts > 1)]
            again = starts[np.flatnonzero(self.subject[starts] == number)[1]]
            raise DataError(
                f"{self.where(int(again), 'ID')}: subject {int(number)} stands "
                "again after another; expected the records of a subject together"
            )

    def rules(self) -> dict[str, CovariateRule]:
        """Rule of every covariate and data column."""
        return {name: self.rule_of(name) for name in (*self.covariates, *self.data)}

    def rule_of(self, name: str) -> CovariateRule:
        """Rule of one covariate or data column."""
        rules = self.covariate_rule
        return rules if isinstance(rules, str) else rules.get(name, "nocb")

    def restarts(self) -> IntArray:
        """Records whose time lies before that of the record above, (M,)."""
        return _restarts(self.time_h, self.subject)

    def clock_h(self) -> FloatArray:
        """Time that never goes back, (N,), h: where a reset starts anew, it goes on."""
        return running_clock_h(self.time_h, self.subject)

    def subjects(self) -> IntArray:
        """Subject identifiers in order of appearance, (S,)."""
        _, first = np.unique(self.subject, return_index=True)
        ordered: IntArray = self.subject[np.sort(first)]
        return ordered

    def ranges(self) -> tuple[tuple[int, int], ...]:
        """First and one-past-last record of each subject, in order of appearance."""
        return tuple(pairwise(self.first_records().tolist()))

    def first_records(self) -> IntArray:
        """First record of each subject and one past the last, (S + 1,)."""
        edges = np.flatnonzero(np.diff(self.subject)) + 1
        return np.concatenate([[0], edges, [self.subject.size]]).astype(np.int64)

    def where(self, record: int, column: str) -> str:
        """Where a value stands, for messages."""
        return f"{self.origin}, row {int(self.row[record])}, column {column}"

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

    def usual_amount_mg(self) -> float:
        """Largest dose of the subject whose largest dose is smallest, mg; 0 without doses.

        What an infusion without end gives in 1 h counts as its dose. One subject's large dose
        so leaves the accuracy of the others as it is.
        """
        table = self.whole or self
        given = np.where(table.amount_mg > 0.0, table.amount_mg, table.rate_mg_per_h)
        given = np.where(np.isin(table.kind, _DOSES), given, 0.0)
        largest = np.maximum.reduceat(given, table.first_records()[:-1])
        given = largest[largest > 0.0]
        return float(given.min()) if given.size else 0.0

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


def _restarts(time_h: FloatArray, subject: IntArray) -> IntArray:
    back = (subject[1:] == subject[:-1]) & (np.diff(time_h) < 0.0)
    found: IntArray = np.flatnonzero(back) + 1
    return found


def running_clock_h(time_h: FloatArray, subject: IntArray) -> FloatArray:
    """Time that never goes back within a subject, (N,), h.

    Parameters
    ----------
    time_h
        Times of records, (N,), h; where one goes back, the clock goes on from the one before.
    subject
        Subject of each, (N,), those of one together.

    Examples
    --------
    >>> running_clock_h(np.array([0.0, 5.0, 0.0, 2.0]), np.zeros(4)).tolist()
    [0.0, 5.0, 5.0, 7.0]
    """
    again = _restarts(time_h, subject)
    if not again.size:
        return time_h
    lost_h = np.zeros(time_h.size)
    lost_h[again] = time_h[again - 1] - time_h[again]
    shift_h = np.cumsum(lost_h)
    first = np.concatenate([[0], np.flatnonzero(np.diff(subject)) + 1, [subject.size]])
    at_first = np.repeat(shift_h[first[:-1]], np.diff(first))
    clock_h: FloatArray = time_h + (shift_h - at_first)
    # A sum of differences may fall short of what it was taken from, by rounding.
    for place in np.unique(np.searchsorted(first, again, side="right") - 1).tolist():
        own = slice(first[place], first[place + 1])
        clock_h[own] = np.maximum.accumulate(clock_h[own])
    return clock_h


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

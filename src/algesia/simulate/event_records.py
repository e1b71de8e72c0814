"""Doses and observations as explicit records, subject by subject, as in NONMEM."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError
from algesia.population import Column, covariate

__all__ = ["CovariateRule", "EventRecords", "as_column"]

CovariateRule = Literal["nocb", "locf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecords:
    """Event records in file order, subjects one after the other.

    Parameters
    ----------
    subject
        Subject of each record, (N,); records of one subject stand together.
    time_h
        Time, (N,), h, not decreasing within a subject.
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
    covariate_rule
        Which record's covariates hold between two records: `nocb`, the later one (NONMEM's
        own rule), or `locf`, the earlier one.
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
    covariate_rule: CovariateRule = "nocb"
    row: IntArray
    origin: str
    whole: "EventRecords | None" = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.subject.size == 0:
            raise DataError(f"{self.origin} holds no records; expected at least one dose")
        if self.covariate_rule not in {"nocb", "locf"}:
            raise DataError(
                f"covariate rule is '{self.covariate_rule}'; expected 'nocb' or 'locf'"
            )
        self._refuse_disorder()

    def _refuse_disorder(self) -> None:
        """Refuse subjects that return and times that go back."""
        same = self.subject[1:] == self.subject[:-1]
        back = np.flatnonzero(same & (np.diff(self.time_h) < 0.0)) + 1
        if back.size:
            raise DataError(
                f"{self.origin}, row {int(self.row[back[0]])}: time {self.time_h[back[0]]:g} h "
                f"goes back from {self.time_h[back[0] - 1]:g} h; expected times in order"
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
            whole=self.whole or self,
        )

    def observation_times_h(self) -> FloatArray:
        """Times of the observation records over all subjects, increasing, (T,), h."""
        table = self.whole or self
        times: FloatArray = np.unique(table.time_h[table.kind == 0])
        return times

    def largest_amount_mg(self) -> float:
        """Largest dose of the table, mg; 0 where it has none."""
        return float(np.max((self.whole or self).amount_mg, initial=0.0))

    def describe(self) -> str:
        """One line: how many doses for how many subjects, and the covariate rule."""
        if self.whole is not None:
            return self.whole.describe()
        doses = int(np.count_nonzero(np.isin(self.kind, (1, 4))))
        rule = f", covariates by {self.covariate_rule.upper()}" if self.covariates else ""
        return (
            f"{doses} dose records of {self.subjects().size} subjects from {self.origin}{rule}"
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

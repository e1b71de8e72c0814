"""The rules of an event table, each naming the first row that breaks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError

__all__ = ["FIRST_NAME", "EventRules", "refuse_field"]

LARGEST_WHOLE: Final = 2.0**53
FIRST_NAME: Final = -1_000_000
"""Number that stands for the first compartment called by a name; the next ones lie below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """The rules of an event table.

    Parameters
    ----------
    where
        Name of the file.
    row_number
        Line of each row, (R,).
    columns
        Columns by name, (R,) each, NaN where missing.
    """

    where: str
    row_number: IntArray
    columns: Mapping[str, FloatArray]

    def filled(self, name: str, default: float) -> FloatArray:
        """Give a column with its missing values filled in."""
        if name not in self.columns:
            return np.full(len(self.row_number), default)
        values = self.columns[name]
        return np.where(np.isnan(values), default, values)

    def first(self, wrong: np.ndarray, name: str, value: FloatArray, expected: str) -> None:
        """Refuse the first row that is marked wrong."""
        if wrong.any():
            row = int(np.argmax(wrong))
            shown = "missing" if np.isnan(value[row]) else f"{value[row]:g}"
            refuse_field(self.where, int(self.row_number[row]), name, shown, expected)

    def check_present(self, name: str) -> None:
        """Refuse missing values."""
        values = self.columns[name]
        self.first(np.isnan(values), name, values, "a number")

    def check_whole(self, name: str) -> None:
        """Refuse values of a whole column that are not whole."""
        if name in self.columns:
            values = self.filled(name, 0.0)
            wrong = (values != np.floor(values)) | (np.abs(values) > LARGEST_WHOLE)
            self.first(wrong, name, values, "a whole number")

    def check_together(self, subject: IntArray, starts: IntArray) -> None:
        """Refuse a subject whose rows do not stand together."""
        seen, first = np.unique(subject[starts], return_index=True)
        if len(seen) == len(starts):
            return
        again = np.ones(len(starts), dtype=np.bool_)
        again[first] = False
        row = int(starts[int(np.argmax(again))])
        refuse_field(
            self.where, int(self.row_number[row]), "ID", str(subject[row]),
            "the rows of a subject to stand together",
        )  # fmt: skip

    def check_events(self, amount: FloatArray, event: FloatArray) -> None:
        """Refuse doses that cannot be given."""
        rate, interval = self.filled("RATE", 0.0), self.filled("II", 0.0)
        additional, steady = self.filled("ADDL", 0.0), self.filled("SS", 0.0)
        compartment, missing = self.filled("CMT", 0.0), self.filled("MDV", 0.0)
        no_dose = (event != 1.0) & (event != 4.0)
        named = (rate < 0.0) & (rate != -1.0) & (rate != -2.0)
        # Without an amount a steady state is that of a constant infusion, or of no dose at all.
        alone = (steady > 0.0) & (amount == 0.0) & ~no_dose
        endless = (steady > 0.0) & (interval == 0.0) & (amount > 0.0) & ~no_dose
        rules = (
            ((event < 0.0) | (event > 4.0), "EVID", event, "0, 1, 2, 3 or 4"),
            (amount < 0.0, "AMT", amount, "an amount from 0"),
            ((amount > 0.0) & no_dose, "AMT", amount, "0 or '.' in a row that is no dose"),
            (named, "RATE", rate, "a rate from 0, or -1 or -2"),
            (alone & (rate == -2.0), "RATE", rate, "a rate or -1 beside SS without an amount"),
            (
                alone & (rate != 0.0) & (additional > 0.0),
                "ADDL",
                additional,
                "0 for a constant infusion",
            ),
            (additional < 0.0, "ADDL", additional, "a number of doses from 0"),
            (interval < 0.0, "II", interval, "an interval from 0"),
            ((steady < 0.0) | (steady > 2.0), "SS", steady, "0, 1 or 2"),
            (
                (additional > 0.0) & (interval == 0.0),
                "ADDL",
                additional,
                "II above 0 beside it",
            ),
            (endless, "SS", steady, "II above 0 beside it"),
            (
                (compartment < 0.0) & (compartment > FIRST_NAME),
                "CMT",
                compartment,
                "a compartment from 0; none can be turned off",
            ),
            ((missing < 0.0) | (missing > 1.0), "MDV", missing, "0 or 1"),
        )
        for wrong, name, value, expected in rules:
            self.first(wrong, name, value, expected)

    def check_times(self, time: FloatArray, subject: IntArray, event: FloatArray) -> None:
        """Refuse times that run backwards within a subject, resets apart."""
        anew = (event == 3.0) | (event == 4.0)
        same = np.r_[False, subject[1:] == subject[:-1]]
        back = np.r_[False, np.diff(time) < 0.0]
        self.first(same & back & ~anew, "TIME", time, "a time not before that of the row above")


def refuse_field(where: str, line: int, column: str, value: str, expected: str) -> NoReturn:
    """Refuse a field, naming its row."""
    shown = " ".join(value.split())
    shown = shown if len(shown) <= 40 else f"{shown[:36]}…"
    raise DataError(
        f"{where}, row {line}, column {column} is '{shown}'; expected {expected}"
    ) from None

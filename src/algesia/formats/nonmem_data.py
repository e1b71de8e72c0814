"""Event tables in the NONMEM layout: one row per dose or observation, ordered within subjects.

Columns are found by name, in any case: ID and TIME must be there; AMT, RATE, EVID, CMT, ADDL,
II, SS, DV and MDV may be; every other column of numbers is a covariate. Times are in hours. A
`.` or an empty field is a missing value: the default of an event column, NaN in DV and in
covariates. A first column `C` marks a row as a comment where it holds anything but `.`.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError, FileInputError, nearest_names

__all__ = ["EVENT_COLUMNS", "EventTable", "read_event_table"]

EVENT_COLUMNS: Final = (
    "ID", "TIME", "AMT", "RATE", "EVID", "CMT", "ADDL", "II", "SS", "DV", "MDV",
)  # fmt: skip
WHOLE_COLUMNS: Final = ("ID", "EVID", "CMT", "ADDL", "SS", "MDV")
MISSING: Final = frozenset({".", ""})
ROWS_PER_BLOCK: Final = 65_536
LARGEST_WHOLE: Final = 2.0**53


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """Doses and observations of S subjects in R rows.

    Parameters
    ----------
    subject
        Identifier, (R,), whole. Rows of a subject stand together.
    time_h
        Time, (R,), h, not decreasing within a subject unless a row of
        EVID 3 or 4 starts its clock anew.
    amount
        AMT, (R,), in the unit of the file, from 0; 0 in rows that are not doses.
    rate
        RATE, (R,), amount per h; 0 instantaneous, -1 rate and -2 duration by the model.
    kind
        EVID, (R,): 0 observation, 1 dose, 2 other, 3 reset, 4 reset and dose. Without the
        column: 1 where the amount is above 0, otherwise 0.
    compartment
        CMT, (R,), from 0; 0 is the default compartment. Whether a number exists is for the
        model to say.
    additional
        ADDL, (R,), further doses, from 0.
    interval_h
        II, (R,), h, time between them, from 0.
    steady_state
        SS, (R,), 0, 1 or 2.
    observed
        DV, (R,), NaN where missing.
    missing_observation
        MDV, (R,), 0 or 1. Without the column: 1 where the row is no observation.
    covariates
        Other columns, (R,) each, NaN where missing, by the name in the file.
    row
        Line of the file, (R,), the header being line 1.
    first_row
        Where each subject begins, (S + 1,); subject s has rows first_row[s]:first_row[s + 1].
    """

    subject: IntArray
    time_h: FloatArray
    amount: FloatArray
    rate: FloatArray
    kind: IntArray
    compartment: IntArray
    additional: IntArray
    interval_h: FloatArray
    steady_state: IntArray
    observed: FloatArray
    missing_observation: IntArray
    covariates: Mapping[str, FloatArray]
    row: IntArray
    first_row: IntArray

    @property
    def subjects(self) -> IntArray:
        """Identifiers of the subjects, (S,), in the order of the file."""
        return self.subject[self.first_row[:-1]]

    def rows_of(self, index: int) -> slice:
        """Rows of the subject with this index, from 0."""
        return slice(int(self.first_row[index]), int(self.first_row[index + 1]))


def read_event_table(path: Path) -> EventTable:
    """Read an event table from a CSV file with a header.

    Parameters
    ----------
    path
        The file, UTF-8 text, fields parted by commas.

    Returns
    -------
    EventTable
        The rows, with comment rows left out.

    Raises
    ------
    FileInputError
        If the file is missing or cannot be read as text.
    DataError
        If a row cannot be used. The message gives file, row, column, value and what was
        expected.
    """
    path = Path(path)
    where = path.name
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            columns, row_number = _columns(csv.reader(stream, strict=True), where)
    except FileNotFoundError:
        near = (
            [entry.name for entry in path.parent.glob("*.csv")] if path.parent.is_dir() else []
        )
        close = nearest_names(path.name, near)
        hint = f"close names: {', '.join(close)}" if close else "expected a CSV file"
        raise FileInputError(f"no file {path}; {hint}") from None
    except UnicodeDecodeError:
        raise FileInputError(f"{path} is not UTF-8 text; expected a CSV file") from None
    except (OSError, ValueError, csv.Error) as error:
        raise FileInputError(f"{path} cannot be read: {error}; expected a CSV file") from None
    return _table(columns, row_number, where)


def _columns(
    reader: Iterable[Sequence[str]], where: str
) -> tuple[dict[str, FloatArray], IntArray]:
    """Read the columns as numbers by their names, with the line of each row."""
    rows = iter(reader)
    header = [" ".join(name.split()) for name in next(rows, [])]
    names, comment = _names(header, where)
    blocks: list[FloatArray] = []
    numbers: list[IntArray] = []
    block: list[Sequence[str]] = []
    lines: list[int] = []
    for line, row in enumerate(rows, start=2):
        if not row or (comment and row[0].strip() not in MISSING):
            continue
        if len(row) != len(header):
            raise DataError(
                f"{where}, row {line} has {len(row)} fields;"
                f" expected {len(header)} as in the header"
            )
        block.append(row)
        lines.append(line)
        if len(block) == ROWS_PER_BLOCK:
            blocks.append(_numbers(block, lines, header, comment, where))
            numbers.append(np.array(lines, dtype=np.int64))
            block, lines = [], []
    if block:
        blocks.append(_numbers(block, lines, header, comment, where))
        numbers.append(np.array(lines, dtype=np.int64))
    if not blocks:
        raise DataError(f"{where} has no rows; expected at least one after the header")
    table = np.concatenate(blocks, axis=1)
    return dict(zip(names, table, strict=True)), np.concatenate(numbers)


def _names(header: list[str], where: str) -> tuple[list[str], bool]:
    """Give the name of each column, event columns in capitals, and whether C comes first."""
    if not header or header == [""]:
        raise DataError(f"{where} is empty; expected a header with ID and TIME")
    comment = header[0].upper() == "C"
    names = [
        name.upper() if name.upper() in EVENT_COLUMNS else name for name in header[comment:]
    ]
    folded: set[str] = set()
    for name in names:
        if not name:
            raise DataError(f"{where}, row 1 has a column without a name; expected one")
        if name.upper() in folded:
            raise DataError(f"{where}, row 1 names the column '{name}' twice; expected it once")
        folded.add(name.upper())
    for needed in ("ID", "TIME"):
        if needed not in names:
            shown = ", ".join(names[:12])
            raise DataError(
                f"{where}, row 1 has no column {needed}; expected it beside {shown}"
            )
    return names, comment


def _numbers(
    block: list[Sequence[str]], lines: list[int], header: list[str], comment: bool, where: str
) -> FloatArray:
    """Convert a block of rows to numbers, (columns, rows); missing values are NaN."""
    columns = list(zip(*block, strict=True))[comment:]
    table = np.empty((len(columns), len(block)), dtype=np.float64)
    for index, column in enumerate(columns):
        try:
            values = [float(field) if field != "." else np.nan for field in column]
        except ValueError:
            values = [_missing_or_number(field) for field in column]
        table[index] = values
        # float() also understands "nan", "inf" and "1_000", which no event table means.
        for bad in np.flatnonzero(~np.isfinite(table[index])):
            if column[bad].strip() not in MISSING:
                _refuse(
                    where, lines[bad], header[comment + index], column[bad], "a finite number"
                )
    return table


def _missing_or_number(field: str) -> float:
    """Give the number in a field, NaN if it is missing, infinity if it is no number."""
    if field.strip() in MISSING:
        return np.nan
    try:
        return float(field)
    except ValueError:
        return np.inf


def _table(columns: dict[str, FloatArray], row_number: IntArray, where: str) -> EventTable:
    """Fill in defaults, check every rule, and build the table."""
    checker = _Checker(where=where, row_number=row_number, columns=columns)
    checker.check_present("ID")
    checker.check_present("TIME")
    for name in WHOLE_COLUMNS:
        checker.check_whole(name)
    subject = columns["ID"].astype(np.int64)
    starts = np.flatnonzero(np.r_[True, subject[1:] != subject[:-1]])
    checker.check_together(subject, starts)
    amount = checker.filled("AMT", 0.0)
    event = checker.filled("EVID", 0.0)
    if "EVID" not in columns:
        event = (amount > 0.0).astype(np.float64)
    checker.check_events(amount, event)
    checker.check_times(columns["TIME"], subject, event)
    missing = columns.get("MDV", np.full(len(subject), np.nan))
    covariates = {name: values for name, values in columns.items() if name not in EVENT_COLUMNS}
    return EventTable(
        subject=subject,
        time_h=columns["TIME"],
        amount=amount,
        rate=checker.filled("RATE", 0.0),
        kind=event.astype(np.int64),
        compartment=checker.filled("CMT", 0.0).astype(np.int64),
        additional=checker.filled("ADDL", 0.0).astype(np.int64),
        interval_h=checker.filled("II", 0.0),
        steady_state=checker.filled("SS", 0.0).astype(np.int64),
        observed=columns.get("DV", np.full(len(subject), np.nan)),
        missing_observation=np.where(np.isnan(missing), event != 0.0, missing).astype(np.int64),
        covariates=covariates,
        row=row_number,
        first_row=np.r_[starts, len(subject)].astype(np.int64),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checker:
    """The rules of an event table, each naming the first row that breaks it."""

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
            _refuse(self.where, int(self.row_number[row]), name, shown, expected)

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
        _refuse(
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
        # An infusion of amount 0 is the steady state of a constant infusion, and only that.
        lone = (amount == 0.0) & ~no_dose & ~((steady > 0.0) & (rate > 0.0))
        endless = (steady > 0.0) & (interval == 0.0) & ~((rate > 0.0) & (amount == 0.0))
        rules = (
            ((event < 0.0) | (event > 4.0), "EVID", event, "0, 1, 2, 3 or 4"),
            (amount < 0.0, "AMT", amount, "an amount from 0"),
            ((amount > 0.0) & no_dose, "AMT", amount, "0 or '.' in a row that is no dose"),
            (named, "RATE", rate, "a rate from 0, or -1 or -2"),
            (lone, "AMT", amount, "an amount above 0 in a dose"),
            (additional < 0.0, "ADDL", additional, "a number of doses from 0"),
            (interval < 0.0, "II", interval, "an interval from 0"),
            ((steady < 0.0) | (steady > 2.0), "SS", steady, "0, 1 or 2"),
            (
                (additional > 0.0) & (interval == 0.0),
                "ADDL",
                additional,
                "II above 0 beside it",
            ),
            (endless & ~no_dose, "SS", steady, "II above 0 beside it"),
            (compartment < 0.0, "CMT", compartment, "a compartment from 0"),
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


def _refuse(where: str, line: int, column: str, value: str, expected: str) -> NoReturn:
    """Raise the error that numbers the row."""
    shown = " ".join(value.split())
    shown = shown if len(shown) <= 40 else f"{shown[:36]}…"
    raise DataError(
        f"{where}, row {line}, column {column} is '{shown}'; expected {expected}"
    ) from None

"""Event tables in the NONMEM layout: one row per dose or observation, ordered within subjects.

Columns are found by name, in any case: ID and TIME must be there; AMT, RATE, EVID, CMT, ADDL,
II, SS, DV and MDV may be; every other column of numbers is a covariate. Times are in hours. A
`.` or an empty field is a missing value: the default of an event column, NaN in DV and in
covariates. CMT may hold names. A first column `C` marks a row as a comment where it holds
anything but `.`.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError, FileInputError, nearest_names

from .event_rules import FIRST_NAME, EventRules, refuse_field
from .patient_table import identifies_people

__all__ = ["EVENT_COLUMNS", "EventTable", "read_event_table"]

EVENT_COLUMNS: Final = (
    "ID", "TIME", "AMT", "RATE", "EVID", "CMT", "ADDL", "II", "SS", "DV", "MDV",
)  # fmt: skip
WHOLE_COLUMNS: Final = ("ID", "EVID", "CMT", "ADDL", "SS", "MDV")
MISSING: Final = frozenset({".", ""})
ROWS_PER_BLOCK: Final = 65_536
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}\Z")


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
        column: 1 where the row gives something, otherwise 2 where MDV is 1, otherwise 0.
    compartment
        CMT, (R,), from 0; 0 is the default compartment. Whether a number exists is for the
        model to say. A number below 0 stands for a name.
    compartment_names
        Names that stand in CMT by the numbers that stand for them.
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
    compartment_names: Mapping[int, str]
    row: IntArray
    first_row: IntArray

    @property
    def subjects(self) -> IntArray:
        """Identifiers of the subjects, (S,), in the order of the file."""
        return self.subject[self.first_row[:-1]]

    def rows_of(self, index: int) -> slice:
        """Rows of the subject with this index, from 0."""
        return slice(int(self.first_row[index]), int(self.first_row[index + 1]))


def read_event_table(path: Path, *, lenient: bool = False) -> EventTable:
    """Read an event table from a CSV file with a header.

    Parameters
    ----------
    path
        The file, UTF-8 text, fields parted by commas.
    lenient
        Put the rows of a subject together where they stand apart, and take words in columns
        that are no event columns for missing values; both are refused otherwise.

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
            reader = csv.reader(stream, strict=True)
            columns, row_number, called = _columns(reader, where, words=lenient)
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
    if lenient:
        _, first, which = np.unique(columns["ID"], return_index=True, return_inverse=True)
        order = np.argsort(first[which], kind="stable")
        columns = {name: values[order] for name, values in columns.items()}
        row_number = row_number[order]
    return _table(columns, row_number, called, where)


def _columns(
    reader: Iterable[Sequence[str]], where: str, *, words: bool
) -> tuple[dict[str, FloatArray], IntArray, dict[int, str]]:
    """Read the columns as numbers by their names, the line of each row, and names in CMT."""
    rows = iter(reader)
    header = [" ".join(name.split()) for name in next(rows, [])]
    names, comment = _names(header, where)
    called: dict[str, float] = {}
    blocks: list[FloatArray] = []
    numbers: list[IntArray] = []
    for block, lines in _blocks(rows, len(header), where, comment=comment):
        blocks.append(_numbers(block, lines, header[comment:], called, where, words=words))
        numbers.append(np.array(lines, dtype=np.int64))
    if not blocks:
        raise DataError(f"{where} has no rows; expected at least one after the header")
    table = np.concatenate(blocks, axis=1)
    by_number = {int(number): name for name, number in called.items()}
    return dict(zip(names, table, strict=True)), np.concatenate(numbers), by_number


def _blocks(
    rows: Iterable[Sequence[str]], width: int, where: str, *, comment: bool
) -> Iterator[tuple[list[Sequence[str]], list[int]]]:
    """Give rows with their lines, many at a time, comment rows left out."""
    block: list[Sequence[str]] = []
    lines: list[int] = []
    for line, row in enumerate(rows, start=2):
        if not row or (comment and row[0].strip() not in MISSING):
            continue
        if len(row) != width:
            raise DataError(
                f"{where}, row {line} has {len(row)} fields; expected {width} as in the header"
            )
        block.append(row)
        lines.append(line)
        if len(block) == ROWS_PER_BLOCK:
            yield block, lines
            block, lines = [], []
    if block:
        yield block, lines


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
        if identifies_people(name):
            raise DataError(
                f"{where}, row 1: column '{name}' may identify people; "
                "expected a table without it"
            )
        folded.add(name.upper())
    for needed in ("ID", "TIME"):
        if needed not in names:
            shown = ", ".join(names[:12])
            raise DataError(
                f"{where}, row 1 has no column {needed}; expected a header with commas, "
                f"with {needed} beside {shown}"
            )
    return names, comment


def _numbers(
    block: list[Sequence[str]],
    lines: list[int],
    header: list[str],
    called: dict[str, float],
    where: str,
    *,
    words: bool,
) -> FloatArray:
    """Convert a block of rows to numbers, (columns, rows); missing values are NaN."""
    skipped = len(block[0]) - len(header)
    columns = list(zip(*block, strict=True))[skipped:]
    table = np.empty((len(columns), len(block)), dtype=np.float64)
    for index, column in enumerate(columns):
        try:
            values = [float(field) if field != "." else np.nan for field in column]
            if _is_not_plain("".join(column)):
                raise ValueError
        except ValueError:
            names = called if header[index].upper() == "CMT" else None
            values = [_missing_or_number(field, names) for field in column]
        table[index] = values
        # float() also understands "nan" and "inf", which no event table means.
        for bad in np.flatnonzero(~np.isfinite(table[index])):
            if words and header[index].upper() not in EVENT_COLUMNS:
                table[index, bad] = np.nan
            elif column[bad].strip() not in MISSING:
                refuse_field(where, lines[bad], header[index], column[bad], "a finite number")
    return table


def _is_not_plain(text: str) -> bool:
    """Whether a text has what float() takes for a number and no event table means.

    It reads "1_000", and digits of other scripts.
    """
    return "_" in text or not text.isascii()


def _missing_or_number(field: str, called: dict[str, float] | None) -> float:
    """Give the number in a field, NaN if it is missing, infinity if it is no number.

    A name of a compartment gets a number of its own, noted in `called`.
    """
    text = field.strip()
    if text in MISSING:
        return np.nan
    try:
        number = float(text)
    except ValueError:
        if called is None or NAME.match(text) is None:
            return np.inf
        return called.setdefault(text, float(FIRST_NAME - len(called)))
    return np.inf if _is_not_plain(text) else number


def _table(
    columns: dict[str, FloatArray], row_number: IntArray, called: dict[int, str], where: str
) -> EventTable:
    """Fill in defaults, check every rule, and build the table."""
    checker = EventRules(where=where, row_number=row_number, columns=columns)
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
        gives = (amount > 0.0) | (checker.filled("SS", 0.0) > 0.0)
        event = np.where(gives, 1.0, 2.0 * checker.filled("MDV", 0.0))
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
        compartment_names=called,
        row=row_number,
        first_row=np.r_[starts, len(subject)].astype(np.int64),
    )

"""Answers another program printed for an event table: one row per record, some columns."""

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError, FileInputError

__all__ = ["AnswerColumn", "AnswerTable", "printed_error", "read_answer_table"]

MISSING: Final = frozenset({"", ".", "NA", "NAN"})
NUMBER: Final = re.compile(r"[-+]?([0-9]*)\.?([0-9]*)(?:[eEdD]([-+]?[0-9]+))?\Z")
FEWEST_DIGITS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerColumn:
    """One column of answers.

    Parameters
    ----------
    values
        Values, (R,), NaN where none is printed.
    error
        Half a step of the last digit printed, (R,).
    """

    values: FloatArray
    error: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTable:
    """Answers row by row.

    Parameters
    ----------
    subject
        Identifier, (R,).
    time_h
        Time, (R,), h.
    columns
        Other columns by their names in the file.
    row
        Line of the file, (R,), the header being line 1.
    """

    subject: FloatArray
    time_h: FloatArray
    columns: Mapping[str, AnswerColumn]
    row: IntArray


def read_answer_table(path: Path) -> AnswerTable:
    """Read answers from a CSV file with a header.

    Parameters
    ----------
    path
        The file: columns ID and TIME, in any case, and at least one column of answers.

    Raises
    ------
    FileInputError
        If the file is missing or cannot be read as text.
    DataError
        If a row cannot be used; with its row and column.
    """
    where = path.name
    header, rows = _rows(path)
    texts = {name: [fields[place] for _, fields in rows] for place, name in enumerate(header)}
    row = np.asarray([line for line, _ in rows], dtype=np.int64)
    by_capitals = {name.upper(): name for name in header}
    keys = {}
    for wanted in ("ID", "TIME"):
        if wanted not in by_capitals:
            raise DataError(
                f"{where} has no column {wanted}; expected it beside {', '.join(header)}"
            )
        keys[wanted] = _numbers(by_capitals[wanted], texts[by_capitals[wanted]], row, where)
        if np.isnan(keys[wanted]).any():
            line = int(row[np.argmax(np.isnan(keys[wanted]))])
            raise DataError(f"{where}, row {line}: {wanted} is missing; expected a number")
    columns = {}
    for name, printed in texts.items():
        if name.upper() not in {"ID", "TIME", "C"}:
            values = _numbers(name, printed, row, where)
            columns[name] = AnswerColumn(values=values, error=printed_error(printed, values))
    if not columns:
        raise DataError(f"{where} has ID and TIME only; expected a column of answers")
    return AnswerTable(subject=keys["ID"], time_h=keys["TIME"], columns=columns, row=row)


def _rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and rows, each with its line, all of one length."""
    where = path.name
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            lines = [
                (line, [field.strip() for field in row])
                for line, row in enumerate(csv.reader(stream, strict=True), start=1)
                if row
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileInputError(f"{path} cannot be read: {error}; expected a CSV file") from None
    if len(lines) < 2:
        raise DataError(f"{where} has no rows; expected ID, TIME and answers")
    header, rows = lines[0][1], lines[1:]
    for line, fields in rows:
        if len(fields) != len(header):
            raise DataError(
                f"{where}, row {line} has {len(fields)} fields; expected {len(header)}"
            )
    return header, rows


def _numbers(name: str, texts: Sequence[str], row: IntArray, where: str) -> FloatArray:
    values = np.full(len(texts), np.nan)
    for place, text in enumerate(texts):
        if text.upper() in MISSING:
            continue
        if NUMBER.match(text) is None or not any(letter.isdigit() for letter in text):
            raise DataError(
                f"{where}, row {int(row[place])}, column {name} is '{text[:40]}'; "
                "expected a number, or '.' for none"
            )
        values[place] = float(text.upper().replace("D", "E"))
    return values


def printed_error(texts: Sequence[str], values: FloatArray) -> FloatArray:
    """Half a step of the last digit of each number, as its column prints them.

    Where every number has the same number of decimals, that is the step. Otherwise the most
    significant digits of any number are those of all, for programs drop zeros at the end; a
    column shows four at least.

    Parameters
    ----------
    texts
        The numbers as printed, (R,).
    values
        Their values, (R,); NaN where none is printed.

    Examples
    --------
    >>> printed_error(["0", "3754.4", "90909"], np.array([0.0, 3754.4, 90909.0])).tolist()
    [0.0, 0.05, 0.5]
    >>> printed_error(["0.001", "12.500"], np.array([0.001, 12.5])).tolist()
    [0.0005, 0.0005]
    """
    parts = [
        (match[1], match[2], match[3])
        for text, value in zip(texts, values, strict=True)
        if not math.isnan(value) and (match := NUMBER.match(text)) is not None
    ]
    decimals = {len(after) for _, after, _ in parts}
    if len(decimals) == 1 and decimals != {0} and all(power is None for *_, power in parts):
        return np.full(values.size, 0.5 * 10.0 ** -decimals.pop())
    digits = [len((before + after).lstrip("0")) for before, after, _ in parts]
    most = max([FEWEST_DIGITS, *digits])
    size = np.abs(np.where(np.isnan(values), 0.0, values))
    power = np.floor(np.log10(np.where(size > 0.0, size, 1.0))) - (most - 1)
    error: FloatArray = np.where(size > 0.0, 0.5 * 10.0**power, 0.0)
    return error

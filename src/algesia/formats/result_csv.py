"""Results as CSV for spreadsheets: one long table under a commented header."""

import csv
import math
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np

from algesia.simulate.trajectories import Trajectories

from .output_path import replace_file
from .result_record import RESULT_SCHEMA
from .result_rows import COLUMNS, ResultRows, result_rows

__all__ = ["write_csv"]

_ROWS_PER_PIECE = 100_000
# A spreadsheet runs a cell that starts like this as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(trajectories: Trajectories, path: str | Path, *, force: bool = False) -> Path:
    """Write a result to a CSV file, whole or not at all.

    Lines that start with `#` hold the notice, the title, the receipt, what failed and the
    sources. An empty cell is a number that does not exist. Text that a spreadsheet would run as
    a formula gets an apostrophe in front.

    Parameters
    ----------
    trajectories
        The result.
    path
        File to be written.
    force
        Whether a file that stands there already may be replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileInputError
        If the file exists and `force` is not given, or cannot be written.
    """
    with (
        replace_file(path, force=force) as part,
        part.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        for line in _header(trajectories):
            file.write(f"# {' '.join(line.split())}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for rows in result_rows(trajectories, most_rows=_ROWS_PER_PIECE):
            writer.writerows(_cells(rows))
    return Path(path)


def _header(trajectories: Trajectories) -> Iterator[str]:
    yield trajectories.notice
    yield f"schema: {RESULT_SCHEMA}"
    yield f"title: {trajectories.title}"
    yield f"receipt: {trajectories.receipt.get('scenario', 'none')}"
    for warning in trajectories.warnings:
        yield f"warning: {warning}"
    for arm in trajectories.arms:
        yield f"arm {arm.name}: {arm.model_id} ({arm.rung}); {arm.regimen_text}"
        yield f"arm {arm.name}: {arm.failed} of {arm.status.size} subjects failed"
        for text in chain(arm.failures, arm.notes):
            yield f"arm {arm.name}: {text}"
    sources = {source.key: source for arm in trajectories.arms for source in arm.sources}
    for source in sources.values():
        yield f"source: {source.citation()}"


def _cells(rows: ResultRows) -> Iterator[tuple[Any, ...]]:
    return zip(
        repeat(_text(rows.arm), rows.value.size),
        rows.subject.tolist(),
        rows.time_h.tolist(),
        _words(rows.output, rows.output_words),
        _numbers(rows.value),
        _words(rows.output, rows.unit_words),
        _words(rows.output, rows.substance_words),
        _words(rows.output, rows.form_words),
        _words(rows.output, rows.site_words),
        repeat("") if rows.observed is None else _numbers(rows.observed),
        repeat("") if rows.below_limit is None else _truths(rows.below_limit),
        _words(rows.status, rows.status_words),
        strict=False,
    )


def _numbers(values: np.ndarray[Any, Any]) -> Iterator[float | str]:
    return ("" if math.isnan(value) else value for value in values.tolist())


def _truths(values: np.ndarray[Any, Any]) -> Iterator[str]:
    return ("true" if value else "false" for value in values.tolist())


def _words(codes: np.ndarray[Any, Any], words: tuple[str, ...]) -> Iterator[str]:
    shown = [_text(word) for word in words]
    return (shown[code] for code in codes.tolist())


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text

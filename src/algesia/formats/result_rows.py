"""One result as a long table: a row per arm, subject, time and output."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.engine import Status
from algesia.errors import DomainError
from algesia.simulate.trajectories import ArmTrajectories, Trajectories

__all__ = ["COLUMNS", "ResultRows", "result_rows", "status_name"]

COLUMNS = (
    "arm",
    "subject",
    "time_h",
    "output",
    "value",
    "unit",
    "substance",
    "form",
    "site",
    "observed",
    "below_limit",
    "status",
)
_MOST_ROWS = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRows:
    """Rows of some subjects of one arm; text columns are codes into short lists of words.

    Parameters
    ----------
    arm
        Name of the arm.
    subject
        Subject identifier, (N,).
    time_h
        Time, (N,), h.
    output, output_words
        Code (N,) and names of the outputs; the same code gives the unit.
    unit_words, substance_words, form_words, site_words
        Unit, substance, base or salt, and sampling site of each output; empty where none.
    value
        True value, (N,), in its unit; NaN after a subject failed.
    observed
        Value with residual error, (N,), NaN where there is none; or None.
    below_limit
        Whether the observed value fell below the limit, (N,); or None.
    status, status_words
        Code (N,) and the words for it; `ok` for a subject that ran to the end.
    """

    arm: str
    subject: IntArray
    time_h: FloatArray
    output: IntArray
    output_words: tuple[str, ...]
    unit_words: tuple[str, ...]
    substance_words: tuple[str, ...]
    form_words: tuple[str, ...]
    site_words: tuple[str, ...]
    value: FloatArray
    observed: FloatArray | None
    below_limit: BoolArray | None
    status: IntArray
    status_words: tuple[str, ...]


def result_rows(trajectories: Trajectories, *, most_rows: int) -> Iterator[ResultRows]:
    """Give the rows of a result piece by piece, whole subjects of one arm at a time.

    Rows are ordered by arm, subject, time and output.

    Parameters
    ----------
    trajectories
        The result.
    most_rows
        Rows per piece, at or above 1; a piece holds at least one subject.

    Raises
    ------
    DomainError
        If the result has more rows than a table should hold.
    """
    total = sum(arm.values.size for arm in trajectories.arms)
    if total > _MOST_ROWS:
        raise DomainError(
            f"result '{trajectories.title}' has {total} rows as a table; expected at most "
            f"{_MOST_ROWS}; write it as a .zarr folder"
        )
    for arm in trajectories.arms:
        subjects, times, outputs = arm.values.shape
        step = max(1, most_rows // max(1, times * outputs))
        for start in range(0, subjects, step):
            yield _rows(arm, slice(start, min(start + step, subjects)))


def status_name(code: int) -> str:
    """Word for a solver's status.

    Examples
    --------
    >>> status_name(0), status_name(2)
    ('ok', 'too_many_steps')
    """
    return Status(code).name.lower()


def _rows(arm: ArmTrajectories, kept: slice) -> ResultRows:
    subjects, times, outputs = arm.values[kept].shape
    per_subject = times * outputs
    codes, status = np.unique(arm.status, return_inverse=True)
    return ResultRows(
        arm=arm.name,
        subject=np.repeat(arm.subjects[kept], per_subject),
        time_h=np.tile(np.repeat(arm.time_h, outputs), subjects),
        output=np.tile(np.arange(outputs), subjects * times),
        output_words=tuple(output.name for output in arm.outputs),
        unit_words=tuple(output.unit for output in arm.outputs),
        substance_words=tuple(output.substance or "" for output in arm.outputs),
        form_words=tuple(output.form if output.substance else "" for output in arm.outputs),
        site_words=tuple(output.site or "" for output in arm.outputs),
        value=_flat(arm.values[kept]),
        observed=None if arm.observed is None else _flat(arm.observed[kept]),
        below_limit=None if arm.below_limit is None else _flat(arm.below_limit[kept]),
        status=np.repeat(status[kept], per_subject),
        status_words=_status_words(codes.tolist()),
    )


def _flat(array: np.ndarray[Any, Any]) -> Any:
    return np.ascontiguousarray(array).reshape(-1)


def _status_words(codes: Sequence[int]) -> tuple[str, ...]:
    return tuple(status_name(code) for code in codes)

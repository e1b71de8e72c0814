"""What a result file says about its numbers: everything of a result but the values themselves.

The record is plain data that JSON can hold; from it and the arrays the result is built again.
"""

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.errors import FileInputError
from algesia.provenance import NOTICE, Grade, Reported, Source
from algesia.regimen import DoseRow
from algesia.simulate.output_info import OutputInfo
from algesia.simulate.trajectories import ArmTrajectories, Trajectories

__all__ = [
    "RESULT_SCHEMA",
    "ArmArrays",
    "People",
    "record_of",
    "record_text",
    "result_from_record",
    "whole_record",
]

RESULT_SCHEMA = "algesia/result/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmArrays:
    """The arrays of one arm as a file holds them.

    Parameters
    ----------
    values
        True values, (S, T, O).
    observed
        Values with residual error, (S, T, O), or None.
    below_limit
        Which of these lie below the limit of quantification, (S, T, O), or None.
    people
        Who the subjects are, where the record does not say it.
    """

    values: FloatArray
    observed: FloatArray | None
    below_limit: BoolArray | None
    people: "People | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who the subjects of an arm are and how they ended.

    Parameters
    ----------
    subjects
        Subject identifiers, (S,).
    status
        0 for a subject that ran to the end, otherwise the solver's code, (S,).
    covariates
        Covariates by name, each (S,).
    """

    subjects: IntArray
    status: IntArray
    covariates: Mapping[str, np.ndarray[Any, Any]]


def record_of(trajectories: Trajectories, *, people: bool = True) -> dict[str, Any]:
    """Describe a result as plain data, without its values.

    Parameters
    ----------
    trajectories
        The result.
    people
        Whether subjects, status and covariates are in it; they may be many.

    Returns
    -------
    dict
        `schema`, `notice`, `title`, `warnings`, `receipt`, and `arms` in order, each with its
        model, outputs, times, subjects, status, failures, covariates, doses, values, sources.
    """
    return {
        "schema": RESULT_SCHEMA,
        "notice": trajectories.notice,
        "title": trajectories.title,
        "warnings": list(trajectories.warnings),
        "receipt": _plain(trajectories.receipt),
        "arms": [_arm_record(arm, people=people) for arm in trajectories.arms],
    }


def record_text(record: Mapping[str, Any] | list[Any]) -> str:
    """Write a record as JSON on one line; numbers keep every digit.

    Examples
    --------
    >>> record_text({"schema": "algesia/result/1", "dose": 0.1})
    '{"schema": "algesia/result/1", "dose": 0.1}'
    """
    return json.dumps(record, allow_nan=False)


def result_from_record(
    record: Mapping[str, Any], arrays: tuple[ArmArrays, ...], *, where: str
) -> Trajectories:
    """Build a result again from its record and its arrays.

    Parameters
    ----------
    record
        What `record_of` gave.
    arrays
        Arrays of each arm, in the order of the record.
    where
        What to call the file in messages.

    Raises
    ------
    FileInputError
        If the record is of another schema, lacks a part, or does not fit the arrays.
    """
    schema = record.get("schema")
    if schema != RESULT_SCHEMA:
        raise FileInputError(f"{where} has the schema '{schema}'; expected '{RESULT_SCHEMA}'")
    with whole_record(where):
        arms = tuple(
            _arm(entry, held, where) for entry, held in zip(record["arms"], arrays, strict=True)
        )
        return Trajectories(
            title=record["title"],
            arms=arms,
            receipt=record["receipt"],
            warnings=tuple(record["warnings"]),
            notice=NOTICE,
        )


@contextmanager
def whole_record(where: str) -> Iterator[None]:
    """Refuse a file whose record lacks a part or holds something else in its place."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileInputError(
            f"{where} has a record that cannot be read ({type(error).__name__}: {error}); "
            f"expected a whole record of schema '{RESULT_SCHEMA}'"
        ) from None


def _arm_record(arm: ArmTrajectories, *, people: bool) -> dict[str, Any]:
    who = {
        "subjects": arm.subjects.tolist(),
        "status": arm.status.tolist(),
        "covariates": {name: _column_record(column) for name, column in arm.covariates.items()},
    }
    return {
        "name": arm.name,
        "model_id": arm.model_id,
        "model_title": arm.model_title,
        "rung": arm.rung,
        "outputs": [_plain(output) for output in arm.outputs],
        "time_h": arm.time_h.tolist(),
        "failed": arm.failed,
        "failures": list(arm.failures),
        **(who if people else {}),
        "rows": [_plain(row) for row in arm.rows],
        "regimen_text": arm.regimen_text,
        "notes": list(arm.notes),
        "values_used": [_plain(value) for value in arm.values_used],
        "sources": [_plain(source) for source in arm.sources],
        "band_label": arm.band_label,
    }


def _arm(entry: Mapping[str, Any], held: ArmArrays, where: str) -> ArmTrajectories:
    time_h = np.asarray(entry["time_h"], dtype=np.float64)
    people = _people(entry) if held.people is None else held.people
    shape = (people.subjects.size, time_h.size, len(entry["outputs"]))
    for array in (held.values, held.observed, held.below_limit):
        if array is not None and array.shape != shape:
            raise FileInputError(
                f"{where} holds an array of shape {array.shape} for arm '{entry['name']}'; "
                f"expected {shape}, subjects by times by outputs"
            )
    return ArmTrajectories(
        name=entry["name"],
        model_id=entry["model_id"],
        model_title=entry["model_title"],
        rung=entry["rung"],
        outputs=tuple(OutputInfo(**output) for output in entry["outputs"]),
        time_h=time_h,
        values=held.values,
        observed=held.observed,
        below_limit=held.below_limit,
        status=people.status,
        failures=tuple(entry["failures"]),
        subjects=people.subjects,
        covariates=people.covariates,
        rows=tuple(DoseRow(**row) for row in entry["rows"]),
        regimen_text=entry["regimen_text"],
        notes=tuple(entry["notes"]),
        values_used=tuple(_reported(value) for value in entry["values_used"]),
        sources=tuple(Source(**source) for source in entry["sources"]),
        band_label=entry["band_label"],
    )


def _people(entry: Mapping[str, Any]) -> People:
    return People(
        subjects=np.asarray(entry["subjects"], dtype=np.int64),
        status=np.asarray(entry["status"], dtype=np.int64),
        covariates={name: _column(item) for name, item in entry["covariates"].items()},
    )


def _reported(entry: Mapping[str, Any]) -> Reported:
    return Reported(**{**entry, "grade": Grade(**entry["grade"])})


def _column_record(column: np.ndarray[Any, Any]) -> dict[str, Any]:
    kind = column.dtype.kind
    return {"kind": "text" if kind in "USO" else kind, "values": _plain(column.tolist())}


def _column(item: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    if item["kind"] == "text":
        return np.asarray(item["values"], dtype=str)
    values = [math.nan if value is None else value for value in item["values"]]
    return np.asarray(
        values, dtype={"f": np.float64, "b": np.bool_}.get(item["kind"], np.int64)
    )


def _plain(value: Any) -> Any:
    """Turn a value into what JSON can hold; a number that is not finite becomes null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)

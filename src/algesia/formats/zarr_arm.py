"""One arm of a Zarr result: its arrays made, filled subjects by subjects, and read."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from algesia.errors import FileInputError
from algesia.provenance import NOTICE
from algesia.simulate.trajectories import ArmTrajectories

from .extra import import_extra
from .result_record import ArmArrays, People

__all__ = ["UNREADABLE", "arm_arrays", "check_arm", "create_arm", "fill_arm"]

UNREADABLE = (OSError, ValueError, KeyError, TypeError, RuntimeError)
"""What reading a damaged Zarr folder has been seen to raise."""

_EVERY_CHUNK = "every_chunk"

_AXES = ("subject", "time", "output")
_COVARIATES = "covariates"


def create_arm(
    root: Any,
    name: str,
    arm: ArmTrajectories,
    *,
    subjects: int,
    chunk_subjects: int,
    columns: Mapping[str, np.ndarray[Any, Any]],
) -> Any:
    """Make the group of an arm with arrays for all its subjects.

    Parameters
    ----------
    root
        Group it is made in.
    name
        Name of the group.
    arm
        The arm, or some of its subjects.
    subjects
        Number of all subjects, S.
    chunk_subjects
        Subjects in a chunk of the arrays.
    columns
        Covariates of all subjects, each (S,).
    """
    outputs = [{"name": output.name, "unit": output.unit} for output in arm.outputs]
    group = root.create_group(
        name,
        attributes={
            "arm": arm.name,
            "notice": NOTICE,
            "outputs": outputs,
            "covariates": list(columns),
            # Also those that hold nothing but 0 or NaN, so that a missing one shows.
            _EVERY_CHUNK: True,
        },
    )
    size = max(1, min(chunk_subjects, subjects))

    def create(holder: Any, array: str, dtype: Any, axes: int, about: dict[str, Any]) -> None:
        shape = (subjects, arm.time_h.size, len(arm.outputs))[:axes]
        holder.create_array(
            array,
            shape=shape,
            dtype=dtype,
            chunks=(size, *(max(1, length) for length in shape[1:])),
            dimension_names=list(_AXES[:axes]),
            attributes=about,
            fill_value=np.nan if dtype is np.float64 else 0,
        )

    units = [output.unit for output in arm.outputs]
    create(group, "subject", np.int64, 1, {})
    create(group, "status", np.int64, 1, {"meaning": "0 ran to the end"})
    create(group, "value", np.float64, 3, {"units": units})
    if arm.observed is not None:
        create(group, "observed", np.float64, 3, {"units": units})
    if arm.below_limit is not None:
        create(group, "below_limit", np.bool_, 3, {})
    times = group.create_array(
        "time",
        shape=arm.time_h.shape,
        dtype=np.float64,
        chunks=(max(1, arm.time_h.size),),
        dimension_names=["time"],
        attributes={"units": "h"},
    )
    times[...] = arm.time_h
    people = group.create_group(_COVARIATES)
    for covariate, column in columns.items():
        if column.dtype.kind == "U":
            words = np.unique(column).tolist()
            create(people, covariate, np.int32, 1, {"words": words})
        else:
            create(people, covariate, column.dtype.type, 1, {})
    return group


def fill_arm(group: Any, arm: ArmTrajectories, *, first: int) -> None:
    """Write some subjects of an arm.

    Parameters
    ----------
    group
        The group of the arm.
    arm
        The subjects.
    first
        Place of the first of them.
    """
    if arm.subjects.size == 0:
        return
    with import_extra("zarr").config.set({"array.write_empty_chunks": True}):
        _fill(group, arm, slice(first, first + arm.subjects.size))


def _fill(group: Any, arm: ArmTrajectories, places: slice) -> None:
    group["subject"][places] = arm.subjects
    group["status"][places] = arm.status
    group["value"][places] = arm.values
    if arm.observed is not None:
        group["observed"][places] = arm.observed
    if arm.below_limit is not None:
        group["below_limit"][places] = arm.below_limit
    for name, column in arm.covariates.items():
        array = group[_COVARIATES][name]
        if column.dtype.kind == "U":
            array[places] = np.searchsorted(np.asarray(array.attrs["words"]), column)
        else:
            array[places] = column


def check_arm(group: Any, entry: Mapping[str, Any]) -> None:
    """Refuse a finished arm that lacks a chunk, or whose labels are not those of the result.

    Parameters
    ----------
    group
        The group of the arm.
    entry
        What the record of the result says of it.

    Raises
    ------
    FileInputError
        If a file is missing, or a name or unit was changed.
    """
    said = [{"name": each["name"], "unit": each["unit"]} for each in entry["outputs"]]
    units = [each["unit"] for each in said]
    labels = (group.attrs["arm"], group.attrs["outputs"], group["value"].attrs["units"])
    if labels != (entry["name"], said, units):
        raise FileInputError(
            f"{_place(group)}: arm, outputs and units are not those the result was written "
            f"with; expected {entry['name']}, {', '.join(units)}"
        )
    if not group.attrs.get(_EVERY_CHUNK):
        return
    names = [name for name in _ARRAYS if name in group]
    arrays = [group[name] for name in names]
    for array in (*arrays, *(array for _, array in _covariate_arrays(group))):
        for place in product(*(range(count) for count in array.cdata_shape)):
            chunk = _chunk(array, place)
            if not chunk.is_file():
                raise FileInputError(f"chunk {chunk} is missing; expected a whole result")


_ARRAYS = ("subject", "status", "value", "observed", "below_limit")


def arm_arrays(group: Any, places: slice) -> ArmArrays:
    """Read the subjects at some places of an arm.

    Raises
    ------
    FileInputError
        If a chunk is damaged; the message names its file.
    """

    def optional(name: str) -> Any:
        return _read(group[name], places) if name in group else None

    return ArmArrays(
        values=np.asarray(_read(group["value"], places), dtype=np.float64),
        observed=optional("observed"),
        below_limit=optional("below_limit"),
        people=People(
            subjects=np.asarray(_read(group["subject"], places), dtype=np.int64),
            status=np.asarray(_read(group["status"], places), dtype=np.int64),
            covariates={
                name: _column(array, places) for name, array in _covariate_arrays(group)
            },
        ),
    )


def _read(array: Any, places: slice) -> np.ndarray[Any, Any]:
    """Some places of an array along its first axis."""
    try:
        return np.asarray(array[places])
    except UNREADABLE:
        chunk = _damaged_chunk(array, places)
    raise FileInputError(f"chunk {chunk} cannot be read; expected one that Algesia wrote")


def _damaged_chunk(array: Any, places: slice) -> Path:
    """File of the first chunk of some places that cannot be read."""
    first, stop, _ = places.indices(array.shape[0])
    step = array.chunks[0]
    for number in range(first // step, -(-stop // step)):
        try:
            array[number * step : (number + 1) * step]
        except UNREADABLE:
            return _chunk(array, (number, *(0 for _ in array.shape[1:])))
    return _place(array)


def _chunk(array: Any, place: tuple[int, ...]) -> Path:
    return _place(array) / str(array.metadata.encode_chunk_key(place))


def _place(item: Any) -> Path:
    """Where an array or a group lies on disk."""
    return Path(item.store.root) / str(item.path)


def _covariate_arrays(group: Any) -> list[tuple[str, Any]]:
    """Covariate arrays in the order in which a cohort has them."""
    names = group.attrs["covariates"]
    return [(name, group[_COVARIATES][name]) for name in names]


def _column(array: Any, places: slice) -> np.ndarray[Any, Any]:
    held = _read(array, places)
    if "words" not in array.attrs:
        return held
    words = np.asarray(array.attrs["words"], dtype=str)
    if held.size and not 0 <= int(held.min()) <= int(held.max()) < words.size:
        raise FileInputError(f"{_place(array)} holds places of words that are not there")
    column: np.ndarray[Any, Any] = words[held]
    return column

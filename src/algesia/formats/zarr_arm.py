"""One arm of a Zarr result: its arrays made, filled subjects by subjects, and read."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from algesia.provenance import NOTICE
from algesia.simulate.trajectories import ArmTrajectories

from .result_record import ArmArrays, People

__all__ = ["arm_arrays", "create_arm", "fill_arm"]

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
    places = slice(first, first + arm.subjects.size)
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


def arm_arrays(group: Any, places: slice) -> ArmArrays:
    """Read the subjects at some places of an arm."""
    return ArmArrays(
        values=np.asarray(group["value"][places], dtype=np.float64),
        observed=np.asarray(group["observed"][places]) if "observed" in group else None,
        below_limit=np.asarray(group["below_limit"][places])
        if "below_limit" in group
        else None,
        people=People(
            subjects=np.asarray(group["subject"][places], dtype=np.int64),
            status=np.asarray(group["status"][places], dtype=np.int64),
            covariates={
                name: _column(array, places) for name, array in _covariate_arrays(group)
            },
        ),
    )


def _covariate_arrays(group: Any) -> list[tuple[str, Any]]:
    """Covariate arrays in the order in which a cohort has them."""
    names = group.attrs["covariates"]
    return [(name, group[_COVARIATES][name]) for name in names]


def _column(array: Any, places: slice) -> np.ndarray[Any, Any]:
    held = np.asarray(array[places])
    if "words" not in array.attrs:
        return held
    column: np.ndarray[Any, Any] = np.asarray(array.attrs["words"], dtype=str)[held]
    return column

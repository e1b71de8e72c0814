"""Results as a Zarr v3 folder: one group per arm, one (subject, time, output) array in each.

Attributes of the root: `schema`, `notice`, `title`, `warnings`, `receipt`, `sources`, and the
arms in order. Each group repeats the notice, so that it survives being copied out.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from algesia.errors import FileInputError
from algesia.simulate.trajectories import ArmTrajectories, Trajectories

from .extra import import_extra
from .output_path import replace_folder
from .result_record import ArmArrays, record_of, result_from_record

__all__ = ["read_zarr", "write_zarr"]

_MARK = "zarr.json"
_AXES = ("subject", "time", "output")
_MOST_CHUNK_VALUES = 1_000_000


def write_zarr(trajectories: Trajectories, path: str | Path, *, force: bool = False) -> Path:
    """Write a result to a Zarr v3 folder, whole or not at all.

    Parameters
    ----------
    trajectories
        The result.
    path
        Folder to be written.
    force
        Whether a Zarr folder that stands there already may be replaced.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileInputError
        If something stands there and `force` is not given, or it is not a Zarr folder.
    MissingExtraError
        If zarr is not installed.
    """
    zarr = import_extra("zarr")
    record = record_of(trajectories)
    with replace_folder(path, force=force, mark=_MARK) as part:
        root = zarr.create_group(store=str(part), zarr_format=3, attributes=_attributes(record))
        for number, arm in enumerate(trajectories.arms):
            group = root.create_group(
                _group_name(number),
                attributes={
                    "arm": arm.name,
                    "notice": trajectories.notice,
                    "outputs": record["arms"][number]["outputs"],
                },
            )
            _write_arm(group, arm)
    return Path(path)


def read_zarr(path: str | Path) -> Trajectories:
    """Read a result that `write_zarr` wrote.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    Trajectories
        The result, bit for bit as it was written.

    Raises
    ------
    FileInputError
        If the folder is missing or is not a result of this project.
    MissingExtraError
        If zarr is not installed.
    """
    zarr = import_extra("zarr")
    try:
        root = zarr.open_group(store=str(path), mode="r", zarr_format=3)
        record = dict(root.attrs)
        arrays = tuple(
            _read_arm(root[_group_name(number)]) for number in range(len(record["arms"]))
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileInputError(
            f"{path} cannot be read as a Zarr result ({type(error).__name__}: "
            f"{' '.join(str(error).split())}); expected a folder that Algesia wrote"
        ) from None
    return result_from_record(record, arrays, where=str(path))


def _attributes(record: Mapping[str, Any]) -> dict[str, Any]:
    sources = {source["key"]: source for arm in record["arms"] for source in arm["sources"]}
    return {**record, "sources": list(sources.values())}


def _group_name(number: int) -> str:
    # Arm names may hold a slash, which would nest groups; the name is an attribute instead.
    return f"arm_{number + 1:03d}"


def _write_arm(group: Any, arm: ArmTrajectories) -> None:
    _write(group, "subject", arm.subjects, _AXES[:1], {})
    _write(group, "time", arm.time_h, _AXES[1:2], {"units": "h"})
    _write(group, "status", arm.status, _AXES[:1], {"meaning": "0 ran to the end"})
    units = [output.unit for output in arm.outputs]
    _write(group, "value", arm.values, _AXES, {"units": units})
    if arm.observed is not None:
        _write(group, "observed", arm.observed, _AXES, {"units": units})
    if arm.below_limit is not None:
        _write(group, "below_limit", arm.below_limit, _AXES, {})


def _write(
    group: Any,
    name: str,
    values: np.ndarray[Any, Any],
    axes: tuple[str, ...],
    attributes: Mapping[str, Any],
) -> None:
    array = group.create_array(
        name,
        shape=values.shape,
        dtype=values.dtype,
        chunks=_chunks(values.shape),
        dimension_names=list(axes),
        attributes=dict(attributes),
    )
    if values.size:
        array[...] = values


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Whole subjects per chunk, up to a million values."""
    per_subject = max(1, int(np.prod(shape[1:])))
    return (
        max(1, min(shape[0], _MOST_CHUNK_VALUES // per_subject)),
        *(max(1, n) for n in shape[1:]),
    )


def _read_arm(group: Any) -> ArmArrays:
    return ArmArrays(
        values=np.asarray(group["value"][...], dtype=np.float64),
        observed=np.asarray(group["observed"][...]) if "observed" in group else None,
        below_limit=np.asarray(group["below_limit"][...]) if "below_limit" in group else None,
    )

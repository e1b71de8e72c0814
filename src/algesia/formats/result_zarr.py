"""Results as a Zarr v3 folder: one group per arm, one (subject, time, output) array in each.

Attributes of the root: `schema`, `notice`, `title`, `warnings`, `receipt`, `sources`, and the
arms in order. Each group repeats the notice, so that it survives being copied out, and holds
who the subjects are: `subject`, `status` and, in the group `covariates`, one array per
covariate; the array of a covariate in words holds their places in its attribute `words`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from algesia.errors import FileInputError
from algesia.simulate.trajectories import Trajectories

from .extra import import_extra
from .output_path import replace_folder
from .result_record import record_of, result_from_record
from .zarr_arm import UNREADABLE, arm_arrays, check_arm, create_arm, fill_arm

__all__ = [
    "MARK",
    "_MOST_CHUNK_VALUES",
    "group_name",
    "read_zarr",
    "root_attributes",
    "write_zarr",
]

MARK = "zarr.json"
"""File that makes a folder a Zarr folder."""

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
    attributes = root_attributes(trajectories)
    with replace_folder(path, force=force, mark=MARK) as part:
        root = zarr.create_group(store=str(part), zarr_format=3, attributes=attributes)
        for number, arm in enumerate(trajectories.arms):
            per_subject = max(1, arm.time_h.size * len(arm.outputs))
            group = create_arm(
                root,
                group_name(number),
                arm,
                subjects=arm.subjects.size,
                chunk_subjects=max(1, _MOST_CHUNK_VALUES // per_subject),
                columns=arm.covariates,
            )
            fill_arm(group, arm, first=0)
    return Path(path)


def read_zarr(path: str | Path) -> Trajectories:
    """Read a result that `write_zarr`, or a chunked run, wrote.

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
        If the folder is missing, is not a result of this project, or is not finished.
    MissingExtraError
        If zarr is not installed.
    """
    root = open_result(Path(path), mode="r")
    record = dict(root.attrs)
    with readable_zarr(path):
        arrays = tuple(
            arm_arrays(checked_group(root, number, entry), slice(None))
            for number, entry in enumerate(record["arms"])
        )
    return result_from_record(record, arrays, where=str(path))


def open_result(path: Path, *, mode: str) -> Any:
    """Open the root of a Zarr result.

    Parameters
    ----------
    path
        The folder.
    mode
        `r` to read a finished result, `r+` to go on writing one.

    Raises
    ------
    FileInputError
        If it is no Zarr result, or is not finished and `mode` is `r`.
    MissingExtraError
        If zarr is not installed.
    """
    zarr = import_extra("zarr")
    with readable_zarr(path):
        root = zarr.open_group(store=str(path), mode=mode, zarr_format=3)
        record = dict(root.attrs)
        if not isinstance(record["arms"], list) or not isinstance(record["receipt"], dict):
            raise TypeError("arms or receipt")
    if record.get("unfinished") and mode == "r":
        raise FileInputError(
            f"{path} is not finished; expected a whole result: the run was interrupted, "
            "--resume finishes it"
        )
    return root


def checked_group(root: Any, number: int, entry: Mapping[str, Any]) -> Any:
    """Group of an arm of a finished result, whole and labelled as its record says."""
    group = root[group_name(number)]
    check_arm(group, entry)
    return group


@contextmanager
def readable_zarr(path: str | Path) -> Iterator[None]:
    """Refuse a folder whose files cannot be read as what was written."""
    try:
        yield
    except FileInputError:
        raise
    except UNREADABLE as error:
        raise FileInputError(
            f"{path} cannot be read as a Zarr result ({type(error).__name__}: "
            f"{' '.join(str(error).split())}); expected a folder that Algesia wrote"
        ) from None


def root_attributes(trajectories: Trajectories) -> dict[str, Any]:
    """Attributes of the root: the record of the result and its sources, each once."""
    record: Mapping[str, Any] = record_of(trajectories, people=False)
    sources = {source["key"]: source for arm in record["arms"] for source in arm["sources"]}
    return {**record, "sources": list(sources.values())}


def group_name(number: int) -> str:
    """Name of the group of an arm."""
    # Arm names may hold a slash, which would nest groups; the name is an attribute instead.
    return f"arm_{number + 1:03d}"

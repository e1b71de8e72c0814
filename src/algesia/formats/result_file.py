"""Result files by their ending: `.parquet` and `.zarr`, written and read; `.csv`, written.

A result that was written chunk by chunk is a folder `.parquet` of parts, or a folder `.zarr`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from algesia.errors import FileInputError
from algesia.simulate.trajectories import Trajectories

from .result_csv import write_csv
from .result_parquet import read_parquet, write_parquet
from .result_parts import ParquetParts, part_results, read_parts
from .result_zarr import read_zarr, write_zarr
from .zarr_parts import ZarrParts, zarr_part_results

__all__ = ["RESULT_ENDINGS", "read_result", "result_pieces", "result_sink", "write_result"]

_WRITERS = {".parquet": write_parquet, ".zarr": write_zarr, ".csv": write_csv}
_SINKS: Mapping[str, type[ParquetParts] | type[ZarrParts]] = {
    ".parquet": ParquetParts,
    ".zarr": ZarrParts,
}
RESULT_ENDINGS = tuple(_WRITERS)


def write_result(trajectories: Trajectories, path: str | Path, *, force: bool = False) -> Path:
    """Write a result in the format its file name ends with.

    Parameters
    ----------
    trajectories
        The result.
    path
        File or folder to be written, ending in `.parquet`, `.zarr` or `.csv`.
    force
        Whether what stands there already may be replaced.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    FileInputError
        If the ending is another one, or the path is refused.
    MissingExtraError
        If the package for the format is not installed.

    Examples
    --------
    >>> RESULT_ENDINGS
    ('.parquet', '.zarr', '.csv')
    """
    return _WRITERS[_ending(Path(path), RESULT_ENDINGS)](trajectories, path, force=force)


def read_result(path: str | Path) -> Trajectories:
    """Read a result that was written as `.parquet` or `.zarr`, in one go or chunk by chunk.

    Parameters
    ----------
    path
        File or folder.

    Returns
    -------
    Trajectories
        The result, bit for bit as it was written.

    Raises
    ------
    FileInputError
        If there is no such file, or it is not a result of this project.
    MissingExtraError
        If the package for the format is not installed.
    """
    path = _present(path)
    if path.suffix.lower() == ".zarr":
        return read_zarr(path)
    return read_parts(path) if path.is_dir() else read_parquet(path)


def result_pieces(path: str | Path) -> Iterator[Trajectories]:
    """Read a result piece by piece: some subjects of one arm at a time, in order.

    A result written chunk by chunk is read the same way; a single Parquet file is read whole.

    Parameters
    ----------
    path
        File or folder.

    Yields
    ------
    Trajectories
        One arm with some of its subjects.

    Raises
    ------
    FileInputError
        As `read_result`.
    """
    path = _present(path)
    if path.suffix.lower() == ".zarr":
        yield from zarr_part_results(path)
    elif path.is_dir():
        yield from part_results(path)
    else:
        whole = read_parquet(path)
        yield from (replace(whole, arms=(arm,)) for arm in whole.arms)


def result_sink(
    path: str | Path, *, force: bool = False, resume: bool = False
) -> ParquetParts | ZarrParts:
    """Where `run_in_chunks` keeps its values: a folder of Parquet parts, or a Zarr folder.

    Parameters
    ----------
    path
        Folder to be written, ending in `.parquet` or `.zarr`.
    force
        Whether a result that stands there already may be replaced.
    resume
        Whether a run of the same scenario that was interrupted there is finished.

    Raises
    ------
    FileInputError
        If the ending is another one.

    Examples
    --------
    >>> type(result_sink("million.parquet")).__name__
    'ParquetParts'
    """
    ending = _ending(Path(path), tuple(_SINKS))
    return _SINKS[ending](path, force=force, resume=resume)


def _present(path: str | Path) -> Path:
    """Path of a readable result, if something stands there."""
    path = Path(path)
    _ending(path, tuple(_SINKS))
    if not path.exists():
        raise FileInputError(f"no file {path}; expected a result written as .parquet or .zarr")
    return path


def _ending(path: Path, endings: tuple[str, ...]) -> str:
    ending = path.suffix.lower()
    if ending not in endings:
        raise FileInputError(
            f"{path} ends in '{path.suffix}'; expected one of {', '.join(endings)}"
        )
    return ending

"""Result files by their ending: `.parquet` and `.zarr`, written and read; `.csv`, written."""

from pathlib import Path

from algesia.errors import FileInputError
from algesia.simulate.trajectories import Trajectories

from .result_csv import write_csv
from .result_parquet import read_parquet, write_parquet
from .result_zarr import read_zarr, write_zarr

__all__ = ["RESULT_ENDINGS", "read_result", "write_result"]

_WRITERS = {".parquet": write_parquet, ".zarr": write_zarr, ".csv": write_csv}
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
    """Read a result that was written as `.parquet` or `.zarr`.

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
    path = Path(path)
    ending = _ending(path, (".parquet", ".zarr"))
    if not path.exists():
        raise FileInputError(f"no file {path}; expected a result written as .parquet or .zarr")
    return read_zarr(path) if ending == ".zarr" else read_parquet(path)


def _ending(path: Path, endings: tuple[str, ...]) -> str:
    ending = path.suffix.lower()
    if ending not in endings:
        raise FileInputError(
            f"{path} ends in '{path.suffix}'; expected one of {', '.join(endings)}"
        )
    return ending

"""Where a result is written: whole or not at all, and never over something by accident."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from algesia.errors import FileInputError

__all__ = ["check_output_path", "make_folder", "replace_file", "replace_folder"]

_LONGEST_STEM = 100


def check_output_path(path: str | Path, *, force: bool) -> Path:
    """Refuse a path that cannot be written before any work is done.

    Parameters
    ----------
    path
        File or folder to be written.
    force
        Whether something that stands there already may be replaced.

    Returns
    -------
    Path
        The path.

    Raises
    ------
    FileInputError
        If its folder is missing or not writable, or it exists and `force` is not given.
    """
    path = Path(path)
    folder = path.parent
    try:
        if not path.name or "\0" in path.name:
            raise FileInputError(f"'{path}' names no file; expected the name of one")
        if not folder.is_dir():
            raise FileInputError(f"there is no folder {folder}; expected an existing folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise FileInputError(f"folder {folder} is not writable; expected one that is")
        if os.path.lexists(path) and not force:
            raise FileInputError(f"{path} exists already; pass force=True to replace it")
    except OSError as error:
        raise _refusal(path, error) from None
    return path


def make_folder(path: str | Path) -> Path:
    """Make an empty folder at a free path.

    Parameters
    ----------
    path
        Folder to be made.

    Raises
    ------
    FileInputError
        If the path is refused (see `check_output_path`) or something stands there.
    """
    path = check_output_path(path, force=False)
    try:
        path.mkdir()
    except OSError as error:
        raise _refusal(path, error) from None
    return path


@contextmanager
def replace_file(path: str | Path, *, force: bool) -> Iterator[Path]:
    """Hand out a temporary file that takes the place of `path` when all went well.

    Parameters
    ----------
    path
        File to be written.
    force
        Whether a file that stands there already may be replaced.

    Yields
    ------
    Path
        Empty file in the same folder; it is removed if anything is raised, Ctrl-C included.

    Raises
    ------
    FileInputError
        If the path is refused (see `check_output_path`), is a folder, or the disk is full.
    """
    path = check_output_path(path, force=force)
    if path.is_dir():
        raise FileInputError(f"{path} is a folder; expected the name of a file")
    part = _part_beside(path)
    try:
        part.touch(exist_ok=False)
        yield part
        _sync(part)
        part.replace(path)
    except OSError as error:
        raise _refusal(path, error) from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def replace_folder(path: str | Path, *, force: bool, mark: str) -> Iterator[Path]:
    """Hand out a temporary folder that takes the place of `path` when all went well.

    Parameters
    ----------
    path
        Folder to be written.
    force
        Whether a folder that stands there already may be replaced.
    mark
        File that a folder must hold to be replaced, so that no other folder is ever removed.

    Yields
    ------
    Path
        Empty folder beside it; it is removed if anything is raised, Ctrl-C included.

    Raises
    ------
    FileInputError
        If the path is refused (see `check_output_path`) or what stands there is something else.
    """
    path = check_output_path(path, force=force)
    if os.path.lexists(path) and not (path.is_dir() and (path / mark).is_file()):
        raise FileInputError(f"{path} is not a folder with a {mark}; expected one to replace")
    part = _part_beside(path)
    try:
        part.mkdir()
        yield part
        _swap(part, path)
    except OSError as error:
        raise _refusal(path, error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _swap(part: Path, path: Path) -> None:
    """Put a folder in the place of another; what stood there is moved aside, then removed."""
    if not path.exists():
        part.replace(path)
        return
    aside = part.with_name(part.name + ".old")
    path.replace(aside)
    try:
        part.replace(path)
    except BaseException:
        aside.replace(path)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _sync(part: Path) -> None:
    """Make sure that the bytes are on the disk before the name points to them."""
    handle = os.open(part, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _part_beside(path: Path) -> Path:
    """Name for an unfinished result in the same folder, hidden and never used before."""
    return path.with_name(f".{path.name[:_LONGEST_STEM]}.{secrets.token_hex(6)}.part")


def _refusal(path: Path, error: OSError) -> FileInputError:
    reason = error.strerror or error
    return FileInputError(f"{path} cannot be written: {reason}; expected a free path")

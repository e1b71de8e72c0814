"""The directory of generated kernels: one file per program, made once, loaded by every process.

A file is written to the side and moved into place, so that no process ever reads half of one,
and carries a digest, so that a damaged one is noticed and made again. Everything here may be
deleted at any time.
"""

import hashlib
import os
import pickle
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

from .program import Program
from .source_parts import compiled_source, generator_version, plain_source
from .task import example_task

__all__ = [
    "cache_directory",
    "compiled_kernels",
    "compiled_module",
    "keep_bytes",
    "kept_bytes",
    "kept_source_file",
    "kernel_source",
    "kernel_source_file",
    "plain_kernels",
    "wished_directory",
]

FILE_TIME_S = 1_000_000_000
"""Modification time of every generated file, s since 1970.

numba keys its own cache by it: equal text must have equal times, whoever wrote it.
"""

DIGEST_BYTES = 16

DAMAGED = (OSError, EOFError, pickle.UnpicklingError, ValueError, KeyError, TypeError,
           AttributeError, ImportError, IndexError, RuntimeError)  # fmt: skip
"""What loading a damaged file of numba's cache has been seen to raise."""


def cache_directory() -> Path:
    """Where generated kernels are kept; it exists and can be written to.

    The environment variable ``ALGESIA_CACHE`` names it; else it is ``algesia`` in the user's
    cache directory; else, if that cannot be written to, a private temporary directory.
    """
    for directory in (wished_directory(), _temporary_directory()):
        if _is_writable(directory):
            return directory
    return _fresh_directory()


def wished_directory() -> Path:
    """Where generated kernels are to be kept, whether or not that can be written to."""
    given = os.environ.get("ALGESIA_CACHE")
    home = os.environ.get("XDG_CACHE_HOME")
    wished = Path(given) if given else Path(home or Path("~/.cache").expanduser()) / "algesia"
    return wished / "kernels"


def _temporary_directory() -> Path:
    return Path(tempfile.gettempdir()) / f"algesia-{os.getuid()}"


@cache
def _fresh_directory() -> Path:
    return Path(tempfile.mkdtemp(prefix="algesia-"))


def _is_writable(directory: Path) -> bool:
    """Whether a directory is, or can be made, one that only this user writes to."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        state = directory.stat()
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError:
        return False
    # Kernels are executed: whoever else could write here could run code as this user.
    return state.st_uid == os.getuid() and not state.st_mode & stat.S_IWOTH


@cache
def compiled_kernels(program: Program) -> ModuleType:
    """The compiled kernels of a program: from memory, else from disk, else generated.

    Parameters
    ----------
    program
        The program.

    Returns
    -------
    ModuleType
        A module with `solve_subjects` compiled for the types of `Task`.
    """
    from numba import typeof, types  # slow to import

    def compile_for_tasks(module: ModuleType) -> None:
        # The same tuple of types as a call makes: numba's cache does not find a written one.
        task_type = typeof(example_task())  # type: ignore[no-untyped-call] # numba has no types
        module.solve_subjects.compile((types.int64, types.int64, task_type))

    return compiled_module(
        _source_name(program), lambda: compiled_source(_generate(program)), compile_for_tasks
    )


@cache
def kernel_source(program: Program) -> str:
    """The generated source of a program's kernels: from disk, else generated and kept."""
    return _kept_source(_source_name(program), lambda: compiled_source(_generate(program)))


def kernel_source_file(program: Program) -> Path:
    """The file that holds the generated source of a program that is solved in steps."""
    return kept_source_file(_source_name(program), lambda: compiled_source(_generate(program)))


def kept_source_file(name: str, make: Callable[[], str]) -> Path:
    """The file that holds a source; it is written if it is missing or damaged.

    Parameters
    ----------
    name
        Name of the file, which changes with anything its text depends on.
    make
        Returns the source; called only where it is needed.
    """
    _kept_source(name, make)
    return cache_directory() / f"{name}.py"


def _source_name(program: Program) -> str:
    return f"kernels_{program.hash}_{program.stepper}_{generator_version()}"


def _kept_source(name: str, make: Callable[[], str]) -> str:
    path = cache_directory() / f"{name}.py"
    body = _read(path)
    if body is None:
        text = make()
        body = f"# {_digest(text)}\n{text}"
        _write(path, body.encode())
    return body


def compiled_module(
    name: str, make: Callable[[], str], compile_it: Callable[[ModuleType], None]
) -> ModuleType:
    """A module of compiled functions: from disk, else from the source that `make` returns.

    Parameters
    ----------
    name
        Name of the file, which changes with anything its text depends on.
    make
        Returns the source; called only if the file is missing or damaged.
    compile_it
        Compiles the functions of the module, or lets numba find them compiled on disk.
    """
    body = _kept_source(name, make)
    path = cache_directory() / f"{name}.py"
    try:
        module = _module(name, str(path), body)
        compile_it(module)
    except DAMAGED:
        # numba's own files beside ours are the only other thing that can be broken.
        _remove_compiled(path)
        module = _module(name, str(path), body)
        compile_it(module)
    return module


def kept_bytes(name: str) -> bytes | None:
    """What `keep_bytes` kept under a name, None if it is missing or damaged."""
    try:
        content = (cache_directory() / f"{name}.bin").read_bytes()
    except OSError:
        return None
    digest, body = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    return body if digest == _digest_bytes(body) else None


def keep_bytes(name: str, body: bytes) -> None:
    """Keep bytes under a name that changes with anything they depend on."""
    _write(cache_directory() / f"{name}.bin", _digest_bytes(body) + body)


@cache
def plain_kernels(program: Program) -> ModuleType:
    """The same kernels as ordinary Python functions, without numba: slow, and the oracle."""
    source = plain_source(_generate(program))
    return _module(f"plain_{program.hash}", f"<plain kernels {program.hash}>", source)


def _generate(program: Program) -> str:
    from .codegen import generate  # sympy is needed only here

    return generate(program)


def _module(name: str, filename: str, source: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = filename
    # numba finds the module of a cached function by its name.
    sys.modules[name] = module
    exec(compile(source, filename, "exec"), module.__dict__)  # noqa: S102 - text made by `generate`
    return module


def _digest(text: str) -> str:
    return _digest_bytes(text.encode()).hex()


def _digest_bytes(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=DIGEST_BYTES).digest()


def _read(path: Path) -> str | None:
    """Source kept in a file, None if the file is missing or damaged."""
    try:
        first, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    # The line of the digest stays, as a comment: numba keys its cache by line numbers too.
    return f"{first}\n{text}" if first == f"# {_digest(text)}" else None


def _write(path: Path, content: bytes) -> None:
    """Put a file in place at once, with a fixed time."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-", suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.utime(name, (FILE_TIME_S, FILE_TIME_S))
    Path(name).replace(path)


def _remove_compiled(path: Path) -> None:
    for item in (path.parent / "__pycache__").glob(f"{path.stem}*"):
        if item.is_dir():
            shutil.rmtree(item, ignore_errors=True)
        else:
            item.unlink(missing_ok=True)

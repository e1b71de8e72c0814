"""numba's compiler up to LLVM's own language, without machine code for each function."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.cpu import CPUContext

__all__ = ["without_machine_code"]


@contextmanager
def without_machine_code() -> Iterator[None]:
    """Compile functions that nobody calls one by one: only the last, which holds them all.

    Machine code of each on its own would take a third of the time. numba tells functions apart
    by what it would call, so each gets a built-in of its own in its place.
    """
    changes: tuple[tuple[Any, str, Any], ...] = (
        (CPUContext, "get_executable", lambda *_: [].append),
        (JITCodeLibrary, "_finalize_specific", lambda _: None),
    )
    with global_compiler_lock:
        before = [getattr(owner, name) for owner, name, _ in changes]
        try:
            for owner, name, instead in changes:
                setattr(owner, name, instead)
            yield
        finally:
            for (owner, name, _), usual in zip(changes, before, strict=True):
                setattr(owner, name, usual)

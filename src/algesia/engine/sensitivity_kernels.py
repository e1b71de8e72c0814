"""The compiled kernels of a program with its sensitivities: made once, found again on disk."""

import hashlib
from functools import cache
from importlib.resources import files
from types import ModuleType

import numpy as np

from .cache import compiled_module
from .program import Program
from .sensitivity_workspace import Columns
from .source_parts import compiled_source, generator_version
from .task import example_task

__all__ = ["compiled_with_columns"]

GENERATOR = (
    "column_kernels",
    "curvature_functions",
    "sensitivity_codegen",
    "sensitivity_driver",
    "sensitivity_kernels",
    "sensitivity_samples",
    "sensitivity_symbolic",
    "sensitivity_workspace",
    "steppers.rodas5p_columns",
)


@cache
def compiled_with_columns(program: Program, wrt: tuple[str, ...]) -> ModuleType:
    """The compiled kernels of a program with derivatives in some of its parameters.

    Parameters
    ----------
    program
        The program.
    wrt
        Names of the parameters.

    Returns
    -------
    ModuleType
        A module with `solve_columns` compiled for the types of `Task` and `Columns`, and the
        number of columns in a block, `LANES`.
    """
    from numba import typeof, types  # slow to import

    def compile_for_columns(module: ModuleType) -> None:
        types_given = [typeof(each) for each in (example_task(), _example_columns())]  # type: ignore[no-untyped-call] # numba has no types
        module.solve_columns.compile((types.int64, types.int64, *types_given))

    which = hashlib.blake2b(" ".join(wrt).encode(), digest_size=8).hexdigest()
    name = f"sensitivity_{program.hash}_{which}_{_version()}"
    return compiled_module(name, lambda: _source(program, wrt), compile_for_columns)


def _source(program: Program, wrt: tuple[str, ...]) -> str:
    from .sensitivity_codegen import generate_with_columns  # sympy is needed only here

    source = compiled_source(generate_with_columns(program, wrt))
    return source.replace("@compiled\ndef solve_columns(", "@entry\ndef solve_columns(")


@cache
def _version() -> str:
    digest = hashlib.blake2b(generator_version().encode(), digest_size=6)
    room = files("algesia.engine")
    for module in GENERATOR:
        digest.update(room.joinpath(f"{module.replace('.', '/')}.py").read_bytes())
    return digest.hexdigest()


def _example_columns() -> Columns:
    """Columns of the types all others have."""
    flat = np.zeros((1, 1))
    return Columns(np.zeros((1, 1, 1)), flat, flat, flat, flat, np.zeros((1, 1, 1, 1)))

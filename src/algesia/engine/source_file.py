"""The readable source that the machine code of a program is made from, as a file."""

from pathlib import Path

from .cache import kernel_source_file
from .program import Program

__all__ = ["source_file"]


def source_file(program: Program) -> Path:
    """The file of generated Python behind a program; it is made where it is missing.

    Parameters
    ----------
    program
        The program.

    Returns
    -------
    Path
        A file in the cache directory.
    """
    if program.stepper == "exact":
        from .exact.run import exact_source_file  # imports numba

        return exact_source_file(program)
    return kernel_source_file(program)

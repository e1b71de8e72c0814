"""How many subjects this processor advances at once."""

import os
import platform
from functools import cache

__all__ = ["WIDTHS", "best_width", "check_width", "fitting_width"]

WIDTHS = (1, 4, 8)
"""1 is the scalar kernel; the others are vectors of that many doubles."""

VARIABLE = "ALGESIA_LANES"


NARROW = 4
"""Lanes that few subjects are given: their steps take less time, and the bits are equal."""


def fitting_width(subjects: int, threads: int) -> int:
    """Width used when none is asked for: the best one, narrower where lanes would stay empty.

    Parameters
    ----------
    subjects
        Subjects to be solved.
    threads
        Threads that share them.
    """
    best = best_width()
    few = subjects <= NARROW * threads
    return NARROW if few and best > NARROW and VARIABLE not in os.environ else best


def best_width() -> int:
    """The widest this processor has kernels for, or what the environment says.

    The environment variable ``ALGESIA_LANES`` may name another one.

    Raises
    ------
    ValueError
        If the variable names a width there is no kernel for.
    """
    given = os.environ.get(VARIABLE)
    if given is None:
        return _processor_width()
    if given not in {str(width) for width in WIDTHS}:
        raise ValueError(f"{VARIABLE} is '{given}'; expected one of {_named()}")
    return check_width(int(given))


def check_width(lanes: int) -> int:
    """The width itself; refuse one that no kernel, or not this processor, has."""
    if lanes not in WIDTHS:
        raise ValueError(f"lanes is {lanes}; expected one of {_named()}")
    if lanes > 1 and _processor_width() == 1:
        raise ValueError(f"lanes is {lanes}; expected 1 on a processor without fused products")
    return lanes


def _named() -> str:
    return ", ".join(str(width) for width in WIDTHS)


@cache
def _processor_width() -> int:
    """8 with AVX-512, 4 with any other vectors that have a fused product, else 1."""
    if platform.machine().lower() in {"aarch64", "arm64"}:
        return 4
    from llvmlite import binding  # not imported before kernels are needed

    features = binding.get_host_cpu_features()
    # Without the fused product in hardware, LLVM would call a function for every single one.
    if not (features.get("fma") and features.get("avx2")):
        return 1
    return 8 if features.get("avx512f") and features.get("avx512dq") else 4

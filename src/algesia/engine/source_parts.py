"""Parts of a generated file: headers, and the text copied from modules of this room."""

import hashlib
import re
from functools import cache
from importlib.metadata import version
from importlib.resources import files

__all__ = [
    "compiled_source",
    "copied_text",
    "generator_version",
    "lane_driver_source",
    "plain_source",
    "short_digest",
]

MARK = "# The text below this line is copied into the generated kernels.\n"

COPIED = ("kernel_functions", "driver", "steppers.rodas5p", "steppers.dopri5")

LANE_MODULES = (
    "lanes.calls",
    "lanes.driver",
    "lanes.emitter",
    "lanes.entries",
    "lanes.layout",
    "lanes.machine_code",
    "lanes.meaning",
    "lanes.numbers_in",
    "lanes.translation",
    "lanes.value_functions",
    "lanes.vector_math",
    "lanes.work",
)

GENERATOR = (
    "codegen",
    "expression",
    "expression_to_sympy",
    "factorisation",
    "hoisting",
    "native",
    "native_arrays",
    "native_compiler",
    "printing",
    "source_parts",
    "subexpressions",
    "symbolic",
    "workspace",
)

COMMON_HEADER = '''"""Kernels written by the generator of algesia.engine; made anew if
deleted."""

from __future__ import annotations

import math

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine.workspace import (
    Events,
    Limits,
    Outcome,
    Samples,
    Subjects,
    Task,
    Work,
)
'''

# `fastmath` leaves out `nnan` and `ninf`: the driver relies on seeing them. `parallel=True`
# would miss numba's cache in every process; threads run chunks of the `nogil` driver instead.
COMPILED_HEADER = """from math import exp, log, sqrt

from numba import njit

options = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "arcp", "nsz"},
    "no_cfunc_wrapper": True,
}
entry = njit(cache=True, **options)
compiled = njit(no_cpython_wrapper=True, _nrt=False, **options)
"""

LANES_HEADER = """
from algesia.engine import driver as scalar
from algesia.engine.driver import (
    ADD,
    FASTEST,
    NOT_FINITE,
    OK,
    PARAMETERS,
    RATE,
    RESOLUTION,
    SAFETY,
    SET,
    SHORTEST,
    STEP_TOO_SMALL,
    TOO_MANY_STEPS,
)
from algesia.engine.lanes.calls import call_kernel, take_ticket
from algesia.engine.lanes.work import Lanes

# No fast arithmetic here: whatever a lane decides must not depend on how lanes are compiled.
options |= {"fastmath": False}
compiled = njit(no_cpython_wrapper=True, _nrt=False, **options)
fitted = compiled(scalar.fitted)
"""

PLAIN_HEADER = "from numpy import exp, log, sqrt\n"


def _text(module: str) -> str:
    return (
        files("algesia.engine")
        .joinpath(f"{module.replace('.', '/')}.py")
        .read_text(encoding="utf-8")
    )


def copied_text(module: str) -> str:
    """The text of a module of this room below its mark."""
    _, mark, text = _text(module).partition(MARK)
    if not mark:
        raise ValueError(f"module {module} has no mark; expected the line '{MARK.strip()}'")
    return text


def short_digest(content: bytes) -> str:
    """Hash for the name of a file, 12 digits."""
    return hashlib.blake2b(content, digest_size=6).hexdigest()


@cache
def generator_version() -> str:
    """Hash of everything a generated file depends on besides its program, 12 digits."""
    digest = hashlib.blake2b(digest_size=6)
    for module in (*COPIED, *LANE_MODULES, *GENERATOR):
        digest.update(_text(module).encode())
    for package in ("numba", "sympy"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def compiled_source(body: str) -> str:
    """A generated body as a file whose functions numba compiles."""
    decorated = re.sub(r"^def ", "@compiled\ndef ", body, flags=re.MULTILINE)
    decorated = decorated.replace(
        "@compiled\ndef solve_subjects(", "@entry\ndef solve_subjects("
    )
    return f"{COMMON_HEADER}{COMPILED_HEADER}\n{decorated}"


def lane_driver_source(body: str) -> str:
    """The text of the driver of the lanes as a file whose functions numba compiles."""
    decorated = re.sub(r"^def ", "@compiled\ndef ", body, flags=re.MULTILINE)
    return f"{COMMON_HEADER}{COMPILED_HEADER}{LANES_HEADER}\n{decorated}"


def plain_source(body: str) -> str:
    """A generated body as a file that runs as ordinary Python: the slow oracle of the tests."""
    return f"{COMMON_HEADER}{PLAIN_HEADER}\n{body}"

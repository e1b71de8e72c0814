"""CVODE of SUNDIALS called from C: BDF, KLU, the engine's own right-hand side and Jacobian.

Needs a C compiler and SUNDIALS with its headers, KLU included: Debian's packages
libsundials-dev and libsuitesparse-dev, or a folder named by the environment variable
``SUNDIALS_PREFIX`` that holds `include` and `lib`.
"""

import ctypes
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from peers.algesia_c import FOLDER, compiled, compiler
from peers.algesia_engine import prepare as prepare_engine
from peers.model_text import Model
from peers.scalar_c import scalar_c
from peers.segments import Floats, Result, timed
from problems.dosing_shapes import Shape

from algesia.engine import Program
from algesia.engine.cache import kernel_source
from algesia.engine.lanes.machine_code import lane_kernels
from algesia.engine.symbolic import jacobian, symbolic_system

PACKAGES = ()
VARIABLE = "SUNDIALS_PREFIX"
FLAGS = ("-O3", "-march=native", "-std=gnu11", "-shared", "-fPIC", "-ffp-contract=fast",
         "-fno-math-errno", "-fno-trapping-math")  # fmt: skip
SUNDIALS = ("cvode", "sunlinsolklu", "sunlinsoldense", "sunmatrixsparse", "sunmatrixdense",
            "nvecserial")  # fmt: skip
SUITESPARSE = ("klu", "btf", "amd", "colamd", "suitesparseconfig")

DOUBLES = ("parameters", "initial", "start_h", "end_h", "dose", "rate", "sample_h")


class Task(ctypes.Structure):
    """`task` of `cvode_driver.c`."""

    _fields_ = (
        [(name, ctypes.c_void_p) for name in (*DOUBLES, "first_sample")]
        + [("relative", ctypes.c_double), ("absolute", ctypes.c_double)]
        + [(name, ctypes.c_long) for name in ("patients", "segments", "samples", "dense")]
        + [(name, ctypes.c_void_p) for name in ("values", "steps")]
    )


def libraries() -> list[str]:
    """Flags for headers and libraries.

    Raises
    ------
    FileNotFoundError
        If the headers are not found.
    """
    prefix = os.environ.get(VARIABLE)
    flags = []
    if prefix is not None:
        found = [
            str(path.parent)
            for path in Path(prefix).rglob("libsundials_cvode.*")
            if path.suffix in {".a", ".so"}
        ]
        include = Path(prefix) / "include"
        flags = [
            f"-I{include}",
            f"-I{include}/suitesparse",
            *(f"{flag}{one}" for one in found[:1] for flag in ("-L", "-Wl,-rpath,")),
        ]
    else:
        flags = ["-I/usr/include/suitesparse"]
    probe = subprocess.run(
        [compiler(), *flags, "-E", "-x", "c", "-", "-o", os.devnull],
        input="#include <cvode/cvode.h>\n#include <sunlinsol/sunlinsol_klu.h>\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if probe.returncode:
        raise FileNotFoundError(
            f"no headers of SUNDIALS with KLU found (see {VARIABLE} in peers.md): left out"
        )
    return flags


def sizes_text(program: Program) -> str:
    """Sizes, and where the entries of the Jacobian are."""
    layout = lane_kernels(program, 4).layout
    _, entries = jacobian(symbolic_system(program))
    places = list(entries)
    by_column = sorted(range(len(places)), key=lambda k: (places[k][1], places[k][0]))
    starts = np.searchsorted(
        [places[k][1] for k in by_column], np.arange(len(program.states) + 1)
    )
    sizes = {
        "STATES": len(program.states),
        "PARAMETERS": len(program.parameters),
        "CONSTANTS": layout.rows["constants"],
        "ENTRIES": len(places),
    }
    tables = {
        "ENTRY_ROW": [row for row, _ in places],
        "ENTRY_COLUMN": [column for _, column in places],
        "BY_COLUMN": by_column,
        "COLUMN_START": starts.tolist(),
    }
    text = "".join(f"#define {name} {size}\n" for name, size in sizes.items())
    return text + "".join(
        f"static const int {name}[] = {{{', '.join(map(str, table))}}};\n"
        for name, table in tables.items()
    )


@dataclass
class Solver:
    """The compiled library."""

    model: Model
    library: ctypes.CDLL
    dense: bool
    accepted: float = 0.0

    def run(self, shape: Shape, parameters: Floats, tolerance: float) -> Result:
        """Solve patients one after the other, all in C."""
        return timed(lambda: self._solve(shape, parameters, tolerance))

    def _solve(self, shape: Shape, parameters: Floats, tolerance: float) -> Floats:
        segments, states = len(shape.start_h), len(self.model.states)
        dose, rate = np.zeros((segments, states)), np.zeros((segments, states))
        dose[:, self.model.fed_indices] = shape.dose_mg
        rate[:, [self.model.states.index(name) for name in self.model.driven]] = (
            shape.rate_mg_per_h
        )
        arrays = {
            "parameters": np.ascontiguousarray(parameters),
            "initial": np.array(self.model.initial),
            "start_h": shape.start_h,
            "end_h": shape.end_h,
            "dose": dose,
            "rate": rate,
            "sample_h": shape.sample_h,
            "first_sample": shape.first_sample.astype(np.int64),
            "values": np.full((len(parameters), len(shape.sample_h), states), np.nan),
            "steps": np.zeros(len(parameters), dtype=np.int64),
        }
        task = Task(
            relative=tolerance,
            absolute=tolerance * 1e-3,
            patients=len(parameters),
            segments=segments,
            samples=len(shape.sample_h),
            dense=int(self.dense),
            **{name: array.ctypes.data for name, array in arrays.items()},
        )
        code = self.library.solve(ctypes.byref(task))
        if code != 0:
            raise RuntimeError(f"CVODE returned {code}; expected 0")
        self.accepted = float(np.mean(arrays["steps"]))
        return arrays["values"]


def prepare(model: Model, *, dense: bool = False) -> Solver:
    """Write kernels and driver as C and compile them."""
    flags = libraries()
    program = prepare_engine(model).program
    kernels = scalar_c(kernel_source(program), ("prepare", "rhs", "rhs_and_jacobian"))
    driver = (FOLDER / "cvode_driver.c").read_text(encoding="utf-8")
    names = [f"-l{name}" for name in (*(f"sundials_{one}" for one in SUNDIALS), *SUITESPARSE)]
    library = compiled(
        f"{kernels}\n{sizes_text(program)}\n{driver}", (*FLAGS, *flags), (*names, "-lm")
    )
    return Solver(model=model, library=library, dense=dense)

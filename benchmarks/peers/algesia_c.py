"""The engine's vector kernels compiled by a C compiler, under a driver written in C.

Tells how near LLVM and numba bring the engine to what C would give; nobody needs it.
"""

import ctypes
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from peers.algesia_engine import batch
from peers.algesia_engine import prepare as prepare_engine
from peers.c_text import c_text
from peers.model_text import Model
from peers.segments import Floats, Result, timed
from problems.dosing_shapes import Shape

from algesia.engine import Program, Tolerances
from algesia.engine.cache import kernel_source
from algesia.engine.lanes.layout import Layout
from algesia.engine.lanes.machine_code import assembly, lane_kernels
from algesia.engine.lanes.width import best_width

PACKAGES = ("numba",)
FOLDER = Path(__file__).with_name("c")
FLAGS = ("-O3", "-march=native", "-std=gnu11", "-shared", "-fPIC", "-ffp-contract=fast",
         "-fno-signed-zeros", "-freciprocal-math", "-fno-math-errno", "-fno-trapping-math",
         "-Wno-psabi")  # fmt: skip

POINTERS = ("parameters", "initial", "start_time_h", "absolute", "start_row", "event_offset",
            "event_kind", "event_index", "sample_event", "event_time_h", "event_value",
            "sample_time_h")  # fmt: skip
ANSWERS = ("values", "status", "accepted", "rejected")


class Task(ctypes.Structure):
    """`task` of `lane_driver.c`."""

    _fields_ = (
        [(name, ctypes.c_void_p) for name in POINTERS]
        + [("relative", ctypes.c_double), ("maximum_step_h", ctypes.c_double)]
        + [(name, ctypes.c_long) for name in ("subjects", "samples", "maximum_steps")]
        + [(name, ctypes.c_void_p) for name in ANSWERS]
    )


def compiler() -> str:
    """The C compiler: that of the environment variable ``CC``, else gcc.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    found = shutil.which(os.environ.get("CC", "gcc"))
    if found is None:
        raise FileNotFoundError("no C compiler (gcc) found: left out")
    return found


def compiled(
    source: str, flags: tuple[str, ...], libraries: tuple[str, ...] = ()
) -> ctypes.CDLL:
    """A library made of C source; its file is gone once it is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        text, library = Path(folder) / "solver.c", Path(folder) / "solver.so"
        text.write_text(source, encoding="utf-8")
        command = [compiler(), f"-I{FOLDER}", str(text), "-o", str(library), *flags, *libraries]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(library))


def driver_text(layout: Layout, program: Program) -> str:
    """Sizes, and the driver that uses them."""
    sizes = {f"FIRST_{name}": row for name, row in layout.first.items()} | {
        "ROWS": layout.total,
        "STATES": layout.rows["state"],
        "VISIBLE": layout.rows["absolute"],
        "OUTPUTS": layout.rows["values"],
        "PARAMETERS": len(program.parameters),
    }
    text = "".join(f"#define {name} {size}\n" for name, size in sizes.items())
    return text + (FOLDER / "lane_driver.c").read_text(encoding="utf-8")


@dataclass
class Solver:
    """The compiled library."""

    model: Model
    library: ctypes.CDLL
    lanes: int
    accepted: float = 0.0

    def run(self, shape: Shape, parameters: Floats, tolerance: float) -> Result:
        """Solve all patients in one call."""
        return timed(lambda: self._solve(shape, parameters, tolerance))

    def _solve(self, shape: Shape, parameters: Floats, tolerance: float) -> Floats:
        given = batch(shape, self.model, parameters)
        subjects, samples = given.sample_time_h.shape
        states = len(self.model.states)
        arrays: dict[str, Any] = {
            name: np.ascontiguousarray(getattr(given, name))
            for name in POINTERS
            if name != "absolute"
        }
        arrays["absolute"] = np.full(states, tolerance * 1e-3)
        arrays["values"] = np.full((subjects, samples, states), np.nan)
        for name in ANSWERS[1:]:
            arrays[name] = np.zeros(subjects, dtype=np.int64)
        task = Task(
            relative=tolerance,
            maximum_step_h=np.inf,
            subjects=subjects,
            samples=samples,
            maximum_steps=Tolerances().maximum_steps,
            **{name: array.ctypes.data for name, array in arrays.items()},
        )
        self.library.solve(ctypes.byref(task))
        self.accepted = float(np.mean(arrays["accepted"]))
        return arrays["values"]


def prepare(model: Model) -> Solver:
    """Write the kernels as C and compile them."""
    compiler()
    program = prepare_engine(model).program
    lanes = max(best_width(), 4)
    layout = lane_kernels(program, lanes).layout
    kernels = c_text(assembly(kernel_source(program), program, lanes), lanes)
    library = compiled(f"{kernels}\n{driver_text(layout, program)}", FLAGS)
    return Solver(model=model, library=library, lanes=lanes)

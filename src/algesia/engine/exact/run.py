"""Exact kernels made ready: machine code of a program, and the one driver of all programs."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine.cache import keep_bytes, kept_bytes, kept_source_file
from algesia.engine.lanes.layout import Layout
from algesia.engine.lanes.machine_code import loaded, machine_code, processor
from algesia.engine.native import Native, native
from algesia.engine.program import Program
from algesia.engine.source_parts import copied_text, generator_version, short_digest
from algesia.engine.task import example_task
from algesia.engine.workspace import Task

from .work import PropagationWork

if TYPE_CHECKING:
    from .kernels import LinearKernels

__all__ = ["exact_solver", "exact_source_file", "plain_exact_solver"]

KERNELS = (
    "prepare",
    "slopes",
    "size_of",
    "outputs",
    "flow",
    "spread",
    "extend",
    "multiply",
    "returned",
    "rhs",
)
"""The kernels of a program, in the order in which the driver counts them."""

EVERY_KERNEL = """
def every_kernel(work):
    prepare(work.parameters, work.constants)
    slopes(work.constants, work.system)
    size_of(work.system, work.values)
    outputs(work.state, work.constants, work.values)
    flow(work.system, work.state, work.values)
    spread(work.matrix, work.state, work.values)
    extend(work.system, work.matrix, work.values)
    multiply(work.matrix, work.matrix, work.values)
    returned(work.matrix, work.values)
    rhs(work.state, work.constants, work.rates, work.values)
"""
"""Never called: it shows the translator what each kernel is given."""

DRIVER_HEADER = '''"""The driver of exact propagation; made anew if deleted."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from algesia.arrays import FloatArray, IntArray
from algesia.engine.exact.calls import call_four, call_three, call_two
from algesia.engine.exact.work import PropagationWork
from algesia.engine.workspace import Events, Outcome, Samples, Subjects, Task

options = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "arcp", "nsz"},
    "no_cfunc_wrapper": True,
}
compiled = njit(no_cpython_wrapper=True, _nrt=False, **options)

'''

READABLE_HEADER = '''"""Kernels of exact propagation; kept to be read, made anew if deleted.

The machine code beside this file is made of the functions below, and these of the equations:
'''

Solver = Callable[[int, int, Task], None]


def exact_solver(program: Program) -> Solver:
    """What solves the subjects from one to before another by exact propagation, compiled.

    Parameters
    ----------
    program
        A program that is linear in its states.

    Raises
    ------
    ValueError
        If it is not.
    """
    driver = _driver()
    sizes = json.loads(driver.notes)
    notes, _ = _compiled(program)
    return lambda first, last, task: driver(first, last, task, _work(notes, sizes))


def plain_exact_solver(program: Program) -> Solver:
    """The same text run by Python, without numba or machine code: slow, and the oracle."""
    from .kernels import linear_kernels  # imports sympy

    kernels = linear_kernels(program)
    functions: dict[str, Any] = {}
    exec(f"from numpy import exp, log, sqrt\n{kernels.source}", functions)  # noqa: S102 - text made by `linear_kernels`
    ordered = [functions[name] for name in KERNELS]

    def call(kernel: int, *arrays: FloatArray) -> None:
        ordered[kernel](*arrays)

    module: dict[str, Any] = {"call_two": call, "call_three": call, "call_four": call}
    exec(_plain_driver_source(), module)  # noqa: S102 - text of this room
    solve_subjects = module["solve_subjects"]
    notes, sizes = _notes(_sizes(kernels), tuple(range(len(KERNELS)))), _driver_sizes()
    return lambda first, last, task: solve_subjects(first, last, task, _work(notes, sizes))


def _work(program: IntArray, sizes: dict[str, int]) -> PropagationWork:
    """Scratch arrays of one call, for what the driver is told of a program."""
    states = program.size - sizes["DIAGONAL"]
    return PropagationWork(
        program,
        np.zeros((sizes["VECTORS"], states)),
        np.zeros(program[sizes["CONSTANTS"]]),
        np.zeros(program[sizes["ENTRIES"]]),
        np.zeros((sizes["MATRICES"], program[sizes["PAIRS"]])),
        np.zeros((sizes["PRODUCT"], states)),
        np.zeros((sizes["LEVELS"], states)),
        np.zeros(sizes["KEPT_H"] + sizes["SLOTS"]),
        np.zeros(sizes["LAST_TURN"] + sizes["SLOTS"], dtype=np.int64),
    )


def _driver_sizes() -> dict[str, int]:
    """Numbers the driver's text gives names to, such as the rows of its scratch arrays."""
    module: dict[str, Any] = {"call_two": None, "call_three": None, "call_four": None}
    exec(_plain_driver_source(), module)  # noqa: S102 - text of this room
    return {name: value for name, value in module.items() if type(value) is int}


def _notes(kernels: Mapping[str, Any], addresses: tuple[int, ...]) -> IntArray:
    """What the driver is told of a program, see `PropagationWork.program`."""
    sizes = [kernels[name] for name in ("depth", "constants", "entries", "pairs")]
    return np.array([*addresses, *sizes, *kernels["diagonal"]], dtype=np.int64)


@cache
def _compiled(program: Program) -> tuple[IntArray, object]:
    """What the driver is told, and what keeps the machine code in memory."""
    name = f"exact_{program.hash}_{_version()}_{processor()}"
    content = kept_bytes(name)
    if content is None:
        from .kernels import linear_kernels  # imports sympy

        kernels = linear_kernels(program)
        code = machine_code(_assembly(program, kernels))
        sizes = json.dumps(_sizes(kernels)).encode()
        content = sizes + b"\n" + code
        keep_bytes(name, content)
        kept_source_file(_source_name(program), lambda: _readable(program, kernels))
    sizes, _, code = content.partition(b"\n")
    addresses, owner = loaded(code, KERNELS)
    return _notes(json.loads(sizes), addresses), owner


def exact_source_file(program: Program) -> Path:
    """The file that holds the Python text the machine code of a program is made from.

    Parameters
    ----------
    program
        A program that is linear in its states.

    Raises
    ------
    ValueError
        If it is not.
    """

    def make() -> str:
        from .kernels import linear_kernels  # imports sympy

        return _readable(program, linear_kernels(program))

    return kept_source_file(_source_name(program), make)


def _source_name(program: Program) -> str:
    return f"exact_{program.hash}_{_version()}"


def _readable(program: Program, kernels: "LinearKernels") -> str:
    """Kernels as a module, below the equations they are made from."""
    equations = [f"{name} = {text}" for name, text in program.definitions]
    equations += [
        f"d {state} / dt = {text}"
        for state, text in zip(program.states, program.derivatives, strict=True)
    ]
    equations += [f"output {name} = {text}" for name, text in program.outputs]
    lines = "\n".join(f"    {line}" for line in equations)
    return (
        f"{READABLE_HEADER}\n{lines}\n\n"
        f"states: {', '.join(program.states)}\n"
        f"parameters: {', '.join(program.parameters) or 'none'}\n"
        f'"""\n\nfrom numpy import exp, log, sqrt\n\n{kernels.source}'
    )


def _sizes(kernels: "LinearKernels") -> dict[str, object]:
    return {
        "constants": kernels.constants,
        "entries": kernels.entries,
        "pairs": kernels.pairs,
        "diagonal": kernels.diagonal,
        "depth": kernels.depth,
    }


def _assembly(program: Program, kernels: "LinearKernels") -> str:
    """LLVM assembly of the kernels, each a function of the beginnings of its arrays."""
    fields = ("parameters", "constants", "system", "state", "rates", "matrix", "values")
    layout = Layout(
        first=dict.fromkeys(fields, 0), rows=dict.fromkeys(fields, 1), columns={}, total=1
    )
    from algesia.engine.lanes.translation import Translator  # needed for new programs only

    translator = Translator(f"{kernels.source}\n{EVERY_KERNEL}", layout, {}, 1)
    text = translator.module(["every_kernel"])
    return text.replace("define internal void", "define void")


@cache
def _driver() -> Native:
    """The driver of all programs: from memory, from disk, or compiled."""
    work = PropagationWork(
        np.zeros(1, dtype=np.int64), np.zeros((1, 1)), np.zeros(1), np.zeros(1),
        np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1),
        np.zeros(1, dtype=np.int64),
    )  # fmt: skip
    return native(
        f"exact_driver_{_version()}_{processor()}",
        lambda: (_driver_source(), json.dumps(_driver_sizes())),
        "solve_subjects",
        (0, 1, example_task(), work),
    )


def _driver_source() -> str:
    return DRIVER_HEADER + _driver_text().replace("\ndef ", "\n@compiled\ndef ")


def _plain_driver_source() -> str:
    header, _, _ = DRIVER_HEADER.partition("\noptions = ")
    kept = [
        line for line in header.splitlines() if "numba" not in line and ".calls " not in line
    ]
    return "\n".join(kept) + "\n" + _driver_text()


def _driver_text() -> str:
    return f"{copied_text('exact.propagation')}\n{copied_text('exact.driver')}"


@cache
def _version() -> str:
    """Digest of all that a kept file depends on besides its program and the processor."""
    own = ("calls", "kernels", "reach", "run", "work")
    modules = [_module_text(name) for name in own]
    return short_digest("".join([generator_version(), _driver_text(), *modules]).encode())


def _module_text(name: str) -> str:
    from importlib.resources import files

    return files("algesia.engine.exact").joinpath(f"{name}.py").read_text(encoding="utf-8")

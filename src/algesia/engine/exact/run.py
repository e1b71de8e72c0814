"""Exact kernels made ready: machine code of a program, and the one driver of all programs."""

import json
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine.cache import compiled_module, keep_bytes, kept_bytes
from algesia.engine.lanes.layout import Layout
from algesia.engine.lanes.machine_code import loaded, machine_code
from algesia.engine.lanes.translation import Translator
from algesia.engine.program import Program
from algesia.engine.source_parts import copied_text, generator_version, short_digest
from algesia.engine.task import example_task
from algesia.engine.workspace import Task

from .kernels import LinearKernels, linear_kernels

__all__ = ["exact_solver", "plain_exact_solver"]

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
entry = njit(cache=True, **options)
compiled = njit(no_cpython_wrapper=True, _nrt=False, **options)

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
    solve_subjects = _driver().solve_subjects
    notes, _ = _compiled(program)
    return lambda first, last, task: solve_subjects(first, last, task, notes)


def plain_exact_solver(program: Program) -> Solver:
    """The same text run by Python, without numba or machine code: slow, and the oracle."""
    kernels = linear_kernels(program)
    functions: dict[str, Any] = {}
    exec(f"from numpy import exp, log, sqrt\n{kernels.source}", functions)  # noqa: S102 - text made by `linear_kernels`
    ordered = [functions[name] for name in KERNELS]

    def call(kernel: int, *arrays: FloatArray) -> None:
        ordered[kernel](*arrays)

    module: dict[str, Any] = {"call_two": call, "call_three": call, "call_four": call}
    exec(_plain_driver_source(), module)  # noqa: S102 - text of this room
    solve_subjects = module["solve_subjects"]
    notes = _notes(kernels, tuple(range(len(KERNELS))))
    return lambda first, last, task: solve_subjects(first, last, task, notes)


def _notes(kernels: LinearKernels, addresses: tuple[int, ...]) -> IntArray:
    """What the driver is told of a program, see `PropagationWork.program`."""
    sizes = (kernels.depth, kernels.constants, kernels.entries, kernels.pairs)
    return np.array([*addresses, *sizes, *kernels.diagonal], dtype=np.int64)


@cache
def _compiled(program: Program) -> tuple[IntArray, object]:
    """What the driver is told, and what keeps the machine code in memory."""
    name = f"exact_{program.hash}_{_version()}_{_processor()}"
    content = kept_bytes(name)
    if content is None:
        kernels = linear_kernels(program)
        code = machine_code(_assembly(program, kernels))
        sizes = json.dumps(_sizes(kernels)).encode()
        content = sizes + b"\n" + code
        keep_bytes(name, content)
    sizes, _, code = content.partition(b"\n")
    addresses, owner = loaded(code, KERNELS)
    return _notes(LinearKernels(source="", **json.loads(sizes)), addresses), owner


def _sizes(kernels: LinearKernels) -> dict[str, object]:
    return {
        "constants": kernels.constants,
        "entries": kernels.entries,
        "pairs": kernels.pairs,
        "diagonal": kernels.diagonal,
        "depth": kernels.depth,
    }


def _assembly(program: Program, kernels: LinearKernels) -> str:
    """LLVM assembly of the kernels, each a function of the beginnings of its arrays."""
    fields = ("parameters", "constants", "system", "state", "rates", "matrix", "values")
    layout = Layout(
        first=dict.fromkeys(fields, 0), rows=dict.fromkeys(fields, 1), columns={}, total=1
    )
    translator = Translator(f"{kernels.source}\n{EVERY_KERNEL}", layout, {}, 1)
    text = translator.module(["every_kernel"])
    return text.replace("define internal void", "define void")


@cache
def _driver() -> ModuleType:
    """The compiled driver: from memory, from disk, or compiled."""
    from numba import typeof, types  # slow to import

    def compile_it(module: ModuleType) -> None:
        task_type = typeof(example_task())  # type: ignore[no-untyped-call] # numba has no types
        notes = typeof(np.zeros(1, dtype=np.int64))  # type: ignore[no-untyped-call] # numba has no types
        module.solve_subjects.compile((types.int64, types.int64, task_type, notes))

    return compiled_module(f"exact_driver_{_version()}", _driver_source, compile_it)


def _driver_source() -> str:
    text = _driver_text().replace("\ndef ", "\n@compiled\ndef ")
    return DRIVER_HEADER + text.replace(
        "@compiled\ndef solve_subjects(", "@entry\ndef solve_subjects("
    )


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


@cache
def _processor() -> str:
    """Digest of what machine code depends on besides its source."""
    from llvmlite import binding

    parts = (
        binding.get_default_triple(),
        binding.get_host_cpu_name(),
        binding.get_host_cpu_features().flatten(),
        str(binding.llvm_version_info),
    )
    return short_digest(" ".join(parts).encode())

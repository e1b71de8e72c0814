"""Writes the Python source of exact propagation for a program that is linear in its states.

This module imports sympy and is itself imported only when no cached source exists.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sympy

from algesia.engine.hoisting import Hoister
from algesia.engine.printing import python_text
from algesia.engine.program import Program
from algesia.engine.source_parts import copied_text
from algesia.engine.subexpressions import in_order, shared
from algesia.engine.symbolic import Assignment, SymbolicSystem, jacobian, symbolic_system

from .linearity import why_not_exact
from .reach import product_kernels, steps_between

__all__ = ["LinearKernels", "linear_kernels"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearKernels:
    """Kernels of a linear program.

    Attributes
    ----------
    source
        Their Python, straight lines of arithmetic.
    constants
        Number of values that depend on the parameter row alone.
    entries
        Number of places of the system that are not 0.
    pairs
        Number of places of its exponential that are not 0.
    diagonal
        Which of those are on the diagonal, (X,).
    depth
        Most flows between a state and another it reaches by the shortest way.
    """

    source: str
    constants: int
    entries: int
    pairs: int
    diagonal: tuple[int, ...]
    depth: int


def linear_kernels(program: Program) -> LinearKernels:
    """The kernels of a program that is linear in its states.

    Parameters
    ----------
    program
        The program.

    Raises
    ------
    ValueError
        If a derivative is not linear in the states, or anything uses `time`.
    """
    reason = why_not_exact(program)
    if reason is not None:
        raise ValueError(
            f"stepper is 'exact' but {reason}; expected derivatives linear in the states"
        )
    system = symbolic_system(program)
    hoister = Hoister(system.parameters)
    definitions = hoister.split(system.definitions)
    named, entries = jacobian(system)
    slopes = hoister.split(named)
    derivatives = _numbered("f__", (hoister.hoist(item) for item in system.derivatives))
    values = _numbered("j__", (hoister.hoist(item) for item in entries.values()))
    outputs = _numbered("o__", (hoister.hoist(item) for item in system.outputs))
    bodies = {
        "rhs": shared([*definitions, *derivatives], _symbols(derivatives)),
        "slopes": shared([*slopes, *values], _symbols(values)),
        "outputs": shared([*definitions, *outputs], _symbols(outputs)),
    }
    constants = _constants(bodies.values(), hoister)
    loads = _loads(system, constants)
    parts = [
        copied_text("kernel_functions"),
        _prepare(system, hoister, constants),
        _kernel("rhs", "state, constants, rates, derivative", bodies["rhs"], loads)
        + _stores(
            f"derivative[{place}] = {symbol} + rates[{place}]"
            for place, (symbol, _) in enumerate(derivatives)
        ),
        _kernel("slopes", "constants, jacobian", bodies["slopes"], loads)
        + _stores(f"jacobian[{place}] = {symbol}" for place, (symbol, _) in enumerate(values)),
        *product_kernels(len(system.states), tuple(entries)),
        _kernel("outputs", "state, constants, values", bodies["outputs"], loads)
        + _stores(f"values[{place}] = {symbol}" for place, (symbol, _) in enumerate(outputs)),
    ]
    steps = steps_between(len(system.states), tuple(entries))
    return LinearKernels(
        source="\n\n".join(part.strip("\n") + "\n" for part in parts),
        constants=len(constants),
        entries=len(entries),
        pairs=len(steps),
        diagonal=tuple(place for place, (a, b) in enumerate(steps) if a == b),
        depth=max(steps.values()),
    )


def _numbered(prefix: str, expressions: Iterable[sympy.Expr]) -> list[Assignment]:
    return [(sympy.Symbol(f"{prefix}{place}"), item) for place, item in enumerate(expressions)]


def _symbols(assignments: Iterable[Assignment]) -> list[sympy.Symbol]:
    return [symbol for symbol, _ in assignments]


def _constants(bodies: Iterable[list[Assignment]], hoister: Hoister) -> list[sympy.Symbol]:
    """Fixed values any kernel uses, in a stable order."""
    used: set[sympy.Symbol] = set()
    for body in bodies:
        for _, expression in body:
            used |= expression.free_symbols & hoister.fixed
    return sorted(used, key=lambda symbol: symbol.name)


def _loads(system: SymbolicSystem, constants: list[sympy.Symbol]) -> dict[sympy.Symbol, str]:
    """Where each symbol of a kernel comes from."""
    states = {symbol: f"state[{place}]" for place, symbol in enumerate(system.states)}
    return states | {symbol: f"constants[{place}]" for place, symbol in enumerate(constants)}


def _prepare(
    system: SymbolicSystem, hoister: Hoister, constants: Sequence[sympy.Symbol]
) -> str:
    """The kernel that turns a parameter row into constants."""
    loads = {symbol: f"parameters[{place}]" for place, symbol in enumerate(system.parameters)}
    computed = {symbol for symbol, _ in hoister.assignments}
    body = in_order(hoister.assignments, [item for item in constants if item in computed])
    direct = [item for item in constants if item not in computed]
    return _kernel("prepare", "parameters, constants", body, loads, direct) + _stores(
        f"constants[{place}] = {symbol}" for place, symbol in enumerate(constants)
    )


def _kernel(
    name: str,
    arguments: str,
    body: Sequence[Assignment],
    loads: dict[sympy.Symbol, str],
    more: Iterable[sympy.Symbol] = (),
) -> str:
    used = {symbol for _, expression in body for symbol in expression.free_symbols} | set(more)
    lines = [f"{symbol} = {place}" for symbol, place in loads.items() if symbol in used]
    lines += [f"{symbol} = {python_text(expression)}" for symbol, expression in body]
    # A kernel without statements, such as the outputs of a program that has none, still parses.
    return _function(name, arguments, lines)


def _function(name: str, arguments: str, lines: Iterable[str]) -> str:
    return f'def {name}({arguments}):\n    """Generated."""\n' + _stores(lines)


def _stores(lines: Iterable[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)

"""Writes the Python source of a program's kernels, with its stepper and the driver below them.

This module imports sympy and is itself imported only when no cached source exists.
"""

from collections.abc import Iterable, Sequence

import sympy

from .factorisation import Factorisation, symbolic_factorisation
from .hoisting import Hoister
from .printing import python_text
from .program import Program
from .source_parts import copied_text
from .subexpressions import in_order, shared
from .symbolic import Assignment, SymbolicSystem, jacobian, symbolic_system

__all__ = ["generate"]


def generate(program: Program) -> str:
    """The source of the kernels of a program, without its header.

    Parameters
    ----------
    program
        The program.

    Returns
    -------
    str
        Python source in which every function at the top level can run as it is or be compiled.
    """
    system = symbolic_system(program)
    hoister = Hoister(system.parameters)
    definitions = hoister.split(system.definitions)
    derivatives = _numbered("f__", (hoister.hoist(item) for item in system.derivatives))
    outputs = _numbered("o__", (hoister.hoist(item) for item in system.outputs))
    bodies = {
        "rhs": shared([*definitions, *derivatives], _symbols(derivatives)),
        "outputs": shared([*definitions, *outputs], _symbols(outputs)),
    }
    sizes = {
        "STATES": len(system.states),
        "VISIBLE": len(program.states),
        "CLOCK": len(program.states) if program.uses_time else -1,
        "OUTPUTS": len(system.outputs),
        "ENTRIES": 0,
        "FACTORS": 0,
    }
    entries: list[Assignment] = []
    factorisation: Factorisation | None = None
    if program.stepper == "rodas5p":
        named, values = jacobian(system)
        entries = _numbered("j__", (hoister.hoist(item) for item in values.values()))
        slopes = [(symbol, hoister.hoist(item)) for symbol, item in named]
        every = [*definitions, *slopes, *derivatives, *entries]
        bodies["rhs_and_jacobian"] = shared(every, _symbols([*derivatives, *entries]))
        factorisation = symbolic_factorisation(len(system.states), values)
        sizes |= {"ENTRIES": len(entries), "FACTORS": factorisation.size}
    constants = _constants(bodies.values(), hoister)
    sizes["CONSTANTS"] = len(constants)
    loads = _loads(system, constants)
    parts = [
        "\n".join(f"{name} = {size}" for name, size in sizes.items()) + "\n",
        copied_text("kernel_functions"),
        _prepare(system, hoister, constants),
        _kernel("rhs", "state, constants, rates, derivative", bodies["rhs"], loads)
        + _derivative_stores(derivatives),
    ]
    if factorisation is not None:
        arguments = "state, constants, rates, derivative, jacobian"
        parts += [
            _kernel("rhs_and_jacobian", arguments, bodies["rhs_and_jacobian"], loads)
            + _derivative_stores(derivatives)
            + _stores("jacobian", entries),
            _function("factorise", "shift, jacobian, factors", factorisation.factorise),
            _function("back_substitute", "factors, vector", factorisation.back_substitute),
        ]
    parts += [
        _kernel("outputs", "state, constants, values", bodies["outputs"], loads)
        + _stores("values", outputs),
        copied_text(f"steppers.{program.stepper}"),
        copied_text("driver"),
    ]
    return "\n\n".join(part.strip("\n") + "\n" for part in parts)


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


def _prepare(system: SymbolicSystem, hoister: Hoister, constants: list[sympy.Symbol]) -> str:
    """The kernel that turns a parameter row into constants."""
    loads = {symbol: f"parameters[{place}]" for place, symbol in enumerate(system.parameters)}
    computed = {symbol for symbol, _ in hoister.assignments}
    body = in_order(hoister.assignments, [item for item in constants if item in computed])
    direct = [item for item in constants if item not in computed]
    lines = _load_lines(body, loads, direct)
    lines += [f"{symbol} = {python_text(expression)}" for symbol, expression in body]
    lines += [f"constants[{place}] = {symbol}" for place, symbol in enumerate(constants)]
    return _function("prepare", "parameters, constants", lines)


def _kernel(
    name: str, arguments: str, body: list[Assignment], loads: dict[sympy.Symbol, str]
) -> str:
    lines = _load_lines(body, loads, ())
    lines += [f"{symbol} = {python_text(expression)}" for symbol, expression in body]
    return _function(name, arguments, lines)


def _load_lines(
    body: list[Assignment], loads: dict[sympy.Symbol, str], more: Iterable[sympy.Symbol]
) -> list[str]:
    used = {symbol for _, expression in body for symbol in expression.free_symbols} | set(more)
    return [f"{symbol} = {place}" for symbol, place in loads.items() if symbol in used]


def _derivative_stores(derivatives: Sequence[Assignment]) -> str:
    return "".join(
        f"    derivative[{place}] = {symbol} + rates[{place}]\n"
        for place, (symbol, _) in enumerate(derivatives)
    )


def _stores(array: str, assignments: Sequence[Assignment]) -> str:
    return "".join(
        f"    {array}[{place}] = {symbol}\n" for place, (symbol, _) in enumerate(assignments)
    )


def _function(name: str, arguments: str, lines: Iterable[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    # A kernel without statements, such as the outputs of a program that has none, still parses.
    return f'def {name}({arguments}):\n    """Generated."""\n{body}'

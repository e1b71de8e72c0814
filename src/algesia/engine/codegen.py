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

__all__ = [
    "derivative_stores",
    "function_text",
    "generate",
    "kernel_text",
    "load_places",
    "numbered",
    "prepare_text",
    "stores",
    "symbols_of",
    "used_constants",
]


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
    derivatives = numbered("f__", (hoister.hoist(item) for item in system.derivatives))
    outputs = numbered("o__", (hoister.hoist(item) for item in system.outputs))
    bodies = {
        "rhs": shared([*definitions, *derivatives], symbols_of(derivatives)),
        "outputs": shared([*definitions, *outputs], symbols_of(outputs)),
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
        entries = numbered("j__", (hoister.hoist(item) for item in values.values()))
        slopes = [(symbol, hoister.hoist(item)) for symbol, item in named]
        every = [*definitions, *slopes, *derivatives, *entries]
        bodies["rhs_and_jacobian"] = shared(every, symbols_of([*derivatives, *entries]))
        factorisation = symbolic_factorisation(len(system.states), values)
        sizes |= {"ENTRIES": len(entries), "FACTORS": factorisation.size}
    constants = used_constants(bodies.values(), hoister)
    sizes["CONSTANTS"] = len(constants)
    loads = load_places(system, constants)
    parts = [
        "\n".join(f"{name} = {size}" for name, size in sizes.items()) + "\n",
        copied_text("kernel_functions"),
        prepare_text(system, hoister, constants),
        kernel_text("rhs", "state, constants, rates, derivative", bodies["rhs"], loads)
        + derivative_stores(derivatives),
    ]
    if factorisation is not None:
        arguments = "state, constants, rates, derivative, jacobian"
        parts += [
            kernel_text("rhs_and_jacobian", arguments, bodies["rhs_and_jacobian"], loads)
            + derivative_stores(derivatives)
            + stores("jacobian", entries),
            function_text("factorise", "shift, jacobian, factors", factorisation.factorise),
            function_text("back_substitute", "factors, vector", factorisation.back_substitute),
        ]
    parts += [
        kernel_text("outputs", "state, constants, values", bodies["outputs"], loads)
        + stores("values", outputs),
        copied_text(f"steppers.{program.stepper}"),
        copied_text("driver"),
    ]
    return "\n\n".join(part.strip("\n") + "\n" for part in parts)


def numbered(prefix: str, expressions: Iterable[sympy.Expr]) -> list[Assignment]:
    """Expressions with symbols of their own: a prefix and a number."""
    return [(sympy.Symbol(f"{prefix}{place}"), item) for place, item in enumerate(expressions)]


def symbols_of(assignments: Iterable[Assignment]) -> list[sympy.Symbol]:
    """What the assignments assign to."""
    return [symbol for symbol, _ in assignments]


def used_constants(bodies: Iterable[list[Assignment]], hoister: Hoister) -> list[sympy.Symbol]:
    """Fixed values any kernel uses, in a stable order."""
    used: set[sympy.Symbol] = set()
    for body in bodies:
        for _, expression in body:
            used |= expression.free_symbols & hoister.fixed
    return sorted(used, key=lambda symbol: symbol.name)


def load_places(
    system: SymbolicSystem, constants: list[sympy.Symbol]
) -> dict[sympy.Symbol, str]:
    """Where each symbol of a kernel comes from."""
    states = {symbol: f"state[{place}]" for place, symbol in enumerate(system.states)}
    return states | {symbol: f"constants[{place}]" for place, symbol in enumerate(constants)}


def prepare_text(
    system: SymbolicSystem, hoister: Hoister, constants: list[sympy.Symbol]
) -> str:
    """The kernel that turns a parameter row into constants."""
    loads = {symbol: f"parameters[{place}]" for place, symbol in enumerate(system.parameters)}
    computed = {symbol for symbol, _ in hoister.assignments}
    body = in_order(hoister.assignments, [item for item in constants if item in computed])
    direct = [item for item in constants if item not in computed]
    lines = _load_lines(body, loads, direct)
    lines += [f"{symbol} = {python_text(expression)}" for symbol, expression in body]
    lines += [f"constants[{place}] = {symbol}" for place, symbol in enumerate(constants)]
    return function_text("prepare", "parameters, constants", lines)


def kernel_text(
    name: str, arguments: str, body: list[Assignment], loads: dict[sympy.Symbol, str]
) -> str:
    """Source of a function that computes a body from its loads."""
    lines = _load_lines(body, loads, ())
    lines += [f"{symbol} = {python_text(expression)}" for symbol, expression in body]
    return function_text(name, arguments, lines)


def _load_lines(
    body: list[Assignment], loads: dict[sympy.Symbol, str], more: Iterable[sympy.Symbol]
) -> list[str]:
    used = {symbol for _, expression in body for symbol in expression.free_symbols} | set(more)
    return [f"{symbol} = {place}" for symbol, place in loads.items() if symbol in used]


def derivative_stores(derivatives: Sequence[Assignment]) -> str:
    """Statements at the end of a kernel that store derivatives, inputs included."""
    return "".join(
        f"    derivative[{place}] = {symbol} + rates[{place}]\n"
        for place, (symbol, _) in enumerate(derivatives)
    )


def stores(array: str, assignments: Sequence[Assignment]) -> str:
    """Statements at the end of a kernel that store values in an array."""
    return "".join(
        f"    {array}[{place}] = {symbol}\n" for place, (symbol, _) in enumerate(assignments)
    )


def function_text(name: str, arguments: str, lines: Iterable[str]) -> str:
    """Source of a function of some statements."""
    body = "".join(f"    {line}\n" for line in lines)
    # A kernel without statements, such as the outputs of a program that has none, still parses.
    return f'def {name}({arguments}):\n    """Generated."""\n{body}'

"""`SymbolicSystem`: a program as sympy expressions, with its Jacobian."""

from dataclasses import dataclass
from typing import TypeAlias

import sympy

from .expression_to_sympy import to_sympy
from .program import TIME, Program

__all__ = ["Assignment", "SymbolicSystem", "jacobian", "symbolic_system"]

Assignment: TypeAlias = tuple[sympy.Symbol, sympy.Expr]

RESERVED = frozenset(
    {"constants", "derivative", "factors", "jacobian", "math", "np", "njit", "outputs"}
    | {"parameters", "positive_log", "power_slope", "prepare", "rates", "rhs", "root_slope"}
    | {"curvature", "hill_bend", "hill_cross", "power_bend", "power_cross", "slopes"}
    | {"hill_slope", "logistic", "rhs_and_jacobian", "shift", "square_root", "state", "values"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolicSystem:
    """Symbols and expressions of a program; a clock closes `states` if `time` is used."""

    states: tuple[sympy.Symbol, ...]
    parameters: tuple[sympy.Symbol, ...]
    definitions: tuple[Assignment, ...]
    derivatives: tuple[sympy.Expr, ...]
    outputs: tuple[sympy.Expr, ...]


def symbolic_system(program: Program) -> SymbolicSystem:
    """Turn the texts of a program into sympy expressions."""
    defined = [name for name, _ in program.definitions]
    names = [*program.states, *program.parameters, *defined, TIME]
    symbols = {name: sympy.Symbol(_safe_name(name)) for name in names}
    clock = (symbols[TIME],) if program.uses_time else ()
    derivatives = [to_sympy(text, symbols) for text in program.derivatives]
    return SymbolicSystem(
        states=(*(symbols[name] for name in program.states), *clock),
        parameters=tuple(symbols[name] for name in program.parameters),
        definitions=tuple(
            (symbols[name], to_sympy(text, symbols)) for name, text in program.definitions
        ),
        derivatives=(*derivatives, *(sympy.Integer(1) for _ in clock)),
        outputs=tuple(to_sympy(text, symbols) for _, text in program.outputs),
    )


def _safe_name(name: str) -> str:
    """The name itself unless it could collide with a name the generator makes."""
    return f"u__{name}" if name in RESERVED or "__" in name else name


def jacobian(
    system: SymbolicSystem,
) -> tuple[tuple[Assignment, ...], dict[tuple[int, int], sympy.Expr]]:
    """Derivatives of the right-hand side in the states, by the forward chain rule.

    Each definition gets one named derivative per state it depends on, so expressions stay as
    small as those of the model.

    Returns
    -------
    tuple
        Assignments of the named derivatives in order, and the entries that are not zero by
        (row, column).
    """
    named: list[Assignment] = []
    chain: dict[sympy.Symbol, dict[sympy.Symbol, sympy.Expr]] = {
        state: {state: sympy.Integer(1)} for state in system.states
    }
    for symbol, expression in system.definitions:
        slopes = _gradient(expression, chain)
        chain[symbol] = {}
        for state, slope in slopes.items():
            if slope.is_Number or slope.is_Symbol:
                chain[symbol][state] = slope
                continue
            name = sympy.Symbol(f"d__{symbol.name}__{state.name}")
            named.append((name, slope))
            chain[symbol][state] = name
    column = {state: index for index, state in enumerate(system.states)}
    entries = {
        (row, column[state]): slope
        for row, expression in enumerate(system.derivatives)
        for state, slope in _gradient(expression, chain).items()
    }
    return tuple(named), dict(sorted(entries.items()))


def _gradient(
    expression: sympy.Expr, chain: dict[sympy.Symbol, dict[sympy.Symbol, sympy.Expr]]
) -> dict[sympy.Symbol, sympy.Expr]:
    """Derivatives of one expression in the states, without those that vanish."""
    total: dict[sympy.Symbol, list[sympy.Expr]] = {}
    for symbol in sorted(expression.free_symbols, key=lambda item: item.name):
        if not chain.get(symbol):
            continue
        partial = sympy.diff(expression, symbol)
        for state, slope in chain[symbol].items():
            total.setdefault(state, []).append(partial * slope)
    sums = {state: sympy.Add(*terms) for state, terms in total.items()}
    return {state: slope for state, slope in sums.items() if slope != 0}

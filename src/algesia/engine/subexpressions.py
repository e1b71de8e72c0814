"""Common subexpressions of a list of assignments, put in an order that can be executed."""

from collections import Counter
from collections.abc import Iterable, Sequence

import sympy

from .symbolic import Assignment

__all__ = ["in_order", "shared"]


def shared(
    assignments: Sequence[Assignment], wanted: Iterable[sympy.Symbol]
) -> list[Assignment]:
    """Assignments that compute the wanted symbols, each common subexpression once.

    Parameters
    ----------
    assignments
        Symbols and their expressions; an expression may use symbols assigned elsewhere in the
        list.
    wanted
        Symbols whose values are needed; what serves none of them is left out.
    """
    names = (sympy.Symbol(f"common__{number}") for number in range(10**9))
    replaced, reduced = sympy.cse(
        [expression for _, expression in assignments], symbols=names, optimizations=[]
    )
    named = zip((symbol for symbol, _ in assignments), reduced, strict=True)
    return in_order(_divided_once([*replaced, *named]), wanted)


def _divided_once(assignments: Sequence[Assignment]) -> list[Assignment]:
    """Assignments that divide once by each symbol, and multiply by its inverse elsewhere.

    Slopes divide by squares of what the values divide by, and a division takes many products'
    time.
    """
    found = {symbol: _inverse_powers(expression) for symbol, expression in assignments}
    uses = Counter(base for powers in found.values() for base in (item.base for item in powers))
    inverse = {
        base: sympy.Symbol(f"inverse__{base.name}") for base, count in uses.items() if count > 1
    }
    rest = []
    for symbol, expression in assignments:
        replaced = {
            item: inverse[item.base] ** -item.exp
            for item in found[symbol]
            if item.base in inverse
        }
        rest.append((symbol, expression.xreplace(replaced)))
    return [*((symbol, 1 / base) for base, symbol in inverse.items()), *rest]


def _inverse_powers(expression: sympy.Expr) -> list[sympy.Pow]:
    """Powers of symbols with whole negative exponents in an expression, in a stable order."""
    powers = (
        item
        for item in expression.atoms(sympy.Pow)
        if item.base.is_Symbol and item.exp.is_Integer and item.exp < 0
    )
    return sorted(powers, key=str)


def in_order(
    assignments: Iterable[Assignment], wanted: Iterable[sympy.Symbol]
) -> list[Assignment]:
    """The assignments the wanted symbols need, each after those it uses."""
    meaning = dict(assignments)
    done: set[sympy.Symbol] = set()
    ordered: list[Assignment] = []
    # An explicit stack: chains of common subexpressions can be longer than the recursion limit.
    stack = [(symbol, False) for symbol in reversed(list(wanted))]
    while stack:
        symbol, ready = stack.pop()
        if symbol in done:
            continue
        if ready:
            done.add(symbol)
            ordered.append((symbol, meaning[symbol]))
            continue
        stack.append((symbol, True))
        needs = (item for item in meaning[symbol].free_symbols if item in meaning)
        stack.extend((item, False) for item in sorted(needs, key=str) if item not in done)
    return ordered

"""Common subexpressions of a list of assignments, put in an order that can be executed."""

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
    return in_order([*replaced, *named], wanted)


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

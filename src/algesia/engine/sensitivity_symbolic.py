"""`DifferentiatedSystem`: first derivatives in parameters and second derivatives of a program.

This module imports sympy and is itself imported only when kernels have to be generated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy

from .symbolic import Assignment, SymbolicSystem, jacobian

__all__ = ["DifferentiatedSystem", "differentiate"]

Entries = dict[tuple[int, int], sympy.Expr]


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentiatedSystem:
    """A program with every derivative its sensitivities need.

    Attributes
    ----------
    system
        The program itself.
    named
        Assignments of the derivatives of definitions, in order.
    jacobian
        Derivatives of the right-hand side by (row, state).
    slopes
        Derivatives of the right-hand side by (row, place in `wrt`).
    curvature
        Second derivatives: of `jacobian` by (row, state, state) with the states in order, and
        of `slopes` by (row, -1 - place in `wrt`, state).
    output_jacobian, output_slopes
        The same of the outputs as `jacobian` and `slopes`.
    """

    system: SymbolicSystem
    named: tuple[Assignment, ...]
    jacobian: Entries
    slopes: Entries
    curvature: dict[tuple[int, int, int], sympy.Expr]
    output_jacobian: Entries
    output_slopes: Entries


def differentiate(system: SymbolicSystem, wrt: Sequence[sympy.Symbol]) -> DifferentiatedSystem:
    """Differentiate a program in its states and in some parameters, through its definitions.

    Parameters
    ----------
    system
        The program.
    wrt
        Parameters to differentiate in.
    """
    states = len(system.states)
    extended = replace(system, states=(*system.states, *wrt))
    named, entries = jacobian(extended)
    _, of_outputs = jacobian(replace(extended, derivatives=system.outputs))
    # The entries become the right-hand sides of one more system: its Jacobian is the curvature.
    keys = list(entries)
    named_again, second = jacobian(
        replace(
            system,
            definitions=(*system.definitions, *named),
            derivatives=tuple(entries.values()),
        )
    )
    curvature: dict[tuple[int, int, int], sympy.Expr] = {}
    for (entry, state), bend in second.items():
        row, column = keys[entry]
        if column < states:
            key = (row, min(column, state), max(column, state))
        else:
            key = (row, states - 1 - column, state)
        curvature.setdefault(key, bend)
    return DifferentiatedSystem(
        system=system,
        named=(*named, *named_again),
        jacobian=_part(entries, 0, states),
        slopes=_part(entries, states, states + len(wrt)),
        curvature=curvature,
        output_jacobian=_part(of_outputs, 0, states),
        output_slopes=_part(of_outputs, states, states + len(wrt)),
    )


def _part(entries: Entries, first: int, last: int) -> Entries:
    """Entries of some columns, counted from the first of them."""
    return {
        (row, column - first): slope
        for (row, column), slope in entries.items()
        if first <= column < last
    }

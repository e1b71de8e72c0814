"""`Hoister`: takes out of the kernels whatever depends on parameters alone."""

from collections.abc import Iterable

import sympy

from .symbolic import Assignment

__all__ = ["Hoister"]


class Hoister:
    """Collects the subexpressions that are fixed once a parameter row is.

    Parameters
    ----------
    parameters
        Symbols whose values come with the row.
    """

    def __init__(self, parameters: Iterable[sympy.Symbol]) -> None:
        self.fixed: set[sympy.Symbol] = set(parameters)
        self.assignments: list[Assignment] = []
        self._known: dict[sympy.Expr, sympy.Symbol] = {}

    def is_fixed(self, expression: sympy.Expr) -> bool:
        """Whether an expression depends on parameters, and on nothing else."""
        symbols = expression.free_symbols
        return bool(symbols) and symbols <= self.fixed

    def split(self, assignments: Iterable[Assignment]) -> list[Assignment]:
        """Move assignments of fixed values to the preparation; return the rest, hoisted."""
        rest: list[Assignment] = []
        for symbol, expression in assignments:
            if self.is_fixed(expression) or not expression.free_symbols:
                self.fixed.add(symbol)
                self.assignments.append((symbol, expression))
            else:
                rest.append((symbol, self.hoist(expression)))
        return rest

    def hoist(self, expression: sympy.Expr) -> sympy.Expr:
        """The expression with every fixed part replaced by its name."""
        if expression.is_Atom:
            return expression
        if self.is_fixed(expression):
            return self._name(expression)
        if not expression.free_symbols & self.fixed:
            return expression
        arguments = list(expression.args)
        if isinstance(expression, sympy.Mul | sympy.Add):
            constant = [part for part in arguments if self.is_fixed(part) or part.is_Number]
            arguments = [part for part in arguments if part not in constant]
            joined = expression.func(*constant)
            rest = [self.hoist(part) for part in arguments]
            return (
                expression.func(self._name(joined), *rest)
                if constant
                else expression.func(*rest)
            )
        return expression.func(*(self.hoist(part) for part in arguments))

    def _name(self, expression: sympy.Expr) -> sympy.Expr:
        if expression.is_Atom:
            return expression
        if expression not in self._known:
            symbol = sympy.Symbol(f"fixed__{len(self._known)}")
            self._known[expression] = symbol
            self.fixed.add(symbol)
            self.assignments.append((symbol, expression))
        return self._known[expression]

"""Expressions as sympy trees, with functions whose derivatives stay finite at the edges.

This module imports sympy and is itself imported only when kernels have to be generated.
"""

import ast
from collections.abc import Mapping
from functools import reduce

import sympy

from .expression import parse

__all__ = ["KERNEL_FUNCTIONS", "to_sympy"]

NOT_REAL = (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I)

LARGEST_UNROLLED_POWER = 8
"""Integer powers up to this size are written as products."""


class less(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Condition `a < b`."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in one argument, counted from 1."""
        return sympy.Integer(0)


class less_equal(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Condition `a <= b`."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in one argument, counted from 1."""
        return sympy.Integer(0)


class select(sympy.Function):  # type: ignore[misc] # sympy has no types
    """The second argument where the first holds, else the third."""

    nargs = 3

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in one argument, counted from 1."""
        condition = self.args[0]
        zero, one = sympy.Integer(0), sympy.Integer(1)
        return (zero, select(condition, one, zero), select(condition, zero, one))[argindex - 1]


class power(sympy.Function):  # type: ignore[misc] # sympy has no types
    """A base with a power that is not a small integer."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in one argument, counted from 1."""
        base, exponent = self.args
        if argindex == 1:
            return power_slope(base, exponent, self)
        return self * positive_log(base)


class power_slope(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Derivative of `power` in the base, from its value."""

    nargs = 3

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in base or exponent; the value moves with them and is not counted."""
        bends = (power_bend(*self.args), power_cross(*self.args), sympy.Integer(0))
        return bends[argindex - 1]


class power_bend(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Second derivative of `power` in the base, from its value."""

    nargs = 3


class power_cross(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Derivative of `power` in base and exponent, from its value."""

    nargs = 3


class square_root(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Square root."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in one argument, counted from 1."""
        return root_slope(self)


class root_slope(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Derivative of `square_root`, from its value."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in the value, counted from 1."""
        return -2 * self**2


class logistic(sympy.Function):  # type: ignore[misc] # sympy has no types
    """`1 / (1 + exp(-x))`."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in one argument, counted from 1."""
        return self * (1 - self)


class hill(sympy.Function):  # type: ignore[misc] # sympy has no types
    """`x**n / (half**n + x**n)`, 0 for `x <= 0`."""

    nargs = 3

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in one argument, counted from 1."""
        x, half, exponent = self.args
        if argindex == 1:
            return hill_slope(x, half, exponent, self)
        steepness = self * (1 - self)
        if argindex == 2:
            return -exponent * steepness / half
        return steepness * positive_log(x / half)


class hill_slope(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Derivative of `hill` in its first argument, from its value."""

    nargs = 4

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in the first three; the value moves with them and is not counted."""
        _, half, exponent, value = self.args
        return (
            hill_bend(*self.args),
            -exponent * (1 - 2 * value) * self / half,
            hill_cross(*self.args),
            sympy.Integer(0),
        )[argindex - 1]


class hill_bend(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Second derivative of `hill` in its first argument, from its value."""

    nargs = 4


class hill_cross(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Derivative of `hill` in its first argument and its exponent, from its value."""

    nargs = 4


class positive_log(sympy.Function):  # type: ignore[misc] # sympy has no types
    """Logarithm, 0 where the argument is not positive."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Derivative in the argument, counted from 1."""
        zero = sympy.Integer(0)
        return select(less(zero, self.args[0]), 1 / self.args[0], zero)


KERNEL_FUNCTIONS: tuple[type[sympy.Function], ...] = (
    power_slope,
    power_bend,
    power_cross,
    square_root,
    root_slope,
    logistic,
    hill,
    hill_slope,
    hill_bend,
    hill_cross,
    positive_log,
)
"""Functions printed as calls to the function of the same name in `kernel_functions`.

Those of bends and crosses, of which only sensitivities have need, are in `curvature_functions`.
"""


def to_sympy(text: str, symbols: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    """The sympy tree of an expression that `parse` accepts; nothing is evaluated as code.

    Parameters
    ----------
    text
        The expression.
    symbols
        The symbol of each name.

    Raises
    ------
    ValueError
        If the expression is infinite, or not a real number, for any values of its names.
    """
    try:
        result = _convert(parse(text, what="expression"), symbols)
    except ZeroDivisionError:
        result = sympy.zoo
    if result.has(*NOT_REAL):
        raise ValueError(f"expression is '{text}', which has no value; expected a finite one")
    return result


def _convert(node: ast.expr, symbols: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    match node:
        case ast.Constant(value=int() | float() as value):
            return _number(value)
        case ast.Name(id=name):
            return symbols[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_convert(operand, symbols)
        case ast.UnaryOp(operand=operand):
            return _convert(operand, symbols)
        case ast.BinOp(left=left, op=operator, right=right):
            return _binary(operator, _convert(left, symbols), _convert(right, symbols))
        case ast.Call(
            func=ast.Name(id="where"), args=[ast.Compare() as condition, first, other]
        ):
            return select(
                _condition(condition, symbols),
                _convert(first, symbols),
                _convert(other, symbols),
            )
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, [_convert(argument, symbols) for argument in arguments])
        case _:
            raise ValueError(
                f"expression has '{ast.unparse(node)}'; expected what parse accepts"
            )


def _number(value: float) -> sympy.Expr:
    if float(value).is_integer() and abs(value) < 2**53:
        return sympy.Integer(int(value))
    return sympy.Float(repr(float(value)), precision=53)


def _binary(operator: ast.operator, left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case _:
            small = right.is_Integer and abs(int(right)) <= LARGEST_UNROLLED_POWER
            return left**right if small else power(left, right)


def _condition(node: ast.Compare, symbols: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    left, right = _convert(node.left, symbols), _convert(node.comparators[0], symbols)
    match node.ops[0]:
        case ast.Lt():
            return less(left, right)
        case ast.LtE():
            return less_equal(left, right)
        case ast.Gt():
            return less(right, left)
        case _:
            return less_equal(right, left)


def _call(name: str, arguments: list[sympy.Expr]) -> sympy.Expr:
    first = arguments[0]
    match name:
        case "exp":
            return sympy.exp(first)
        case "log":
            return sympy.log(first)
        case "sqrt":
            return square_root(first)
        case "abs":
            return select(less(first, sympy.Integer(0)), -first, first)
        case "min":
            return reduce(lambda a, b: select(less_equal(a, b), a, b), arguments)
        case "max":
            return reduce(lambda a, b: select(less_equal(b, a), a, b), arguments)
        case "hill":
            return hill(*arguments)
        case _:
            x, at, width = arguments
            return logistic((x - at) / width)

"""`Tangent`: an array that carries its derivatives through arithmetic, for exact derivatives.

Forward differentiation: every operation works on the values as numpy does and on the
derivatives by its rule, so that code written for arrays gives derivatives without a change.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from algesia.arrays import BoolArray, FloatArray
from algesia.model import Expression
from algesia.model.expression_function import FUNCTIONS
from algesia.model.expression_tree import Binary, Call, Comparison, Name, Negative, Node, Number

__all__ = ["Tangent", "tangent_value"]

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Tangent(np.lib.mixins.NDArrayOperatorsMixin):
    """Values of S subjects with their derivatives in W columns.

    Parameters
    ----------
    value
        The values, (S,).
    slope
        Their derivatives, (S, W).
    """

    def __init__(self, value: FloatArray, slope: FloatArray) -> None:
        self.value = value
        self.slope = slope

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the values."""
        return self.value.shape

    def __getitem__(self, rows: BoolArray) -> "Tangent":
        return Tangent(self.value[rows], self.slope[rows])

    def __array_ufunc__(self, function: np.ufunc, method: str, *given: Any) -> Any:
        values = [each.value if isinstance(each, Tangent) else each for each in given]
        if method != "__call__":
            return NotImplemented
        result = function(*values)
        if result.dtype == np.bool_:
            return result
        rule = _RULES.get(function.__name__)
        if rule is None:
            return NotImplemented
        slope = sum(
            np.broadcast_to(part, result.shape)[:, None] * each.slope
            for each, part in zip(given, rule(result, *values), strict=True)
            if isinstance(each, Tangent)
        )
        return Tangent(result, np.asarray(slope))


# Partial derivatives of each operation in its arguments, from its result and arguments.
_RULES: dict[str, Callable[..., tuple[Any, ...]]] = {
    "add": lambda r, x, y: (1.0, 1.0),
    "subtract": lambda r, x, y: (1.0, -1.0),
    "multiply": lambda r, x, y: (y, x),
    "divide": lambda r, x, y: (1.0 / y, -r / y),
    "power": lambda r, x, y: (
        y * np.power(x, y - 1.0),
        r * np.log(np.where(np.asarray(x) > 0.0, x, 1.0)),
    ),
    "negative": lambda r, x: (-1.0,),
    "exp": lambda r, x: (r,),
    "log": lambda r, x: (1.0 / x,),
    "sqrt": lambda r, x: (0.5 / r,),
    "absolute": lambda r, x: (np.sign(x),),
    "tanh": lambda r, x: (1.0 - r * r,),
    "minimum": lambda r, x, y: (np.less_equal(x, y), np.less(y, x)),
    "maximum": lambda r, x, y: (np.greater_equal(x, y), np.greater(y, x)),
}


def tangent_value(
    expression: Expression, symbols: Mapping[str, FloatArray | Tangent], columns: int
) -> Tangent:
    """Value of a formula with its derivatives.

    Parameters
    ----------
    expression
        The formula.
    symbols
        Values of its names, (S,); what is no `Tangent` has no derivative.
    columns
        Number of columns of derivatives, W.
    """
    with np.errstate(all="ignore"):
        found = _value(expression.tree, symbols)
    if isinstance(found, Tangent):
        return found
    size = next(iter(symbols.values())).shape[0]
    return Tangent(
        np.array(np.broadcast_to(np.asarray(found, dtype=np.float64), (size,))),
        np.zeros((size, columns)),
    )


def _value(node: Node, symbols: Mapping[str, FloatArray | Tangent]) -> Any:
    match node:
        case Number(value):
            return np.float64(value)
        case Name(name):
            return symbols[name]
        case Negative(operand):
            return -_value(operand, symbols)
        case Binary(sign, left, right) | Comparison(sign, left, right):
            return _SIGNS[sign](_value(left, symbols), _value(right, symbols))
        case Call(function, arguments):
            return _call(function, [_value(part, symbols) for part in arguments])


def _call(function: str, arguments: list[Any]) -> Any:
    if function == "where":
        return _choice(*arguments)
    if function == "hill":
        x, half, n = arguments
        raised = np.power(np.maximum(x, 0.0), n)
        return _choice(x > 0.0, raised / (np.power(half, n) + raised), 0.0)
    return FUNCTIONS[function].compute(*arguments)


def _choice(condition: BoolArray, first: Any, second: Any) -> Any:
    """The first where the condition holds, else the second, with the derivatives of each."""
    chosen = np.asarray(condition)
    (value, slope), (other, other_slope) = (
        (each.value, each.slope) if isinstance(each, Tangent) else (each, 0.0)
        for each in (first, second)
    )
    result = np.where(chosen, value, other)
    if not any(isinstance(each, Tangent) for each in (first, second)):
        return result
    rows = chosen[:, None] if chosen.ndim else chosen
    return Tangent(result, np.where(rows, slope, other_slope))

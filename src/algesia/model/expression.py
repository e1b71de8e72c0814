"""A formula of a model: parsed once, checked, evaluated on arrays, spelled one way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import unknown_name

from .expression_function import FUNCTIONS
from .expression_grammar import parse_tree
from .expression_tree import (
    Binary,
    Call,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    names_in,
    rename,
    text_of,
)

if TYPE_CHECKING:
    from algesia.units import Dimension

__all__ = ["Expression", "parse"]

_ARITHMETIC: dict[str, Any] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A formula; build one with `parse`.

    Parameters
    ----------
    tree
        What the formula says.

    Attributes
    ----------
    text
        The canonical spelling: parsing it gives an equal expression.
    names
        The symbols in it.
    """

    tree: Node
    text: str = field(init=False, compare=False)
    names: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", text_of(self.tree))
        object.__setattr__(self, "names", frozenset(names_in(self.tree)))

    def __str__(self) -> str:
        return self.text

    def evaluate(self, values: Mapping[str, float | FloatArray]) -> float | FloatArray:
        """Value of the formula.

        Parameters
        ----------
        values
            A number or an array, (S,), for each symbol, canonical units; more are allowed.

        Returns
        -------
        float | FloatArray
            A float if every symbol is one, otherwise an array, (S,). Outside the domain of a
            function it is NaN or infinite, as in numpy, without a warning.

        Raises
        ------
        UnknownNameError
            If a symbol has no value.

        Examples
        --------
        >>> elimination = parse("clearance / volume * amount", where="example")
        >>> elimination.evaluate({"clearance": 60.0, "volume": 30.0, "amount": 5.0})
        10.0
        """
        with np.errstate(all="ignore"):
            value = np.asarray(_value(self.tree, values), dtype=np.float64)
        return float(value) if value.ndim == 0 else value

    def dimension(self, dimensions: "Mapping[str, Dimension]") -> "Dimension":
        """Dimension of the formula, dimensionless for the literal 0.

        Raises
        ------
        UnitError
            If parts do not fit together. The message quotes the part.
        """
        from .dimension_check import dimension_of

        return dimension_of(self, dimensions)

    def renamed(self, names: Mapping[str, str]) -> "Expression":
        """Return the formula with symbols replaced by others, all at once."""
        return Expression(tree=rename(self.tree, names))


def parse(text: str | float, *, where: str = "expression") -> Expression:
    """Read a formula without evaluating anything.

    The grammar is numbers, names, ``+ - * / **``, minus signs, brackets, the functions ``exp``,
    ``log``, ``sqrt``, ``abs``, ``min(a, b)``, ``max(a, b)``, ``hill(x, half, n)`` (0 for x at
    or below 0), ``smooth_step(x, at, width)`` (logistic),
    and ``where(a < b, then, otherwise)``.

    Parameters
    ----------
    text
        The formula, or a number, dimensionless.
    where
        What to call the formula in messages, such as ``flows.elimination.rate``.

    Raises
    ------
    ExpressionError
        If the text is not in the grammar, too long or too deep.

    Examples
    --------
    >>> parse("(clearance/volume) * central", where="example").text
    'clearance / volume * central'
    """
    return Expression(
        tree=parse_tree(text if isinstance(text, str) else repr(text), where=where)
    )


def _value(node: Node, values: Mapping[str, float | FloatArray]) -> Any:
    match node:
        case Number(value):
            return np.float64(value)
        case Name(name):
            if name not in values:
                raise unknown_name("value for symbol", name, values)
            return np.asarray(values[name], dtype=np.float64)
        case Negative(operand):
            return np.negative(_value(operand, values))
        case Binary(sign, left, right) | Comparison(sign, left, right):
            return _ARITHMETIC[sign](_value(left, values), _value(right, values))
        case Call(function, arguments):
            return FUNCTIONS[function].compute(*(_value(part, values) for part in arguments))

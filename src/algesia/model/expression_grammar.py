"""From text to tree: a small part of Python's syntax, read with `ast` and never evaluated."""

import ast
import re
import warnings
from typing import Final, cast

from algesia.errors import ExpressionError, nearest_names

from .expression_function import FUNCTIONS
from .expression_tree import (
    Binary,
    Call,
    Comparison,
    ComparisonSign,
    Name,
    Negative,
    Node,
    Number,
    OperatorSign,
)

__all__ = ["DEPTH_LIMIT", "LENGTH_LIMIT", "NAME_PATTERN", "NUMBER_LIMIT", "parse_tree"]

LENGTH_LIMIT: Final = 4000
DEPTH_LIMIT: Final = 100
NUMBER_LIMIT: Final = 1e12
NAME_PATTERN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}\Z")

_OPERATORS: Final[dict[type[ast.operator], OperatorSign]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**",
}  # fmt: skip
_COMPARISONS: Final[dict[type[ast.cmpop], ComparisonSign]] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_ACCEPTED: Final = (
    "expected numbers, names, + - * / **, brackets, comparisons inside where(), and "
    + ", ".join(FUNCTIONS)
)


def parse_tree(text: str, *, where: str) -> Node:
    """Read a formula.

    Parameters
    ----------
    text
        The formula, at most 4000 ASCII characters, nested at most 100 deep.
    where
        What to call the formula in messages.

    Raises
    ------
    ExpressionError
        If the text is not in the grammar. The message quotes the part that is not.
    """
    return _Reader(text, where).read()


class _Reader:
    """Turns one text into one tree and knows what to call it in messages."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where

    def read(self) -> Node:
        text = self._text
        if not text.strip():
            raise self._error("the formula is empty; expected for example 'clearance / volume'")
        if len(text) > LENGTH_LIMIT:
            raise self._error(
                f"the formula has {len(text)} characters; expected at most {LENGTH_LIMIT}"
            )
        strange = next((c for c in text if not _plain(c)), None)
        if strange is not None:
            raise self._error(f"character {strange!r} in a formula; expected plain ASCII text")
        return self._node(self._syntax().body, DEPTH_LIMIT)

    def _syntax(self) -> ast.Expression:
        try:
            with warnings.catch_warnings():
                # What Python only warns about, such as `1if x`, is no formula either.
                warnings.simplefilter("error")
                # A formula may run over several lines of a file.
                return ast.parse(" ".join(self._text.split()), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError, Warning):
            shown = self._text.strip()
            raise self._error(f"'{_short(shown)}' cannot be read; {_ACCEPTED}") from None

    def _error(self, message: str) -> ExpressionError:
        return ExpressionError(f"{self._where}: {message}")

    def _refused(self, node: ast.AST, expected: str = _ACCEPTED) -> ExpressionError:
        return self._error(f"'{_short(_source(node))}' is not accepted; {expected}")

    def _node(self, node: ast.expr, depth: int) -> Node:
        if depth == 0:
            raise self._error(
                f"the formula is nested more than {DEPTH_LIMIT} deep; split it into definitions"
            )
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self._node(operand, depth - 1))
            case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _OPERATORS:
                sign = _OPERATORS[type(operator)]
                return Binary(sign, self._node(left, depth - 1), self._node(right, depth - 1))
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
                return self._call(node, function, arguments, depth)
            case ast.Compare():
                raise self._refused(
                    node, "expected a comparison only as the condition of where()"
                )
            case _:
                raise self._refused(node)

    def _number(self, node: ast.Constant) -> Number:
        value = node.value
        if type(value) not in (int, float):
            raise self._refused(node)
        number = cast("int | float", value)
        if not abs(number) <= NUMBER_LIMIT:
            raise self._refused(node, f"expected numbers up to {NUMBER_LIMIT:g}")
        return Number(float(number))

    def _name(self, name: str) -> Name:
        if name in FUNCTIONS:
            arguments = ", ".join(FUNCTIONS[name].arguments)
            raise self._error(f"'{name}' is a function; expected {name}({arguments})")
        if NAME_PATTERN.match(name) is None:
            raise self._error(
                f"'{_short(name)}' is no name; expected letters, digits and _, a letter first"
            )
        return Name(name)

    def _call(self, node: ast.expr, name: str, given: list[ast.expr], depth: int) -> Node:
        if name not in FUNCTIONS:
            close = nearest_names(name, FUNCTIONS)
            hint = (
                f"close names: {', '.join(close)}"
                if close
                else f"known: {', '.join(FUNCTIONS)}"
            )
            raise self._error(f"no function '{_short(name)}'; {hint}")
        wanted = FUNCTIONS[name].arguments
        if len(given) != len(wanted):
            raise self._refused(node, f"expected {name}({', '.join(wanted)})")
        if name == "where":
            condition = self._comparison(given[0], depth - 1)
            rest = (self._node(argument, depth - 1) for argument in given[1:])
            return Call(name, (condition, *rest))
        return Call(name, tuple(self._node(argument, depth - 1) for argument in given))

    def _comparison(self, node: ast.expr, depth: int) -> Comparison:
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if (
                type(operator) in _COMPARISONS
            ):
                sign = _COMPARISONS[type(operator)]
                return Comparison(
                    sign, self._node(left, depth - 1), self._node(right, depth - 1)
                )
            case _:
                raise self._refused(node, "expected one comparison with < <= > or >=")


def _plain(character: str) -> bool:
    """Whether a character may stand in a formula at all; a comment may not."""
    if character in "\n\t":
        return True
    return character.isascii() and character.isprintable() and character != "#"


def _source(node: ast.AST) -> str:
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        # Too deep to spell, or a number of thousands of digits.
        return "…"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else f"{flat[:77]}…"

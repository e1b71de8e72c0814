"""The parts a formula is made of, and its one canonical spelling.

A tree holds numbers, names, minus signs, the five operators, comparisons and calls of the known
functions; there is no part that could run code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = [
    "Binary",
    "Call",
    "Comparison",
    "ComparisonSign",
    "Name",
    "Negative",
    "Node",
    "Number",
    "OperatorSign",
    "names_in",
    "rename",
    "text_of",
]

OperatorSign: TypeAlias = Literal["+", "-", "*", "/", "**"]
ComparisonSign: TypeAlias = Literal["<", "<=", ">", ">="]

# How tightly each part binds, and how tightly its left and right parts must bind to stand
# without brackets. The right part of `-` and `/` needs one more, the left part of `**` an atom.
_ADDING, _MULTIPLYING, _MINUS, _POWER, _ATOM = range(1, 6)
_BINDING: Final[dict[str, tuple[int, int, int]]] = {
    "+": (_ADDING, _ADDING, _MULTIPLYING),
    "-": (_ADDING, _ADDING, _MULTIPLYING),
    "*": (_MULTIPLYING, _MULTIPLYING, _MINUS),
    "/": (_MULTIPLYING, _MULTIPLYING, _MINUS),
    "**": (_POWER, _ATOM, _MINUS),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number, dimensionless, not negative."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus something."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two parts joined by one of the five operators."""

    sign: OperatorSign
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two parts compared; stands only as the condition of `where`."""

    sign: ComparisonSign
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A known function and what it is applied to."""

    function: str
    arguments: tuple["Node", ...]


Node: TypeAlias = Number | Name | Negative | Binary | Comparison | Call


def text_of(node: Node) -> str:
    """Canonical spelling: single spaces and only the brackets that are needed.

    Examples
    --------
    >>> text_of(Binary("*", Binary("+", Name("a"), Name("b")), Number(2.0)))
    '(a + b) * 2'
    """
    match node:
        case Number(value):
            return _number_text(value)
        case Name(name):
            return name
        case Negative(operand):
            return f"-{_bracketed(operand, _MINUS)}"
        case Binary(sign, left, right):
            _, of_left, of_right = _BINDING[sign]
            return f"{_bracketed(left, of_left)} {sign} {_bracketed(right, of_right)}"
        case Comparison(sign, left, right):
            return f"{text_of(left)} {sign} {text_of(right)}"
        case Call(function, arguments):
            return f"{function}({', '.join(text_of(argument) for argument in arguments)})"


def _number_text(value: float) -> str:
    return str(int(value)) if value.is_integer() and value < 1e15 else repr(value)


def _bracketed(node: Node, least: int) -> str:
    """Spell a part, in brackets if it binds less tightly than its place needs."""
    text = text_of(node)
    return text if _tightness(node) >= least else f"({text})"


def _tightness(node: Node) -> int:
    if isinstance(node, Binary):
        return _BINDING[node.sign][0]
    return _MINUS if isinstance(node, Negative) else _ATOM


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Binary | Comparison):
        return (node.left, node.right)
    if isinstance(node, Call):
        return node.arguments
    return (node.operand,) if isinstance(node, Negative) else ()


def names_in(node: Node) -> Iterator[str]:
    """Every symbol of a tree, with repeats, from left to right."""
    if isinstance(node, Name):
        yield node.name
    for part in _parts(node):
        yield from names_in(part)


def rename(node: Node, names: Mapping[str, str]) -> Node:
    """Replace symbols by others, all at once; symbols not named stay.

    Examples
    --------
    >>> text_of(rename(Binary("-", Name("a"), Name("b")), {"a": "b", "b": "a"}))
    'b - a'
    """
    match node:
        case Name(name):
            return Name(names.get(name, name))
        case Negative(operand):
            return Negative(rename(operand, names))
        case Binary(sign, left, right):
            return Binary(sign, rename(left, names), rename(right, names))
        case Comparison(sign, left, right):
            return Comparison(sign, rename(left, names), rename(right, names))
        case Call(function, arguments):
            return Call(function, tuple(rename(argument, names) for argument in arguments))
        case _:
            return node

"""Whether an expression is linear in the states: read off its form, without sympy.

Every name has a degree: 0 for what depends on parameters alone, 1 for what is a sum of states
with such factors and perhaps a constant, 2 for everything else.
"""

import ast
from collections.abc import Iterable, Mapping

from algesia.engine.expression import names_in, parse
from algesia.engine.program import TIME, Program

__all__ = [
    "CONSTANT",
    "LINEAR",
    "NOT_LINEAR",
    "degree",
    "degrees_of",
    "names_behind",
    "nonlinear_part",
    "why_not_exact",
]

CONSTANT, LINEAR, NOT_LINEAR = 0, 1, 2


def degree(text: str, degrees: Mapping[str, int]) -> int:
    """Degree of an expression in the states.

    Parameters
    ----------
    text
        The expression.
    degrees
        Degree of each of its names; `time` counts as not linear.

    Examples
    --------
    >>> degree("clearance / volume * central", {"clearance": 0, "volume": 0, "central": 1})
    1
    >>> degree("maximal * central / (half + central)", {"maximal": 0, "half": 0, "central": 1})
    2
    """
    return _degree(parse(text, what="expression"), degrees)


def nonlinear_part(text: str, degrees: Mapping[str, int]) -> str | None:
    """The smallest part of an expression that makes it non-linear, None if it is linear.

    Examples
    --------
    >>> nonlinear_part("rate * exp(level) - level", {"rate": 0, "level": 1})
    'exp(level)'
    """
    node = parse(text, what="expression")
    if _degree(node, degrees) != NOT_LINEAR:
        return None
    while True:
        inner = [child for child in _operands(node) if _degree(child, degrees) == NOT_LINEAR]
        if not inner:
            return ast.unparse(node)
        node = inner[0]


def degrees_of(
    parameters: Iterable[str], states: Iterable[str], definitions: Iterable[tuple[str, str]]
) -> dict[str, int]:
    """Degree of every name an expression of a program may use.

    Parameters
    ----------
    parameters, states
        Their names.
    definitions
        Ordered (name, expression) pairs.
    """
    degrees = dict.fromkeys(parameters, CONSTANT) | dict.fromkeys(states, LINEAR)
    degrees[TIME] = NOT_LINEAR
    for name, text in definitions:
        degrees[name] = degree(text, degrees)
    return degrees


def names_behind(names: Iterable[str], uses: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Names themselves and all they stand for through definitions.

    Parameters
    ----------
    names
        Names in an expression.
    uses
        Names in the expression of each definition.

    Examples
    --------
    >>> sorted(names_behind({"rate"}, {"rate": frozenset({"level", "speed"})}))
    ['level', 'rate', 'speed']
    """
    open_names, seen = set(names), set[str]()
    while open_names:
        name = open_names.pop()
        if name not in seen:
            seen.add(name)
            open_names |= uses.get(name, frozenset())
    return frozenset(seen)


def why_not_exact(program: Program) -> str | None:
    """Why a program cannot be propagated exactly, None if it can.

    Returns
    -------
    str or None
        The part of a derivative that is not linear in the states.
    """
    if program.uses_time:
        return "an expression uses time"
    degrees = degrees_of(program.parameters, program.states, program.definitions)
    for name, text in zip(program.states, program.derivatives, strict=True):
        part = nonlinear_part(text, degrees)
        if part is not None:
            return f"the derivative of {name} has '{part}'"
    return None


def _operands(node: ast.expr) -> list[ast.expr]:
    """Expressions of which an expression is made, without conditions and names of functions."""
    match node:
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.Call(args=arguments):
            return [each for each in arguments if not isinstance(each, ast.Compare)]
        case _:
            return []


def _degree(node: ast.expr, degrees: Mapping[str, int]) -> int:
    match node:
        case ast.Constant():
            return CONSTANT
        case ast.Name(id=name):
            return degrees[name]
        case ast.UnaryOp(operand=operand):
            return _degree(operand, degrees)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return max(_degree(left, degrees), _degree(right, degrees))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return min(_degree(left, degrees) + _degree(right, degrees), NOT_LINEAR)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _with_constant(left, right, degrees)
        case ast.Call(func=ast.Name(id="where"), args=[condition, first, other]):
            return _with_constant(first, condition, degrees, other)
        case _:
            # A power, or a function of numbers: linear only where nothing changes.
            names = names_in(node)
            changing = any(degrees[name] != CONSTANT for name in names)
            return NOT_LINEAR if changing else CONSTANT


def _with_constant(
    part: ast.expr, constant: ast.expr, degrees: Mapping[str, int], *more: ast.expr
) -> int:
    """Degree of parts that keep it as long as something else is constant."""
    if _any_changing(constant, degrees):
        return NOT_LINEAR
    return max(_degree(each, degrees) for each in (part, *more))


def _any_changing(node: ast.expr, degrees: Mapping[str, int]) -> bool:
    return any(degrees[name] != CONSTANT for name in names_in(node))

"""A condition on what is known at a visit: comparisons joined by `and`, `or` and `not`."""

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from algesia.arrays import BoolArray, FloatArray
from algesia.errors import ExpressionError
from algesia.model import Expression, parse

__all__ = ["Criterion", "parse_criterion"]

_LONGEST: Final = 1000
_DEEPEST: Final = 30
_ACCEPTED: Final = (
    "expected comparisons with < <= > or >=, joined by and, or, not, such as "
    "'pain > 4 and dissociation < 0.3'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """One comparison, as a formula that is 1 where it holds and 0 elsewhere."""

    shown: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joined:
    """Parts of which all (`and`), one (`or`) or none (`not`) must hold."""

    by: str
    parts: tuple["_Node", ...]


_Node = _Comparison | _Joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A condition; build one with `parse_criterion`.

    Parameters
    ----------
    text
        The condition as written, white space apart.
    root
        What it says.
    """

    text: str
    root: _Node = field(repr=False)

    @property
    def names(self) -> frozenset[str]:
        """The symbols in it."""
        return frozenset(_names(self.root))

    def holds(self, values: Mapping[str, float | FloatArray], subjects: int) -> BoolArray:
        """For which subjects it holds, (S,); what is not a number makes a comparison false.

        Parameters
        ----------
        values
            A number or an array, (S,), for each symbol.
        subjects
            Number of subjects, S.
        """
        held: BoolArray = np.broadcast_to(_holds(self.root, values), (subjects,)).copy()
        return held


def parse_criterion(text: str, *, where: str) -> Criterion:
    """Read a condition; both sides of a comparison are formulas of the expression grammar.

    Parameters
    ----------
    text
        The condition, at most 1000 characters.
    where
        What to call it in messages.

    Raises
    ------
    ExpressionError
        If the text is no such condition; the message quotes the part that is not.

    Examples
    --------
    >>> tired = parse_criterion("pain > 4 and not (dose >= 20 or age < 18)", where="example")
    >>> values = {"pain": np.array([5.0, 5.0, 3.0]), "dose": np.array([10.0, 20.0, 10.0])}
    >>> tired.holds({**values, "age": 40.0}, 3).tolist()
    [True, False, False]
    """
    flat = " ".join(text.split())
    if not flat:
        raise ExpressionError(f"{where}: the condition is empty; {_ACCEPTED}")
    if len(flat) > _LONGEST:
        raise ExpressionError(
            f"{where}: the condition has {len(flat)} characters; expected at most {_LONGEST}"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(flat, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning):
        raise ExpressionError(f"{where}: '{flat[:80]}' cannot be read; {_ACCEPTED}") from None
    return Criterion(text=flat, root=_node(tree, where, _DEEPEST))


def _node(node: ast.expr, where: str, depth: int) -> _Node:
    if depth == 0:
        raise ExpressionError(
            f"{where}: the condition is nested more than {_DEEPEST} deep; expected fewer levels"
        )
    match node:
        case ast.BoolOp(op=joiner, values=values):
            by = "and" if isinstance(joiner, ast.And) else "or"
            return _Joined(by=by, parts=tuple(_node(each, where, depth - 1) for each in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _Joined(by="not", parts=(_node(operand, where, depth - 1),))
        case ast.Compare(ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()]):
            return _Comparison(shown=parse(f"where({ast.unparse(node)}, 1, 0)", where=where))
        case _:
            shown = ast.unparse(node)[:80]
            raise ExpressionError(f"{where}: '{shown}' is no condition; {_ACCEPTED}")


def _holds(node: _Node, values: Mapping[str, float | FloatArray]) -> BoolArray:
    if isinstance(node, _Comparison):
        compared: BoolArray = np.asarray(node.shown.evaluate(values)) > 0.5
        return compared
    held = [_holds(each, values) for each in node.parts]
    if node.by == "not":
        return np.logical_not(held[0])
    join = np.logical_and if node.by == "and" else np.logical_or
    found = held[0]
    for each in held[1:]:
        found = join(found, each)
    return found


def _names(node: _Node) -> set[str]:
    if isinstance(node, _Comparison):
        return set(node.shown.names)
    return set().union(*(_names(each) for each in node.parts))

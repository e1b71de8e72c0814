"""The arithmetic the engine accepts: Python's syntax, read by `ast`, never evaluated.

Allowed are numbers, names, ``+ - * / **``, a sign, the functions in `FUNCTIONS`, and one
comparison as the first argument of ``where``. The function `smooth_step` is the logistic curve
``1 / (1 + exp(-(x - at) / width))``; `hill` is ``x**n / (half**n + x**n)`` and 0 for ``x <=
0``.
"""

import ast
from collections.abc import Iterator

__all__ = ["FUNCTIONS", "names_in", "parse"]

FUNCTIONS: dict[str, int] = {
    "exp": 1,
    "log": 1,
    "sqrt": 1,
    "abs": 1,
    "min": 2,
    "max": 2,
    "hill": 3,
    "smooth_step": 3,
    "where": 3,
}
"""How many arguments each function takes; `min` and `max` take two or more."""

MANY = frozenset({"min", "max"})
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def parse(text: str, *, what: str) -> ast.expr:
    """Read one expression and refuse anything outside the grammar.

    Parameters
    ----------
    text
        The expression, one line of Python syntax.
    what
        Whose expression it is, for the message, such as ``derivative of central``.

    Returns
    -------
    ast.expr
        The syntax tree.

    Raises
    ------
    ValueError
        If the text is not an expression of the grammar. The message quotes the part refused.

    Examples
    --------
    >>> sorted(names_in(parse("clearance * central / volume", what="example")))
    ['central', 'clearance', 'volume']
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _check(tree, what)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f"{what} is '{text}'; expected one arithmetic expression") from error
    return tree


def names_in(tree: ast.expr) -> frozenset[str]:
    """Names a parsed expression refers to, without the functions it calls."""
    return frozenset(_names(tree))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from _names(argument)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _names(child)


def _check(node: ast.expr, what: str) -> None:
    """Refuse a node, or a node below it, that the grammar does not have."""
    match node:
        case ast.Constant(value=bool()):
            raise ValueError(f"{what} has '{ast.unparse(node)}'; expected a number")
        case ast.Constant(value=int() | float()) | ast.Name():
            return
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, what)
        case ast.BinOp(left=left, op=operator, right=right) if isinstance(operator, OPERATORS):
            _check(left, what)
            _check(right, what)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            _check_call(node, name, arguments, what)
        case _:
            allowed = ", ".join(FUNCTIONS)
            raise ValueError(
                f"{what} has '{ast.unparse(node)}'; "
                f"expected numbers, names, + - * / ** and {allowed}"
            )


def _check_call(node: ast.expr, name: str, arguments: list[ast.expr], what: str) -> None:
    wanted = FUNCTIONS[name]
    enough = len(arguments) >= wanted if name in MANY else len(arguments) == wanted
    if not enough:
        raise ValueError(
            f"{what} has '{ast.unparse(node)}' with {len(arguments)} arguments; "
            f"expected {wanted}"
        )
    rest = arguments
    if name == "where":
        _check_condition(arguments[0], what)
        rest = arguments[1:]
    for argument in rest:
        _check(argument, what)


def _check_condition(node: ast.expr, what: str) -> None:
    """Refuse a condition that is not one comparison of two expressions."""
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if isinstance(
            operator, COMPARISONS
        ):
            _check(left, what)
            _check(right, what)
        case _:
            raise ValueError(
                f"{what} has the condition '{ast.unparse(node)}'; "
                "expected a comparison such as a < b"
            )

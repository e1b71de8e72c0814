"""Source of a model's right-hand side and Jacobian, and the functions numba makes of it."""

import ast
from collections.abc import Callable
from typing import Any

from peers.model_text import Model

__all__ = ["compiled_jacobian", "compiled_right_side", "with_calls"]


class _PowerCalls(ast.NodeTransformer):
    """Writes `a ** b` as `pow(a, b)`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Replace one power."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        return ast.Call(ast.Name("pow", ast.Load()), [node.left, node.right], [])


def with_calls(text: str) -> str:
    """Return an expression with its powers written as calls of `pow`."""
    tree = _PowerCalls().visit(ast.parse(text, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree))


def right_side_lines(model: Model) -> list[str]:
    """Statements that read `y` and `p` and fill `dy`."""
    lines = [f"{name} = y[{i}]" for i, name in enumerate(model.states)]
    lines += [f"{name} = p[{i}]" for i, name in enumerate(model.arguments)]
    lines += [f"{name} = {text}" for name, text in model.definitions]
    return lines + [f"dy[{i}] = {text}" for i, text in enumerate(model.full_derivatives)]


def jacobian_lines(model: Model) -> list[str]:
    """Statements that read `y` and `p` and fill the non-zero entries of `jac[row, column]`."""
    import sympy

    names = {name: sympy.Symbol(name, real=True) for name in (*model.states, *model.arguments)}
    values: dict[str, Any] = dict(names)
    for name, text in model.definitions:
        values[name] = sympy.sympify(text, locals=values)
    places, entries = [], []
    for row, text in enumerate(model.full_derivatives):
        derivative = sympy.sympify(text, locals=values)
        for column, state in enumerate(model.states):
            entry = sympy.diff(derivative, names[state])
            if entry != 0:
                places.append((row, column))
                entries.append(entry)
    shared, reduced = sympy.cse(entries, symbols=sympy.numbered_symbols("shared"))
    lines = [f"{name} = y[{i}]" for i, name in enumerate(model.states)]
    lines += [f"{name} = p[{i}]" for i, name in enumerate(model.arguments)]
    lines += [f"{name} = {_code(value)}" for name, value in shared]
    return lines + [
        f"jac[{row}, {column}] = {_code(value)}"
        for (row, column), value in zip(places, reduced, strict=True)
    ]


def _code(expression: Any) -> str:
    from sympy.printing.pycode import pycode

    return pycode(expression, fully_qualified_modules=False)


def compiled_right_side(model: Model) -> Callable[..., None]:
    """`f(y, p, dy)` as a numba function."""
    return _compiled("right_side", "y, p, dy", right_side_lines(model))


def compiled_jacobian(model: Model) -> Callable[..., None]:
    """`g(y, p, jac)` as a numba function; entries that are always 0 are left as they are."""
    return _compiled("jacobian", "y, p, jac", jacobian_lines(model))


def _compiled(name: str, arguments: str, lines: list[str]) -> Callable[..., None]:
    import numba

    body = "\n    ".join(lines)
    source = f"from math import exp, log, sqrt\ndef {name}({arguments}):\n    {body}\n"
    scope: dict[str, Any] = {}
    exec(compile(source, f"<{name}>", "exec"), scope)  # noqa: S102 - text made above
    return numba.njit(error_model="numpy")(scope[name])

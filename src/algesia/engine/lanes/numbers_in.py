"""Numbers a source gives names to, such as the coefficients of a stepper."""

import ast

__all__ = ["numbers_in"]


def numbers_in(tree: ast.Module) -> dict[str, float]:
    """Numbers that a source assigns at its top level, by name."""
    found: dict[str, float] = {}
    pairs: list[tuple[ast.expr, ast.expr]]
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=items)):
                pairs = list(zip(names, items, strict=True))
            case ast.Assign(targets=[ast.Name() as only], value=item):
                pairs = [(only, item)]
            case _:
                continue
        for name, item in pairs:
            number = _number(item)
            if isinstance(name, ast.Name) and number is not None:
                found[name.id] = number
    return found


def _number(node: ast.expr) -> float | None:
    """The value of arithmetic on numbers alone, None of anything else."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _number(operand)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=operator, right=right):
            first, second = _number(left), _number(right)
            if first is None or second is None:
                return None
            return first**second if isinstance(operator, ast.Pow) else first / second
        case _:
            return None

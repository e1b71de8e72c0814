"""The engine's generated kernels as scalar C, for solvers that are called from C."""

import ast
from collections.abc import Sequence

__all__ = ["scalar_c"]

FUNCTIONS = {"abs": "fabs", "float": "", "max": "fmax", "min": "fmin"}
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
RELATIONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==",
             ast.NotEq: "!="}  # fmt: skip


def scalar_c(source: str, names: Sequence[str]) -> str:
    """Functions of a generated file as C.

    Parameters
    ----------
    source
        What `algesia.engine.cache.kernel_source` returns.
    names
        Kernels wanted; functions of values that they may call come first.
    """
    found = {
        node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
    }
    source_of_kernels = "".join(ast.unparse(found[name]) for name in names)
    called = [
        name
        for name, node in found.items()
        if _returns(node) and _annotated(node) and f"{name}(" in source_of_kernels
    ]
    parts = [_value_function(found[name]) for name in called]
    parts += [_kernel(found[name]) for name in names]
    return "#include <math.h>\n" + "\n".join(parts)


def _returns(node: ast.FunctionDef) -> bool:
    return isinstance(node.returns, ast.Name) and node.returns.id == "float"


def _annotated(node: ast.FunctionDef) -> bool:
    """Whether every argument is a number, as in the functions that kernels call."""
    kinds = [item.annotation for item in node.args.args]
    return all(isinstance(kind, ast.Name) and kind.id == "float" for kind in kinds)


def _value_function(node: ast.FunctionDef) -> str:
    arguments = ", ".join(f"double {item.arg}" for item in node.args.args)
    lines = []
    for item in node.body:
        match item:
            case ast.Return(value=ast.expr() as value):
                lines.append(f"return {_text(value)};")
            case ast.If(test=test, body=[ast.Return(value=ast.expr() as early)]):
                lines.append(f"if ({_text(test)}) return {_text(early)};")
            case ast.Expr():
                continue
            case _:
                raise ValueError(f"function has '{ast.unparse(item)}'; expected a return")
    return f"static inline double {node.name}({arguments})\n{{\n{_block(lines)}}}\n"


def _kernel(node: ast.FunctionDef) -> str:
    arguments = ", ".join(f"double *restrict {item.arg}" for item in node.args.args)
    lines = []
    known: set[str] = set()
    for item in node.body:
        match item:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                kind = "" if name in known else "double "
                known.add(name)
                lines.append(f"{kind}{name} = {_text(value)};")
            case ast.Assign(targets=[ast.Subscript() as target], value=value):
                lines.append(f"{_text(target)} = {_text(value)};")
            case ast.Expr(value=ast.Constant()):
                continue
            case _:
                raise ValueError(f"kernel has '{ast.unparse(item)}'; expected arithmetic")
    return f"static void {node.name}({arguments})\n{{\n{_block(lines)}}}\n"


def _block(lines: list[str]) -> str:
    return "".join(f"  {line}\n" for line in lines)


def _text(node: ast.expr) -> str:
    """An expression in C."""
    match node:
        case ast.Constant(value=float() | int() as number):
            return repr(float(number))
        case ast.Name(id=name):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=place)):
            return f"{name}[{place}]"
        case ast.Call(func=ast.Name(id=name), args=arguments):
            listed = ", ".join(_text(item) for item in arguments)
            return f"{FUNCTIONS.get(name, name)}({listed})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{_text(operand)})"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return f"pow({_text(left)}, {_text(right)})"
        case ast.BinOp(left=left, op=operator, right=right):
            return f"({_text(left)} {OPERATORS[type(operator)]} {_text(right)})"
        case _:
            return _choice(node)


def _choice(node: ast.expr) -> str:
    """A comparison, or a choice that follows from one, in C."""
    match node:
        case ast.Compare(left=left, ops=[relation], comparators=[right]):
            return f"({_text(left)} {RELATIONS[type(relation)]} {_text(right)})"
        case ast.BoolOp(op=ast.And(), values=values):
            return f"({' && '.join(_text(item) for item in values)})"
        case ast.IfExp(test=test, body=yes, orelse=no):
            return f"({_text(test)} ? {_text(yes)} : {_text(no)})"
        case _:
            raise ValueError(f"kernel has '{ast.unparse(node)}'; expected arithmetic")

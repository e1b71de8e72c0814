"""Sympy expressions as Python arithmetic on float64 values."""

import sympy

from .expression_to_sympy import KERNEL_FUNCTIONS, less, less_equal, power, select

__all__ = ["python_text"]

CALLS = (*KERNEL_FUNCTIONS, sympy.exp, sympy.log)

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
"""How tightly a text binds; a text is put in brackets where its place binds tighter."""


def python_text(expression: sympy.Expr) -> str:
    """The expression as one line of Python; every number is written as a float."""
    return _text(expression)[0]


def _text(expression: sympy.Expr) -> tuple[str, int]:
    if isinstance(expression, sympy.Symbol):
        return expression.name, ATOM
    if isinstance(expression, sympy.Rational):
        if expression.q != 1:
            return f"{expression.p}.0 / {expression.q}.0", PRODUCT
        return f"{expression.p}.0", ATOM if expression.p >= 0 else SUM
    if isinstance(expression, sympy.Float | sympy.NumberSymbol):
        return repr(float(expression)), ATOM if expression >= 0 else SUM
    if isinstance(expression, sympy.Add):
        return _sum(expression)
    if isinstance(expression, sympy.Mul):
        return _product(expression)
    if isinstance(expression, sympy.Pow):
        return _power(expression)
    return _function(expression)


def _bound(expression: sympy.Expr, place: int) -> str:
    text, binding = _text(expression)
    return text if binding >= place else f"({text})"


def _sum(expression: sympy.Expr) -> tuple[str, int]:
    text = ""
    for term in expression.args:
        negative = term.could_extract_minus_sign() and not isinstance(term, sympy.Add)
        part = _bound(-term if negative else term, PRODUCT)
        if not text:
            text = f"-{part}" if negative else part
        else:
            text += f" - {part}" if negative else f" + {part}"
    return text, SUM


def _product(expression: sympy.Expr) -> tuple[str, int]:
    above: list[str] = []
    below: list[str] = []
    factors = list(expression.args)
    negative = factors[0] == -1
    for factor in factors[1:] if negative else factors:
        if isinstance(factor, sympy.Pow) and factor.exp.is_Integer and factor.exp < 0:
            below.append(_bound(sympy.Pow(factor.base, -factor.exp), POWER))
        else:
            above.append(_bound(factor, POWER))
    text = " * ".join(above) or "1.0"
    if len(below) == 1:
        text = f"{text} / {below[0]}"
    elif below:
        text = f"{text} / ({' * '.join(below)})"
    return (f"-{text}", SUM) if negative else (text, PRODUCT)


def _power(expression: sympy.Expr) -> tuple[str, int]:
    base, exponent = expression.base, expression.exp
    if not exponent.is_Integer:
        return f"{_bound(base, ATOM)} ** {_bound(exponent, ATOM)}", POWER
    count = abs(int(exponent))
    text = " * ".join([_bound(base, POWER)] * count)
    if int(exponent) > 0:
        return text, PRODUCT
    return (f"1.0 / ({text})" if count > 1 else f"1.0 / {text}"), PRODUCT


def _function(expression: sympy.Expr) -> tuple[str, int]:
    arguments = expression.args
    if isinstance(expression, power):
        return f"{_bound(arguments[0], ATOM)} ** {_bound(arguments[1], ATOM)}", POWER
    texts = [_bound(argument, SUM) for argument in arguments]
    if isinstance(expression, less):
        return f"({texts[0]} < {texts[1]})", ATOM
    if isinstance(expression, less_equal):
        return f"({texts[0]} <= {texts[1]})", ATOM
    if isinstance(expression, select):
        return f"({texts[1]} if {texts[0]} else {texts[2]})", ATOM
    if isinstance(expression, CALLS):
        return f"{expression.func.__name__}({', '.join(texts)})", ATOM
    raise ValueError(f"expression has {expression.func.__name__}; expected a kernel function")

"""Dimensions of formulas: what may be added, what a power needs, what a function takes."""

from collections.abc import Mapping
from fractions import Fraction

from algesia.errors import UnitError, unknown_name
from algesia.units import DIMENSIONLESS, Dimension

from .expression import Expression
from .expression_function import FUNCTIONS
from .expression_tree import Binary, Call, Comparison, Name, Negative, Node, Number, text_of

__all__ = ["dimension_of", "fits_dimension", "require_dimension"]


def dimension_of(expression: Expression, dimensions: Mapping[str, Dimension]) -> Dimension:
    """Dimension of a formula.

    Parameters
    ----------
    expression
        The formula. Its literal numbers are dimensionless; the literal 0 alone fits anywhere.
    dimensions
        Dimension of each symbol.

    Raises
    ------
    UnitError
        If parts do not fit together. The message quotes the part.
    """
    found = _walk(expression.tree, dimensions)
    return DIMENSIONLESS if found is None else found


def fits_dimension(
    expression: Expression, dimensions: Mapping[str, Dimension], expected: Dimension
) -> bool:
    """Whether a formula has the dimension expected; the literal 0 has any."""
    found = _walk(expression.tree, dimensions)
    return found is None or found == expected


def require_dimension(
    expression: Expression,
    dimensions: Mapping[str, Dimension],
    expected: Dimension,
    *,
    where: str,
) -> None:
    """Refuse a formula of another dimension than expected.

    Raises
    ------
    UnitError
        If the dimensions differ. The message names the place, the formula and both dimensions.
    """
    try:
        found = _walk(expression.tree, dimensions)
    except UnitError as error:
        raise UnitError(f"{where}: {error}") from None
    if found is not None and found != expected:
        raise UnitError(
            f"{where}: '{expression.text}' has dimension {found}; expected {expected}"
        )


def _walk(node: Node, dimensions: Mapping[str, Dimension]) -> Dimension | None:
    """Dimension of a part; None where it is zero and therefore fits any."""
    match node:
        case Number(value):
            return None if value == 0.0 else DIMENSIONLESS
        case Name(name):
            if name not in dimensions:
                raise unknown_name("symbol", name, dimensions)
            return dimensions[name]
        case Negative(operand):
            return _walk(operand, dimensions)
        case Binary("**", base, exponent):
            return _power(node, base, exponent, dimensions)
        case Binary("*" | "/" as sign, left, right):
            return _product(sign, _walk(left, dimensions), _walk(right, dimensions))
        case Binary(_, left, right) | Comparison(_, left, right):
            return _shared(node, (left, right), dimensions)
        case Call():
            return _call(node, dimensions)
    raise AssertionError(node)


def _product(sign: str, left: Dimension | None, right: Dimension | None) -> Dimension | None:
    if left is None or right is None:
        return None
    return left * right if sign == "*" else left / right


def _shared(
    node: Node, parts: tuple[Node, ...], dimensions: Mapping[str, Dimension]
) -> Dimension | None:
    """Dimension that all parts have, zeros aside."""
    shared: Dimension | None = None
    owner = parts[0]
    for part in parts:
        found = _walk(part, dimensions)
        if found is None:
            continue
        if shared is not None and found != shared:
            raise UnitError(
                f"'{text_of(node)}' joins '{text_of(owner)}' ({shared}) "
                f"with '{text_of(part)}' ({found}); expected one dimension"
            )
        if shared is None:
            shared, owner = found, part
    return shared


def _dimensionless(node: Node, part: Node, dimensions: Mapping[str, Dimension]) -> Dimension:
    found = _walk(part, dimensions)
    if found is not None and found != DIMENSIONLESS:
        raise UnitError(
            f"'{text_of(part)}' in '{text_of(node)}' has dimension {found}; "
            "expected dimensionless"
        )
    return DIMENSIONLESS


def _call(node: Call, dimensions: Mapping[str, Dimension]) -> Dimension | None:
    arguments = node.arguments
    match FUNCTIONS[node.function].dimension:
        case "plain":
            return _dimensionless(node, arguments[0], dimensions)
        case "root":
            found = _walk(arguments[0], dimensions)
            return None if found is None else found ** Fraction(1, 2)
        case "same":
            return _shared(node, arguments, dimensions)
        case "choice":
            _walk(arguments[0], dimensions)
            return _shared(node, arguments[1:], dimensions)
        case "hill":
            _shared(node, arguments[:2], dimensions)
            return _dimensionless(node, arguments[2], dimensions)
        case "step":
            _shared(node, arguments, dimensions)
            return DIMENSIONLESS


def _power(
    node: Node, base: Node, exponent: Node, dimensions: Mapping[str, Dimension]
) -> Dimension | None:
    of_base = _walk(base, dimensions)
    _dimensionless(node, exponent, dimensions)
    if of_base is None or of_base == DIMENSIONLESS:
        return of_base
    constant = _constant(exponent)
    if constant is None:
        raise UnitError(
            f"'{text_of(node)}' raises '{text_of(base)}' ({of_base}) to '{text_of(exponent)}'; "
            "expected a literal number as exponent or a dimensionless base"
        )
    return of_base**constant


def _constant(node: Node) -> Fraction | None:
    """Value of a part made of literal numbers only."""
    match node:
        case Number(value):
            return Fraction(value).limit_denominator(1000)
        case Negative(operand):
            inner = _constant(operand)
            return None if inner is None else -inner
        case Binary("/", left, right):
            above, below = _constant(left), _constant(right)
            return None if above is None or not below else above / below
        case _:
            return None

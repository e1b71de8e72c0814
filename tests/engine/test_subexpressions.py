import numpy as np
import sympy
from numpy.testing import assert_allclose

from algesia.engine.subexpressions import shared

x, y, z, first, second = sympy.symbols("x y z first second")


def divisions(assignments):
    """Powers with negative exponents in all expressions."""
    return sum(
        item.exp.is_negative is True
        for _, expression in assignments
        for item in expression.atoms(sympy.Pow)
    )


def test_a_value_and_its_slope_divide_once_by_their_denominator():
    assignments = [(first, x / (1 + y)), (second, -x / (1 + y) ** 2)]
    body = shared(assignments, [first, second])
    assert divisions(assignments) == 2
    assert divisions(body) == 1


def test_what_divides_once_stays_a_division():
    body = shared([(first, x / y), (second, x / z)], [first, second])
    assert body == [(first, x / y), (second, x / z)]


def test_values_are_those_of_the_expressions_given():
    assignments = [(first, x / (1 + y) ** 3 + z / (1 + y)), (second, z / (x * (1 + y) ** 2))]
    values = {x: 1.5, y: 0.25, z: -3.0}
    known = dict(values)
    for symbol, expression in shared(assignments, [first, second]):
        known[symbol] = float(expression.xreplace(known))
    expected = [float(expression.subs(values)) for _, expression in assignments]
    assert_allclose(np.array([known[first], known[second]]), expected, rtol=1e-14, atol=0)

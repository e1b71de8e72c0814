import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.model import parse
from algesia.simulate.tangent import Tangent, tangent_value

FORMULAS = [
    "a + 2 * b - a * b / (1 + b)",
    "a ** b + a ** 2 + 2 ** b",
    "exp(-a) * log(1 + b) + sqrt(a * b)",
    "min(a, b) + max(a, 2 * b) + abs(a - b)",
    "hill(a, b, 1.5) + smooth_step(a, b, 0.3)",
    "where(a < b, a * a, b / a) - where(b <= a, 3, a)",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_tangent_is_the_difference_quotient_of_a_formula(text):
    formula = parse(text)
    point = {"a": np.array([0.4, 1.3, 2.2]), "b": np.array([0.9, 0.7, 3.1])}
    symbols = {
        name: Tangent(value, np.eye(2)[column] * np.ones((3, 1)))
        for column, (name, value) in enumerate(point.items())
    }
    found = tangent_value(formula, symbols, 2)
    assert_allclose(found.value, formula.evaluate(point), rtol=1e-14, atol=1e-14)
    for column, name in enumerate(point):

        def at(step, name=name):
            return formula.evaluate({**point, name: point[name] + step})

        quotients = [(at(step) - at(-step)) / (2 * step) for step in (2e-3, 1e-3)]
        expected = (4 * quotients[1] - quotients[0]) / 3
        assert_allclose(found.slope[:, column], expected, rtol=1e-7, atol=1e-8)


def test_a_formula_of_numbers_alone_has_no_derivative():
    found = tangent_value(parse("2 * 3"), {"a": np.zeros(2)}, 4)
    assert found.value.tolist() == [6.0, 6.0]
    assert found.slope.tolist() == [[0.0] * 4] * 2


def test_an_operation_without_a_rule_is_refused():
    with pytest.raises(TypeError, match="sin"):
        np.sin(Tangent(np.ones(1), np.ones((1, 1))))

import pytest
from numpy.testing import assert_allclose

from algesia.engine.curvature_functions import hill_bend, hill_cross, power_bend, power_cross
from algesia.engine.kernel_functions import hill, hill_slope, power_slope


def quotient(function, at, step):
    far = (function(at + step) - function(at - step)) / (2 * step)
    near = (function(at + step / 2) - function(at - step / 2)) / step
    return (4 * near - far) / 3


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.7, 2.0, 4.3, -1.5])
@pytest.mark.parametrize("base", [0.02, 0.9, 7.0])
def test_bends_of_a_power_are_difference_quotients_of_its_slope(base, exponent):
    step = 1e-2 * base
    in_base = quotient(lambda x: power_slope(x, exponent, x**exponent), base, step)
    in_exponent = quotient(lambda n: power_slope(base, n, base**n), exponent, 1e-2)
    value = base**exponent
    assert_allclose(power_bend(base, exponent, value), in_base, rtol=1e-6, atol=1e-9)
    assert_allclose(power_cross(base, exponent, value), in_exponent, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("exponent", [0.8, 1.0, 2.0, 3.3])
@pytest.mark.parametrize("x", [0.02, 0.9, 7.0])
def test_bends_of_a_hill_function_are_difference_quotients_of_its_slope(x, exponent):
    half = 1.3

    def slope(at, n):
        return hill_slope(at, half, n, hill(at, half, n))

    value = hill(x, half, exponent)
    in_x = quotient(lambda at: slope(at, exponent), x, 1e-2 * x)
    in_exponent = quotient(lambda n: slope(x, n), exponent, 1e-2)
    assert_allclose(hill_bend(x, half, exponent, value), in_x, rtol=1e-6, atol=1e-8)
    assert_allclose(hill_cross(x, half, exponent, value), in_exponent, rtol=1e-6, atol=1e-8)


def test_at_zero_bends_are_those_from_the_right_or_zero_where_those_are_infinite():
    assert power_bend(0.0, 2.0, 0.0) == 2.0
    assert power_bend(0.0, 1.0, 0.0) == power_bend(0.0, 1.5, 0.0) == 0.0
    assert power_cross(0.0, 1.5, 0.0) == power_cross(-1.0, 2.0, 1.0) == 0.0
    assert hill_bend(0.0, 2.0, 1.0, 0.0) == -0.5
    assert hill_bend(0.0, 2.0, 2.0, 0.0) == 0.5
    assert hill_bend(0.0, 2.0, 1.5, 0.0) == hill_bend(-1.0, 2.0, 1.0, 0.0) == 0.0
    assert hill_cross(0.0, 2.0, 1.0, 0.0) == hill_cross(-1.0, 2.0, 1.0, 0.0) == 0.0

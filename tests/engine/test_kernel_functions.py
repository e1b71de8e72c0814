import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine.kernel_functions import (
    hill,
    hill_slope,
    positive_log,
    power_slope,
    root_slope,
)


@pytest.mark.parametrize("x", [1e-300, 1e-9, 0.3, 1.0, 7.0, 1e9, 1e300])
@pytest.mark.parametrize("exponent", [0.7, 1.0, 2.0, 4.5])
def test_hill_is_the_ratio_of_powers(x, exponent):
    with np.errstate(over="ignore", under="ignore"):
        expected = 1.0 / (1.0 + (np.float64(2.0) / x) ** exponent)
        found = hill(x, 2.0, exponent)
    assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("x", [0.0, -1e-18, -1.0])
def test_hill_is_zero_at_and_below_zero(x):
    assert hill(x, 2.0, 1.3) == 0.0
    assert hill_slope(x, 2.0, 1.3, 0.0) == 0.0


def test_the_slope_of_hill_is_its_difference_quotient():
    x, step = 0.8, 1e-6
    quotient = (hill(x + step, 2.0, 1.7) - hill(x - step, 2.0, 1.7)) / (2 * step)
    assert_allclose(hill_slope(x, 2.0, 1.7, hill(x, 2.0, 1.7)), quotient, rtol=1e-8, atol=0)


def test_the_slope_of_hill_at_zero_is_that_from_the_right():
    assert hill_slope(0.0, 4.0, 1.0, 0.0) == 0.25
    assert hill_slope(0.0, 4.0, 2.0, 0.0) == 0.0


def test_slopes_that_would_be_infinite_at_zero_are_zero():
    assert root_slope(0.0) == 0.0
    assert power_slope(0.0, 0.5, 0.0) == 0.0
    assert power_slope(0.0, 1.0, 0.0) == 1.0
    assert positive_log(0.0) == 0.0

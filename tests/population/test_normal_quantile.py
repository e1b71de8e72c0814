import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr, ndtri

from algesia.population.normal_quantile import normal_probability, normal_quantile


def test_quantiles_agree_with_scipy_from_the_middle_to_the_last_tail():
    probability = np.concatenate(
        [np.linspace(1e-4, 1.0 - 1e-4, 20001), 10.0 ** -np.linspace(4.0, 300.0, 3000)]
    )
    ours, theirs = normal_quantile(probability), ndtri(probability)
    assert_allclose(ours, theirs, rtol=2e-15, atol=1e-15)


def test_quantiles_mirror_each_other_and_end_at_infinity():
    probability = np.array([2.0**-20, 0.0625, 0.25])
    assert_array_equal(normal_quantile(1.0 - probability), -normal_quantile(probability))
    assert_array_equal(normal_quantile(np.array([0.0, 0.5, 1.0])), [-np.inf, 0.0, np.inf])
    assert np.isnan(normal_quantile(np.array([-0.1, 1.1, np.nan]))).all()


def test_a_value_does_not_depend_on_its_neighbours():
    probability = np.linspace(1e-6, 1.0 - 1e-6, 997)
    alone = [normal_quantile(np.array([each]))[0] for each in probability]
    assert_array_equal(normal_quantile(probability), alone)


def test_probabilities_agree_with_scipy():
    values = np.linspace(-37.0, 9.0, 500)
    ours = [normal_probability(float(value)) for value in values]
    assert_allclose(ours, ndtr(values), rtol=3e-13, atol=0)
    assert normal_probability(-np.inf) == 0.0
    assert normal_probability(np.inf) == 1.0

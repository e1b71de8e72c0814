"""Distributions are quantile functions: they agree with scipy and refuse what cannot be."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from algesia.errors import DomainError, InputError
from algesia.population import (
    Bernoulli,
    Categorical,
    Conditional,
    Distribution,
    Fixed,
    LogNormal,
    TruncatedNormal,
    Uniform,
    uniform,
)

PROBABILITY = uniform(5, "covariate:test", np.arange(50_000))
SOME = np.array([1e-9, 0.01, 0.3, 0.5, 0.9, 1.0 - 1e-9])


@pytest.mark.parametrize(
    ("low", "high"),
    [(18.0, 65.0), (-math.inf, 30.0), (60.0, math.inf), (100.0, 120.0), (0.0, 1.0)],
)
def test_a_truncated_normal_agrees_with_an_independent_quantile_function(
    low: float, high: float
) -> None:
    mean, sd = 40.0, 8.0
    ours = TruncatedNormal(mean=mean, sd=sd, low=low, high=high).quantile(SOME)
    theirs = stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd).ppf(SOME)
    assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            TruncatedNormal(mean=75.0, sd=15.0, low=45.0, high=120.0),
            stats.truncnorm(-2.0, 3.0, 75.0, 15.0),
        ),
        (LogNormal(median=70.0, log_sd=0.2), stats.lognorm(0.2, scale=70.0)),
        (Uniform(low=18.0, high=55.0), stats.uniform(18.0, 37.0)),
    ],
)
def test_draws_pass_a_kolmogorov_smirnov_test_against_scipy(
    ours: Distribution, theirs: stats.rv_continuous
) -> None:
    assert stats.kstest(ours.quantile(PROBABILITY), theirs.cdf).pvalue > 0.01


@given(
    mean=st.floats(-50, 200),
    sd=st.floats(0.5, 60),
    low=st.floats(20, 80),
    width=st.floats(0.1, 100),
)
def test_truncated_values_stay_in_range_and_rise_with_the_probability(
    mean: float, sd: float, low: float, width: float
) -> None:
    assume(stats.norm.logsf(abs(low - mean) / sd) > -600.0)
    distribution = TruncatedNormal(mean=mean, sd=sd, low=low, high=low + width)
    values = distribution.quantile(SOME)
    assert values.min() >= low
    assert values.max() <= low + width
    assert (np.diff(values) >= 0.0).all()


def test_a_range_far_above_the_mean_keeps_its_digits() -> None:
    tail = TruncatedNormal(mean=0.0, sd=1.0, low=10.0)
    median = tail.quantile(np.array([0.5]))[0]
    halved = stats.norm.logsf(10.0) - math.log(2.0)
    assert_allclose(stats.norm.logsf(median), halved, rtol=1e-12, atol=0)


def test_a_truncated_log_normal_keeps_its_range_and_its_median_when_cut_evenly() -> None:
    weight = LogNormal(median=70.0, log_sd=0.3, low=35.0, high=140.0)
    values = weight.quantile(PROBABILITY)
    assert values.min() >= 35.0
    assert values.max() <= 140.0
    assert_allclose(np.median(values), 70.0, rtol=0.01, atol=0)


def test_bernoulli_draws_have_the_probability_asked_for_and_its_ends_are_certain() -> None:
    share = Bernoulli(probability=0.3).quantile(PROBABILITY).mean()
    assert_allclose(share, 0.3, rtol=0, atol=4.0 * math.sqrt(0.21 / PROBABILITY.size))
    assert Bernoulli(probability=1.0).quantile(PROBABILITY).all()
    assert not Bernoulli(probability=0.0).quantile(PROBABILITY).any()


def test_categorical_draws_have_the_shares_asked_for() -> None:
    shares = {"white": 0.6, "asian": 0.3, "other": 0.1}
    drawn = Categorical(levels=shares).quantile(PROBABILITY)
    for level, share in shares.items():
        assert_allclose((drawn == level).mean(), share, rtol=0, atol=0.01)


def test_a_categorical_whose_rounded_shares_fall_short_of_one_still_covers_the_end() -> None:
    thirds = Categorical(levels={"a": 0.3333333, "b": 0.3333333, "c": 0.3333333})
    assert thirds.quantile(np.array([1.0 - 2.0**-53])).tolist() == ["c"]


@pytest.mark.parametrize("value", [70.0, True, "asian"])
def test_a_fixed_value_is_the_same_for_everybody(value: float | bool | str) -> None:
    assert Fixed(value=value).quantile(SOME).tolist() == [value] * SOME.size


def test_a_whole_fixed_value_becomes_a_float() -> None:
    assert Fixed(value=70).quantile(SOME).dtype == np.float64


def test_women_and_men_have_their_own_weights_at_the_same_rank() -> None:
    weight = Conditional(
        by="female",
        branches={
            True: TruncatedNormal(mean=65.0, sd=10.0),
            False: TruncatedNormal(mean=80.0, sd=10.0),
        },
    )
    rank = np.array([0.2, 0.2])
    women, men = weight.quantile_given(rank, np.array([True, False]))
    assert_allclose(men - women, 15.0, rtol=1e-12, atol=0)


def test_a_missing_branch_is_named() -> None:
    weight = Conditional(by="ethnicity", branches={"asian": Fixed(value=60.0)})
    with pytest.raises(InputError, match="by 'ethnicity' has no branch for 'white'"):
        weight.quantile_given(np.array([0.5]), np.array(["white"]))


def test_branches_of_different_kinds_are_refused() -> None:
    mixed = Conditional(by="female", branches={True: Fixed(value=1.0), False: Fixed(value="x")})
    with pytest.raises(InputError, match="mix kinds"):
        mixed.quantile_given(np.array([0.5]), np.array([True]))
    with pytest.raises(InputError, match="by 'female' has no branch"):
        Conditional(by="female", branches={})


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        (TruncatedNormal, {"mean": 70.0, "sd": 0.0}, "truncated normal: sd is 0.0"),
        (TruncatedNormal, {"mean": 70.0, "sd": math.nan}, "truncated normal: sd is nan"),
        (TruncatedNormal, {"mean": math.inf, "sd": 1.0}, "truncated normal: mean is inf"),
        (TruncatedNormal, {"mean": 7.0, "sd": 1.0, "low": 9.0, "high": 8.0}, "low is 9.0"),
        (TruncatedNormal, {"mean": 7.0, "sd": 1.0, "low": math.nan}, "low is nan"),
        (TruncatedNormal, {"mean": 0.0, "sd": 1.0, "low": 90.0}, "holds no probability"),
        (LogNormal, {"median": 0.0, "log_sd": 0.2}, "log-normal: median is 0.0"),
        (LogNormal, {"median": 70.0, "log_sd": -0.2}, "log-normal: log_sd is -0.2"),
        (LogNormal, {"median": 70.0, "log_sd": 0.2, "low": -1.0}, "log-normal: low is -1"),
        (Uniform, {"low": 5.0, "high": 5.0}, "uniform: low is 5.0 and high is 5.0"),
        (Uniform, {"low": 0.0, "high": math.inf}, "uniform: high is inf"),
        (Bernoulli, {"probability": 1.2}, "bernoulli: probability is 1.2"),
        (Bernoulli, {"probability": math.nan}, "bernoulli: probability is nan"),
        (Categorical, {"levels": {"a": 0.5, "b": 0.4}}, "add up to 0.9; expected 1"),
        (Categorical, {"levels": {"a": 1.5, "b": -0.5}}, "probability of 'a' is 1.5"),
        (Categorical, {"levels": {}}, "add up to 0; expected 1"),
        (Fixed, {"value": math.nan}, "fixed value is nan"),
    ],
)
def test_impossible_parameters_are_refused_by_name(
    kind: type, parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(DomainError, match=message):
        kind(**parameters)

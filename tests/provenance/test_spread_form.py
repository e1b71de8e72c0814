import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.errors import DomainError
from algesia.provenance import Grade, LogitNormalSpread, LogNormalSpread, Reported


def reported(value, unit, form):
    return Reported(
        name="spread",
        value=value,
        unit=unit,
        form=form,
        origin="reported",
        grade=Grade(kind="A", certainty="low"),
        source="example_2020",
        locator="Table 2",
    )


def test_thirty_percent_of_variation_is_a_smaller_variance_than_a_log_sd_of_0_30():
    from_cv = LogNormalSpread.from_cv_percent(30.0).log_variance
    from_sd = LogNormalSpread.from_log_sd(0.30).log_variance
    assert_allclose(from_cv, math.log(1.09), rtol=1e-14, atol=0)
    assert_allclose(from_sd, 0.09, rtol=1e-14, atol=0)
    assert from_sd - from_cv > 0.003


@given(cv_percent=st.floats(0.0, 300.0))
def test_a_coefficient_of_variation_is_returned_as_given(cv_percent):
    returned = LogNormalSpread.from_cv_percent(cv_percent).cv_percent
    assert_allclose(returned, cv_percent, rtol=1e-12, atol=1e-12)


@given(log_sd=st.floats(0.0, 3.0))
def test_a_log_sd_is_the_root_of_the_variance(log_sd):
    spread = LogNormalSpread.from_log_sd(log_sd)
    assert_allclose(spread.log_sd, log_sd, rtol=1e-14, atol=1e-150)
    assert LogNormalSpread.from_log_variance(spread.log_variance) == spread


def test_the_exact_variation_agrees_with_a_large_sample():
    draws = np.random.default_rng(7).normal(0.0, 0.5, 400_000)
    sample = np.exp(draws)
    # Standard error of the sample's CV at this size is about 0.3 %.
    assert_allclose(
        LogNormalSpread.from_log_sd(0.5).cv_percent,
        100 * sample.std() / sample.mean(),
        rtol=0.01,
        atol=0,
    )


@pytest.mark.parametrize(
    ("value", "unit", "form", "variance"),
    [
        (30.0, "%", "cv_percent", math.log(1.09)),
        (0.3, "1", "log_sd", 0.09),
        (30.0, "%", "log_sd", 0.09),
        (0.09, "1", "log_variance", 0.09),
    ],
)
def test_the_form_of_a_reported_spread_decides_its_variance(value, unit, form, variance):
    spread = LogNormalSpread.from_reported(reported(value, unit, form))
    assert_allclose(spread.log_variance, variance, rtol=1e-14, atol=0)


def test_a_logit_sd_is_squared():
    spread = LogitNormalSpread.from_reported(reported(0.5, "1", "logit_sd"))
    assert_allclose(spread.logit_variance, 0.25, rtol=1e-15, atol=0)
    assert_allclose(spread.logit_sd, 0.5, rtol=1e-15, atol=0)


@pytest.mark.parametrize("form", ["estimate", "sd", "logit_sd", "correlation"])
def test_a_number_of_another_form_is_not_a_log_normal_spread(form):
    with pytest.raises(DomainError, match=f"spread is a {form}; expected cv_percent, log_sd"):
        LogNormalSpread.from_reported(reported(0.3, "1", form))


def test_a_log_sd_is_not_a_logit_normal_spread():
    with pytest.raises(DomainError, match="spread is a log_sd; expected logit_sd"):
        LogitNormalSpread.from_reported(reported(0.3, "1", "log_sd"))


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
@pytest.mark.parametrize(
    "make",
    [
        LogNormalSpread.from_cv_percent,
        LogNormalSpread.from_log_sd,
        LogNormalSpread.from_log_variance,
        LogitNormalSpread.from_logit_sd,
    ],
)
def test_a_spread_is_finite_and_not_negative(make, value):
    with pytest.raises(DomainError, match="expected a finite number, 0 or above"):
        make(value)


def test_no_spread_is_a_variance_of_zero():
    assert LogNormalSpread.from_cv_percent(0.0).log_variance == 0.0
    assert LogNormalSpread.from_cv_percent(0.0).cv_percent == 0.0

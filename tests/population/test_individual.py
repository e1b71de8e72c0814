"""Individual parameters: medians stay typical, blocks correlate, nobody changes for another."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from algesia.errors import DomainError, InputError
from algesia.model import Categorical, Model, Validity
from algesia.population import (
    Cohort,
    Uniform,
    individual_parameters,
    normal,
    typical_parameters,
)

CLEARANCE, VOLUME, BIOAVAILABILITY = 0, 1, 2
LEVELS = Validity(covariates={"ethnicity": ("asian", "white")})


def adults(size: int, seed: int = 1, first: int = 0) -> Cohort:
    weights = {"weight": Uniform(low=50.0, high=110.0), "age": Uniform(low=18.0, high=80.0)}
    return Cohort.sample(size, weights, seed, first_subject=first)


def spread_model(kit: SimpleNamespace) -> Model:
    return kit.model(
        random_effects=(
            kit.effect("clearance", 0.09),
            kit.effect("volume", 0.04),
            kit.effect("bioavailability", 0.25, kind="logit_normal"),
            kit.effect("absorbed", 0.16, kind="logit_normal", level="occasion",
                       parameters=("bioavailability",)),
            kit.effect("clearance_again", 0.01, level="occasion", parameters=("clearance",)),
        ),
        blocks=(kit.block(("clearance", "volume"), 0.09, 0.04, 0.048),),
        covariate_effects=(kit.size, kit.elderly),
    )  # fmt: skip


def test_without_spread_everybody_has_the_printed_values(kit: SimpleNamespace) -> None:
    values = individual_parameters(kit.model(), adults(3), occasions=2)
    assert values.shape == (2, 3, 3)
    assert_allclose(values, np.broadcast_to([80.0, 100.0, 0.2], (2, 3, 3)), rtol=1e-14, atol=0)


def test_printed_units_become_canonical_ones(kit: SimpleNamespace) -> None:
    model = kit.model()
    parameters = tuple(
        replace(row, reported=kit.reported("clearance", 1.0, "L/min"))
        if row.name == "clearance"
        else row
        for row in model.parameters
    )
    values = individual_parameters(kit.model(parameters=parameters), adults(1))
    assert_allclose(values[0, 0, CLEARANCE], 60.0, rtol=1e-14, atol=0)


@given(
    chosen=st.lists(st.integers(0, 399), min_size=1, max_size=40, unique=True),
    occasions=st.integers(1, 3),
)
def test_a_subject_has_the_same_bits_in_any_company_and_with_further_occasions(
    kit: SimpleNamespace, chosen: list[int], occasions: int
) -> None:
    model, cohort = spread_model(kit), adults(400)
    whole = individual_parameters(model, cohort, occasions=3)
    part = individual_parameters(model, cohort.subset(chosen), occasions=occasions)
    assert np.array_equal(part, whole[:occasions, chosen])
    alone = individual_parameters(model, cohort.subset(chosen[:1]))
    assert np.array_equal(alone[0, 0], whole[0, chosen[0]])


def test_an_effect_outside_a_block_changes_nobody_else(kit: SimpleNamespace) -> None:
    model = spread_model(kit)
    fewer = replace(
        model,
        random_effects=tuple(e for e in model.random_effects if "bio" not in e.parameters[0]),
    )
    cohort = adults(100)
    more = individual_parameters(model, cohort, occasions=2)
    less = individual_parameters(fewer, cohort, occasions=2)
    assert np.array_equal(more[:, :, :2], less[:, :, :2])
    assert (less[:, :, BIOAVAILABILITY] == less[0, 0, BIOAVAILABILITY]).all()
    assert (more[:, :, BIOAVAILABILITY] != less[:, :, BIOAVAILABILITY]).all()


def test_a_draw_comes_from_the_stream_of_its_effect(kit: SimpleNamespace) -> None:
    model = kit.model(
        random_effects=(
            kit.effect("clearance", 0.09),
            kit.effect("again", 0.01, level="occasion", parameters=("clearance",)),
        )
    )
    cohort = adults(50, seed=3)
    values = individual_parameters(model, cohort, occasions=2)[:, :, CLEARANCE]
    subject = 0.3 * normal(3, "subject:clearance", cohort.subjects)
    for occasion in range(2):
        shift = subject + 0.1 * normal(3, f"occasion:again:{occasion}", cohort.subjects)
        assert_allclose(values[occasion], 80.0 * np.exp(shift), rtol=1e-13, atol=0)


def test_a_log_normal_parameter_keeps_its_median_and_has_the_variance_stated(
    kit: SimpleNamespace,
) -> None:
    model = kit.model(random_effects=(kit.effect("clearance", 0.09),))
    logarithm = np.log(individual_parameters(model, adults(50_000))[0, :, CLEARANCE] / 80.0)
    assert_allclose(np.median(logarithm), 0.0, rtol=0, atol=4.0 * 0.3 * 1.2533 / 223.6)
    assert_allclose(logarithm.var(), 0.09, rtol=4.0 * np.sqrt(2.0 / 50_000), atol=0)
    assert stats.kstest(logarithm / 0.3, "norm").pvalue > 0.01


def test_a_logit_normal_fraction_stays_a_fraction_and_keeps_its_median(
    kit: SimpleNamespace,
) -> None:
    wide = kit.effect("bioavailability", 9.0, kind="logit_normal")
    cohort = adults(50_000)
    fraction = individual_parameters(kit.model(random_effects=(wide,)), cohort)[0, :, 2]
    assert fraction.min() > 0.0
    assert fraction.max() < 1.0
    logit = np.log(fraction / (1.0 - fraction)) - np.log(0.2 / 0.8)
    drawn = 3.0 * normal(1, "subject:bioavailability", cohort.subjects)
    assert_allclose(logit, drawn, rtol=1e-9, atol=1e-9)
    assert_allclose(np.median(logit), 0.0, rtol=0, atol=4.0 * 3.0 * 1.2533 / 223.6)
    assert_allclose(logit.var(), 9.0, rtol=4.0 * np.sqrt(2.0 / 50_000), atol=0)


@pytest.mark.parametrize("level", ["subject", "occasion"])
def test_effects_of_a_block_have_the_covariance_stated(
    kit: SimpleNamespace, level: str
) -> None:
    model = kit.model(
        random_effects=(
            kit.effect("clearance", 0.09, level=level),
            kit.effect("volume", 0.04, level=level),
        ),
        blocks=(kit.block(("clearance", "volume"), 0.09, 0.04, 0.048),),
    )
    values = individual_parameters(model, adults(100_000), occasions=2)
    for occasion in range(2):
        logarithms = np.log(values[occasion, :, :2] / [80.0, 100.0])
        covariance = np.cov(logarithms.T)
        assert_allclose(covariance, [[0.09, 0.048], [0.048, 0.04]], rtol=0.03, atol=0)
    same_on_both = np.corrcoef(values[0, :, CLEARANCE], values[1, :, CLEARANCE])[0, 1]
    assert (same_on_both > 0.999) == (level == "subject")
    assert (abs(same_on_both) < 0.02) == (level == "occasion")


def test_one_effect_on_two_parameters_moves_both_by_the_same_factor(
    kit: SimpleNamespace,
) -> None:
    shared = kit.effect("size", 0.09, parameters=("clearance", "volume"))
    values = individual_parameters(kit.model(random_effects=(shared,)), adults(20))[0]
    assert_allclose(values[:, VOLUME] / values[:, CLEARANCE], 1.25, rtol=1e-14, atol=0)
    assert np.ptp(values[:, CLEARANCE]) > 1.0


def test_a_cohort_or_a_call_without_spread_gives_typical_values(kit: SimpleNamespace) -> None:
    model, cohort = spread_model(kit), adults(10)
    typical = typical_parameters(model, cohort)
    assert np.array_equal(individual_parameters(model, cohort, spread=False)[0], typical)
    quiet = replace(cohort, spread=False)
    assert np.array_equal(individual_parameters(model, quiet)[0], typical)
    assert (individual_parameters(model, cohort)[0] != typical).all()


def test_clearance_scales_with_weight_to_three_quarters(kit: SimpleNamespace) -> None:
    cohort = Cohort(seed=1, subjects=np.arange(3), covariates={"weight": [35.0, 70.0, 140.0]})
    values = typical_parameters(kit.model(covariate_effects=(kit.size,)), cohort)
    expected = [80.0 * 0.5**0.75, 80.0, 80.0 * 2.0**0.75]
    assert_allclose(values[:, CLEARANCE], expected, rtol=1e-14, atol=0)
    assert_allclose(values[:, VOLUME], 100.0, rtol=1e-14, atol=0)


def test_levels_and_flags_multiply_and_a_slope_acts_above_its_threshold_only(
    kit: SimpleNamespace,
) -> None:
    model = kit.model(covariate_effects=(kit.asian, kit.women, kit.elderly), validity=LEVELS)
    cohort = Cohort(
        seed=1,
        subjects=np.arange(4),
        covariates={
            "ethnicity": ["asian", "white", "asian", "white"],
            "female": [True, True, False, False],
            "age": [40.0, 60.0, 61.0, 75.0],
        },
    )
    values = typical_parameters(model, cohort)
    assert_allclose(values[:, VOLUME], [40.0, 80.0, 50.0, 100.0], rtol=1e-14, atol=0)
    assert_allclose(values[:, CLEARANCE], [80.0, 80.0, 78.0, 50.0], rtol=1e-14, atol=0)


def test_a_covariate_effect_shifts_the_median_and_leaves_the_spread(
    kit: SimpleNamespace,
) -> None:
    spread = (kit.effect("clearance", 0.09),)
    cohort = adults(200)
    plain = individual_parameters(kit.model(random_effects=spread), cohort)[0, :, CLEARANCE]
    scaled = individual_parameters(
        kit.model(random_effects=spread, covariate_effects=(kit.size,)), cohort
    )[0, :, CLEARANCE]
    factor = (cohort.number("weight") / 70.0) ** 0.75
    assert_allclose(scaled / plain, factor, rtol=1e-13, atol=0)


def test_a_missing_covariate_is_named_with_the_effect_that_needs_it(
    kit: SimpleNamespace,
) -> None:
    model = kit.model(covariate_effects=(kit.size,))
    with pytest.raises(
        InputError,
        match=r"the cohort has no 'weight', which the allometry effect on 'clearance' of model "
        r"'small' needs; give weight in kg",
    ):
        individual_parameters(model, Cohort.typical({"age": 40.0}))


def test_an_effect_whose_factor_is_one_is_off_and_asks_for_nothing(
    kit: SimpleNamespace,
) -> None:
    off = Categorical(parameter="clearance", covariate="female", level="true", factor=1.0)
    unstated, woman = Cohort.typical({}), Cohort.typical({"female": True})
    found = individual_parameters(kit.model(covariate_effects=(off,)), unstated)
    assert_allclose(found, individual_parameters(kit.model(), unstated), rtol=0, atol=0)
    assert_allclose(found, individual_parameters(kit.model(), woman), rtol=0, atol=0)
    with pytest.raises(InputError, match="the cohort has no 'female'"):
        individual_parameters(
            kit.model(covariate_effects=(replace(off, factor=1.2),)), unstated
        )


def test_a_slope_that_takes_a_clearance_to_zero_is_refused(kit: SimpleNamespace) -> None:
    cohort = Cohort(seed=1, subjects=np.array([4, 5]), covariates={"age": [99.0, 100.0]})
    with pytest.raises(DomainError, match=r"'clearance' of subject 5 is 0 in canonical units"):
        typical_parameters(kit.model(covariate_effects=(kit.elderly,)), cohort)


def test_a_fraction_that_a_covariate_takes_to_one_is_refused(kit: SimpleNamespace) -> None:
    sixfold = Categorical(
        parameter="bioavailability", covariate="female", level="true", factor=6.0
    )
    model = kit.model(
        random_effects=(kit.effect("bioavailability", 0.1, kind="logit_normal"),),
        covariate_effects=(sixfold,),
    )
    with pytest.raises(DomainError, match=r"'bioavailability' of subject 0 is 1.2 after"):
        individual_parameters(model, Cohort.typical({"female": True}))
    assert individual_parameters(model, Cohort.typical({"female": False}))[0, 0, 2] == 0.2


def test_no_occasions_are_refused(kit: SimpleNamespace) -> None:
    with pytest.raises(DomainError, match="occasions is 0; expected 1 or above"):
        individual_parameters(kit.model(), adults(1), occasions=0)

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import DomainError, ModelError, UnitError, UnknownNameError
from algesia.model import Allometry, Categorical, LinearAbove, in_covariate_unit
from algesia.model.covariate_unit import COVARIATE_UNITS, FLAG_LEVELS
from algesia.population import COVARIATES
from algesia.units import dimension


def test_models_and_cohorts_hold_covariates_in_the_same_units():
    numbers = {name: row.unit for name, row in COVARIATES.items() if row.kind == "number"}
    flags = {name for name, row in COVARIATES.items() if row.kind == "flag"}
    assert numbers == COVARIATE_UNITS
    assert flags == set(FLAG_LEVELS)


def test_a_body_weight_in_grams_is_held_in_kilograms():
    assert in_covariate_unit("weight", 3500.0, "g") == pytest.approx(3.5, rel=1e-14, abs=0)
    assert in_covariate_unit("weight", 70.0, "kg") == 70.0


def test_a_covariate_in_a_unit_of_another_kind_is_refused():
    with pytest.raises(UnitError, match="age is given in 'kg'; expected a unit such as year"):
        in_covariate_unit("age", 18.0, "kg")
    with pytest.raises(UnitError, match="body weight"):
        in_covariate_unit("weight", 18.0, "year")
    with pytest.raises(UnknownNameError, match="close names: weight"):
        in_covariate_unit("wieght", 70.0, "kg")


def test_half_the_weight_has_half_the_volume_and_six_tenths_of_the_clearance(reported):
    effect = Allometry.from_reported(
        parameters=("clearance",),
        covariate="weight",
        reference=reported("reference_weight", 70.0, "kg", "fixed"),
        exponent=reported("exponent", 0.75, "1", "exponent"),
    )
    adjusted = effect.adjust(np.array([100.0, 100.0]), np.array([35.0, 70.0]))
    assert_allclose(adjusted, [59.460355750136, 100.0], rtol=1e-12, atol=0)


def test_an_exponent_is_a_pure_number(reported):
    with pytest.raises(UnitError, match="exponent 'exponent' is in 'L'"):
        Allometry.from_reported(
            parameters=("clearance",),
            covariate="weight",
            reference=reported("reference_weight", 70.0, "kg", "fixed"),
            exponent=reported("exponent", 0.75, "L", "fixed"),
        )


def test_a_reference_weight_is_above_zero():
    with pytest.raises(DomainError, match="reference 0; expected above 0"):
        Allometry(parameters=("clearance",), reference=0.0, exponent=1.0)
    with pytest.raises(ModelError, match="acts on no parameter"):
        Allometry(parameters=(), reference=70.0, exponent=1.0)


def test_a_factor_applies_to_its_own_level_only(reported):
    effect = Categorical.from_reported(
        parameter="rate",
        covariate="ethnicity",
        level="asian",
        factor=reported("asian_factor", 0.36, "1", "factor"),
    )
    adjusted = effect.adjust(np.array([1.0, 1.0]), np.array(["asian", "white"]))
    assert_allclose(adjusted, [0.36, 1.0], rtol=1e-15, atol=0)


def test_a_flag_has_the_levels_true_and_false_only():
    with pytest.raises(ModelError, match="has level 'woman'; expected true or false"):
        Categorical(parameter="rate", covariate="female", level="woman", factor=2.0)
    effect = Categorical(parameter="rate", covariate="female", level="false", factor=2.0)
    assert_allclose(
        effect.adjust(np.array([3.0, 3.0]), np.array([True, False])), [3.0, 6.0], rtol=0, atol=0
    )


def test_a_factor_of_zero_is_refused():
    with pytest.raises(DomainError, match="factor 0; expected above 0"):
        Categorical(parameter="rate", covariate="ethnicity", level="asian", factor=0.0)


def test_liver_flow_falls_by_its_printed_slope_for_each_year_above_the_threshold(reported):
    effect = LinearAbove.from_reported(
        parameter="hepatic_flow",
        covariate="age",
        threshold=reported("threshold", 60.0, "year", "fixed"),
        slope=reported("slope", -2.19, "L/h/year"),
    )
    adjusted = effect.adjust(np.array([151.0] * 3), np.array([40.0, 60.0, 70.0]))
    assert_allclose(adjusted, [151.0, 151.0, 129.1], rtol=1e-12, atol=0)


def test_a_slope_per_kilogram_is_per_kilogram_of_body(reported):
    effect = LinearAbove.from_reported(
        parameter="clearance",
        covariate="weight",
        threshold=reported("threshold", 70.0, "kg", "fixed"),
        slope=reported("slope", 0.5, "L/h/kg"),
    )
    effect.require_dimension(dimension("L/h"))
    assert_allclose(effect.adjust(np.array([80.0]), np.array([90.0])), 90.0, rtol=1e-12, atol=0)


def test_a_slope_of_another_dimension_is_refused(reported):
    effect = LinearAbove.from_reported(
        parameter="clearance",
        covariate="age",
        threshold=reported("threshold", 60.0, "year", "fixed"),
        slope=reported("slope", 0.5, "L/h/kg"),
    )
    with pytest.raises(UnitError, match=r"slope of dimension .*; expected volume"):
        effect.require_dimension(dimension("L/h"))


def test_a_threshold_on_words_is_refused():
    with pytest.raises(UnknownNameError, match="no numeric covariate 'ethnicity'"):
        LinearAbove(
            parameter="clearance",
            covariate="ethnicity",
            threshold=1.0,
            slope=1.0,
            slope_dimension=dimension("L/h"),
        )

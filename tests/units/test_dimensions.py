from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import UnitError
from algesia.units import DIMENSIONLESS, Dimension, dimension

dimensions = st.tuples(*[st.integers(-3, 3)] * 6).map(
    lambda powers: Dimension(tuple(Fraction(power) for power in powers))
)


def test_a_concentration_reads_as_amount_over_volume():
    assert str(dimension("nmol/L")) == "amount/volume"
    assert str(dimension("ng/mL")) == "mass/volume"


def test_an_area_is_not_written_as_a_volume():
    assert str(dimension("m2")) == "length^2"
    assert dimension("cm2").canonical_unit == "dm^2"


def test_six_lengths_are_two_volumes():
    assert str(Dimension.of(length=6)) == "volume^2"


def test_equal_dimensions_are_one_key_of_a_dictionary():
    assert {dimension("mg/L"): "found"}[dimension("ng/mL")] == "found"


@given(first=dimensions, second=dimensions)
def test_dividing_undoes_multiplying(first, second):
    assert first * second / second == first
    assert first / first == DIMENSIONLESS


@given(given_dimension=dimensions)
def test_the_text_of_the_canonical_unit_reads_back_as_the_same_dimension(given_dimension):
    assert dimension(given_dimension.canonical_unit) == given_dimension


def test_a_rational_power_survives_its_own_text():
    allometric = dimension("L/h") / dimension("kg_body") ** Fraction(3, 4)
    assert allometric.canonical_unit == "L/h/kg_body^(3/4)"
    assert dimension(allometric.canonical_unit) == allometric


def test_only_no_exponent_at_all_is_dimensionless():
    assert DIMENSIONLESS.dimensionless
    assert str(DIMENSIONLESS) == "dimensionless"
    assert DIMENSIONLESS.canonical_unit == "1"
    assert not dimension("mg/kg").dimensionless


def test_an_unknown_base_dimension_is_refused_by_name():
    with pytest.raises(UnitError, match="no base dimension 'weight'; known: mass"):
        Dimension.of(weight=1)


def test_a_dimension_has_one_exponent_per_base():
    with pytest.raises(UnitError, match="has 2 exponents; expected 6"):
        Dimension((Fraction(1), Fraction(0)))

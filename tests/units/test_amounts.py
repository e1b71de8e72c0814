import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.errors import UnitError
from algesia.units import convert_amount, substance, substance_names

values = st.one_of(st.just(0.0), st.floats(1e-12, 1e9))
substances = st.sampled_from(substance_names()).map(substance)
with_form = substances.flatmap(lambda s: st.tuples(st.just(s), st.sampled_from(s.forms)))


def test_one_micromole_of_ketamine_weighs_237_73_micrograms():
    grams = convert_amount(1.0, from_unit="umol", to_unit="ug", substance=substance("ketamine"))
    assert_allclose(grams, 237.73, rtol=1e-4, atol=0)


def test_one_hundred_nanograms_per_millilitre_of_norketamine_are_447_nanomoles_per_litre():
    converted = convert_amount(
        100.0, from_unit="ng/mL", to_unit="nmol/L", substance=substance("norketamine")
    )
    assert_allclose(converted, 100.0 / 223.70 * 1000.0, rtol=1e-4, atol=0)


def test_fifty_milligrams_of_the_hydrochloride_are_43_35_milligrams_of_base():
    converted = convert_amount(
        50.0,
        from_unit="mg",
        to_unit="mg",
        substance=substance("esketamine"),
        from_form="hydrochloride",
    )
    assert_allclose(converted, 50.0 * 237.73 / 274.19, rtol=1e-4, atol=0)


def test_one_mole_of_morphine_sulfate_holds_two_moles_of_morphine():
    nanomoles = convert_amount(
        758.83,
        from_unit="mg",
        to_unit="nmol",
        substance=substance("morphine"),
        from_form="sulfate_pentahydrate",
    )
    assert_allclose(nanomoles, 2e6, rtol=1e-4, atol=0)


@given(value=values, choice=with_form)
def test_mass_to_amount_and_back_changes_nothing(value, choice):
    drug, form = choice
    amount = convert_amount(
        value, from_unit="mg", to_unit="nmol", substance=drug, from_form=form
    )
    mass = convert_amount(amount, from_unit="nmol", to_unit="mg", substance=drug, to_form=form)
    assert_allclose(mass, value, rtol=1e-14, atol=0)


@given(value=values, choice=with_form)
def test_salt_to_base_and_back_changes_nothing(value, choice):
    drug, form = choice
    base = convert_amount(value, from_unit="mg", to_unit="mg", substance=drug, from_form=form)
    salt = convert_amount(base, from_unit="mg", to_unit="mg", substance=drug, to_form=form)
    assert base <= value
    assert_allclose(salt, value, rtol=1e-14, atol=0)


@given(value=values, choice=with_form)
def test_the_way_through_base_gives_the_same_amount(value, choice):
    drug, form = choice
    straight = convert_amount(
        value, from_unit="ug/kg", to_unit="nmol/kg", substance=drug, from_form=form
    )
    base = convert_amount(
        value, from_unit="ug/kg", to_unit="mg/kg", substance=drug, from_form=form
    )
    through = convert_amount(base, from_unit="mg/kg", to_unit="nmol/kg", substance=drug)
    assert_allclose(straight, through, rtol=1e-14, atol=0)


def test_a_mass_below_the_line_is_converted_the_other_way_round():
    ketamine = substance("ketamine")
    per_mass = convert_amount(1.0, from_unit="1/mg", to_unit="1/nmol", substance=ketamine)
    mass = convert_amount(1.0, from_unit="nmol", to_unit="mg", substance=ketamine)
    assert_allclose(per_mass, mass, rtol=1e-14, atol=0)


@pytest.mark.parametrize("forms", [("hydrochloride", "base"), ("base", "hydrochloride")])
def test_an_amount_counts_base_whatever_the_form(forms):
    kept = convert_amount(
        7.0,
        from_unit="nmol",
        to_unit="nmol",
        substance=substance("ketamine"),
        from_form=forms[0],
        to_form=forms[1],
    )
    assert_allclose(kept, 7.0, rtol=0, atol=0)


def test_an_array_is_converted_element_by_element():
    converted = convert_amount(
        np.array([0.0, 237.727, np.nan]),
        from_unit="mg",
        to_unit="umol",
        substance=substance("ketamine"),
    )
    assert_allclose(converted, [0.0, 1000.0, np.nan], rtol=1e-12, atol=0)


def test_plain_units_convert_without_a_substance():
    assert_allclose(
        convert_amount(1.0, from_unit="g", to_unit="mg", substance=None), 1e3, rtol=0, atol=0
    )


def test_mass_to_amount_without_a_substance_is_refused():
    with pytest.raises(UnitError, match="cannot convert mg to nmol without a Substance"):
        convert_amount(1.0, from_unit="mg", to_unit="nmol", substance=None)


def test_salt_to_base_without_a_substance_is_refused():
    with pytest.raises(
        UnitError, match="mg of hydrochloride to mg of base without a Substance"
    ):
        convert_amount(
            1.0, from_unit="mg", to_unit="mg", substance=None, from_form="hydrochloride"
        )


@pytest.mark.parametrize(
    ("from_unit", "to_unit"),
    [("mg", "nmol/L"), ("mg/kg", "nmol"), ("h", "L"), ("mg/kg", "mg/mg"), ("mg*nmol", "mg")],
)
def test_a_substance_joins_mass_with_amount_and_nothing_else(from_unit, to_unit):
    with pytest.raises(UnitError, match="a Substance joins mass with amount only"):
        convert_amount(
            1.0, from_unit=from_unit, to_unit=to_unit, substance=substance("ketamine")
        )

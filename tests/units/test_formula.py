import pytest
from numpy.testing import assert_allclose

from algesia.errors import DomainError, UnknownNameError
from algesia.units.formula import molar_mass_g_per_mol


def test_water_weighs_18_015_grams_per_mole():
    # 2 * 1.0080 + 15.999, by hand.
    assert_allclose(molar_mass_g_per_mol("H2O"), 18.015, rtol=1e-12, atol=0)


def test_the_order_and_splitting_of_elements_do_not_change_the_mass():
    assert_allclose(
        molar_mass_g_per_mol("HBrH2O"), molar_mass_g_per_mol("H3BrO"), rtol=1e-15, atol=0
    )


def test_two_letter_elements_are_not_read_as_two_elements():
    assert_allclose(molar_mass_g_per_mol("NaCl"), 58.44, rtol=1e-4, atol=0)
    assert_allclose(molar_mass_g_per_mol("C"), 12.011, rtol=1e-15, atol=0)


@pytest.mark.parametrize("text", ["", "h2o", "C13H16ClN(O)", "C0", "C 13", "2H", "C13H16ClNO+"])
def test_a_text_that_is_not_a_formula_is_refused(text):
    with pytest.raises(DomainError, match="expected element symbols"):
        molar_mass_g_per_mol(text)


def test_an_element_without_a_weight_is_refused_by_name():
    with pytest.raises(UnknownNameError, match="no atomic weight for element 'Xx'"):
        molar_mass_g_per_mol("Xx2")

import math

import pytest

from algesia.errors import InputError, RegimenError
from algesia.regimen import FORMULATIONS, Dose


def test_names_are_stored_as_the_one_spelling():
    dose = Dose(
        amount=5, unit="mg per h per 70kg", drug="S-ketamine", route="i.v.", duration_h=1
    )
    assert (dose.drug, dose.route, dose.unit) == ("esketamine", "intravenous", "mg/h/70 kg")
    assert isinstance(dose.amount, float)


@pytest.mark.parametrize("amount", [0.0, -1.0, math.inf, -math.inf, math.nan])
def test_a_dose_is_a_finite_number_above_zero(amount):
    with pytest.raises(RegimenError, match="expected a finite number above 0"):
        Dose(amount=amount, unit="mg")


@pytest.mark.parametrize("amount", ["5", None, True])
def test_a_dose_is_a_number(amount):
    with pytest.raises(RegimenError, match="expected a number above 0"):
        Dose(amount=amount, unit="mg")


@pytest.mark.parametrize("length", [-1.0, math.nan, math.inf, "1"])
def test_the_length_of_an_infusion_is_a_finite_number_from_zero(length):
    with pytest.raises(RegimenError, match="length of the infusion"):
        Dose(amount=5, unit="mg", duration_h=length)


def test_a_rate_times_its_length_is_the_amount():
    dose = Dose(amount=10, unit="µg/kg/min", duration_h=4)
    assert dose.row_unit == "mg/kg_body"
    assert dose.row_amount == pytest.approx(0.010 * 60 * 4, rel=1e-12, abs=0)


def test_a_rate_needs_a_length_and_a_route_that_can_run():
    with pytest.raises(RegimenError, match="5 mg/h is a rate without a length"):
        Dose(amount=5, unit="mg/h")
    with pytest.raises(RegimenError, match="the route is oral; expected an amount per dose"):
        Dose(amount=5, unit="mg/h", duration_h=1, route="oral")


def test_an_unknown_drug_or_salt_is_refused_with_close_names():
    with pytest.raises(InputError, match="ketamin"):
        Dose(amount=5, unit="mg", drug="ketamin")
    with pytest.raises(InputError, match="hydrochloride"):
        Dose(amount=5, unit="mg", drug="ketamine", form="hydrochlorid")
    with pytest.raises(RegimenError, match="form of the dose is empty"):
        Dose(amount=5, unit="mg", form="")


def test_a_weight_basis_needs_a_dose_per_kilogram():
    with pytest.raises(RegimenError, match="expected a unit per kg"):
        Dose(amount=5, unit="mg", weight_basis="ideal")
    with pytest.raises(RegimenError, match="expected actual, ideal or capped"):
        Dose(amount=5, unit="mg/kg", weight_basis="lean")


def test_a_weight_cap_and_the_capped_basis_come_together():
    with pytest.raises(RegimenError, match="weight cap is None with the basis capped"):
        Dose(amount=5, unit="mg/kg", weight_basis="capped")
    with pytest.raises(RegimenError, match="weight cap is 100 with the basis actual"):
        Dose(amount=5, unit="mg/kg", weight_cap_kg=100)
    with pytest.raises(RegimenError, match="weight cap is -1 kg"):
        Dose(amount=5, unit="mg/kg", weight_basis="capped", weight_cap_kg=-1)


def test_the_tighter_of_two_caps_counts():
    both = Dose(amount=1, unit="mg/kg/h", duration_h=4, cap_mg=90, cap_rate_mg_per_h=25)
    rate = Dose(amount=1, unit="mg/kg/h", duration_h=4, cap_mg=120, cap_rate_mg_per_h=25)
    assert both.row_cap_mg == 90
    assert rate.row_cap_mg == 100
    assert Dose(amount=1, unit="mg").row_cap_mg is None


def test_caps_are_positive_and_a_rate_cap_needs_an_infusion():
    with pytest.raises(RegimenError, match="largest dose is 0 mg"):
        Dose(amount=1, unit="mg", cap_mg=0)
    with pytest.raises(RegimenError, match="the dose has no length"):
        Dose(amount=1, unit="mg", cap_rate_mg_per_h=25)


def test_an_unknown_formulation_lists_known_ones():
    assert Dose(amount=1, unit="mg", formulation=FORMULATIONS[0]).formulation == "solution"
    with pytest.raises(RegimenError, match="no formulation 'lozenges'; known: lozenge"):
        Dose(amount=1, unit="mg", formulation="lozenges")

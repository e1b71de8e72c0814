import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import DomainError, RegimenError
from algesia.regimen import parse_regimen

WEIGHTS_KG = np.array([50.0, 70.0, 120.0])
IDEAL_KG = np.array([55.0, 60.0, 75.0])


def milligrams(text, ideal_weight_kg=None):
    return parse_regimen(text).rows()[0].base_milligrams(WEIGHTS_KG, ideal_weight_kg)


def test_a_dose_in_milligrams_is_the_same_for_everyone():
    assert_allclose(milligrams("56 mg"), [56, 56, 56], rtol=1e-12, atol=0)


def test_a_dose_per_kilogram_follows_actual_weight():
    assert_allclose(milligrams("0.5 mg/kg"), [25, 35, 60], rtol=1e-12, atol=0)


def test_a_rate_per_seventy_kilograms_follows_actual_weight():
    expected = 5 * 20 * WEIGHTS_KG / 70
    assert_allclose(milligrams("5 mg/h/70 kg for 20 h"), expected, rtol=1e-12, atol=0)


def test_a_capped_weight_stops_the_growth():
    text = "0.5 mg/kg (weight capped at 100 kg)"
    assert_allclose(milligrams(text), [25, 35, 50], rtol=1e-12, atol=0)


def test_a_largest_dose_stops_the_growth():
    assert_allclose(milligrams("0.5 mg/kg (max 30 mg)"), [25, 30, 30], rtol=1e-12, atol=0)
    text = "0.35 mg/kg/h for 4 h (max 25 mg/h)"
    expected = [0.35 * 50 * 4, 0.35 * 70 * 4, 25 * 4]
    assert_allclose(milligrams(text), expected, rtol=1e-12, atol=0)


def test_an_ideal_weight_replaces_the_actual_one():
    expected = 0.5 * IDEAL_KG
    assert_allclose(
        milligrams("0.5 mg/kg (ideal weight)", IDEAL_KG), expected, rtol=1e-12, atol=0
    )
    with pytest.raises(RegimenError, match="per kg of ideal weight, which is not given"):
        milligrams("0.5 mg/kg (ideal weight)")


def test_a_salt_holds_less_base_than_it_weighs():
    # Ketamine C13H16ClNO 237.73 g/mol, its hydrochloride 274.19 g/mol.
    given = milligrams("ketamine hydrochloride 50 mg IM")
    assert_allclose(given, [50 * 237.73 / 274.19] * 3, rtol=1e-4, atol=0)


def test_a_cap_counts_in_the_form_that_is_written():
    given = milligrams("ketamine hydrochloride 1 mg/kg (max 50 mg)")
    assert_allclose(given, [50 * 237.73 / 274.19] * 3, rtol=1e-4, atol=0)


def test_a_salt_without_its_drug_is_refused():
    row = parse_regimen("hydrochloride 50 mg").rows()[0]
    with pytest.raises(RegimenError, match="of an unnamed drug"):
        row.base_milligrams(WEIGHTS_KG)
    named = row.resolved(drug="ketamine", route="oral")
    assert named.base_milligrams(WEIGHTS_KG)[0] < 50
    assert named.route == "oral"


def test_resolving_keeps_what_the_plan_says():
    row = (
        parse_regimen("esketamine 50 mg film").rows()[0].resolved(drug="ketamine", route="oral")
    )
    assert (row.drug, row.route) == ("esketamine", "film")


@pytest.mark.parametrize("weight", [0.0, -70.0, np.nan, np.inf])
def test_an_impossible_weight_names_its_subject(weight):
    row = parse_regimen("0.5 mg/kg").rows()[0]
    with pytest.raises(DomainError, match="weight of subject 1 is"):
        row.base_milligrams(np.array([70.0, weight]))


def test_nobody_gets_nothing():
    assert parse_regimen("0.5 mg/kg").rows()[0].base_milligrams(np.array([])).shape == (0,)

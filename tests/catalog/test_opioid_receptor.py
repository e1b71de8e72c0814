"""The mu-opioid receptor: printed numbers, closed forms, and what a pause does to breathing."""

from functools import cache

import numpy as np
import pytest

from algesia.catalog.companion import assembly
from algesia.catalog.entry import entry

from .random_values import drawn, formulas, lowered, solved, with_states_shown

ALL_THERE = {"functional_receptors_analgesia": 1.0, "functional_receptors_respiration": 1.0}
# A dose that does nothing: the ports are set by hand.
NOTHING = "fentanyl 0.000000001 mg IV"
BUPRENORPHINE = "buprenorphine 8 mg IV starting at 720 h"
DAY_H = 24.0


def receptor(female=False, **given):
    """Formulas for a man or a woman with all receptors and no drug but the given."""
    model = entry("opioid_receptor").model
    values = {parameter.name: parameter.reported.canonical() for parameter in model.parameters}
    half = values["half_effect_concentration_morphine"]
    if female:
        half = half * values["half_effect_morphine_female_factor"]
    return formulas(model, half_effect_concentration_morphine=half, **(ALL_THERE | given))


@cache
def beside(*companions):
    return with_states_shown(assembly("opioid_receptor", companions=list(companions)))


@cache
def plan(companions, text, times_h, female=False):
    return lowered(beside(*companions), text, times_h, female=female)


def fixed(hours, female=False, **ports):
    """Outputs at times while concentrations at the ports stay what they are."""
    return solved(plan(("fentanyl",), NOTHING, tuple(hours), female), ports)


def test_the_operational_model_has_its_closed_forms():
    values = receptor()
    affinity, reserve = values["affinity_morphine"], values["receptor_reserve_analgesia"]
    at_half_maximum = receptor(effect_site_morphine=affinity / (1.0 + reserve))
    saturated = receptor(effect_site_morphine=1e12)
    greatest = reserve / (1.0 + reserve)
    np.testing.assert_allclose(saturated["opioid_analgesia"], greatest, rtol=1e-8, atol=0.0)
    np.testing.assert_allclose(
        at_half_maximum["opioid_analgesia"], 0.5 * greatest, rtol=1e-12, atol=0.0
    )


def test_a_loss_of_receptors_shifts_potency_before_efficacy():
    lost = {"functional_receptors_analgesia": 0.5}
    whole, half = (
        receptor(effect_site_morphine=1e12),
        receptor(effect_site_morphine=1e12, **lost),
    )
    shift = half["analgesic_potency_shift"]
    np.testing.assert_allclose(shift, 11.0 / 6.0, rtol=1e-12, atol=0.0)
    assert half["opioid_analgesia"] > 0.9 * whole["opioid_analgesia"]
    affinity = whole["affinity_morphine"]
    shifted = receptor(effect_site_morphine=shift * affinity / 11.0, **lost)
    np.testing.assert_allclose(
        shifted["opioid_analgesia"], 0.5 * half["opioid_analgesia"], rtol=1e-6, atol=0.0
    )


@pytest.mark.parametrize(("female", "half_nmol_per_l"), [(False, 71.2), (True, 41.7)])
def test_the_printed_concentration_of_morphine_doubles_the_current_that_hurts(
    female, half_nmol_per_l
):
    analgesia = receptor(female, effect_site_morphine=half_nmol_per_l)["opioid_analgesia"]
    np.testing.assert_allclose(analgesia, 0.5, rtol=1e-3, atol=0.0)


def test_morphine_takes_a_quarter_of_ventilation_at_the_printed_concentration():
    drive = receptor(True, effect_site_morphine=28.0)["respiratory_drive"]
    np.testing.assert_allclose(drive, 0.75, rtol=1e-3, atol=0.0)


def test_the_pupil_has_its_own_half_maximal_concentrations():
    for name, printed in (
        ("effect_site_morphine", 36.2),
        ("effect_site_morphine_6_glucuronide", 740.5),
    ):
        found = []
        for female in (False, True):
            values = receptor(female)
            affinity = values[name.replace("effect_site", "affinity")]
            found.append(affinity / (1.0 + values["receptor_reserve_pupil"]))
        middle = np.sqrt(found[0] * found[1])
        np.testing.assert_allclose(middle, printed, rtol=5e-3, atol=0.0)


def test_morphine_6_glucuronide_is_predicted_within_a_standard_error_on_pain_and_breathing():
    # Neither number was used: the ratio to morphine is that of pupils.
    for female in (False, True):
        pain = receptor(female, effect_site_morphine_6_glucuronide=275.0)["opioid_analgesia"]
        low, high = (
            receptor(female, effect_site_morphine_6_glucuronide=each)["opioid_analgesia"]
            for each in (275.0 - 135.0, 275.0 + 135.0)
        )
        # A quarter more current is a fifth less transmission.
        assert low < 0.2 < high
        assert 0.15 < pain < 0.27
    drives = [
        receptor(True, effect_site_morphine_6_glucuronide=each)["respiratory_drive"]
        for each in (528.0 + 88.0, 528.0 - 88.0)
    ]
    assert drives[0] < 0.75 < drives[1]


@pytest.mark.parametrize(
    ("site", "port", "female", "half_time_h"),
    [
        ("effect_site_morphine", "plasma_morphine", False, np.log(2.0) / 0.0070 / 60.0),
        ("effect_site_morphine", "plasma_morphine", True, np.log(2.0) / 0.0030 / 60.0),
        ("effect_site_morphine_6_glucuronide", "plasma_morphine_6_glucuronide", False, 6.4),
    ],
)
def test_effect_sites_follow_plasma_with_the_printed_half_times(
    site, port, female, half_time_h
):
    there = fixed((half_time_h, 2.0 * half_time_h), female, **{port: 100.0})[site][0]
    np.testing.assert_allclose(there, [50.0, 75.0], rtol=3e-3, atol=0.0)


def test_at_rest_between_drugs_binding_is_competition_on_one_curve():
    morphine, naltrexone = 200.0, np.geomspace(1e-4, 30.0, 9)
    found = fixed((3000.0,), plasma_morphine=morphine, plasma_naltrexone=naltrexone)
    values = receptor()
    agonist = morphine / values["affinity_morphine"]
    antagonist = naltrexone / values["affinity_naltrexone"]
    competed = agonist / (1.0 + antagonist)
    np.testing.assert_allclose(
        found["opioid_occupancy"][:, 0], competed / (1.0 + competed), rtol=1e-4, atol=0.0
    )
    np.testing.assert_allclose(
        found["opioid_blockade"][:, 0],
        antagonist / (1.0 + agonist + antagonist),
        rtol=1e-4,
        atol=0.0,
    )


def test_naltrexone_from_20_microgram_to_50_mg_lies_on_one_curve():
    companions = ("morphine", "naltrexone")
    hours = tuple(np.arange(72.0, 96.0, 1.0))
    analgesia = {}
    for dose_mg in (0.0, 0.02, 0.5, 4.5, 50.0):
        text = "morphine 0.8 mg/h IV for 96 h"
        if dose_mg:
            text += f" plus naltrexone {dose_mg:g} mg oral starting at 72 h"
        found = solved(plan(companions, text, hours), {})
        analgesia[dose_mg] = found["opioid_analgesia"][0].min()
    alone = analgesia[0.0]
    assert alone > 0.25
    assert np.all(np.diff(list(analgesia.values())) < 0.0)
    assert analgesia[0.02] > 0.99 * alone
    assert analgesia[50.0] < 0.1 * alone


@pytest.mark.parametrize(
    ("dose_mg_per_kg", "low", "high"),
    [
        (0.0005, 0.1, 0.3),
        (0.001, 0.19, 0.45),
        (0.002, 0.35, 0.6),
        (0.005, 0.65, 0.85),
        (0.01, 0.65, 1.0),
        (0.03, 0.75, 0.95),
        (0.1, 0.93, 1.0),
    ],
)
def test_naloxone_blocks_what_emission_tomography_saw(dose_mg_per_kg, low, high):
    # Blockade 45 to 65 min after the injection, table 1 of Trostheim 2023.
    text = f"naloxone {dose_mg_per_kg} mg/kg IV"
    blocked = solved(plan(("naloxone",), text, (55.0 / 60.0,)), {})["opioid_blockade"][0, 0]
    assert low <= blocked <= high


def test_buprenorphine_has_a_ceiling_on_breathing_and_displaces_a_full_agonist():
    concentrations = np.geomspace(0.0001, 0.1, 9)
    alone = fixed((6.0,), plasma_buprenorphine=concentrations)["respiratory_drive"][:, 0]
    assert np.all(np.diff(alone) < 0.0)
    assert 0.5 < alone[-1] < 0.56
    values = receptor()
    full = values["receptor_reserve_respiration"] * values["efficacy_buprenorphine"]
    np.testing.assert_allclose(1.0 / (1.0 + full), 0.5, rtol=1e-12, atol=0.0)
    # A month of a full agonist, then buprenorphine on top of it.
    month = {"plasma_morphine": 2000.0}
    numbers = plan(
        ("fentanyl", "buprenorphine"), f"{NOTHING} plus {BUPRENORPHINE}", (719.0, 724.0)
    )
    found = solved(numbers, month)
    assert found["opioid_withdrawal"][0, 0] < 0.01
    assert found["opioid_withdrawal"][0, 1] > 0.05
    assert found["respiratory_drive"][0, 1] > found["respiratory_drive"][0, 0]


def test_fentanyl_takes_half_of_ventilation_at_the_printed_concentration():
    drive = receptor(effect_site_fentanyl=0.42e-3)["respiratory_drive"]
    np.testing.assert_allclose(drive, 0.5, rtol=1e-9, atol=0.0)


def test_the_tolerance_of_breathing_seen_in_chronic_users_is_within_reach():
    # Chronic users need 4.3 times the fentanyl for half of ventilation; no value was set by it.
    values = receptor()
    reserve = values["receptor_reserve_respiration"]
    activation = np.linspace(0.05, 0.3, 26)
    left = 1.0 / (1.0 + activation / values["desensitising_activation"])
    signalling = reserve * left
    shift = (reserve - 1.0) / (signalling[signalling > 1.0] - 1.0)
    assert shift.min() < 4.3 < shift.max()


def test_a_month_of_morphine_costs_the_printed_potency():
    # 0.81 mg/h into a vein loads the receptors as much as 78 mg a day by mouth.
    text = "morphine 0.81 mg/h IV for 720 h"
    shifts = [
        solved(plan(("morphine",), text, (719.0,), female), {})["analgesic_potency_shift"][0, 0]
        for female in (False, True)
    ]
    np.testing.assert_allclose(np.mean(shifts), 1.72, rtol=0.02, atol=0.0)
    assert shifts[0] < 1.72 < shifts[1]


def test_block_of_nmda_receptors_slows_tolerance_and_active_glia_do_only_by_the_switch():
    numbers = plan(("morphine",), "morphine 0.81 mg/h IV for 720 h", (719.0,))
    blocked = solved(numbers, {"nmda_conductance_spinal": [1.0, 0.5, 0.0]})
    shift, analgesia = (
        blocked["analgesic_potency_shift"][:, 0],
        blocked["opioid_analgesia"][:, 0],
    )
    assert np.all(np.diff(shift) < -0.05)
    assert np.all(np.diff(analgesia) > 0.01)
    # Breathing is left out of it, since nothing is known.
    np.testing.assert_allclose(np.ptp(blocked["respiratory_drive"][:, 0]), 0.0, atol=1e-6)
    glia = {"glial_activation": 0.5, "glial_tolerance_gain": [0.0, 2.0]}
    with_glia = solved(numbers, glia)["analgesic_potency_shift"][:, 0]
    np.testing.assert_allclose(with_glia[0], shift[0], rtol=1e-6, atol=0.0)
    assert with_glia[1] > 1.1 * shift[0]


def test_ketamine_beside_morphine_spares_analgesia_without_sparing_breath():
    text = "morphine 0.81 mg/h IV for 720 h"
    alone = solved(plan(("morphine",), text, (719.0,)), {})
    companions = ("morphine", "nmda_receptor_channel", "ketamine_backbone")
    with_ketamine = solved(
        plan(companions, f"{text} plus ketamine 5 mg/h IV for 720 h", (719.0,)), {}
    )
    ratio = {
        name: with_ketamine[name][0, 0] / alone[name][0, 0]
        for name in ("analgesic_potency_shift", "opioid_analgesia", "respiratory_potency_shift")
    }
    assert 0.8 < ratio["analgesic_potency_shift"] < 0.97
    assert 1.02 < ratio["opioid_analgesia"] < 1.2
    np.testing.assert_allclose(ratio["respiratory_potency_shift"], 1.0, rtol=1e-4, atol=0.0)


def test_half_the_morphine_beside_ketamine_eases_pain_as_much_and_takes_less_breath():
    companions = ["nmda_receptor_channel", "opioid_receptor", "glia", "morphine"]
    alone = lowered(
        assembly("dorsal_horn", companions=companions), "morphine 1 mg/h IV for 24 h", (23.9,)
    )
    both = lowered(
        assembly("dorsal_horn", companions=[*companions, "ketamine_backbone"]),
        "morphine 0.5 mg/h IV for 24 h plus ketamine 5 mg/h IV for 24 h",
        (23.9,),
    )
    whole, half = solved(alone, {}), solved(both, {})
    assert half["pain_rating"][0, 0] <= whole["pain_rating"][0, 0]
    breath = "opioid_receptor_respiratory_drive"
    assert half[breath][0, 0] > whole[breath][0, 0] + 0.05


def test_withdrawal_follows_a_stop_and_is_over_in_two_weeks():
    hours = tuple(np.arange(0.0, 1100.0, 2.0))
    found = solved(plan(("morphine",), "morphine 0.81 mg/h IV for 720 h", hours), {})
    time_h, missed = np.asarray(hours), found["opioid_withdrawal"][0]
    assert missed[time_h <= 720.0].max() < 0.01
    peak_h = time_h[missed.argmax()] - 720.0
    assert missed.max() > 0.2
    assert 6.0 < peak_h < 72.0
    assert missed[time_h > 720.0 + 14.0 * DAY_H].max() < 0.1 * missed.max()


def test_naloxone_brings_withdrawal_at_once():
    text = "morphine 0.81 mg/h IV for 720 h plus naloxone 0.4 mg IV starting at 700 h"
    found = solved(plan(("morphine", "naloxone"), text, (699.9, 700.5)), {})
    before, after = found["opioid_withdrawal"][0]
    assert before < 0.01
    assert after > 0.2
    assert found["respiratory_drive"][0, 1] > found["respiratory_drive"][0, 0]


def test_opioids_potentiate_nmda_receptors_beyond_their_own_presence():
    hours = (719.0, 744.0, 900.0)
    found = solved(plan(("morphine",), "morphine 0.81 mg/h IV for 720 h", hours), {})
    gain = found["nmda_potentiation"][0]
    assert gain[0] > gain[1] > gain[2] > 0.0
    assert gain[1] / gain[0] > found["opioid_analgesia"][0, 1] / found["opioid_analgesia"][0, 0]


def test_the_site_of_ultra_low_naltrexone_is_off_and_says_why():
    model = entry("opioid_receptor").model
    assert model.parameter("ultra_low_site_maximum").reported.value == 0.0
    assert any("retracted" in note for note in model.notes)
    found = fixed((1.0,), plasma_naltrexone=0.001, ultra_low_site_maximum=[0.0, 0.9])
    np.testing.assert_allclose(
        found["ultra_low_naltrexone_block"][:, 0], [0.0, 0.45], rtol=1e-9, atol=0.0
    )
    np.testing.assert_allclose(np.ptp(found["opioid_blockade"][:, 0]), 0.0, atol=1e-12)


def test_without_a_drug_nothing_moves():
    found = fixed((60.0 * DAY_H,))
    for name, values in found.items():
        untouched = name.startswith(("functional", "respiratory")) or name.endswith("shift")
        expected = 1.0 if untouched else 0.0
        np.testing.assert_allclose(values, expected, rtol=0.0, atol=1e-8, err_msg=name)


def test_an_opioid_without_a_concentration_effect_relation_says_that_it_acts_on_nothing():
    model = assembly("opioid_receptor", companions=["morphine", "hydromorphone"])
    assert any("hydromorphone acts on nothing here" in note for note in model.notes)


SHARES = (
    "held_by_buprenorphine",
    "held_by_naltrexone",
    "held_by_naloxone",
    "functional_receptors_analgesia",
    "functional_receptors_respiration",
    "nmda_phosphorylation",
    "opioid_dependence",
    "opioid_occupancy",
    "opioid_blockade",
    "opioid_analgesia",
    "opioid_withdrawal",
    "respiratory_drive",
    "miosis",
    "ultra_low_naltrexone_block",
)


@pytest.fixture(scope="module")
def pause():
    """A month of morphine, two weeks without, the old dose: 10,000 sets of values."""
    text = (
        "morphine 10 mg IV over 4 h every 12 h for 30 days then pause 14 days "
        "then morphine 10 mg IV over 4 h every 12 h for 7 days"
    )
    hours = np.concatenate([np.arange(672.0, 721.0, 2.0), np.arange(1056.0, 1224.0, 2.0)])
    values = drawn(entry("opioid_receptor").model, 10_000, seed=20261122)
    return hours, solved(plan(("morphine",), text, tuple(hours)), values)


def test_the_old_dose_after_a_pause_takes_more_breath_at_every_value_in_range(pause):
    hours, found = pause
    lost = 1.0 - found["respiratory_drive"]
    before = lost[:, hours <= 720.0].max(axis=1)
    after = lost[:, hours > 720.0].max(axis=1)
    assert before.shape == (10_000,)
    assert np.all(after > before)
    assert np.median(after / before) > 1.1


def test_every_share_stays_a_share_at_every_value_in_range(pause):
    _, found = pause
    for name in SHARES:
        assert found[name].min() >= -1e-6, name
        assert found[name].max() <= 1.0 + 1e-6, name


def test_every_share_stays_a_share_whatever_else_is_on_board():
    random = np.random.default_rng(5)
    values = drawn(entry("opioid_receptor").model, 2_000, seed=5)
    for name, highest in (
        ("plasma_naltrexone", 100.0),
        ("plasma_oxycodone", 3000.0),
        ("effect_site_fentanyl", 0.02),
        ("plasma_buprenorphine", 0.05),
        ("plasma_naloxone", 0.1),
        ("nmda_conductance_spinal", 1.6),
        ("glial_activation", 1.0),
    ):
        values[name] = highest * random.random(2_000) ** 3
    text = "morphine 20 mg IV every 6 h for 10 days"
    found = solved(plan(("morphine",), text, tuple(np.arange(0.0, 480.0, 6.0))), values)
    for name in SHARES:
        assert found[name].min() >= -1e-6, name
        assert found[name].max() <= 1.0 + 1e-6, name
    held = sum(found[f"held_by_{drug}"] for drug in ("buprenorphine", "naltrexone", "naloxone"))
    assert held.max() <= 1.0 + 1e-6

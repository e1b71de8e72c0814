"""Spinal glia: rest in every condition, what drives them, what quiets them, and in whom."""

from functools import cache

import numpy as np
import pytest

from algesia.catalog.companion import assembly
from algesia.catalog.entry import entry

from .random_values import at_rest, drawn, formulas, lowered, solved, with_states_shown

# A dose that does nothing: the ports are set by hand.
NOTHING = "morphine 0.000000001 mg IV"
DAY_H = 24.0
MONTH = "morphine 0.81 mg/h IV for 720 h"


@cache
def beside(*companions):
    return with_states_shown(assembly("glia", companions=list(companions)))


@cache
def plan(companions, text, times_h, female=False):
    return lowered(beside(*companions), text, times_h, female=female)


def fixed(hours, female=False, **values):
    """Outputs at times while what comes in by ports stays what it is."""
    numbers = plan(("morphine",), NOTHING, tuple(hours), female)
    initial = at_rest(beside("morphine"), values) if "baseline_microglia" in values else None
    return solved(numbers, values, initial)


def test_the_resting_state_holds_in_every_condition():
    baselines = np.linspace(0.0, 0.6, 13)
    found = fixed((0.0, 60.0 * DAY_H), baseline_microglia=baselines)
    np.testing.assert_allclose(
        found["activated_microglia"][:, 1], baselines, rtol=1e-6, atol=1e-9
    )
    np.testing.assert_allclose(found["chloride_extrusion"], 1.0, rtol=1e-6, atol=0.0)
    np.testing.assert_allclose(found["cytokine_excess"], 0.0, rtol=0.0, atol=1e-8)


def test_resting_cytokines_and_chloride_capacity_have_their_closed_forms():
    values = formulas(entry("glia").model)
    level, active = values["cytokine_level_at_rest"], values["baseline_microglia"]
    interleukin_10 = values["interleukin_10_gain"] * level
    restrained = active / (1.0 + interleukin_10 / values["interleukin_10_half_level"])
    np.testing.assert_allclose(level, restrained, rtol=1e-12, atol=0.0)
    np.testing.assert_allclose(
        values["chloride_capacity_at_rest"], 1.0 / 1.24, rtol=1e-12, atol=0.0
    )


def test_a_lasting_drive_ends_where_activation_and_return_balance():
    injury = np.array([0.25, 1.0, 3.0])
    found = fixed(
        (200.0 * DAY_H,),
        baseline_microglia=np.zeros(3),
        tissue_injury=injury,
        cytokine_gain=0.0,
    )
    np.testing.assert_allclose(
        found["activated_microglia"][:, 0], injury / (1.0 + injury), rtol=1e-6, atol=0.0
    )


def test_injury_shows_within_a_day_and_lasts_as_long_as_it_does():
    found = fixed((DAY_H, 21.0 * DAY_H), baseline_microglia=[0.0], tissue_injury=1.0)
    first, third_week = found["glial_activation"][0]
    assert first > 0.1
    assert third_week > 0.4
    assert found["chloride_extrusion"][0, 1] < 0.7


def test_pain_itself_drives_glia_and_relief_lets_them_rest():
    found = fixed((60.0 * DAY_H,), transmitted_signal=[-1.0, 0.0, 1.0])
    assert np.all(np.diff(found["glial_activation"][:, 0]) > 0.02)
    assert np.all(np.diff(found["chloride_extrusion"][:, 0]) < 0.0)


def test_a_glial_inhibitor_helps_in_chronic_pain_and_not_in_its_absence():
    # Minocycline and low-dose naltrexone are possible; how much they do is the dial.
    dial = {"glial_inhibition": [0.0, 0.5]}
    chronic = fixed((14.0 * DAY_H,), **dial)
    assert chronic["chloride_extrusion"][1, 0] > 1.05
    assert chronic["cytokine_excess"][1, 0] < -0.03
    healthy = fixed((14.0 * DAY_H,), baseline_microglia=np.zeros(2), **dial)
    np.testing.assert_allclose(healthy["chloride_extrusion"][:, 0], 1.0, rtol=1e-9, atol=0.0)


def test_inhibition_works_through_what_microglia_release_and_so_ends_when_it_stops():
    inhibited = fixed((30.0 * DAY_H,), glial_inhibition=[0.8])
    states = [state.name for state in beside("morphine").states]
    left = at_rest(beside("morphine"), {"glial_inhibition": np.zeros(1)})
    for name in inhibited:
        if name in states:
            left[0, states.index(name)] = inhibited[name][0, 0]
    numbers = plan(("morphine",), NOTHING, (2.0 * DAY_H,))
    after = solved(numbers, {"glial_inhibition": [0.0]}, left)["chloride_extrusion"][0, 0]
    gain = inhibited["chloride_extrusion"][0, 0] - 1.0
    assert gain > 0.1
    assert after - 1.0 < 0.35 * gain


def test_independent_inhibitors_multiply_what_they_leave():
    found = fixed(
        (14.0 * DAY_H,),
        glial_activity_remaining=[0.5, 1.0],
        glial_inhibition=[0.5, 0.75],
    )
    for name in ("glial_activation", "chloride_extrusion", "cytokine_excess"):
        np.testing.assert_allclose(np.ptp(found[name][:, 0]), 0.0, atol=1e-9, err_msg=name)


def test_women_lose_as_much_extrusion_and_gain_less_from_inhibition():
    given = {"tissue_injury": 1.0, "glial_inhibition": [0.0, 0.8]}
    men, women = (
        fixed((30.0 * DAY_H,), female, **given)["chloride_extrusion"][:, 0]
        for female in (False, True)
    )
    np.testing.assert_allclose(women[0], men[0], rtol=1e-6, atol=0.0)
    assert 0.0 < women[1] - women[0] < 0.6 * (men[1] - men[0])


def test_ketamine_quiets_glia_only_where_the_switch_is_on():
    found = fixed((14.0 * DAY_H,), arterial_esketamine=0.2, ketamine_glial_maximum=[0.0, 0.5])
    off, on = found["glial_activation"][:, 0]
    np.testing.assert_allclose(off, 0.2, rtol=1e-6, atol=0.0)
    assert on < 0.17


def test_opioids_drive_glia_and_ultra_low_naltrexone_takes_away_that_drive_alone():
    found = fixed(
        (30.0 * DAY_H,),
        opioid_occupancy=[0.0, 0.1, 0.1, 0.0],
        ultra_low_naltrexone_block=[0.0, 0.0, 0.9, 0.9],
    )["glial_activation"][:, 0]
    assert found[1] > found[2] > found[0]
    np.testing.assert_allclose(found[3], found[0], rtol=1e-9, atol=0.0)


def test_glia_carry_hyperalgesia_and_tolerance_only_by_the_switch():
    companions = ("opioid_receptor", "morphine")
    numbers = plan(companions, MONTH, (719.0,))
    found = solved(
        numbers,
        {
            "glial_inhibition": [0.0, 0.8, 0.0, 0.8],
            "opioid_receptor_glial_tolerance_gain": [0.0, 0.0, 2.0, 2.0],
        },
    )
    loss = 1.0 - found["chloride_extrusion"][:, 0]
    # What is left of the receptors says how far tolerance has come.
    left = found["opioid_receptor_functional_receptors_analgesia"][:, 0]
    assert loss[0] > 0.05
    assert loss[1] < 0.0
    np.testing.assert_allclose(left[1], left[0], rtol=1e-6, atol=0.0)
    assert left[2] < left[0] - 0.05
    assert left[2] + 0.05 < left[3] < left[0]


def test_beside_the_dorsal_horn_rest_is_rest_and_inhibition_eases_pain():
    companions = ("glia", "morphine")
    model = assembly("dorsal_horn", companions=list(companions))
    numbers = lowered(model, NOTHING, (0.0, 14.0 * DAY_H), female=False)
    found = solved(numbers, {"glia_glial_inhibition": [0.0, 0.5]})["pain_rating"]
    np.testing.assert_allclose(found[0, 1], found[0, 0], rtol=1e-4, atol=0.0)
    # Human trials of the class lie between no effect and about three points.
    assert 0.1 < found[0, 1] - found[1, 1] < 3.0


@pytest.mark.parametrize("female", [False, True])
def test_every_state_stays_in_bounds_at_every_value_in_range(female):
    count = 10_000
    random = np.random.default_rng(11)
    values = drawn(entry("glia").model, count, seed=11)
    # Of women it is part of microglial_share, which is drawn itself.
    del values["microglial_share_female_factor"]
    values["tissue_injury"] = 2.0 * random.random(count)
    values["opioid_occupancy"] = random.random(count)
    values["ultra_low_naltrexone_block"] = random.random(count)
    values["transmitted_signal"] = -1.5 + 3.5 * random.random(count)
    values["glial_activity_remaining"] = random.random(count)
    values["arterial_esketamine"] = random.random(count)
    hours = (0.0, 1.0, 6.0, 24.0, 96.0, 336.0, 1000.0)
    found = fixed(hours, female, **values)
    for name in (
        "activated_microglia",
        "glial_activation",
        "microglial_bdnf",
        "cytokine_level",
    ):
        assert found[name].min() >= -1e-6, name
        assert found[name].max() <= 1.0 + 1e-6, name
    assert found["chloride_capacity"].min() > 0.1
    assert found["chloride_capacity"].max() <= 1.0 + 1e-6
    assert found["interleukin_10_level"].min() >= -1e-6
    assert found["interleukin_10_level"].max() <= 2.0

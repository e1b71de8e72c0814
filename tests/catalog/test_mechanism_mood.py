"""Mood: closed forms, published trials, rival readings, the loop with pain, laws."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.catalog.companion import assembly
from algesia.catalog.entry import entry

from .parameter_rows import curve, drawn, one, solved, typical, with_values

DRAWS = 10_000
DAY_H = 24.0
ONE = "ketamine 0.5 mg/kg IV over 40 min"
SIX = f"{ONE} three times weekly for 6 doses"
LAST_END_H = 264.0 + 2.0 / 3.0
BESIDE = ["ketamine_backbone", "nmda_receptor_channel"]
SHARES = ("bdnf_release", "mtor_activity", "fast_potentiation", "spines_labile")


def mood():
    return entry("mood").model


def joined(**values):
    return with_values(assembly("mood", companions=BESIDE), **values)


def improvement(times_h, plan=ONE, **values):
    return curve(joined(**values), plan, times_h, "depression_improvement")


def blocked(block, times_h, **values):
    """A constant cortical block."""
    return one(mood(), times_h, nmda_conductance_cortical=1.0 - block, **values)


def test_without_a_drug_every_draw_of_values_keeps_its_rating():
    model = mood()
    values = drawn(model, DRAWS, 1)
    values["pain_rating"] = values["reference_pain"]
    ended = solved(model, values, [180.0 * DAY_H])
    before = values["baseline_depression"][:, np.newaxis]
    for name in ("depression_rating", "momentary_depression"):
        assert_allclose(ended.outputs[name], before, rtol=1e-9, atol=0.0)
    assert_allclose(ended.outputs["depression_improvement"], 0.0, rtol=0.0, atol=1e-8)


def test_shares_and_ratings_stay_in_bounds_for_every_draw_and_surrounding():
    model = mood()
    generator = np.random.Generator(np.random.Philox(key=5))
    values = drawn(model, DRAWS, 2)
    values["nmda_conductance_cortical"] = generator.uniform(-0.2, 1.6, DRAWS)
    values["cytokine_excess"] = generator.uniform(-1.0, 5.0, DRAWS)
    values["pain_rating"] = generator.uniform(0.0, 10.0, DRAWS)
    values["benzodiazepine_dose_equivalent"] = generator.uniform(0.0, 4.0, DRAWS)
    for name in ("opioid_blockade", "opioid_occupancy", "mtor_inhibition", "expectation"):
        values[name] = generator.uniform(0.0, 1.0, DRAWS)
    ended = solved(model, values, [2.0, 3.0 * DAY_H, 90.0 * DAY_H])
    for name in (*SHARES, "spines_consolidated"):
        assert np.min(ended.states[name]) >= -1e-9, name
        assert np.max(ended.states[name]) <= 1.0 + 1e-9, name
    assert np.max(ended.outputs["new_spines"]) <= 1.0 + 1e-9
    for name in ("depression_rating", "momentary_depression"):
        assert np.min(ended.outputs[name]) >= -1e-9
        assert np.max(ended.outputs[name]) <= 60.0


def test_the_surge_at_its_half_block_is_half_and_bdnf_follows_with_its_lag():
    numbers = typical(mood())
    times_h = np.asarray([0.25, 0.5, 1.0, 3.0])
    seen = blocked(
        numbers["surge_half_block"], times_h, surge_fall_depth=0.0, inflammation_strength=0.0
    )
    expected = 0.5 * (1.0 - np.exp(-times_h / numbers["bdnf_time"]))
    assert_allclose(seen.outputs["bdnf_release"][0], expected, rtol=1e-6, atol=0.0)


def test_the_surge_falls_again_where_block_is_nearly_complete():
    partial, deep = (
        blocked(block, [48.0]).outputs["bdnf_release"][0, 0] for block in (0.7, 0.97)
    )
    assert deep < 0.5 * partial


@pytest.mark.parametrize("conductance", [1.0, 1.1, 1.5])
def test_more_conductance_than_normal_is_no_antidepressant(conductance):
    seen = one(mood(), [24.0, 240.0], nmda_conductance_cortical=conductance)
    assert_allclose(seen.outputs["depression_improvement"], 0.0, rtol=0.0, atol=1e-9)


def test_a_remembered_rating_follows_the_moment_with_a_lag_of_days():
    numbers = typical(mood())
    times_h = np.asarray([24.0, 84.0, 168.0, 336.0])
    seen = one(mood(), times_h, expectation=1.0, mood_time=1e-4).outputs
    now, remembered = seen["momentary_depression"][0], seen["depression_rating"][0]
    gone = 1.0 - np.exp(-times_h / numbers["recall_time"])
    expected = numbers["baseline_depression"] + gone * (now - numbers["baseline_depression"])
    assert_allclose(remembered, expected, rtol=1e-5, atol=0.0)
    assert_allclose(numbers["recall_time"], 84.0, rtol=1e-12, atol=0.0)


def test_what_control_gives_is_the_printed_fall_and_less_where_there_is_less_to_lose():
    ill = one(mood(), [48.0], expectation=1.0).outputs["depression_improvement"][0, 0]
    mild = one(mood(), [48.0], expectation=1.0, baseline_depression=8.0).outputs
    assert_allclose(ill, 8.8, rtol=0.02, atol=0.0)
    assert mild["depression_improvement"][0, 0] < 0.5 * ill


def test_the_controlled_trial_is_met_at_24_hours():
    seen = curve(joined(expectation=1.0), ONE, [24.0], "depression_improvement")[0]
    # 16.5 printed; calibrated with two other numbers that pull.
    assert_allclose(seen, 16.5, rtol=0.1, atol=0.0)


def test_patients_relapse_eighteen_days_after_the_sixth_infusion():
    times_h = np.arange(0.0, 60.0 * DAY_H, 6.0)
    rating = curve(joined(expectation=1.0), SIX, times_h, "depression_rating")
    back = times_h[(times_h > LAST_END_H + DAY_H) & (rating > 16.0)][0]
    # 18 days printed, the quarters at 11 and 27.
    assert abs((back - LAST_END_H) / DAY_H - 18.0) < 2.0


def test_a_tenth_of_a_milligram_per_kilogram_does_less_than_a_fifth_of_the_usual_dose():
    seen = [
        improvement([24.0], plan=f"ketamine {dose} mg/kg IV over 40 min")[0]
        for dose in (0.1, 0.2, 0.5, 1.0)
    ]
    assert np.all(np.diff(seen) > 0.0)
    assert seen[0] < 0.2 * seen[2]
    assert seen[1] < 0.6 * seen[2]
    assert seen[3] < 1.5 * seen[2]


def test_repetition_consolidates_what_one_infusion_does_not():
    once = curve(joined(), ONE, [21.0 * DAY_H], "new_spines")[0]
    six = curve(joined(), SIX, [264.0 + 21.0 * DAY_H], "new_spines")[0]
    assert six > 4.0 * once


@pytest.mark.parametrize(("sign", "order"), [(1.0, 1), (0.0, 0), (-1.0, -1)])
def test_inflammation_helps_hinders_or_is_irrelevant_as_the_switch_says(sign, order):
    inflamed = {"inflammation_sign": sign, "inflammation_points": 0.0}
    with_it = blocked(0.6, [24.0], cytokine_excess=1.0, **inflamed).outputs
    without = blocked(0.6, [24.0], cytokine_excess=0.0, **inflamed).outputs
    gain = (with_it["fast_potentiation"] - without["fast_potentiation"])[0, 0]
    assert np.sign(np.round(gain, 9)) == order


def test_cytokines_below_rest_leave_mood_alone_and_above_it_burden_it():
    below, above = (
        one(mood(), [48.0], cytokine_excess=level).outputs["depression_excess"][0, 0]
        for level in (-0.4, 0.5)
    )
    assert_allclose(below, 0.0, rtol=0.0, atol=1e-9)
    assert_allclose(above, 3.0, rtol=0.05, atol=0.0)


def test_benzodiazepines_and_naltrexone_take_away_from_the_response():
    at = [24.0]
    plain = improvement(at)[0]
    tranquillised = improvement(at, benzodiazepine_dose_equivalent=8.0)[0]
    antagonised = improvement(at, opioid_blockade=1.0)[0]
    rival = improvement(at, opioid_blockade=1.0, opioid_blockade_maximal_loss=0.0)[0]
    assert 0.5 * plain < tranquillised < 0.9 * plain
    assert antagonised < 0.3 * plain
    assert_allclose(rival, plain, rtol=1e-6, atol=0.0)


def test_the_interference_of_benzodiazepines_is_not_transient_here_as_it_was_in_one_trial():
    times_h = [24.0, 72.0]
    plain = improvement(times_h)
    lost = 1.0 - improvement(times_h, benzodiazepine_dose_equivalent=8.0) / plain
    # One trial saw it at day 1 and not at day 3: a misfit that stays in sight.
    assert np.all(lost > 0.15)


def test_a_drive_by_mtor_alone_fails_the_rapamycin_trial_and_the_default_does_not():
    without_mtor = {"mtor_inhibition": 1.0}
    only = improvement([24.0], mtor_share=1.0, **without_mtor)[0]
    default = improvement([24.0], **without_mtor)[0]
    assert_allclose(only, 0.0, rtol=0.0, atol=1e-6)
    assert default > 0.25 * improvement([24.0])[0]


def test_opioids_worsen_mood_only_where_the_switch_is_on():
    occupied = {"opioid_occupancy": 0.8}
    off = one(mood(), [48.0], **occupied).outputs["depression_excess"][0, 0]
    on = one(mood(), [48.0], opioid_points=5.0, **occupied).outputs["depression_excess"][0, 0]
    assert off == 0.0
    assert_allclose(on, 4.0, rtol=0.05, atol=0.0)


def test_a_person_in_pain_without_depression_is_not_made_severely_depressed():
    seen = one(mood(), [240.0], baseline_depression=8.0, pain_rating=7.0).outputs
    assert seen["momentary_depression"][0, 0] < 16.0


def loop_gain(reference_pain, **values):
    """Gain round pain and mood: what an outside burden grows by is 1 / (1 - gain)."""
    model = with_values(
        assembly("mood", companions=["dorsal_horn"]), reference_pain=reference_pain, **values
    )
    seen = []
    for points in (values["pain_points"], 0.0):
        found = one(
            with_values(model, pain_points=points),
            [0.0, 3.0 * DAY_H, 60.0 * DAY_H],
            cytokine_excess=0.2,
        ).outputs["depression_excess"][0]
        assert np.all(np.isfinite(found))
        seen.append(found)
    closed, open_loop = np.asarray(seen)
    return 1.0 - open_loop[1:] / closed[1:]


@pytest.mark.parametrize("pain_points", [0.4, 0.8, 1.5])
def test_the_loop_of_pain_and_mood_has_a_gain_below_one(pain_points):
    at_rest = entry("dorsal_horn").model.parameter("pain_at_rest").reported.number()
    gain = loop_gain(at_rest, pain_points=pain_points, baseline_depression=25.0)
    assert np.all(gain > 0.0)
    assert np.all(gain < 0.5)


def test_mood_alone_passes_on_no_more_than_its_points_per_point_of_pain():
    model = mood()
    values = drawn(model, DRAWS, 6)
    low, high = dict(values), dict(values)
    low["pain_rating"], high["pain_rating"] = np.full(DRAWS, 4.0), np.full(DRAWS, 4.1)
    seen = [
        solved(model, each, [240.0]).outputs["momentary_depression"][:, 0]
        for each in (low, high)
    ]
    slope = (seen[1] - seen[0]) / 0.1
    assert np.all(slope >= 0.0)
    assert np.all(slope <= values["pain_points"] * (1.0 + 1e-6) + 1e-6)


def test_no_output_speaks_of_suicide():
    names = {output.name for output in mood().outputs} | {state.name for state in mood().states}
    assert not any("suic" in name for name in names)

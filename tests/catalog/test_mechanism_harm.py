"""Harm: closed forms, published numbers, what loads bladder and liver, laws over the ranges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.catalog.administration import typical_cohort
from algesia.catalog.companion import assembly
from algesia.catalog.entry import entry
from algesia.population.individual import typical_parameters
from algesia.units import from_canonical

from .parameter_rows import curve, drawn, one, solved, typical, with_values

DRAWS = 10_000
DAY_H, YEAR_H = 24.0, 8766.0
LONG_H = 4.0 * YEAR_H
NG_PER_ML = 1e-3  # mg/L
COURSE = "esketamine 22 mg/h IV over 100 h"
ORDINAL = (
    "bladder_injury",
    "bladder_fibrosis",
    "hepatobiliary_injury",
    "hepatic_reexposure",
    "cognitive_deficit",
)


def harm():
    return entry("ketamine_harm").model


def joined():
    return assembly("ketamine_harm", companions=["ketamine_backbone"])


def acutely(**values):
    """Outputs two hours into constant inputs: canonical units in, shares or own units out."""
    model = harm()
    seen = one(model, [2.0], **values).outputs
    shares = {output.name for output in model.outputs if output.unit == "%"}
    return {
        output.name: float(seen[output.name][0, -1])
        if output.name in shares
        else float(from_canonical(float(seen[output.name][0, -1]), output.unit))
        for output in model.outputs
    }


def test_drug_high_is_half_at_the_published_concentration_of_esketamine():
    seen = acutely(arterial_esketamine=71.0 * NG_PER_ML)
    assert_allclose(seen["dissociation"], 0.5, rtol=1e-5, atol=0.0)


def test_arketamine_alone_needs_the_potency_ratio_more_and_both_add_as_loads():
    ratio = typical(harm())["dissociation_potency_ratio"]
    alone = acutely(arterial_arketamine=71.0 * ratio * NG_PER_ML)["dissociation"]
    both = acutely(
        arterial_esketamine=71.0 * NG_PER_ML, arterial_arketamine=71.0 * ratio * NG_PER_ML
    )["dissociation"]
    assert_allclose([alone, both], [0.5, 2.0 / 3.0], rtol=1e-5, atol=0.0)


def test_enantiomers_of_equal_potency_dissociate_alike():
    there = {"arterial_esketamine": 0.12, "arterial_arketamine": 0.03}
    turned = {"arterial_esketamine": 0.03, "arterial_arketamine": 0.12}
    first, second = (
        acutely(dissociation_potency_ratio=1.0, **given)["dissociation"]
        for given in (there, turned)
    )
    assert_allclose(first, second, rtol=1e-7, atol=0.0)


def test_drug_high_is_as_good_as_linear_in_the_racemate_where_volunteers_were():
    levels = np.asarray([50.0, 100.0, 150.0, 200.0])
    seen = [
        acutely(
            arterial_esketamine=0.5 * c * NG_PER_ML, arterial_arketamine=0.5 * c * NG_PER_ML
        )
        for c in levels
    ]
    correlation = np.corrcoef(levels, [each["dissociation"] for each in seen])[0, 1]
    # Printed correlations of the items are 0.93 to 0.99.
    assert correlation > 0.93


def test_arketamine_leaves_the_circulation_alone_and_norketamine_opposes_it():
    only_r = acutely(arterial_arketamine=0.3)
    plain = acutely(arterial_esketamine=0.15)
    opposed = acutely(arterial_esketamine=0.15, arterial_esnorketamine=0.1)
    switched = acutely(
        arterial_esketamine=0.15, arterial_esnorketamine=0.1, pressor_opposition_share=0.0
    )
    for name in ("systolic_pressure_rise", "diastolic_pressure_rise", "cardiac_output_rise"):
        assert only_r[name] == 0.0
        assert 0.0 < opposed[name] < plain[name]
        assert_allclose(switched[name], plain[name], rtol=1e-7, atol=0.0)


def test_anaesthetic_esketamine_gives_about_the_published_rises_of_pressure_and_pulse():
    seen = acutely(arterial_esketamine=1959.0 * NG_PER_ML)
    mean_rise = (
        seen["diastolic_pressure_rise"]
        + (seen["systolic_pressure_rise"] - seen["diastolic_pressure_rise"]) / 3.0
    )
    # 27 % of about 90 mmHg and 43.5 % of about 65 per min; the resting values are assumed.
    assert_allclose(mean_rise, 24.3, rtol=0.2, atol=0.0)
    assert_allclose(seen["heart_rate_rise"], 28.3, rtol=0.2, atol=0.0)


def test_cardiac_output_rises_as_published_at_320_nanogram_per_millilitre():
    seen = acutely(arterial_esketamine=0.32, arterial_esnorketamine=0.1)
    assert 0.4 < seen["cardiac_output_rise"] < 0.5


def test_each_enantiomer_slows_the_electroencephalogram_by_half_at_its_own_concentration():
    left = acutely(arterial_esketamine=0.8)["electroencephalogram_slowing"]
    right = acutely(arterial_arketamine=1.8)["electroencephalogram_slowing"]
    assert_allclose([left, right], [8.3 / 2.0, 4.4 / 2.0], rtol=1e-5, atol=0.0)


def test_the_racemate_is_predicted_twice_as_potent_on_the_electroencephalogram_as_printed():
    levels = np.linspace(0.05, 40.0, 400)
    found = solved(harm(), drawn_at(levels), [2.0]).outputs["electroencephalogram_slowing"]
    seen = from_canonical(found[:, 0], "Hz")
    half = np.interp(0.5 * (8.3 / 0.8 + 4.4 / 1.8) / (1.0 / 0.8 + 1.0 / 1.8), seen, levels)
    assert_allclose(half, 1.11, rtol=0.05, atol=0.0)
    assert 2.0 / half > 1.6  # 2.0 is printed: a misfit that stays in sight


def drawn_at(racemate_mg_per_l):
    """Values of the model for several concentrations of the racemate."""
    size = racemate_mg_per_l.size
    values = {name: np.full(size, value) for name, value in typical(harm()).items()}
    values["arterial_esketamine"] = values["arterial_arketamine"] = 0.5 * racemate_mg_per_l
    return values


@pytest.mark.parametrize("drive", [0.9, 0.6, 0.3])
def test_esketamine_gives_back_the_printed_share_of_an_opioids_load(drive):
    load = 1.0 / (drive + 0.01) * (1.0 - drive)
    ketamine = 127.0 / (127.0 + 8000.0)
    expected = (1.0 - ketamine) / (1.0 + load * (0.61 + 0.39 / 2.0))
    seen = acutely(respiratory_drive=drive, arterial_esketamine=0.127)["ventilation"]
    assert_allclose(seen, expected, rtol=1e-5, atol=0.0)


def test_esketamine_alone_never_lifts_breathing_above_the_normal():
    for level in (0.05, 0.127, 0.5, 5.0):
        assert acutely(arterial_esketamine=level)["ventilation"] < 1.0


def test_opioid_and_benzodiazepine_together_depress_more_than_their_product():
    dose = 20.0 / 24.0  # mg/h
    normal, opioid = acutely()["ventilation"], acutely(respiratory_drive=0.5)["ventilation"]
    tranquilliser = acutely(benzodiazepine_dose_equivalent=dose)["ventilation"]
    both = acutely(respiratory_drive=0.5, benzodiazepine_dose_equivalent=dose)["ventilation"]
    assert_allclose(normal, 1.0, rtol=1e-12, atol=0.0)
    assert both < 0.95 * opioid * tranquilliser


def test_a_swallowed_dose_loads_the_bladder_as_an_injected_one_does():
    model = joined()
    seen = [
        curve(model, plan, [120.0], "bladder_injury")[0]
        for plan in ("ketamine 50 mg IV over 40 min", "ketamine 50 mg oral")
    ]
    assert_allclose(seen[0], seen[1], rtol=0.02, atol=0.0)


def test_everything_absorbed_leaves_by_the_urine():
    model = joined()
    times_h = np.concatenate([np.linspace(0.0, 24.0, 2401), np.linspace(24.05, 400.0, 4000)])
    half_load = typical(harm())["urothelial_half_load"]
    for plan in ("ketamine 50 mg IV over 40 min", "ketamine 50 mg oral"):
        load = curve(model, plan, times_h, "urinary_load")
        left = np.trapezoid(load, times_h) * half_load
        assert_allclose(left, 50.0e6 / 237.73, rtol=2e-3, atol=0.0)


def test_a_swallowed_dose_loads_the_liver_by_the_portal_vein():
    model = joined()
    first_hours = np.linspace(0.0, 2.0, 81)
    seen = curve(model, "ketamine 50 mg oral", first_hours, "hepatobiliary_load")
    arterial = curve(
        model, "ketamine 50 mg oral", first_hours, "ketamine_backbone_arterial_ketamine"
    )
    molar = arterial * 1e3 / 237.73
    circulation = 130.0 * molar / typical(harm())["hepatobiliary_half_load"]
    assert np.max(seen) > 1.5 * np.max(circulation)


def test_a_second_long_course_soon_after_injures_the_liver_far_more_than_the_first():
    model = joined()
    once, twice = (
        curve(model, plan, [480.0, 600.0], "hepatic_reexposure")
        for plan in (COURSE, f"{COURSE} plus {COURSE} at 384 h")
    )
    assert np.max(twice) > 3.0 * np.max(once)
    assert np.max(once) < 0.25


def test_without_susceptibility_the_same_two_courses_leave_only_cumulative_injury():
    model = with_values(joined(), susceptibility_reexposure=0.0)
    plan = f"{COURSE} plus {COURSE} at 384 h"
    assert_allclose(
        curve(model, plan, [500.0], "hepatic_reexposure"), 0.0, rtol=0.0, atol=1e-12
    )
    assert curve(model, plan, [500.0], "hepatobiliary_injury")[0] > 0.02


def test_daily_non_medical_exposure_harms_more_than_a_weekly_infusion_in_every_way():
    model, times_h = joined(), np.arange(0.0, 180.0 * DAY_H, 6.0)
    weekly = "ketamine 0.5 mg/kg IV over 40 min weekly for 25 weeks"
    daily = "ketamine 250 mg nasal twice daily for 25 weeks"
    for name in (*ORDINAL, "dependence_liability"):
        mild, grave = (np.max(curve(model, each, times_h, name)) for each in (weekly, daily))
        assert grave > 1.5 * mild, name


def test_dependence_liability_steps_up_with_the_share_of_time_intoxicated():
    shares = [0.0, 0.006, 0.03, 0.1]
    seen = []
    for share in shares:
        load = share / (1.0 - share)
        found = acutely(arterial_esketamine=load * 0.071, intoxication_memory_time=1e-3)
        seen.append(found["dependence_liability"])
    assert seen[0] == 0.0
    assert np.all(np.diff(seen) > 0.4)
    assert seen[-1] < 3.0


def test_hypertension_and_age_raise_the_rise_of_pressure_and_hypertension_damps_the_pulse():
    model = harm()

    def parameters(**covariates):
        row = typical_parameters(model, typical_cohort(model, covariates))[0]
        return dict(zip(model.dynamic_parameters(), row, strict=True))

    usual, tense = parameters(), parameters(hypertension="present")
    old = parameters(age=70.0)
    assert_allclose(tense["pressor_gain"] / usual["pressor_gain"], 1.5, rtol=1e-12, atol=0.0)
    assert_allclose(old["pressor_gain"] / usual["pressor_gain"], 1.3, rtol=1e-9, atol=0.0)
    assert tense["heart_rate_maximal_rise"] < usual["heart_rate_maximal_rise"]


def test_without_a_drug_every_draw_of_values_stays_unharmed():
    ended = solved(harm(), drawn(harm(), DRAWS, 1), [180.0 * DAY_H])
    for state in ended.states.values():
        assert_allclose(state, 0.0, rtol=0.0, atol=1e-12)
    for name, seen in ended.outputs.items():
        expected = 1.0 if name == "ventilation" else 0.0
        assert_allclose(seen, expected, rtol=0.0, atol=1e-12)


def test_every_share_stays_between_none_and_all_for_every_draw_and_exposure():
    model = harm()
    generator = np.random.Generator(np.random.Philox(key=3))
    values = drawn(model, DRAWS, 2)
    for name in ("arterial_esketamine", "arterial_arketamine", "arterial_esnorketamine"):
        values[name] = 10.0 ** generator.uniform(-4.0, 1.0, DRAWS)
    for name in ("urinary_elimination_rate", "hepatic_inflow_rate"):
        values[name] = 10.0 ** generator.uniform(0.0, 7.0, DRAWS)
    values["respiratory_drive"] = generator.uniform(0.0, 1.0, DRAWS)
    values["benzodiazepine_dose_equivalent"] = generator.uniform(0.0, 5.0, DRAWS)
    ended = solved(model, values, [1.0, 5.0 * DAY_H, LONG_H])
    concentrations = ("effect_site_",)
    for name, state in ended.states.items():
        if not name.startswith(concentrations):
            assert np.min(state) >= -1e-9, name
            assert np.max(state) <= 1.0 + 1e-9, name
    for name in ("dissociation", "sedation", "ventilation", *ORDINAL):
        assert np.min(ended.outputs[name]) >= -1e-9, name
        assert np.max(ended.outputs[name]) <= 1.0 + 1e-9, name
    assert np.max(ended.outputs["dependence_liability"]) <= 3.0


def test_more_exposure_never_harms_less():
    model = harm()
    less = drawn(model, 2000, 4)
    less |= {
        "arterial_esketamine": np.full(2000, 0.1),
        "arterial_arketamine": np.full(2000, 0.1),
        "urinary_elimination_rate": np.full(2000, 5e4),
        "hepatic_inflow_rate": np.full(2000, 5e4),
    }
    more = dict(less)
    for name in ("arterial_esketamine", "arterial_arketamine"):
        more[name] = 1.5 * less[name]
    for name in ("urinary_elimination_rate", "hepatic_inflow_rate"):
        more[name] = 1.5 * less[name]
    seen = [solved(model, each, [1.0, 30.0 * DAY_H]).outputs for each in (less, more)]
    for name in (*ORDINAL, "dissociation", "systolic_pressure_rise", "dependence_liability"):
        assert np.all(seen[1][name] >= seen[0][name] - 1e-9), name

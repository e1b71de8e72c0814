from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.errors import DomainError, RegimenError, RouteError, UnitError, UnknownNameError
from algesia.population import Cohort
from algesia.provenance import NOTICE
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, content_hash, run

from .small_models import ABSORPTION, CLEARANCE, VOLUME, one_compartment, run_arm, typical

RATE = CLEARANCE / VOLUME
# Between its steps the solver interpolates; at a step tolerance of 1e-9 that stays below this.
CLOSE = 1e-7


def cohort(size, *, seed=5):
    return Cohort(
        seed=seed, subjects=np.arange(size), covariates={"weight": np.full(size, 70.0)}
    )


def test_a_bolus_follows_the_exponential_and_is_seen_before_and_after_it_jumps():
    arm = run_arm(one_compartment(), parse_regimen("40 mg esketamine IV"))
    assert arm.time_h[:2].tolist() == [0.0, 0.0]
    assert arm.values[0, :2, 0].tolist() == [0.0, 2000.0]
    expected = 2000.0 * np.exp(-RATE * arm.time_h[1:])
    assert_allclose(arm.values[0, 1:, 0], expected, rtol=CLOSE, atol=0)


def test_an_infusion_peaks_at_its_end_even_if_the_grid_misses_it():
    arm = run_arm(
        one_compartment(),
        parse_regimen("40 mg esketamine IV over 40 min"),
        sampling=Sampling.every(6.0, until_h=24.0),
    )
    peak_h = 40.0 / 60.0
    place = int(np.argmax(arm.values[0, :, 0]))
    assert_allclose(arm.time_h[place], peak_h, rtol=1e-12, atol=0)
    expected = 40.0 / peak_h / CLEARANCE * (1.0 - np.exp(-RATE * peak_h)) * 1000.0
    assert_allclose(arm.values[0, place, 0], expected, rtol=CLOSE, atol=0)


def test_oral_doses_add_up_as_in_the_closed_form():
    arm = run_arm(one_compartment(), parse_regimen("25 mg esketamine PO every 8 h for 2 days"))
    expected = np.zeros_like(arm.time_h)
    for start in range(0, 48, 8):
        since = np.maximum(arm.time_h - start, 0.0)
        one = np.exp(-RATE * since) - np.exp(-ABSORPTION * since)
        expected += 25.0 * ABSORPTION / (VOLUME * (ABSORPTION - RATE)) * one * 1000.0
    assert_allclose(arm.values[0, 1:, 0], expected[1:], rtol=CLOSE, atol=1e-6)


def test_doses_per_kg_scale_with_each_patients_weight():
    pair = Cohort(
        seed=1, subjects=np.array([0, 1]), covariates={"weight": [50.0, 100.0]}, spread=False
    )
    arm = run_arm(one_compartment(), parse_regimen("0.5 mg/kg esketamine IV"), cohort=pair)
    assert_allclose(arm.values[1, 1:, 0], 2.0 * arm.values[0, 1:, 0], rtol=CLOSE, atol=0)


def test_a_subject_is_the_same_in_any_cohort_and_for_any_number_of_threads():
    model = one_compartment(spread=0.09, occasion=0.04)
    regimen = parse_regimen("20 mg esketamine IV over 1 h every 24 h for 2 days")
    scenario = Scenario(
        title="t",
        arms=(Arm(name="a", model=model, regimen=regimen, cohort=cohort(40)),),
        sampling=Sampling.every(1.0, until_h=48.0),
    )
    everyone = run(scenario, threads=1).arms[0]
    assert np.ptp(everyone.values[:, 5, 0]) > 100.0
    assert_array_equal(run(scenario, threads=2).arms[0].values, everyone.values)
    few = replace(
        scenario, arms=(replace(scenario.arms[0], cohort=cohort(40).subset([7, 31])),)
    )
    assert_array_equal(run(few).arms[0].values, everyone.values[[7, 31]])


def test_a_later_occasion_draws_a_new_clearance_and_the_first_one_keeps_its_own():
    model = one_compartment(occasion=0.25)
    once = run_arm(model, parse_regimen("20 mg esketamine IV"), cohort=cohort(20))
    twice = run_arm(
        model, parse_regimen("20 mg esketamine IV every 24 h for 2 days"), cohort=cohort(20)
    )
    before = once.time_h < 24.0
    assert_allclose(
        twice.values[:, : before.sum(), 0], once.values[:, before, 0], rtol=CLOSE, atol=0
    )
    slopes = -np.diff(np.log(twice.values[:, [26, 30], 0]), axis=1)[:, 0] / (
        twice.time_h[30] - twice.time_h[26]
    )
    first = -np.diff(np.log(twice.values[:, [2, 6], 0]), axis=1)[:, 0] / 4.0
    assert np.abs(np.log(slopes / first)).min() > 1e-3


def test_spread_can_be_switched_off():
    model = one_compartment(spread=0.09)
    arm = run_arm(
        model, parse_regimen("20 mg esketamine IV"), cohort=replace(cohort(5), spread=False)
    )
    assert np.ptp(arm.values, axis=0).max() == 0.0
    assert arm.band_label == "typical patient, no spread"


def test_observations_are_kept_apart_from_true_values():
    with pytest.raises(UnknownNameError, match="no output of model"):
        run_arm(
            one_compartment(),
            parse_regimen("20 mg esketamine IV"),
            limits_of_quantification={"plasme": 1.0},
        )
    arm = run_arm(
        one_compartment(),
        parse_regimen("20 mg esketamine IV"),
        observations=True,
        limits_of_quantification={"plasma": 200.0},
    )
    assert np.isnan(arm.observed[0, -1, 0])
    assert arm.values[0, -1, 0] > 0.0
    assert any("no residual error is stated" in note for note in arm.notes)


def test_a_racemate_into_an_enantiomer_model_must_say_which_half_is_followed():
    with pytest.raises(UnitError, match=r"ketamine \(racemate\).*esketamine"):
        run_arm(one_compartment(), parse_regimen("40 mg ketamine IV"))
    half = run_arm(one_compartment(), parse_regimen("40 mg ketamine IV"), follow="S")
    whole = run_arm(one_compartment(), parse_regimen("20 mg esketamine IV"))
    assert_allclose(half.values, whole.values, rtol=CLOSE, atol=0)
    with pytest.raises(DomainError, match="follows the R enantiomer"):
        run_arm(one_compartment(), parse_regimen("40 mg ketamine IV"), follow="R")


def test_a_salt_counts_as_its_base():
    salt = run_arm(one_compartment(), parse_regimen("50 mg esketamine hydrochloride IV"))
    base = run_arm(one_compartment(), parse_regimen("50 mg esketamine IV"))
    # Molar masses of base and hydrochloride, g/mol.
    assert_allclose(salt.values[0, 1, 0] / base.values[0, 1, 0], 237.73 / 274.19, rtol=1e-4)


def test_a_route_the_model_lacks_is_refused_with_the_ones_it_has():
    with pytest.raises(RouteError, match="it has oral, intravenous"):
        run_arm(one_compartment(), parse_regimen("40 mg esketamine nasal"))


def test_a_plan_without_a_route_needs_a_model_with_one_input():
    with pytest.raises(RouteError, match="names no route"):
        run_arm(one_compartment(), parse_regimen("40 mg esketamine"))


def test_an_infusion_into_an_input_with_its_own_duration_is_refused():
    with pytest.raises(RegimenError, match="takes single doses only"):
        run_arm(
            one_compartment(duration_h=2.0), parse_regimen("40 mg esketamine IV over 40 min")
        )


def test_a_modelled_duration_and_lag_shape_the_input():
    arm = run_arm(
        one_compartment(duration_h=2.0, lag_h=1.5, fraction=0.5),
        parse_regimen("40 mg esketamine IV"),
        sampling=Sampling.every(0.5, until_h=6.0),
    )
    since = np.clip(arm.time_h - 1.5, 0.0, 2.0)
    after = np.maximum(arm.time_h - 3.5, 0.0)
    expected = 10.0 / CLEARANCE * (1.0 - np.exp(-RATE * since)) * np.exp(-RATE * after) * 1000.0
    assert_allclose(arm.values[0, :, 0], expected, rtol=CLOSE, atol=1e-9)


def test_equal_questions_have_equal_receipts_and_a_changed_value_another():
    def receipt(model):
        arm = Arm(
            name="a",
            model=model,
            regimen=parse_regimen("20 mg esketamine IV"),
            cohort=typical(),
        )
        sampling = Sampling.every(1.0, until_h=4.0)
        return run(Scenario(title="t", arms=(arm,), sampling=sampling)).receipt

    first, again = receipt(one_compartment()), receipt(one_compartment())
    changed = receipt(one_compartment(fraction=0.9))
    assert first == again
    assert first["scenario"] != changed["scenario"]
    assert first["arms"][0]["regimen_hash"] == changed["arms"][0]["regimen_hash"]
    assert first["notice"] == NOTICE


def test_the_hash_tells_neighbouring_fields_apart():
    assert content_hash(["ab", "c"]) != content_hash(["a", "bc"])
    assert content_hash([1, [2]]) != content_hash([[1], 2])
    assert content_hash(np.zeros(2)) != content_hash(np.zeros((2, 1)))
    with pytest.raises(TypeError, match="cannot hash"):
        content_hash(object())


def test_progress_reaches_the_total_over_all_arms():
    told = []
    arm = Arm(
        name="a",
        model=one_compartment(),
        regimen=parse_regimen("20 mg esketamine IV"),
        cohort=cohort(30),
    )
    scenario = Scenario(
        title="t",
        arms=(arm, replace(arm, name="b")),
        sampling=Sampling.every(1.0, until_h=4.0),
    )
    run(scenario, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (60, 60)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_scenario_needs_arms_with_distinct_names_and_sampling():
    arm = Arm(
        name="a",
        model=one_compartment(),
        regimen=parse_regimen("20 mg esketamine IV"),
        cohort=typical(),
    )
    sampling = Sampling.every(1.0, until_h=4.0)
    with pytest.raises(DomainError, match="has no arms"):
        Scenario(title="t", arms=(), sampling=sampling)
    with pytest.raises(DomainError, match="'a' stands twice"):
        Scenario(title="t", arms=(arm, arm), sampling=sampling)
    with pytest.raises(DomainError, match="expected sampling times"):
        Scenario(title="t", arms=(arm,), sampling=None)


def test_doses_after_the_last_sample_are_mentioned():
    arm = run_arm(
        one_compartment(),
        parse_regimen("20 mg esketamine IV every 24 h for 4 days"),
        sampling=Sampling.every(1.0, until_h=30.0),
    )
    assert "2 of 4 doses fall after the last sampling time" in arm.notes

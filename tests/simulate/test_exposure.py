from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import DomainError, UnknownNameError
from algesia.regimen import DoseRow
from algesia.simulate.exposure import (
    area_under_curve,
    exposure_measures,
    exposure_rows,
    terminal_half_life_h,
)
from algesia.simulate.output_info import OutputInfo
from algesia.simulate.trajectories import ArmTrajectories


def dose_row(time_h=0.0, duration_h=0.0):
    return DoseRow(
        time_h=time_h,
        amount=10.0,
        unit="mg",
        duration_h=duration_h,
        route="intravenous",
        drug="esketamine",
        form="base",
        weight_basis="actual",
        weight_cap_kg=None,
        cap_mg=None,
        formulation=None,
    )


def arm_of(time_h, values, *, rows=None, status=None):
    values = np.asarray(values, dtype=float)
    return ArmTrajectories(
        name="arm",
        model_id="model",
        model_title="a model",
        rung="sound",
        outputs=(
            OutputInfo(
                name="plasma",
                unit="ng/mL",
                substance="esketamine",
                form="base",
                site="venous plasma",
                description="",
            ),
        ),
        time_h=np.asarray(time_h, dtype=float),
        values=values[:, :, None],
        status=np.zeros(len(values), dtype=np.int64) if status is None else np.asarray(status),
        failures=(),
        subjects=np.arange(len(values)),
        covariates={},
        rows=(dose_row(),) if rows is None else rows,
        regimen_text="",
        notes=(),
        values_used=(),
        sources=(),
        band_label="",
    )


def test_a_straight_rise_and_an_exponential_fall_have_their_exact_areas():
    rise = area_under_curve(np.array([0.0, 4.0]), np.array([0.0, 2.0]))
    assert_allclose(rise, 4.0, rtol=1e-15, atol=0)
    time_h = np.linspace(0.0, 30.0, 7)
    fall = area_under_curve(time_h, 100.0 * np.exp(-0.2 * time_h))
    assert_allclose(fall, 100.0 / 0.2 * (1.0 - np.exp(-6.0)), rtol=1e-12, atol=0)


def test_a_flat_curve_and_a_fall_to_zero_need_no_logarithm():
    assert area_under_curve(np.array([0.0, 3.0]), np.array([5.0, 5.0])) == 15.0
    assert area_under_curve(np.array([0.0, 2.0]), np.array([5.0, 0.0])) == 5.0


def test_a_jump_at_one_time_adds_no_area():
    time_h = np.array([0.0, 1.0, 1.0, 2.0])
    assert_allclose(area_under_curve(time_h, np.array([2.0, 2.0, 6.0, 6.0])), 8.0, rtol=1e-15)


def test_the_half_life_of_two_exponentials_is_the_slow_one():
    time_h = np.linspace(0.5, 48.0, 96)
    curve = 90.0 * np.exp(-1.5 * time_h) + 10.0 * np.exp(-0.1 * time_h)
    assert_allclose(
        terminal_half_life_h(time_h, curve[None, :]), np.log(2.0) / 0.1, rtol=2e-3, atol=0
    )


def test_a_rising_or_too_short_tail_has_no_half_life():
    time_h = np.array([1.0, 2.0, 3.0, 4.0])
    assert np.isnan(terminal_half_life_h(time_h, np.array([[1.0, 2.0, 3.0, 4.0]]))[0])
    assert np.isnan(terminal_half_life_h(time_h[:2], np.array([[2.0, 1.0]]))[0])
    assert np.isnan(terminal_half_life_h(time_h, np.array([[3.0, 2.0, 1.0, 0.0]]))[0])


def test_peak_time_and_area_of_one_bolus_agree_with_their_formulas():
    time_h = np.linspace(0.0, 40.0, 161)
    measures = exposure_measures(arm_of(time_h, [50.0 * np.exp(-0.25 * time_h)]), "plasma")
    assert measures["cmax"][0] == 50.0
    assert measures["tmax"][0] == 0.0
    assert_allclose(measures["auc"][0], 200.0, rtol=1e-4, atol=0)
    assert_allclose(measures["half_life"][0], np.log(2.0) / 0.25, rtol=1e-9, atol=0)


def test_a_window_between_samples_is_interpolated():
    arm = arm_of([0.0, 10.0], [[0.0, 10.0]])
    measures = exposure_measures(arm, "plasma", from_h=2.0, to_h=4.0)
    assert_allclose(measures["auc"][0], 6.0, rtol=1e-14, atol=0)
    assert_allclose(measures["cmax"][0], 4.0, rtol=1e-14, atol=0)


def test_accumulation_of_equal_doses_is_the_geometric_sum():
    rate, interval = 0.1, 8.0
    time_h = np.unique(np.concatenate([np.linspace(0.0, 24.0, 97)]))
    curve = np.zeros_like(time_h)
    for start in (0.0, 8.0, 16.0):
        curve += np.where(time_h > start, np.exp(-rate * (time_h - start)), 0.0)
    rows = tuple(dose_row(start) for start in (0.0, 8.0, 16.0))
    measures = exposure_measures(arm_of(time_h, [curve], rows=rows), "plasma")
    fold = np.exp(-rate * interval)
    assert_allclose(measures["accumulation"][0], 1.0 + fold + fold**2, rtol=0.03, atol=0)


def test_one_dose_has_no_accumulation():
    arm = arm_of([0.0, 1.0, 2.0], [[1.0, 0.5, 0.2]])
    assert "accumulation" not in exposure_measures(arm, "plasma")


def test_a_failed_subject_is_counted_and_left_out_of_every_summary():
    time_h = np.linspace(0.0, 10.0, 21)
    curve = np.exp(-time_h)
    broken = np.where(time_h > 3.0, np.nan, curve)
    arm = arm_of(time_h, [curve, broken, 2.0 * curve], status=[0, 1, 0])
    peak = next(row for row in exposure_rows(arm) if row.measure == "cmax")
    assert (peak.n, peak.failed, peak.missing) == (2, 1, 0)
    assert peak.mean == 1.5


def test_quantiles_refuse_failed_subjects_when_asked_to():
    arm = arm_of([0.0, 1.0], [[1.0, 1.0], [1.0, np.nan]], status=[0, 2])
    with pytest.raises(DomainError, match="1 failed of 2"):
        arm.median(failed="raise")
    assert arm.median()[1, 0] == 1.0
    with pytest.raises(DomainError, match="all 2 subjects failed"):
        replace(arm, status=np.array([1, 1])).median()


@pytest.mark.parametrize(("start", "stop"), [(5.0, 5.0), (-1.0, 2.0), (0.0, 11.0)])
def test_a_window_outside_the_run_is_refused(start, stop):
    arm = arm_of(np.linspace(0.0, 10.0, 11), [np.ones(11)])
    with pytest.raises(DomainError, match="expected an interval inside 0 to 10 h"):
        exposure_measures(arm, "plasma", from_h=start, to_h=stop)


def test_an_unknown_output_lists_close_names():
    with pytest.raises(UnknownNameError, match="close names: plasma"):
        exposure_measures(arm_of([0.0, 1.0], [[1.0, 1.0]]), "plasme")


def test_areas_of_neighbouring_windows_add_up():
    time_h = np.arange(0.0, 14.0, 2.0)
    arm = arm_of(time_h, [np.where(time_h == 0.0, 900.0, 400.0 * np.exp(-0.4 * time_h))])
    whole = exposure_measures(arm, "plasma")["auc"][0]
    for cut in (1.0, 3.0, 7.5):
        first = exposure_measures(arm, "plasma", to_h=cut)["auc"][0]
        second = exposure_measures(arm, "plasma", from_h=cut)["auc"][0]
        assert_allclose(first + second, whole, rtol=1e-12, atol=0)


def test_a_tail_shorter_than_three_half_lives_has_none():
    time_h = np.linspace(0.0, 20.0, 41)
    assert np.isnan(terminal_half_life_h(time_h, np.exp(-0.1 * time_h)[None, :])[0])
    assert terminal_half_life_h(time_h, np.exp(-0.2 * time_h)[None, :])[0] > 3.0


@pytest.mark.parametrize(
    ("unit", "area"),
    [
        ("ng/mL", "ng*h/mL"),
        ("mg/h", "mg"),
        ("nmol/h", "nmol"),
        ("mg/h/kg", "mg/kg"),
        ("1", "h"),
    ],
)
def test_the_unit_of_an_area_is_written_as_simply_as_it_can_be(unit, area):
    arm = arm_of([0.0, 1.0], [[1.0, 1.0]])
    arm = replace(arm, outputs=(replace(arm.outputs[0], unit=unit),))
    assert next(r for r in exposure_rows(arm) if r.measure == "auc").unit == area

"""A measure that rests on samples too far apart is marked with their distance."""

import numpy as np
import pytest

from algesia.simulate.exposure import exposure_rows

from .test_exposure import arm_of, dose_row


def bolus(every_h, until_h=12.0):
    time_h = np.concatenate([[0.0], np.arange(0.0, until_h + 1e-9, every_h)])
    curve = 1000.0 * np.exp(-8.0 * time_h) + 40.0 * np.exp(-0.3 * time_h)
    curve[0] = 0.0
    return time_h, curve


def marks(time_h, *curves, rows=None, **window):
    found = exposure_rows(arm_of(time_h, list(curves), rows=rows), **window)
    return {row.measure: row.spacing_h for row in found}


@pytest.mark.parametrize("every_h", [0.25, 0.5, 1.0, 2.0])
def test_an_area_after_a_bolus_on_a_coarse_grid_is_marked(every_h):
    time_h, curve = bolus(every_h)
    found = marks(time_h, curve)
    assert found["auc"] == pytest.approx(every_h)
    assert found["cmax"] is None, "the peak of a bolus is sampled whatever the grid"
    assert found["half_life"] is None


def test_an_area_on_a_fine_grid_is_right_and_bears_no_mark():
    time_h, curve = bolus(1.0 / 60.0)
    row = next(r for r in exposure_rows(arm_of(time_h, [curve])) if r.measure == "auc")
    exact = 125.0 * (1 - np.exp(-96.0)) + 40.0 / 0.3 * (1.0 - np.exp(-3.6))
    assert row.spacing_h is None
    assert row.median == pytest.approx(exact, rel=2e-3)


def test_doses_with_no_sample_between_them_are_marked():
    time_h = np.array([0.0, 8.0, 16.0, 24.0])
    rows = tuple(dose_row(time_h=each) for each in (0.0, 8.0, 16.0))
    found = marks(time_h, 100.0 * np.array([0.0, 1.0, 1.3, 1.4]), rows=rows)
    assert found["auc"] == 8.0


def test_a_peak_between_samples_is_marked_and_one_that_is_resolved_is_not():
    def oral(time_h):
        return 100.0 * (np.exp(-0.2 * time_h) - np.exp(-3.0 * time_h))

    coarse, fine = np.arange(0.0, 25.0, 1.0), np.arange(0.0, 24.05, 0.1)
    assert marks(coarse, oral(coarse))["cmax"] == 1.0
    assert marks(coarse, oral(coarse))["tmax"] == 1.0
    assert set(marks(fine, oral(fine)).values()) == {None}


def test_a_curve_of_nothing_is_not_marked():
    time_h = np.linspace(0.0, 10.0, 11)
    assert set(marks(time_h, np.zeros(11)).values()) == {None}


def test_a_window_after_the_dose_is_judged_by_itself():
    time_h, curve = bolus(0.5)
    assert marks(time_h, curve, from_h=4.0)["auc"] is None


def test_few_subjects_with_a_coarse_area_do_not_mark_the_rest():
    time_h, curve = bolus(0.5)
    slow = 100.0 * np.exp(-0.1 * time_h)
    assert marks(time_h, *[slow] * 20, curve)["auc"] is None
    assert marks(time_h, *[slow] * 5, curve)["auc"] == 0.5

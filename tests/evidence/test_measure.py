"""Measures against closed forms."""

import numpy as np
import pytest

from algesia.evidence.measure import area_unit, dose_mg, measured
from algesia.evidence.measured_curve import MeasuredCurve
from algesia.regimen import parse_regimen
from algesia.simulate import ArmTrajectories
from algesia.units import substance

VOLUME_L, RATE_PER_H, WEIGHT_KG, DOSE_MG = 50.0, 0.4, 80.0, 10.0
GIVEN = ("esketamine",)


def one_compartment() -> tuple[MeasuredCurve, ArmTrajectories]:
    time_h = np.unique(
        np.concatenate([np.linspace(0.0, 8.0, 400), np.linspace(8.0, 60.0, 900)])
    )
    level = DOSE_MG / VOLUME_L * np.exp(-RATE_PER_H * time_h)
    arm = ArmTrajectories(
        name="bolus", model_id="m", model_title="m", rung="draft", outputs=(), time_h=time_h,
        values=np.zeros((1, time_h.size, 0)), status=np.zeros(1, dtype=np.int64), failures=(),
        subjects=np.zeros(1, dtype=np.int64), covariates={"weight": np.array([WEIGHT_KG])},
        rows=parse_regimen("10 mg esketamine IV bolus").rows(), regimen_text="", notes=(),
        values_used=(), sources=(), band_label="",
    )  # fmt: skip
    curve = MeasuredCurve(
        time_h=time_h, values=level[np.newaxis], unit="mg/L", moiety=substance("esketamine")
    )
    return curve, arm


@pytest.mark.parametrize(
    ("measure", "unit", "expected"),
    [
        ("cmax", "ng/mL", 200.0),
        ("tmax", "min", 0.0),
        ("auc", "mg*h/L", DOSE_MG / (VOLUME_L * RATE_PER_H)),
        ("clearance", "L/h", VOLUME_L * RATE_PER_H),
        ("clearance", "L/h/kg", VOLUME_L * RATE_PER_H / WEIGHT_KG),
        ("clearance", "mL/min/kg", VOLUME_L * RATE_PER_H / WEIGHT_KG * 1000.0 / 60.0),
        ("half_life", "h", np.log(2.0) / RATE_PER_H),
        ("windowed_half_life", "h", np.log(2.0) / RATE_PER_H),
        ("volume_steady_state", "L", VOLUME_L),
        ("volume_beta", "L/kg", VOLUME_L / WEIGHT_KG),
    ],
)
def test_one_compartment_gives_the_closed_form(measure, unit, expected):
    curve, arm = one_compartment()
    # The grid is 0.02 to 0.06 h; the moment of a trapezoid is right to its square.
    found = measured(measure, curve, arm, given=GIVEN).in_unit(unit)
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-12)


def test_a_mean_level_is_the_area_over_the_window():
    curve, arm = one_compartment()
    part = curve.window(0.0, 8.0)
    found = measured("steady_state", part, arm, given=GIVEN).in_unit("mg/L")
    ends = 1.0 - np.exp(-RATE_PER_H * 8.0)
    np.testing.assert_allclose(
        found, DOSE_MG / VOLUME_L / RATE_PER_H * ends / 8.0, rtol=1e-6, atol=0.0
    )


def test_only_the_drugs_asked_for_count_as_dose():
    _, arm = one_compartment()
    assert dose_mg(arm, GIVEN).tolist() == [10.0]


def test_a_curve_that_is_not_over_has_no_clearance():
    curve, arm = one_compartment()
    assert np.isnan(measured("clearance", curve.window(0.0, 8.0), arm, given=GIVEN).values[0])


def test_an_area_has_hours_in_its_unit():
    assert area_unit("ng/mL") == "ng*h/mL"

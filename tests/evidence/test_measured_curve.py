"""Which curve of a model a study would have seen."""

import numpy as np
import pytest

from algesia.evidence.measured_curve import MeasuredCurve, measured_curve
from algesia.regimen import parse_regimen
from algesia.simulate import ArmTrajectories, OutputInfo


def info(name: str, moiety: str | None, site: str | None, unit: str = "ng/mL") -> OutputInfo:
    return OutputInfo(
        name=name, unit=unit, substance=moiety, form="base", site=site, description=""
    )


def arm(*outputs: OutputInfo, drug: str = "ketamine") -> ArmTrajectories:
    time_h = np.array([0.0, 1.0, 2.0])
    values = np.ones((1, 3, len(outputs))) * np.arange(1.0, len(outputs) + 1.0)
    return ArmTrajectories(
        name="a", model_id="m", model_title="m", rung="draft", outputs=outputs, time_h=time_h,
        values=values, status=np.zeros(1, dtype=np.int64), failures=(),
        subjects=np.zeros(1, dtype=np.int64), covariates={},
        rows=parse_regimen(f"10 mg {drug} IV").rows(), regimen_text="", notes=(),
        values_used=(), sources=(), band_label="",
    )  # fmt: skip


def test_the_output_at_the_site_of_the_study_is_taken():
    answer = arm(
        info("a", "ketamine", "arterial plasma"), info("v", "ketamine", "venous plasma")
    )
    found = measured_curve(answer, "ketamine", "venous serum")
    assert isinstance(found, MeasuredCurve)
    assert found.values[0, 0] == 2.0
    assert found.note == ""


def test_another_site_serves_and_says_so():
    found = measured_curve(
        arm(info("a", "ketamine", "arterial plasma")), "ketamine", "venous plasma"
    )
    assert isinstance(found, MeasuredCurve)
    assert found.note == "compared with arterial plasma"


def test_a_racemate_is_the_sum_of_its_enantiomers_in_one_unit():
    answer = arm(
        info("s", "esketamine", "venous plasma", "µg/mL"),
        info("r", "arketamine", "venous plasma", "ng/mL"),
    )
    found = measured_curve(answer, "ketamine", "venous plasma")
    assert isinstance(found, MeasuredCurve)
    assert found.values[0, 0] == pytest.approx(1.0 + 2.0e-3, rel=1e-12, abs=0.0)


def test_one_enantiomer_is_the_whole_only_where_it_alone_is_given():
    outputs = (info("s", "esnorketamine", "venous plasma"),)
    after_racemate = measured_curve(arm(*outputs), "norketamine", "venous plasma")
    assert after_racemate == "the model has no concentration of norketamine"
    alone = measured_curve(arm(*outputs, drug="esketamine"), "norketamine", "venous plasma")
    assert isinstance(alone, MeasuredCurve)


def test_an_effect_and_an_amount_are_no_concentration():
    answer = arm(info("effect", None, None, "1"), info("urine", "ketamine", "urine", "mg"))
    assert measured_curve(answer, "ketamine", "venous plasma") == (
        "the model has no concentration of ketamine"
    )


def test_a_window_keeps_its_ends():
    found = measured_curve(arm(info("v", "ketamine", "venous plasma")), "ketamine", "venous")
    assert isinstance(found, MeasuredCurve)
    assert found.window(1.0, 2.0).time_h.tolist() == [1.0, 2.0]
    assert found.window(None, None).time_h.tolist() == [0.0, 1.0, 2.0]

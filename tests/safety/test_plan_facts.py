"""Facts that a plan shows by itself."""

import pytest

from algesia.errors import RegimenError
from algesia.regimen import parse_regimen
from algesia.safety.plan_facts import ketamine_plan, plan_facts


def found(text, weight_kg=70.0, **keys):
    return plan_facts(ketamine_plan(parse_regimen(text), weight_kg=weight_kg, **keys))


def test_a_bolus_and_an_infusion_are_one_session():
    values = found("ketamine 0.35 mg/kg IV bolus then 0.5 mg/kg/h IV for 4 h")
    assert values["bolus"] == (pytest.approx(0.35, rel=1e-12, abs=0.0),)
    assert values["infusion_rate"] == (pytest.approx(0.5, rel=1e-12, abs=0.0),)
    assert values["session_dose"] == (pytest.approx(164.5, rel=1e-9, abs=0.0),)
    assert values["infusion_duration"] == (pytest.approx(4.0, rel=1e-9, abs=0.0),)
    assert values["serial_treatments"] == (False,)


def test_an_injection_over_two_minutes_is_a_bolus_and_no_infusion():
    values = found("ketamine 0.5 mg/kg IV over 2 min")
    assert values["bolus"] == (pytest.approx(0.5, rel=1e-12, abs=0.0),)
    assert values["infusion_rate"] == ()
    assert values["wean"] == ()


def test_infusions_side_by_side_add_up_and_ones_that_follow_do_not():
    side = found("ketamine 0.1 mg/kg/h IV for 4 h plus esketamine 0.2 mg/kg/h IV for 2 h")
    after = found("ketamine 0.1 mg/kg/h IV for 4 h then 0.2 mg/kg/h IV for 2 h")
    assert side["infusion_rate"] == (pytest.approx(0.3, rel=1e-9, abs=0.0),)
    assert after["infusion_rate"] == (pytest.approx(0.2, rel=1e-9, abs=0.0),)
    assert after["first_infusion_rate"] == (pytest.approx(0.1, rel=1e-9, abs=0.0),)


def test_a_cap_counts_for_the_weight_of_the_person():
    light = found("ketamine 0.35 mg/kg/h IV for 4 h (max 25 mg/h)", weight_kg=50.0)
    heavy = found("ketamine 0.35 mg/kg/h IV for 4 h (max 25 mg/h)", weight_kg=125.0)
    assert light["infusion_rate"] == (pytest.approx(0.35, rel=1e-9, abs=0.0),)
    assert heavy["infusion_rate"] == (pytest.approx(0.2, rel=1e-9, abs=0.0),)


def test_salt_is_counted_as_base():
    (total,) = found("ketamine hydrochloride 100 mg IV over 1 h")["total_dose"]
    assert total == pytest.approx(100.0 * 237.73 / 274.19, rel=1e-4, abs=0.0)


def test_without_a_weight_only_what_needs_none_is_known():
    per_kg = found("ketamine 0.5 mg/kg IV over 40 min", weight_kg=None)
    assert per_kg["infusion_rate"] == (pytest.approx(0.75, rel=1e-9, abs=0.0),)
    assert not {"session_dose", "total_dose", "day1_dose"} & set(per_kg)
    fixed = found("ketamine 50 mg IV over 1 h", weight_kg=None)
    assert fixed["total_dose"] == (50.0,)
    assert not {"infusion_rate", "session_dose_per_kg"} & set(fixed)
    capped = found("ketamine 0.35 mg/kg/h IV for 4 h (max 25 mg/h)", weight_kg=None)
    assert "infusion_rate" not in capped


def test_a_tablet_has_no_rate_and_is_no_treatment():
    values = found("ketamine 25 mg oral three times a day for 10 days")
    assert values["infusion_rate"] == values["bolus"] == values["treatments_per_week"] == ()
    assert values["day1_dose"] == (75.0,)
    assert values["session_dose"] == (25.0,)
    assert values["route"] == ("oral",)


def test_the_schedule_of_the_label_has_its_phases():
    values = found(
        "esketamine 56 mg nasal twice weekly for 4 weeks then 84 mg once weekly for 4 weeks "
        "then 84 mg every 2 weeks for 8 weeks"
    )
    assert values["treatments_per_week_in_weeks_1_to_4"] == (2.0,)
    assert values["treatments_per_week_in_weeks_5_to_8"] == (1.0,)
    assert values["interval_days_from_week_9"] == (14.0,)
    assert values["dose_steps"] == (28.0,)
    assert values["session_dose_in_weeks_1_to_4"] == (56.0,)
    assert values["treatments_per_year"] == (16.0,)
    assert len(values["course_days"]) == 1


def test_day_one_ends_after_24_hours_of_an_infusion():
    assert found("esketamine 5 mg/h IV for 100 h")["day1_dose"] == (
        pytest.approx(120.0, rel=1e-9, abs=0.0),
    )


def test_a_year_holds_at_most_365_days_of_treatments():
    weekly = found("ketamine 0.5 mg/kg IV over 40 min weekly for 104 weeks")
    assert weekly["treatments_per_year"] == (53.0,)


def test_steps_down_are_a_taper_and_what_follows_a_loading_dose_is_none():
    down = found("ketamine 10 mg/h IV for 48 h then 5 mg/h for 12 h then 2 mg/h for 6 h")
    assert down["wean"] == (pytest.approx(18.0, rel=1e-9, abs=0.0),)
    assert down["gradual_stop"] == (True,)
    loading = found("ketamine 60 mg/h IV for 10 min then 5 mg/h for 48 h")
    assert loading["wean"] == (0.0,)
    assert loading["gradual_stop"] == (False,)
    flat = found("ketamine 50 mg oral three times a day for 30 days")
    assert flat["taper_duration"] == (0.0,)


def test_a_taper_by_mouth_is_as_long_as_its_lower_doses():
    text = (
        "ketamine 50 mg oral once daily for 28 days then 25 mg once daily for 7 days "
        "then 10 mg once daily for 8 days"
    )
    (weeks,) = found(text)["taper_duration"]
    assert weeks == pytest.approx(2.0, rel=1e-9, abs=0.0)


def test_a_long_pause_begins_a_new_course():
    text = "esketamine 10 mg/h IV for 100 h every 30 days for 3 doses"
    values = found(text)
    assert values["course_days"] == (pytest.approx(100.0 / 24.0, rel=1e-9, abs=0.0),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.5 mg/kg over 40 min", "names no drug"),
        ("morphine 10 mg oral every 4 h for 2 days", "gives morphine"),
    ],
)
def test_a_plan_without_ketamine_is_refused(text, words):
    with pytest.raises(RegimenError, match=words):
        found(text)


def test_other_drugs_of_the_plan_are_not_counted():
    text = "ketamine 50 mg oral once daily for 3 days plus morphine 10 mg oral daily for 9 days"
    values = found(text)
    assert values["total_dose"] == (150.0,)
    assert values["drug"] == ("ketamine",)

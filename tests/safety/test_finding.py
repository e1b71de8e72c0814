"""When a single rule fires, does not, is unknown, or is about someone else."""

import pytest

CRPS = {"conditions": ["crps"]}
MOOD = {"conditions": ["other_mood"]}
SURGERY = {"conditions": ["painful_surgery"]}
PALLIATIVE = {"purpose": "palliative"}
HOPE = {"outcome": {"claim_horizon": "12 week"}}
ABUSE = {"facts": {"active_substance_abuse": "yes"}}
DAY = "ketamine 0.35 mg/kg/h IV for 4 h"
SPRAY = "esketamine 56 mg nasal"


def rate(number):
    return f"ketamine {number} mg/kg/h IV for 4 h"


def at(place):
    return {"setting": {"setting": place}}


def watched(answer):
    return {"setting": {"intensive_monitoring": answer}}


@pytest.mark.parametrize(
    ("rule", "plan", "keys", "expected"),
    [
        ("c_contra_pregnancy", DAY, {**CRPS, "facts": {"pregnant": "yes"}}, "fired"),
        ("c_contra_pregnancy", DAY, {**CRPS, "facts": {"pregnant": "no"}}, "not fired"),
        ("c_contra_pregnancy", DAY, {**CRPS, "facts": {"pregnant": "unknown"}}, "unknown"),
        ("c_contra_pregnancy", DAY, CRPS, "unknown"),
        ("c_contra_pregnancy", DAY, {**CRPS, "sex": "male"}, "not fired"),
        ("c_dose_bolus", "ketamine 0.35 mg/kg IV bolus", CRPS, "not fired"),
        ("c_dose_bolus", "ketamine 0.36 mg/kg IV bolus", CRPS, "fired"),
        ("c_dose_bolus", DAY, CRPS, "not applicable"),
        ("c_dose_rate", rate(2), CRPS, "not fired"),
        ("c_dose_rate", rate(3), CRPS, "unknown"),
        ("c_dose_rate", rate(8), CRPS, "fired"),
        ("c_dose_rate_icu", rate(2.1), {**CRPS, **at("outpatient")}, "fired"),
        ("c_dose_rate_icu", rate(2.1), {**CRPS, **at("intensive_care")}, "not fired"),
        ("c_dose_rate_icu", rate(2.1), CRPS, "unknown"),
        ("c_dose_rate_icu", rate(2), CRPS, "not fired"),
        ("c_min_dose", "ketamine 80 mg IV over 3 h", CRPS, "not fired"),
        ("c_min_dose", "ketamine 79 mg IV over 3 h", CRPS, "fired"),
        ("c_min_dose", "ketamine 80 mg IV over 2 h", CRPS, "fired"),
        ("c_min_dose", "ketamine 79 mg oral", CRPS, "not applicable"),
        ("c_longterm_non_crps", DAY, {**CRPS, **HOPE}, "not fired"),
        ("c_longterm_non_crps", DAY, {"conditions": ["fibromyalgia"], **HOPE}, "fired"),
        ("c_contra_substance", DAY, {**CRPS, **ABUSE}, "not fired"),
        ("c_contra_substance", f"{DAY} daily for 10 days", {**CRPS, **ABUSE}, "fired"),
        ("c_annual_cap", f"{DAY} every 3 weeks for 6 doses", CRPS, "not fired"),
        ("c_annual_cap", f"{DAY} every 3 weeks for 12 doses", CRPS, "unknown"),
        ("c_annual_cap", f"{DAY} every 3 weeks for 13 doses", CRPS, "fired"),
        ("f_max", rate(0.5), CRPS, "not fired"),
        ("f_max", rate(0.51), CRPS, "fired"),
        ("a_rate", rate(1.1), {**SURGERY, **watched("yes")}, "not fired"),
        ("a_rate", rate(1.1), {**SURGERY, **watched("no")}, "fired"),
        ("a_rate", rate(1.1), CRPS, "outside scope"),
        ("a_contra", DAY, {**CRPS, "facts": {"pregnant": "yes"}}, "fired"),
        ("m_dose", "ketamine 0.5 mg/kg IV over 40 min", MOOD, "not fired"),
        ("m_dose", "ketamine 0.5 mg/kg IV over 60 min", MOOD, "fired"),
        ("s_day1_56", SPRAY, {}, "not fired"),
        ("s_day1_56", "esketamine 28 mg nasal", {"facts": {"elderly": "yes"}}, "not fired"),
        ("s_day1_56", "esketamine 28 mg nasal", {"facts": {"elderly": "no"}}, "fired"),
        ("s_day1_56", "esketamine 28 mg nasal", {}, "unknown"),
        ("s_day1_56", "esketamine 84 mg nasal", {}, "fired"),
        ("s_bp_gate", SPRAY, {"measurements": {"systolic_pressure": "141 mmHg"}}, "fired"),
        ("s_bp_gate", SPRAY, {"measurements": {"systolic_pressure": "140 mmHg"}}, "unknown"),
        (
            "s_bp_gate",
            SPRAY,
            {
                "measurements": {
                    "systolic_pressure": "140 mmHg",
                    "diastolic_pressure": "90 mmHg",
                }
            },
            "not fired",
        ),
        (
            "s_bp_gate",
            DAY,
            {**CRPS, "measurements": {"systolic_pressure": "141 mmHg"}},
            "fired",
        ),
        ("s_observe", SPRAY, {"setting": {"observation_after_dose": "90 min"}}, "fired"),
        ("s_observe", SPRAY, {"setting": {"observation_after_dose": "2 h"}}, "not fired"),
        ("s_bp_recheck", SPRAY, {"setting": {"pressure_recheck_after_dose": "2 h"}}, "fired"),
        ("s_rems", SPRAY, {}, "unknown"),
        ("s_rems", DAY, CRPS, "outside scope"),
        ("s_induction", "esketamine 56 mg nasal twice weekly for 4 weeks", {}, "not fired"),
        ("s_induction", "esketamine 56 mg nasal once weekly for 4 weeks", {}, "fired"),
        ("s_induction", "esketamine 70 mg nasal twice weekly for 4 weeks", {}, "fired"),
        ("p_taper_scot", "ketamine 50 mg oral once daily for 30 days", PALLIATIVE, "fired"),
        ("p_taper_scot", "ketamine 50 mg oral once daily for 14 days", PALLIATIVE, "not fired"),
        (
            "p_burst_6d",
            "ketamine 100 mg SC over 24 h daily for 7 doses",
            {**PALLIATIVE, "facts": {"burst": "yes"}},
            "fired",
        ),
        (
            "k_ome",
            DAY,
            {**CRPS, "measurements": {"oral_morphine_equivalent": "80 mg/day"}},
            "fired",
        ),
        (
            "k_ome",
            DAY,
            {**CRPS, "measurements": {"oral_morphine_equivalent": "79 mg/day"}},
            "not fired",
        ),
        ("k_ome", DAY, {**CRPS, "medicines": "none"}, "not fired"),
        (
            "f_one_opioid",
            DAY,
            {**CRPS, "medicines": [{"name": "morphine"}, {"name": "fentanyl"}]},
            "fired",
        ),
        (
            "f_one_opioid",
            DAY,
            {**CRPS, "medicines": [{"name": "morphine"}, {"name": "mystery"}]},
            "unknown",
        ),
        ("k_cyp", DAY, {**CRPS, "facts": {"strong_inhibitor": ["CYP2C8"]}}, "fired"),
        ("c_dose_response", DAY, CRPS, "text only"),
        ("p_opioid_reduction", DAY, {**PALLIATIVE, "medicines": "none"}, "not applicable"),
        ("p_opioid_reduction", DAY, PALLIATIVE, "unknown"),
    ],
)
def test_a_rule_fires_where_its_condition_holds_and_its_expectation_does_not(
    rule, plan, keys, expected, status
):
    assert status(rule, plan, **keys) == expected

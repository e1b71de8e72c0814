"""`algesia screen`."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CRPS = ROOT / "examples" / "patients" / "crps_outpatient.yaml"
MOOD = ROOT / "examples" / "patients" / "depression_nasal.yaml"
PLAN = "ketamine 0.35 mg/kg/h IV for 4 h on weekdays for 10 doses"
SPRAY = "esketamine 56 mg nasal twice weekly for 4 weeks"
FORBIDDEN = re.compile(r"recommend|\bsafe\b|optimal dose|\bcleared\b", re.IGNORECASE)


def test_rules_that_fire_end_with_exit_code_0_and_no_word_of_advice(algesia):
    ended = algesia("screen", CRPS, PLAN)
    assert ended.code == 0
    assert "not a clinical clearance" in ended.out
    assert "warn c_test_ecg" in ended.out
    assert "at most 0.5 mg/kg/h in the Australasian statement" in ended.out
    assert "morphine: 5 days without it" in ended.out
    assert ended.out.rstrip().endswith("research and education, not dosing advice")
    assert FORBIDDEN.search(ended.out) is None


def test_the_json_has_every_rule_with_its_document_and_how_far_it_was_checked(algesia):
    ended = algesia("screen", MOOD, SPRAY, "--json")
    assert ended.code == 0
    answer = json.loads(ended.out)
    assert answer["schema"] == "algesia/screen/1"
    assert answer["notice"] == "research and education, not dosing advice"
    assert FORBIDDEN.search(ended.out) is None
    data = answer["data"]
    assert len(data["rules"]) == 103
    assert len(data["documents"]) == 12
    assert data["fired"] == ["s_bp_gate"]
    gate = next(each for each in data["rules"] if each["rule"] == "s_bp_gate")
    assert (gate["status"], gate["verification"]) == ("fired", "partly")
    assert gate["values"]["systolic_pressure"] == [146.0]
    assert {each["id"] for each in data["monitoring"]} >= {"pressure_after", "observation"}
    assert data["facts"]["session_dose"] == [56.0]


def test_a_listed_plan_brings_its_marks_and_assumptions(algesia):
    ended = algesia("screen", CRPS, "crps_sket_100h", "--variant", "start_rate")
    assert ended.code == 0
    assert "about the plan: Leiden S-ketamine over 100 h" in ended.out
    assert "about the plan: assumed: the start rate" in ended.out
    many = algesia("screen", CRPS, "crps_sket_100h_x2_16d", "--variant", "high")
    assert "about the plan: hazard: liver injury in 3 of 6 patients" in many.out


def test_a_plan_may_come_from_a_file(algesia, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(
        "{drug: ketamine, route: intravenous, plan: [{dose: 0.35 mg/kg/h, over: 4 h}]}",
        encoding="utf-8",
    )
    from_file = json.loads(algesia("screen", CRPS, path, "--json").out)["data"]
    from_text = json.loads(
        algesia("screen", CRPS, "ketamine 0.35 mg/kg/h IV for 4 h", "--json").out
    )["data"]
    assert from_file["facts"] == from_text["facts"]


def test_the_setting_of_the_command_line_takes_the_place_of_the_files(algesia):
    plan = "ketamine 2.5 mg/kg/h IV for 4 h"
    fired = json.loads(algesia("screen", CRPS, plan, "--json").out)["data"]["fired"]
    assert "c_dose_rate_icu" in fired
    moved = algesia("screen", CRPS, plan, "--setting", "setting=intensive_care", "--json")
    assert "c_dose_rate_icu" not in json.loads(moved.out)["data"]["fired"]


def test_a_blank_form_is_written_whole_and_not_over_another(algesia, tmp_path):
    assert algesia("screen", MOOD, SPRAY, "--form", "form.html").code == 0
    page = (tmp_path / "form.html").read_text(encoding="utf-8")
    assert page.count("research and education, not dosing advice") == 3
    assert "<th>day 1, before the first dose</th>" in page
    assert page.count('<td class="blank"></td>') == 6 * 19
    assert algesia("screen", MOOD, SPRAY, "--form", "form.html").code == 2
    assert algesia("screen", MOOD, SPRAY, "--form", "form.html", "--force").code == 0
    assert algesia("screen", MOOD, SPRAY, "--form", "form.json").code == 0
    form = json.loads((tmp_path / "form.json").read_text(encoding="utf-8"))
    assert [visit["day"] for visit in form["visits"]] == [1, 25]
    answers = form["visits"][0]["answers"]
    assert list(answers) == ["neuropsychiatric", "urinary", "hepatobiliary"]
    assert {value for part in answers.values() for value in part.values()} == {None}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{schema: algesia/patient/1, label: A, name: Zaphod}", "who the person is"),
        ("{schema: algesia/patient/1, label: A, birth_date: 1961-03-14}", "who the person is"),
        (
            "{schema: algesia/patient/1, label: A, nhs_number: 943 476 5919}",
            "who the person is",
        ),
        ("{schema: algesia/patient/1, label: A, facts: {pregnent: no}}", "pregnant"),
        ("{schema: algesia/patient/1, label: A, weight: 70}", "with its unit"),
        ("{schema: algesia/patient/2, label: A}", "algesia/patient/1"),
        ("[1, 2]", "mapping"),
        ("", "empty"),
    ],
)
def test_a_patient_file_with_a_mistake_is_refused_in_one_line(text, words, algesia, tmp_path):
    path = tmp_path / "patient.yaml"
    path.write_text(text, encoding="utf-8")
    ended = algesia("screen", path, PLAN)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1
    assert "Zaphod" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.yaml", PLAN), "missing.yaml"),
        ((CRPS, "iv_0p5_x6"), "iv_0p5_x6_12d"),
        ((CRPS, "missing.yaml"), "missing.yaml"),
        ((CRPS, "0.5 mg/kg over 40 min"), "names no drug"),
        ((CRPS, "morphine 10 mg oral"), "gives morphine"),
        ((CRPS, "ketamine 0.5 mgg/kg IV"), "mgg"),
        ((CRPS, "ketamine -1 mg IV"), "above 0"),
        ((CRPS, PLAN, "--variant", "high"), "--variant"),
        ((CRPS, "crps_sket_100h"), "several variants"),
        ((CRPS, PLAN, "--setting", "setting"), "setting=outpatient"),
        ((CRPS, PLAN, "--setting", "settin=home"), "setting"),
        ((CRPS, PLAN, "--setting", "pregnant=no"), "about the patient"),
        ((CRPS, PLAN, "--form", "form.pdf"), ".html or .json"),
        ((CRPS,), "REGIMEN"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments, words, algesia, tmp_path):
    ended = algesia("screen", *arguments)
    assert ended.code == 2
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_run_says_which_rules_fire_on_its_plans(algesia, scenario):
    shown = algesia("run", scenario)
    assert shown.code == 0
    (line,) = [each for each in shown.out.splitlines() if "encoded rules" in each]
    assert "infusion: " in line
    assert "not a clinical clearance" in line
    (arm,) = json.loads(algesia("run", scenario, "--json").out)["data"]["rules"]
    assert arm["arm"] == "infusion"
    assert {each["status"] for each in arm["fired"]} <= {"fired"}

"""What rules find: fired, not fired, unknown, and who disagrees."""

import re
from pathlib import Path

import pytest

from algesia.catalog.regimen_list import regimen_entry, regimen_ids
from algesia.errors import RegimenError
from algesia.regimen import parse_regimen
from algesia.safety import Patient, patient_of, read_patient, rules, screen, screening_lines

CRPS = {"conditions": ["crps"]}
DAY = "ketamine 0.35 mg/kg/h IV for 4 h"
PATIENTS = sorted((Path(__file__).parents[2] / "examples" / "patients").glob("*.yaml"))
ADVICE = re.compile(r"recommend|\bsafe\b|\bsafely\b|optimal dose|\bcleared\b", re.IGNORECASE)
SUMMARY = re.compile(
    r"(no encoded rule fired|\d+ encoded rules? fired \([^)]*\)): "
    r"\d+ evaluated, \d+ unverified, \d+ unknown; not a clinical clearance"
)


def test_documents_that_disagree_on_the_rate_are_both_shown(screened):
    found = screened("ketamine 1 mg/kg/h IV for 4 h", **CRPS)
    side = next(
        s for s in found.sides if {f.rule.id for f in s.findings} == {"c_dose_rate", "f_max"}
    )
    assert {f.rule.id: f.status for f in side.findings} == {
        "c_dose_rate": "not fired",
        "f_max": "fired",
    }
    below = screened("ketamine 0.35 mg/kg/h IV for 4 h", **CRPS)
    side = next(
        s for s in below.sides if {f.rule.id for f in s.findings} == {"c_dose_rate", "f_max"}
    )
    assert {f.rule.id: f.status for f in side.findings} == {
        "c_dose_rate": "fired",
        "f_max": "not fired",
    }


def test_nothing_fired_is_never_said_to_be_a_clearance(screened):
    found = screened("ketamine 0.5 mg/kg IV over 40 min", conditions=["other_mood"])
    assert found.fired == ()
    assert found.summary.startswith("no encoded rule fired: ")
    assert SUMMARY.fullmatch(found.summary)
    assert int(re.search(r"(\d+) unknown", found.summary).group(1)) > 5


def test_counts_of_the_summary_are_those_of_the_findings(screened):
    found = screened(DAY, **CRPS, facts={"pregnant": "yes"})
    evaluated = [f for f in found.findings if f.status in ("fired", "not fired")]
    unverified = [f for f in evaluated if f.rule.verification != "checked"]
    unknown = [f for f in found.findings if f.status == "unknown"]
    assert len(found.findings) == len(rules()) == 103
    assert (
        f"{len(evaluated)} evaluated, {len(unverified)} unverified, {len(unknown)} unknown"
        in found.summary
    )


def test_every_unknown_rule_has_a_question_and_every_question_a_rule(screened):
    found = screened(DAY, **CRPS)
    waiting = {f.rule.id for f in found.findings if f.status == "unknown"}
    assert {id for each in found.questions for id in each.rules} == waiting
    assert all(each.asks.rstrip(")").endswith(("?", ".")) for each in found.questions)


def test_a_block_stands_before_a_warning(screened):
    severities = [
        f.rule.severity
        for f in screened(
            DAY,
            **CRPS,
            facts={"pregnant": "yes", "cardiovascular_risk": "yes"},
            setting={"electrocardiogram": "no"},
        ).fired
    ]
    assert severities == sorted(severities, key=["block", "warn", "info"].index)
    assert severities[0] == "block"


def test_without_a_weight_the_rules_on_doses_per_kg_are_unknown_and_ask_for_it(screened):
    found = screened("ketamine 25 mg/h IV for 4 h", **CRPS, weight="unknown")
    assert "f_max" in {f.rule.id for f in found.findings if f.status == "unknown"}
    rate = next(each for each in found.questions if each.fact == "infusion_rate")
    assert "Give the body weight" in rate.asks
    assert any("body weight is unknown" in note for note in found.notes)


def test_a_child_is_told_apart(screened):
    assert any("child" in note for note in screened(DAY, **CRPS, age="12 year").notes)
    assert not any("child" in note for note in screened(DAY, **CRPS, age="40 year").notes)


def test_facts_beside_the_file_take_the_place_of_its_own():
    someone = patient_of(
        {
            "schema": "algesia/patient/1",
            "label": "A",
            "weight": "70 kg",
            "conditions": ["crps"],
            "setting": {"setting": "outpatient"},
        }
    )
    plan = parse_regimen("ketamine 2.5 mg/kg/h IV for 4 h")

    def icu(setting):
        found = screen(someone, plan, setting)
        return next(f.status for f in found.findings if f.rule.id == "c_dose_rate_icu")

    assert icu(None) == "fired"
    assert icu({"setting": ("intensive_care",)}) == "not fired"


def test_a_plan_without_a_drug_is_refused():
    with pytest.raises(RegimenError, match="names no drug"):
        screen(Patient(label="A"), parse_regimen("0.5 mg/kg over 40 min"))


@pytest.mark.parametrize("path", PATIENTS, ids=lambda path: path.stem)
def test_no_text_of_a_screening_gives_advice_and_each_carries_the_notice(path):
    someone = read_patient(path)
    for text in (
        DAY,
        "esketamine 56 mg nasal twice weekly for 4 weeks",
        "ketamine 50 mg oral three times a day for 60 days",
    ):
        lines = screening_lines(screen(someone, parse_regimen(text)))
        assert lines[-1] == "research and education, not dosing advice"
        assert SUMMARY.fullmatch(lines[1])
        assert ADVICE.search("\n".join(lines)) is None


def test_no_text_of_the_room_gives_advice():
    folder = Path(__file__).parents[2] / "src" / "algesia" / "safety"
    pages = [
        *folder.glob("*.yaml"),
        *folder.glob("*.py"),
        Path(__file__).parents[2] / "docs" / "how_to" / "screening.md",
    ]
    assert len(pages) > 20
    for path in pages:
        assert ADVICE.search(path.read_text(encoding="utf-8")) is None, path.name


def test_every_listed_plan_of_ketamine_can_be_screened():
    someone = Patient(label="A", weight_kg=70.0, height_cm=170.0, sex="female")
    count = 0
    for id in regimen_ids(marked=True):
        entry = regimen_entry(id)
        for variant in entry.variants:
            plan = entry.regimen(variant).resolved(drug=entry.drug)
            if not set(plan.drugs) & {"ketamine", "esketamine", "arketamine"}:
                continue
            found = screen(someone, plan)
            assert SUMMARY.fullmatch(found.summary)
            assert screening_lines(found)
            count += 1
    assert count > 80

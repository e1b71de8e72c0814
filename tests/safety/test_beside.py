"""Medicines, pauses, supply, eligibility and the calendar beside the rules."""

import pytest

from algesia.regimen import parse_regimen
from algesia.safety.eligibility import eligibility
from algesia.safety.medicine import match_medicines
from algesia.safety.opioid_pause import opioid_pauses
from algesia.safety.patient import Medicine

IV = "ketamine 0.5 mg/kg IV over 40 min"
HOME = "ketamine 50 mg oral three times a day for 30 days"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Diazepam", "benzodiazepine_cut"),
        ("LORAZEPAM", "benzodiazepine_transient"),
        ("low-dose naltrexone", "naltrexone_block"),
        ("clarithromycin", "clarithromycin_oral"),
        ("itraconazole", "itraconazole_oral"),
        ("ticlopidine", "ticlopidine_oral"),
        ("grapefruit_juice", "grapefruit_oral"),
        ("rifampin", "rifampicin_oral"),
        ("theophylline", "theophylline"),
        ("levothyroxine", "levothyroxine"),
        ("morphine", "opioid_beside"),
    ],
)
def test_a_medicine_is_found_by_any_of_its_names_with_grade_and_source(name, expected):
    (match,) = match_medicines((Medicine(name=name),), routes=("oral",))
    found = next(each for each in match.interactions if each.id == expected)
    assert found.source
    assert found.grade.kind in "ABCD"
    if found.basis == "document":
        assert found.grade.kind == "D"
        assert found.rule is not None


def test_an_interaction_seen_by_mouth_is_not_said_of_a_vein():
    (match,) = match_medicines((Medicine(name="rifampicin"),), routes=("intravenous",))
    assert [each.id for each in match.interactions] == ["rifampicin_intravenous"]
    assert {each.id for each in match.other_routes} == {"rifampicin_oral", "rifampicin_nasal"}


def test_a_medicine_that_is_not_in_the_list_is_said_not_to_be():
    (match,) = match_medicines((Medicine(name="clarithromicin"),), routes=("oral",))
    assert match.found is None
    assert "does not mean no interaction" in match.remarks[0]
    assert "clarithromycin" in match.remarks[0]


@pytest.mark.parametrize(
    ("milligrams", "words"),
    [(10.0, "above the 8 mg"), (8.0, "not above the 8 mg"), (None, "8 mg")],
)
def test_a_daily_dose_of_diazepam_is_held_against_the_cohort(milligrams, words):
    given = Medicine(name="diazepam", milligrams_per_day=milligrams)
    (match,) = match_medicines((given,), routes=("intravenous",))
    assert words in match.remarks[0]


def test_entries_of_the_catalogue_are_named_where_they_can_be_simulated():
    from algesia.catalog.entry import entry_folder

    names = ("clarithromycin", "itraconazole", "ticlopidine", "grapefruit juice", "rifampicin")
    for match in match_medicines(tuple(Medicine(name=n) for n in names), routes=("oral",)):
        for each in (*match.interactions, *match.other_routes):
            assert (entry_folder(each.entry) / "model.yaml").is_file()


@pytest.mark.parametrize(
    ("after", "flagged"), [("same", True), (None, True), ("reduced", False)]
)
def test_the_old_dose_of_an_opioid_after_a_pause_is_flagged(after, flagged):
    stopped = Medicine(name="Morphine", paused_days=5.0, after_pause=after)
    (pause,) = opioid_pauses((stopped,), parse_regimen(IV))
    assert pause.flagged is flagged
    assert ("tolerance" in pause.says) is flagged


def test_a_pause_of_another_medicine_is_none():
    other = Medicine(name="theophylline", paused_days=5.0, after_pause="same")
    assert opioid_pauses((other,), parse_regimen(IV)) == ()
    assert opioid_pauses(None, parse_regimen(IV)) == ()


@pytest.mark.parametrize(
    ("later", "after"),
    [("30 mg", "same or higher"), ("60 mg", "same or higher"), ("10 mg", "lower")],
)
def test_a_gap_in_the_opioid_of_a_plan_is_a_pause(later, after):
    opioid = (
        "morphine 30 mg oral every 12 h for 5 days then pause 7 days "
        f"then {later} every 12 h for 3 days"
    )
    (pause,) = opioid_pauses(None, parse_regimen(f"{IV} plus {opioid}"))
    assert (pause.after, pause.stated_in) == (after, "regimen")
    assert pause.flagged is (after != "lower")
    assert 7.0 <= pause.days <= 7.5


def test_an_opioid_without_a_gap_has_no_pause():
    plan = f"{IV} plus morphine 30 mg oral every 12 h for 5 days"
    assert opioid_pauses(None, parse_regimen(plan)) == ()


def test_a_supply_at_home_is_counted_and_said_to_be_open_to_diversion(screened):
    supply = screened(HOME, setting={"setting": "home"}).supply
    assert supply.at_home == "yes"
    assert supply.doses == 90
    assert supply.milligrams == pytest.approx(4500.0, rel=1e-9, abs=0.0)
    assert supply.largest_week_milligrams == pytest.approx(1050.0, rel=1e-9, abs=0.0)
    assert any("diversion" in line for line in supply.lines)


def test_where_nothing_is_said_a_supply_may_lie_at_home(screened):
    assert screened(HOME).supply.at_home == "unknown"
    assert screened(HOME, setting={"supervised_administration": "yes"}).supply is None
    assert screened(HOME, setting={"setting": "inpatient"}).supply is None
    assert screened(IV).supply is None


@pytest.mark.parametrize(
    ("number", "answer"), [(0, "no"), (1, "no"), (2, "yes"), (None, "unknown")]
)
def test_two_failed_antidepressants_answer_the_question_of_failing_first(
    number, answer, screened
):
    keys = {} if number is None else {"facts": {"failed_antidepressants": number}}
    found = screened(IV, conditions=["treatment_resistant_depression"], **keys)
    asked = {each.id: each for each in found.eligibility}
    assert asked["two_failed_antidepressants"].answer == answer
    assert "pain_measures_failed" not in asked


def test_pain_is_not_asked_about_antidepressants():
    asked = {each.id for each in eligibility({"purpose": ("chronic_pain",)})}
    assert "pain_measures_failed" in asked
    assert "two_failed_antidepressants" not in asked


def test_the_calendar_of_the_spray_has_its_pressure_and_two_hours_after_every_dose(screened):
    found = screened("esketamine 56 mg nasal twice weekly for 4 weeks")
    entries = {each.id: each for each in found.calendar}
    assert entries["pressure_after"].moment == "40 min after each session"
    assert entries["observation"].moment == "2 h after each session"
    assert entries["observation"].hours[0] == pytest.approx(2.0, rel=1e-12, abs=0.0)
    assert entries["observation"].days == (1, 4, 8, 11, 15, 18, 22, 25)
    assert entries["response"].days == (29,)
    assert entries["response"].moment == "by week 4"
    assert entries["urinary_before"].days == (1,)


def test_hours_of_watching_count_from_the_end_of_an_infusion(screened):
    found = screened("ketamine 0.35 mg/kg/h IV for 4 h", conditions=["crps"])
    (watched,) = [each for each in found.calendar if each.id == "observation_longer"]
    assert watched.moment == "4 h after each session"
    assert watched.hours == (pytest.approx(8.0, rel=1e-12, abs=0.0),)


def test_liver_tests_of_a_long_infusion_repeat_every_two_days(screened):
    found = screened("esketamine 10 mg/h IV for 100 h", conditions=["crps"])
    (during,) = [each for each in found.calendar if each.id == "liver_during"]
    assert during.hours == (48.0, 96.0)
    assert during.days == (3, 5)
    short = screened("esketamine 10 mg/h IV for 40 h", conditions=["crps"])
    assert not [each for each in short.calendar if each.id == "liver_during"]


def test_urine_liver_and_cognition_stand_in_every_calendar(screened):
    for plan in (IV, HOME, "ketamine 25 mg IM"):
        ids = {each.id for each in screened(plan, conditions=["crps"]).calendar}
        assert {
            "urinary_before",
            "urinary_after",
            "liver_before",
            "liver_after",
            "cognition_before",
            "cognition_after",
            "pressure_before",
        } <= ids


def test_a_plan_of_tablets_is_watched_at_its_first_dose(screened):
    entries = {each.id: each for each in screened(HOME, conditions=["crps"]).calendar}
    assert entries["pressure_before"].moment == "before the first dose"
    assert entries["pressure_before"].days == (1,)
    assert entries["urinary_after"].days == (30,)


def test_the_end_of_a_plan_is_described_with_what_documents_say_of_a_taper(screened):
    flat = screened(HOME, purpose="palliative").ending
    assert flat[0] == "the plan ends without stepping down"
    assert any("2 to 3 weeks" in line for line in flat)
    down = screened(
        "ketamine 50 mg oral once daily for 28 days then 25 mg once daily for 7 days "
        "then 10 mg once daily for 8 days",
    ).ending
    assert down[0] == "the plan steps down over its last 336 h, to 50 %, 20 %"

import time

import pytest

from algesia.errors import RegimenError, UnknownNameError
from algesia.regimen import Course, Dose, Pause, Regimen, parse_regimen


def test_rows_are_ordered_by_time_over_all_tracks():
    plan = parse_regimen(
        "ketamine 5 mg oral every 8 h for 1 day plus midazolam 1 mg oral at 4 h"
    )
    assert [(row.time_h, row.drug) for row in plan.rows()] == [
        (0.0, "ketamine"), (4.0, "midazolam"), (8.0, "ketamine"), (16.0, "ketamine"),
    ]  # fmt: skip


def test_drugs_and_routes_are_listed_once_each():
    plan = parse_regimen("ketamine 5 mg oral then 5 mg IV bolus plus midazolam 1 mg oral")
    assert plan.drugs == ("ketamine", "midazolam")
    assert plan.routes == ("oral", "intravenous")
    assert parse_regimen("5 mg").drugs == ()
    assert parse_regimen("5 mg").routes == ()


def test_the_length_counts_pauses_and_the_longest_track():
    assert parse_regimen("ketamine 5 mg IV over 2 h, pause 3 h").length_h == 5.0


def test_a_total_of_several_drugs_needs_a_name():
    plan = parse_regimen("ketamine 0.4 mg/kg IM plus midazolam 0.05 mg/kg IM")
    assert plan.total_milligrams(70, drug="ketamine") == pytest.approx(28.0, rel=1e-12, abs=0)
    assert plan.total_milligrams(70, drug="midazolam") == pytest.approx(3.5, rel=1e-12, abs=0)
    with pytest.raises(RegimenError, match="ketamine and midazolam; expected one of them"):
        plan.total_milligrams(70)
    with pytest.raises(UnknownNameError, match="no drug of the plan 'esketamine'"):
        plan.total_milligrams(70, drug="esketamine")


def test_a_total_of_a_nameless_drug_takes_no_name():
    plan = parse_regimen("56 mg twice weekly for 4 weeks")
    assert plan.total_milligrams() == 448.0
    with pytest.raises(RegimenError, match="names no drug but 'ketamine' is asked"):
        plan.total_milligrams(drug="ketamine")


def test_a_total_by_ideal_weight_takes_the_ideal_weight():
    plan = parse_regimen("1 mg/kg (ideal weight) daily for 3 days")
    assert plan.total_milligrams(100.0, ideal_weight_kg=60.0) == 180.0


def test_a_plan_left_open_is_resolved_by_whoever_knows():
    plan = parse_regimen("5 mg daily for 2 days, pause 1 day, 2 courses in all")
    resolved = plan.resolved(drug="S-ketamine", route="PO")
    assert {(row.drug, row.route) for row in resolved.rows()} == {("esketamine", "oral")}
    assert plan.resolved() == plan


def test_a_plan_names_every_drug_or_none():
    named = Course(dose=Dose(amount=5, unit="mg", drug="ketamine"))
    open_ = Course(dose=Dose(amount=5, unit="mg"))
    with pytest.raises(RegimenError, match="the drug of some doses only"):
        Regimen(tracks=((named, Pause(length_h=1), open_),))


def test_a_plan_without_a_dose_is_refused():
    with pytest.raises(RegimenError, match="the plan has no dose"):
        Regimen(tracks=())
    with pytest.raises(RegimenError, match="the plan has no dose"):
        Regimen(tracks=((Pause(length_h=1),),))
    with pytest.raises(RegimenError, match="no dose on the days it names"):
        parse_regimen("5 mg on Tuesday for 1 day")


def test_too_many_doses_are_refused_with_their_number_and_at_once():
    start = time.perf_counter()
    with pytest.raises(
        RegimenError, match="the plan has 525600 doses; expected at most 100000"
    ):
        parse_regimen("5 mg every 1 min for 365 days")
    with pytest.raises(RegimenError, match="doses; expected at most 100000"):
        parse_regimen("[[[5 mg daily for 90 days] 999 courses] 9999 courses] 99999 courses")
    assert time.perf_counter() - start < 2.0


def test_a_hundred_thousand_doses_are_given():
    plan = parse_regimen("5 mg every 1 h for 100000 doses")
    assert len(plan.rows()) == 100_000
    assert plan.rows()[-1].time_h == 99_999.0


def test_equal_plans_are_equal_and_can_be_keys():
    assert len({parse_regimen("5 mg oral"), parse_regimen("5  mg oral ")}) == 1

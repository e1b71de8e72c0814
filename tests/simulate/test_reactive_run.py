"""Arms that react: decisions change what is given, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.errors import DomainError, InputError, RegimenError, UnknownNameError
from algesia.model import Parameter, parse
from algesia.regimen import parse_regimen
from algesia.simulate import (
    Arm,
    Sampling,
    Scenario,
    Tolerance,
    run,
    run_in_chunks,
    sensitivities,
)
from algesia.simulate.adherence import Adherence
from algesia.simulate.dose_session import DoseKind
from algesia.simulate.dose_step import Step
from algesia.simulate.ledger import Ledger, Outcome
from algesia.simulate.reactive_notes import rule_tallies

from .reactive_models import (
    MODEL,
    RELATIVE,
    people,
    protocol,
    reactive_scenario,
    rule,
)
from .small_models import one_compartment, value
from .test_stream import Memory

TWICE_DAILY = "esketamine 20 mg IV over 2 h every 12 h for 10 days"
ELIMINATION_PER_H = 60.0 / 100.0
RAISE = rule(
    "raise", "pain > 4 and pressure < 60", 2, dose=Step.of_dose("+10 mg", at_most="80 mg")
)
NEVER = rule("never", "pain > 40", 1, stop=True)


def answered(plan, rules, **more):
    return run(reactive_scenario(plan, rules, **more)).arms[0]


def given(arm, kind=None):
    """Doses of the ledger that were given, or those of one kind."""
    doses = arm.ledger.doses
    return doses.take(doses.amount_mg > 0.0 if kind is None else doses.kind == kind)


def assert_as_planned(arm):
    """An arm whose rules never fire is the arm without rules."""
    scenario = Scenario(
        title="as planned",
        arms=(arm,),
        sampling=Sampling.every(1.0, until_h=240.0),
        tolerance=Tolerance(relative=RELATIVE),
    )
    reacting = run(scenario).arms[0]
    plain = run(replace(scenario, arms=(replace(arm, protocol=None),))).arms[0]
    assert_array_equal(reacting.time_h, plain.time_h)
    assert np.max(plain.values) > 1.0
    assert_allclose(reacting.values, plain.values, rtol=10 * RELATIVE, atol=1e-9)
    assert len(reacting.ledger.decisions) == 0
    return reacting


@pytest.mark.parametrize(
    "plan",
    [TWICE_DAILY, "esketamine 5 mg/h IV for 100 h",
     "esketamine 0.3 mg/kg oral daily for 9 days",
     "esketamine 20 mg IV bolus every 8 h for 5 days (max 15 mg)"],
)  # fmt: skip
def test_a_rule_that_never_fires_changes_nothing(plan):
    arm = reactive_scenario(plan, protocol(NEVER, every_h=10.0)).arms[0]
    answer = assert_as_planned(arm)
    assert rule_tallies(answer.ledger)[0].words() == "rule 'never' (esketamine) never fired"


def test_what_a_dose_still_releases_at_a_visit_goes_on_after_it():
    model = one_compartment(lag_h=2.0, duration_h=7.0)
    arm = reactive_scenario(TWICE_DAILY, protocol(NEVER)).arms[0]
    rules = replace(
        protocol(rule("never", "plasma > 1e9", stop=True), every_h=5.0),
        sights=(replace(protocol(NEVER).sights[1], name="plasma", shows="plasma"),),
    )
    plan = parse_regimen("esketamine 20 mg IV bolus every 12 h for 9 days")
    assert_as_planned(replace(arm, model=model, protocol=rules, regimen=plan))


def test_occasions_change_parameters_as_they_do_without_rules():
    model = one_compartment(occasion=0.2)
    rules = replace(
        protocol(rule("never", "plasma > 1e9", stop=True), every_h=7.0),
        sights=(replace(protocol(NEVER).sights[1], name="plasma", shows="plasma"),),
    )
    arm = replace(
        reactive_scenario("esketamine 20 mg IV over 1 h daily for 9 days", rules).arms[0],
        model=model,
        occasion_gap_h=6.0,
    )
    assert_as_planned(arm)


def test_the_doses_of_the_ledger_give_the_same_trajectories_again():
    hold = rule("hold", "pressure > 12", 1, hold=True)
    scenario = reactive_scenario(
        "esketamine 20 mg IV over 5 h every 12 h for 10 days",
        protocol(RAISE, hold, every_h=3.0),
        size=30,
    )
    arm = run(scenario).arms[0]
    acted = {tally.rule: tally.acted for tally in rule_tallies(arm.ledger)}
    assert acted["raise"] > 50
    assert acted["hold"] > 50
    # An hour and a half off every dose and visit: no sample falls on an event.
    sampling = Sampling(times_h=np.arange(1.5, 239.0, 3.0), at_doses=False)
    once = run(replace(scenario, sampling=sampling)).arms[0]
    again = replace(scenario.arms[0], regimen=once.ledger.records(), protocol=None)
    replayed = run(replace(scenario, sampling=sampling, arms=(again,))).arms[0]
    assert_array_equal(replayed.time_h, once.time_h)
    assert_allclose(replayed.values, once.values, rtol=10 * RELATIVE, atol=1e-9)


def test_doses_missed_doubled_and_early_are_replayed_as_they_were_taken():
    rules = protocol(
        NEVER, adherence=Adherence(missed=0.2, doubled=0.2, early=0.2, early_h=2.0)
    )
    scenario = reactive_scenario("esketamine 20 mg oral every 8 h for 10 days", rules, size=60)
    sampling = Sampling(times_h=np.arange(1.7, 239.0, 3.0), at_doses=False)
    once = run(replace(scenario, sampling=sampling)).arms[0]
    again = replace(scenario.arms[0], regimen=once.ledger.records(), protocol=None)
    replayed = run(replace(scenario, sampling=sampling, arms=(again,))).arms[0]
    assert_allclose(replayed.values, once.values, rtol=10 * RELATIVE, atol=1e-9)
    due = 30 * 60
    for kind in (DoseKind.MISSED, DoseKind.DOUBLED, DoseKind.EARLY):
        share = len(given(once, kind)) / due
        # Three standard errors of a share of 0.2 in 1,800 doses.
        assert abs(share - 0.2) < 3.0 * np.sqrt(0.16 / due)
    assert_allclose(given(once, DoseKind.DOUBLED).amount_mg, 40.0, rtol=1e-12, atol=0)
    early = given(once, DoseKind.EARLY)
    # Two hours before a multiple of 8 h, or at the visit that came later.
    assert np.all(np.isin(np.mod(early.time_h, 8.0), (0.0, 6.0)))
    assert np.any(np.mod(early.time_h, 8.0) == 6.0)


def test_an_infusion_stops_at_the_hold_and_goes_on_for_the_rest_of_its_time():
    hold = rule("hold", "visit >= 2 and visit < 3", hold=True)
    arm = answered(
        "esketamine 10 mg/h IV for 48 h", protocol(hold, every_h=12.0), size=2, spread=False
    )
    doses = given(arm)
    assert_allclose(doses.time_h[doses.who == 0], [0.0, 12.0, 36.0], rtol=0, atol=0)
    assert_allclose(doses.amount_mg[doses.who == 0], 120.0, rtol=1e-12, atol=0)
    plasma = dict(zip(arm.time_h.tolist(), arm.values[0, :, 0].tolist(), strict=True))
    for later_h in (27.0, 30.0, 36.0):
        decayed = plasma[24.0] * np.exp(-ELIMINATION_PER_H * (later_h - 24.0))
        assert_allclose(plasma[later_h], decayed, rtol=1e-6, atol=0)
    assert plasma[48.0] > 100.0 * plasma[36.0]
    assert arm.ledger.decisions.held_until_h.tolist() == [36.0, 36.0]


def test_a_step_changes_the_rate_of_an_infusion_under_way():
    step = rule("raise", "visit < 2", dose=Step.of_dose("x 2", at_most="50 mg/h"))
    arm = answered("esketamine 10 mg/h IV for 48 h", protocol(step), size=1, spread=False)
    doses = given(arm)
    assert_allclose(doses.amount_mg, [240.0, 480.0], rtol=1e-12, atol=0)
    assert_allclose(arm.ledger.decisions.dose_after, [20.0], rtol=0, atol=0)


def test_a_decision_at_the_last_time_point_is_made_and_changes_nothing_before():
    last = rule("late", "hours_since_start >= 240", dose=Step.of_dose("x 2", at_most="80 mg"))
    arm = answered(TWICE_DAILY, protocol(last, every_h=24.0, until_h=240.0), size=3)
    rows = arm.ledger.decisions
    assert arm.ledger.visits_h[rows.visit].tolist() == [240.0] * 3
    assert_allclose(given(arm).amount_mg, 20.0, rtol=1e-12, atol=0)


def test_visits_after_the_last_sampling_time_do_not_take_place_and_are_told():
    arm = answered(TWICE_DAILY, protocol(NEVER, until_h=300.0), size=1)
    assert arm.ledger.visits_h[-1] == 240.0
    assert any("2 of 12 visits fall after the last sampling time" in note for note in arm.notes)


def test_a_visit_at_the_start_decides_before_the_first_dose():
    first = rule("start low", "pain_at_start > 4", dose=Step.of_dose("5 mg"), limits={
        "at_most_times": 1})  # fmt: skip
    arm = answered(TWICE_DAILY, protocol(first, from_h=0.0), size=1, spread=False)
    assert_allclose(given(arm).amount_mg, 5.0, rtol=1e-12, atol=0)
    assert_array_equal(arm.ledger.seen[:, 0], arm.ledger.start)


def test_of_two_rules_that_fire_at_once_the_one_of_lower_number_acts():
    up = rule("up", "visit >= 1", 2, dose=Step.of_dose("+10 mg", at_most="80 mg"))
    down = rule("down", "visit >= 1", 1, dose=Step.of_dose("-5 mg", at_least="5 mg"))
    arm = answered(TWICE_DAILY, protocol(up, down), size=2, spread=False)
    rows = arm.ledger.decisions
    assert arm.ledger.rules == ("down", "up")
    assert np.all(rows.outcome[rows.rule == 1] == Outcome.OVERRULED)
    assert np.all(rows.outcome[rows.rule == 0] != Outcome.OVERRULED)
    first = rows.take(rows.who == 0)
    assert_allclose(first.dose_after[first.rule == 0][:4], [15, 10, 5, 5], rtol=0, atol=1e-12)
    assert rule_tallies(arm.ledger)[1].overruled == 20


def test_two_rules_about_one_drug_must_say_which_comes_first():
    twin = replace(RAISE, name="twin")
    with pytest.raises(
        DomainError, match="'raise' and 'twin' about esketamine have priority 2"
    ):
        run(reactive_scenario(TWICE_DAILY, protocol(RAISE, twin)))


def test_a_titration_without_end_stays_at_its_limit_and_says_how_often():
    always = rule("always", "visit >= 1", dose=Step.of_dose("x 3", at_most="70 mg"))
    arm = answered(TWICE_DAILY, protocol(always), size=2)
    tally = rule_tallies(arm.ledger)[0]
    assert (tally.acted, tally.at_limit) == (4, 16)
    assert given(arm).amount_mg.max() == pytest.approx(70.0, rel=1e-12)
    assert "16 times its limit was reached" in tally.words()


def test_rules_that_undo_each_other_are_told():
    up = rule("up", "dose < 25", 1, dose=Step.of_dose("+10 mg", at_most="80 mg"))
    down = rule("down", "dose > 25", 2, dose=Step.of_dose("-10 mg", at_least="5 mg"))
    arm = answered(TWICE_DAILY, protocol(up, down), size=3)
    words = [tally.words() for tally in rule_tallies(arm.ledger)]
    assert "it undid the step before 3 times or more in 3 subjects" in words[0]
    assert arm.failed == 0


def test_nothing_is_given_after_a_stop_and_a_resume_gives_again():
    stop = rule("stop", "visit >= 3", 2, stop=True, limits={"at_most_times": 1})
    again = rule("again", "days_since_dose >= 3", 1, resume=True,
                 dose=Step.of_dose("x 0.5"))  # fmt: skip
    arm = answered(TWICE_DAILY, protocol(stop, again), size=1, spread=False)
    doses = given(arm)
    # The last dose is given at 60 h; 3 days later the visit at 144 h is the next.
    assert doses.time_h.tolist()[:7] == [0.0, 12.0, 24.0, 36.0, 48.0, 60.0, 144.0]
    assert_allclose(doses.amount_mg[6:], 10.0, rtol=1e-12, atol=0)


def test_a_holiday_leaves_doses_out_and_the_ledger_says_which():
    holiday = rule("holiday", "visit >= 2", hold_h=60.0, limits={"at_most_times": 1})
    arm = answered(TWICE_DAILY, protocol(holiday), size=1, spread=False)
    assert given(arm, DoseKind.HELD).time_h.tolist() == [48.0, 60.0, 72.0, 84.0, 96.0]
    assert np.min(given(arm).time_h[given(arm).time_h > 40.0]) == 108.0


def test_a_switch_begins_the_other_plan_at_the_visit():
    switch = rule("home", "visit >= 3", switch="oral")
    rules = protocol(
        rule("home", "visit >= 3", switch="oral", limits={"at_most_times": 1}),
        plans={"oral": parse_regimen("esketamine 30 mg oral daily for 4 days")},
    )
    assert switch.then.course
    arm = answered("esketamine 5 mg/h IV for 200 h", rules, size=2, spread=False)
    doses = given(arm)
    mine = doses.take(doses.who == 1)
    inputs = [arm.ledger.lines[line][2] for line in mine.line.tolist()]
    assert inputs == ["intravenous"] * 3 + ["oral"] * 4
    assert mine.time_h.tolist() == [0.0, 24.0, 48.0, 72.0, 96.0, 120.0, 144.0]
    assert_allclose(mine.amount_mg.sum(), 72 * 5 + 120, rtol=1e-12, atol=0)


def test_intervals_grow_from_the_next_dose_on_and_stop_at_their_limit():
    stretch = rule("stretch", "days_to_next_dose <= 0 and doses_given >= 1",
                   interval=Step.of_interval("+12 h", at_most="3 days"))  # fmt: skip
    arm = answered(
        "esketamine 20 mg IV over 1 h daily for 10 days",
        protocol(stretch, every_h=12.0),
        size=1,
        spread=False,
    )
    assert given(arm).time_h.tolist() == [0.0, 24.0, 60.0, 108.0, 168.0]
    assert_allclose(np.diff(given(arm).time_h), [24, 36, 48, 60], rtol=0, atol=1e-12)


def test_a_hold_delays_the_next_dose_of_a_stretched_plan():
    stretch = rule(
        "stretch", "visit < 1", 2, interval=Step.of_interval("+1 h", at_most="3 days")
    )
    hold = rule("hold", "visit >= 1 and visit < 2", 1, hold_h=6.0)
    arm = answered(
        "esketamine 20 mg IV over 1 h daily for 10 days",
        protocol(stretch, hold),
        size=1,
        spread=False,
    )
    assert given(arm).time_h.tolist()[:3] == [0.0, 30.0, 54.0]


def test_doses_as_needed_keep_their_limits_and_become_a_habit():
    needed = rule("needed", "pain > 3", give=parse_regimen("esketamine 5 mg oral"),
                  limits={"at_most_per_day": 2, "at_most_per_week": 5})  # fmt: skip
    arm = answered(TWICE_DAILY, protocol(needed, every_h=6.0), size=1, spread=False)
    beside = given(arm, DoseKind.BESIDE)
    assert_allclose(beside.amount_mg, 5.0, rtol=1e-12, atol=0)
    days = np.floor((beside.time_h - beside.time_h[0]) / 24.0)
    assert np.bincount(days.astype(int)).max() == 2
    assert np.count_nonzero(beside.time_h < beside.time_h[0] + 168.0) == 5
    used = rule("used", "habit > 0.5", give=parse_regimen("esketamine 5 mg oral"))
    assert not len(given(answered(TWICE_DAILY, protocol(used), size=1), DoseKind.BESIDE))


def test_a_probability_lets_a_rule_act_so_often():
    perhaps = rule("perhaps", "visit >= 1", give=parse_regimen("esketamine 1 mg oral"),
                   probability="0.1 + 0.2")  # fmt: skip
    arm = answered(TWICE_DAILY, protocol(perhaps), size=400)
    share = rule_tallies(arm.ledger)[0].acted / (400 * 10)
    assert abs(share - 0.3) < 3.0 * np.sqrt(0.21 / 4000)


def test_what_is_seen_is_the_truth_with_the_stated_error():
    arm = answered(TWICE_DAILY, protocol(NEVER, error_sd=0.3), size=400)
    output = arm.output_index("pain")
    places = np.searchsorted(arm.time_h, arm.ledger.visits_h)
    error = arm.ledger.seen[:, :, 0] - arm.values[:, places, output]
    inside = arm.values[:, places, output] < 8.0
    assert abs(np.std(error[inside]) - 0.3) < 0.02
    assert np.all(arm.ledger.seen[:, :, 0] <= 10.0)
    pressure = arm.values[:, places, arm.output_index("pressure")]
    assert_allclose(arm.ledger.seen[:, :, 1], pressure, rtol=1e-12, atol=1e-12)


def test_any_chunks_and_threads_make_the_same_decisions():
    hold = rule("hold", "pressure > 12", 1, hold=True)
    adherence = Adherence(missed=0.1, doubled=0.1)
    scenario = reactive_scenario(
        TWICE_DAILY, protocol(RAISE, hold, every_h=9.0, adherence=adherence), size=23
    )
    whole = run(scenario, threads=2)
    alone = run(scenario, threads=1)
    assert whole.arms[0].ledger.same_as(alone.arms[0].ledger)
    for size in (1, 7):
        memory = Memory()
        summary = run_in_chunks(scenario, memory, chunk_subjects=size)
        parts = [answer.arms[0] for answer in memory.answers.values()]
        assert_array_equal(
            np.concatenate([part.values for part in parts]), whole.arms[0].values
        )
        joined = Ledger.joined([part.ledger for part in parts])
        assert joined.same_as(whole.arms[0].ledger)
        assert summary.arms[0].rules == rule_tallies(whole.arms[0].ledger)
        assert summary.receipt["arms"][0]["values"] == whole.receipt["arms"][0]["values"]


def test_the_receipt_covers_the_rules():
    one = reactive_scenario(TWICE_DAILY, protocol(RAISE), size=1)
    other = reactive_scenario(TWICE_DAILY, protocol(replace(RAISE, priority=3)), size=1)
    plain = replace(one, arms=(replace(one.arms[0], protocol=None),))
    receipts = [run(each).receipt for each in (one, one, other, plain)]
    hashes = [receipt["arms"][0].get("rules_hash") for receipt in receipts]
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]
    assert hashes[3] is None
    assert receipts[0]["scenario"] != receipts[2]["scenario"]


def test_a_plan_of_several_sizes_takes_factors_only():
    plan = "esketamine 10 mg IV over 1 h daily for 2 days then 20 mg over 1 h daily for 3 days"
    double = rule("double", "visit < 2", dose=Step.of_dose("x 2", at_most="40 mg"))
    arm = answered(plan, protocol(double), size=1, spread=False)
    assert_allclose(given(arm).amount_mg, [10, 20, 40, 40, 40], rtol=1e-12, atol=0)
    with pytest.raises(RegimenError, match="steps the dose of esketamine, whose doses"):
        run(reactive_scenario(plan, protocol(RAISE)))


@pytest.mark.parametrize(
    ("plan", "rules", "kind", "said"),
    [
        (TWICE_DAILY, (rule("a", "pian > 4", stop=True),), UnknownNameError, "'pian'"),
        (TWICE_DAILY, (rule("a", "pain > 4", switch="home"),), UnknownNameError, "'home'"),
        (TWICE_DAILY, (rule("a", "pain > 4", drug="ketamine", stop=True),), UnknownNameError,
         "drug of rule 'a'"),
        (TWICE_DAILY, (rule("a", "pain > 4", dose=Step.of_dose("+1 mg/h", at_most="2 mg/h")),),
         RegimenError, "expected a unit of the same kind"),
        ("esketamine 20 mg IV over 1 h once", (rule("a", "pain > 4",
         interval=Step.of_interval("+1 h", at_most="2 h")),), RegimenError,
         "not evenly spaced"),
        (TWICE_DAILY, (rule("a", "pain > 4", stop=True), rule("a", "pain > 5", 2, stop=True)),
         DomainError, "rule 'a' stands twice"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_before_anything_is_solved(plan, rules, kind, said):
    with pytest.raises(kind, match=said):
        run(reactive_scenario(plan, protocol(*rules)))


def test_a_state_is_seen_by_an_oracle_only():
    sight = protocol(NEVER).sights[1]
    oracle = replace(protocol(NEVER), sights=(replace(sight, shows="central"),), rules=(
        rule("stop", "pressure > 1e9", stop=True),))  # fmt: skip
    arm = answered(TWICE_DAILY, oracle, size=1)
    assert arm.ledger.units == ("mg",)
    assert "rules see the truth, as no clinician does: pressure" in arm.notes
    assert np.max(arm.ledger.seen) > 0.01
    clinician = replace(oracle, sights=(replace(sight, shows="central", oracle=False,
                                                error_sd=1.0),))  # fmt: skip
    with pytest.raises(DomainError, match="which no clinician sees"):
        Arm(
            name="arm",
            model=MODEL,
            regimen=parse_regimen(TWICE_DAILY),
            cohort=people(1),
            protocol=clinician,
        )


def test_a_patient_whose_equations_fail_is_flagged_and_the_others_go_on():
    root = replace(MODEL.outputs[0], name="root", unit="1", substance=None, site=None,
                   expression=parse("sqrt(0.7 - central / volume / limit)"))  # fmt: skip
    limit = value("limit", 1.0, "mg/L")
    model = replace(
        MODEL,
        outputs=(*MODEL.outputs, root),
        parameters=(*MODEL.parameters, Parameter(name="limit", reported=limit)),
    )
    scenario = reactive_scenario(
        "esketamine 0.5 mg/kg IV bolus every 3 h for 10 days",
        protocol(rule("raise", "visit < 2", dose=Step.of_dose("x 1.5", at_most="2 mg/kg"))),
        size=8,
    )
    arm = run(replace(scenario, arms=(replace(scenario.arms[0], model=model),))).arms[0]
    # 0.75 mg/kg every 3 h peaks at 0.009 mg/L per kg: above 78 kg the root has no value.
    assert arm.failed == 3 + int(arm.covariates["weight"][4] > 78.0)
    failed = arm.status != 0
    assert np.isnan(arm.values[failed][:, -1]).all()
    assert np.isfinite(arm.values[~failed]).all()
    assert np.isfinite(arm.values[failed][:, 0]).all()
    assert np.isnan(arm.ledger.seen[failed][:, -1]).all()
    assert len(arm.failures) == arm.failed
    last = arm.ledger.doses.time_h[arm.ledger.doses.who == np.flatnonzero(failed)[0]].max()
    # Of the stretch in which a patient fails doses are noted, of none after it.
    assert last < 48.0


def test_sensitivities_of_an_arm_that_reacts_are_refused():
    scenario = reactive_scenario(TWICE_DAILY, protocol(RAISE), size=1)
    with pytest.raises(InputError, match="has rules, whose decisions have no slope"):
        sensitivities(scenario.arms[0], scenario.sampling, parameters=("clearance",))

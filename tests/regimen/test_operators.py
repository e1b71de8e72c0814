"""What a plan may say beyond doses and intervals, read, written and read again."""

import datetime

import pytest

from algesia.errors import RegimenError, UnknownNameError
from algesia.formats.regimen_yaml import read_regimen, regimen_mapping
from algesia.regimen import (
    Calendar,
    Course,
    Dose,
    Limit,
    Ramp,
    Regimen,
    Schedule,
    describe,
    parse_limit,
    parse_regimen,
)


def amounts(text, **given):
    """Give times and amounts, after checking that text and YAML read back to the same plan."""
    plan = parse_regimen(text, **given)
    assert parse_regimen(describe(plan)).rows() == plan.rows()
    assert read_regimen(regimen_mapping(plan)) == plan
    return [(row.time_h, pytest.approx(row.amount, rel=1e-12, abs=0)) for row in plan.rows()]


def times_h(text, **given):
    return [time_h for time_h, _ in amounts(text, **given)]


def days(text):
    return [time_h / 24 for time_h in times_h(text)]


# Tapers and escalations.


def test_a_taper_falls_in_equal_steps_towards_nothing():
    given = amounts("ketamine 100 mg oral daily for 1 day then taper over 2 weeks in 4 steps")
    by_day = {int(time_h / 24): amount for time_h, amount in given}
    assert len(by_day) == 15
    # Steps of 3.5 days after day 0: each dose has the amount of the step in which it is given.
    assert [by_day[day] for day in (1, 4, 5, 7, 8, 11, 12, 14)] == [
        80,
        80,
        60,
        60,
        40,
        40,
        20,
        20,
    ]


def test_a_taper_may_end_at_an_amount_and_go_on_from_there():
    given = amounts(
        "ketamine 100 mg oral daily for 1 day then taper to 25 mg in 3 steps of 1 day"
        " then weekly for 2 doses"
    )
    assert given == [(0, 100), (24, 75), (48, 50), (72, 25), (96, 25), (264, 25)]


def test_an_infusion_is_weaned_by_its_rate():
    plan = parse_regimen("ketamine 10 mg/h IV for 24 h then taper over 12 h in 4 steps")
    rates = [row.amount / row.duration_h for row in plan.rows()]
    assert rates == pytest.approx([10, 8, 6, 4, 2], rel=1e-12, abs=0)
    assert [row.time_h for row in plan.rows()] == [0, 24, 27, 30, 33]
    assert plan.length_h == 36


def test_an_escalation_in_another_unit_ends_where_it_says():
    plan = parse_regimen(
        "ketamine 10 µg/kg/min IV for 1 h then escalate to 1.2 mg/kg/h over 2 h in 2 steps"
    )
    rates = [row.amount / row.duration_h for row in plan.rows()]
    assert rates == pytest.approx([0.6, 0.9, 1.2], rel=1e-12, abs=0)


def test_a_taper_keeps_route_formulation_salt_and_cap():
    plan = parse_regimen(
        "ketamine hydrochloride 2 mg/kg oral syrup (max 100 mg) twice a day for 2 days"
        " then taper over 4 days in 2 steps"
    )
    kept = {(row.route, row.formulation, row.form, row.cap_mg) for row in plan.rows()}
    assert kept == {("oral", "syrup", "hydrochloride", 100.0)}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("taper over 2 days in 2 steps", "no dose stands before 'taper'"),
        ("10 mg IV then taper over 2 days in 2 steps", "follow a single dose of 10 mg"),
        ("10 mg oral daily for 2 days then taper", "expected 'taper over 2 weeks in 4 steps'"),
        ("10 mg oral daily for 2 days then taper to 20 mg over 2 days in 2 steps", "less than"),
        ("10 mg oral daily for 2 days then escalate over 2 days in 2 steps", "has no end"),
        (
            "10 mg oral daily for 2 days then taper to 1 mg/kg over 2 days in 2 steps",
            "same kind",
        ),
        ("10 mg oral weekly for 2 doses then taper over 2 weeks in 4 steps", "a dose in each"),
        (
            "10 mg oral daily for 2 days max 10 mg a day then taper over 2 days in 2 steps",
            "follow a rule with the limit 'max 10 mg a day'",
        ),
    ],
)
def test_steps_that_cannot_be_taken_are_refused(text, part):
    with pytest.raises(RegimenError, match=part):
        parse_regimen(text)


def test_steps_that_do_not_follow_their_dose_are_refused():
    dose = Dose(amount=100, unit="mg", route="oral")
    daily = Schedule(times_a_day=1, doses=2)
    steps = Ramp(dose=dose, schedule=daily, length_h=48, steps=2)
    other = Course(dose=Dose(amount=50, unit="mg", route="oral"), schedule=daily)
    assert len(Regimen(tracks=((Course(dose=dose, schedule=daily), steps),)).rows()) == 4
    with pytest.raises(RegimenError, match="steps from 100 mg do not follow that dose"):
        Regimen(tracks=((other, steps),))


# Limits.


def test_doses_stop_when_the_day_has_had_its_most():
    text = "ketamine 10 mg nasal every 6 h for 2 days, max 25 mg a day"
    assert amounts(text) == [(0, 10), (6, 10), (12, 5), (24, 10), (30, 10), (36, 5)]


def test_a_limit_of_doses_counts_doses():
    text = (
        "ketamine 10 mg nasal every 15 min for 3 days (max 6 doses a day) (max 10 doses a week)"
    )
    hours = times_h(text)
    assert len(hours) == 10
    assert hours[5:7] == [1.25, 24.0]


def test_a_limit_of_the_course_is_of_all_its_doses():
    text = "ketamine 0.5 mg/kg IV over 40 min daily for 6 doses, max 1.7 mg/kg in all"
    assert amounts(text) == [(0, 0.5), (24, 0.5), (48, 0.5), (72, 0.2)]


def test_a_limit_sees_the_largest_dose():
    text = "ketamine 30 mg oral (max 20 mg) (max 50 mg a day) every 6 h for 1 day"
    plan = parse_regimen(text)
    assert plan.total_milligrams() == pytest.approx(50.0, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1 mg/kg IV daily for 3 doses max 60 mg a day", "depends on body weight"),
        (
            "1 mg/kg IV (max 50 mg) daily for 3 doses max 2 mg/kg a day",
            "depends on body weight",
        ),
        ("10 mg/h IV for 5 days max 100 mg/day", "expected a largest rate"),
        ("10 mg oral daily for 3 doses max 20 mg a week max 30 mg a week", "two limits alike"),
        (
            "10 mg oral daily for 3 doses max 20 mg a week then 5 mg daily for 3 doses",
            "does not say its own limit",
        ),
        ("10 mg oral max 6 doses", "expected 'a day', 'a week' or 'a course'"),
        (
            "10 mg oral daily for 3 doses max 20 mg a week at steady state",
            "steady state has the",
        ),
    ],
)
def test_limits_that_cannot_be_counted_are_refused(text, part):
    with pytest.raises(RegimenError, match=part):
        parse_regimen(text)


def test_a_limit_is_read_alone():
    assert parse_limit("60 mg a day") == Limit(period="day", amount=60, unit="mg")
    assert parse_limit("6 doses per week") == Limit(period="week", doses=6)
    with pytest.raises(RegimenError, match="has no period"):
        parse_limit("60 mg")


# Cycles, holidays, spacing.


def test_weeks_on_and_off_are_cycles():
    text = "ketamine 50 mg oral syrup daily, 5 days on, 2 days off, 2 cycles"
    assert days(text) == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]


def test_route_and_formulation_are_kept_behind_every_holiday():
    plan = parse_regimen(
        "ketamine 50 mg nasal spray every 3 days x 6, then rest 8 weeks, repeat 3 times"
    )
    assert {(row.route, row.formulation) for row in plan.rows()} == {("nasal", "spray")}
    assert len(plan.rows()) == 18


def test_days_inside_a_course_may_be_left_out():
    assert days("50 mg oral daily for 8 days except on days 3 and 4") == [0, 1, 4, 5, 6, 7]
    assert days("50 mg oral daily for 1 week except Sunday") == [0, 1, 2, 3, 4, 5]
    with pytest.raises(RegimenError, match="leaves out days without a length"):
        parse_regimen("50 mg oral daily for 8 doses except on days 3 and 4")


def test_doses_grow_rarer():
    text = "84 mg nasal twice weekly for 2 weeks then weekly for 2 weeks then every 2 weeks x 2"
    assert days(text) == [0, 3, 7, 10, 14, 21, 28, 42]


def test_a_cross_stands_before_a_number_of_doses_or_a_length():
    assert days("84 mg nasal weekly x 3") == days("84 mg nasal weekly × 3 weeks") == [0, 7, 14]


def test_a_loading_dose_may_take_its_time():
    plan = parse_regimen("0.35 mg/kg IV loading dose over 20 min then 0.1 mg/kg/h for 24 h")
    assert [row.duration_h for row in plan.rows()] == [20 / 60, 24.0]
    at_once = parse_regimen("0.35 mg/kg IV loading dose then 0.1 mg/kg/h for 24 h")
    assert [row.duration_h for row in at_once.rows()] == [0.0, 24.0]


# Events with stated times.


def test_doses_follow_meals():
    text = (
        "ketamine 10 mg oral 30 min after each meal for 1 day, meals at 08:00, 12:30 and 19:00"
    )
    assert times_h(text) == [0.5, 5.0, 11.5]


def test_a_dose_before_breakfast_at_the_start_is_that_of_the_next_day():
    text = "10 mg oral 30 min before breakfast for 2 days, breakfast at 08:00"
    assert times_h(text) == [23.5, 47.5]


def test_two_drugs_follow_two_events():
    text = (
        "ketamine 10 mg oral with each meal (meals at 08:00 and 19:00) for 1 day"
        " plus midazolam 2 mg oral at bedtime for 1 day, bedtime at 22:30"
    )
    assert times_h(text) == [0, 11, 14.5]


def test_surgery_comes_as_an_argument_and_goes_before_the_text():
    text = "ketamine 0.3 mg/kg IV bolus 30 min before surgery, surgery at 10:00"
    assert times_h(text) == [1.5]
    assert times_h(text, events={"operation": "5 h"}) == [4.5]
    late = parse_regimen(text, events={"surgery": "5 h"})
    assert "5 h" not in late.description
    assert parse_regimen(late.description).rows() == late.rows()


def test_the_clock_of_an_event_counts_from_the_start_that_the_plan_states():
    text = "10 mg oral at surgery, surgery at 10:00, starting on Tuesday at 09:00"
    assert times_h(text) == [1]


def test_an_infusion_runs_from_incision_until_closure():
    plan = parse_regimen(
        "ketamine 0.5 mg/kg IV bolus at incision then 10 µg/kg/min until wound closure,"
        " incision at 2 h and closure at 6 h"
    )
    assert [(row.time_h, row.duration_h) for row in plan.rows()] == [(2, 0), (2, 4)]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("10 mg oral 30 min after each meal for 2 days", "the time of meal is not given"),
        ("10 mg oral at surgery", "the time of surgery is not given"),
        ("10 mg oral after relief", "expected an event with a stated time"),
        ("10 mg oral with meals for 1 day, meals at 3 h", "not a time of day"),
        ("10 mg oral at surgery, surgery at 08:00 and 09:00", "surgery has 2 times"),
        ("10 mg oral at surgery, surgery at 1 h, surgery at 2 h", "given twice"),
        ("10 mg oral, surgery at 1 h", "no dose refers to it"),
        ("10 mg oral 2 h before surgery, surgery at 1 h", "or a later time"),
        ("10 mg/h IV until closure, closure at 0 h", "closure is over"),
        (
            "[10 mg oral at surgery then pause 2 h], repeat 2 times, surgery at 3 h",
            "happens once",
        ),
        ("surgery at 3 h", "no dose; expected a dose"),
    ],
)
def test_events_that_lead_nowhere_are_refused(text, part):
    with pytest.raises(RegimenError, match=part):
        parse_regimen(text)


def test_an_unknown_event_lists_close_names():
    with pytest.raises(UnknownNameError, match="close names: closure"):
        parse_regimen("10 mg oral", events={"closur": "3 h"})


# What reacts to the patient is refused by the name of its operator.


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("10 mg oral as needed", "as_needed"),
        ("10 mg oral PRN", "as_needed"),
        ("10 mg/h IV for 5 days titrated to effect", "titrate_on_effect"),
        ("10 mg oral daily for 5 days, hold for sedation", "hold_if"),
        ("10 mg oral daily for 5 days if tolerated", "escalate_if, reduce_if or stop_if"),
        ("10 mg oral weekly for 5 doses, stretch while relief holds", "stretch_while"),
    ],
)
def test_what_reacts_to_the_patient_is_refused_by_the_name_of_its_operator(text, operator):
    with pytest.raises(RegimenError, match=rf"reacts to the patient \(operator {operator}\)"):
        parse_regimen(text)


# Dates and clocks that change.


def test_a_date_says_which_weekday_it_is():
    text = "50 mg oral on Monday for 2 doses starting on 2026-03-27 at 09:00"
    assert days(text) == [3, 10]
    plan = parse_regimen(text)
    assert plan.calendar == Calendar(date=datetime.date(2026, 3, 27), clock_h=9.0)


def test_clocks_put_forward_make_a_day_of_23_hours():
    text = "5 mg oral at 08:00 for 4 doses starting on 2026-03-27 at 08:00"
    assert times_h(text) == [0, 24, 48, 72]
    assert times_h(f"{text} in Europe/Zurich") == [0, 24, 47, 71]


def test_clocks_put_back_make_a_day_of_25_hours():
    text = "5 mg oral at 08:00 for 4 doses starting on 2026-10-23 at 08:00 in Europe/Zurich"
    assert times_h(text) == [0, 24, 49, 73]


def test_a_time_that_a_day_skips_is_an_hour_later_and_one_it_has_twice_the_first():
    skipped = "5 mg oral at 02:30 for 2 doses starting on 2026-03-28 at 00:00 in Europe/Zurich"
    assert times_h(skipped) == [2.5, 26.5]
    twice = "5 mg oral at 02:30 for 3 doses starting on 2026-10-24 at 00:00 in Europe/Zurich"
    assert times_h(twice) == [2.5, 26.5, 51.5]


def test_weekdays_change_at_the_midnight_of_the_place():
    # Sunday has 23 h: hour 23 after its midnight is Monday.
    text = "5 mg oral every 1 h on Monday for 2 doses starting on 2026-03-29 at 00:00"
    assert times_h(text) == [24, 25]
    assert times_h(f"{text} in Europe/Zurich") == [23, 24]


FORWARD = "starting on 2026-03-27 at 08:00 in Europe/Zurich"
BACK = "starting on 2026-10-23 at 08:00 in Europe/Zurich"


def test_days_follow_the_clocks_and_hours_pass():
    assert times_h(f"5 mg oral daily for 4 doses {FORWARD}") == [0, 24, 47, 71]
    assert times_h(f"5 mg oral every 24 h for 4 doses {BACK}") == [0, 24, 49, 73]
    assert times_h(f"5 mg oral weekly for 2 weeks {FORWARD}") == [0, 167]
    assert times_h(f"5 mg oral twice a day for 3 days {FORWARD}") == [0, 12, 24, 36, 47, 59]
    assert times_h(f"5 mg oral every 12 h for 5 doses {FORWARD}") == [0, 12, 24, 36, 48]


@pytest.mark.parametrize("start", [FORWARD, BACK])
def test_a_change_of_clocks_neither_adds_nor_loses_a_dose(start):
    for rule in ("daily", "twice a day", "at 08:00", "at 08:00 and 20:00"):
        text = f"5 mg oral {rule} for 1 week then pause 1 day then 9 mg {rule} for 1 week"
        plain = parse_regimen(text)
        plan = parse_regimen(f"{text} {start}")
        assert [row.amount for row in plan.rows()] == [row.amount for row in plain.rows()]
        shift = plain.rows()[-1].time_h - plan.rows()[-1].time_h
        assert shift == (1.0 if start == FORWARD else -1.0)


def test_cycles_steps_limits_and_left_out_days_follow_the_clocks():
    plan = f"5 mg oral daily for 2 days then pause 1 day, 2 courses in all {FORWARD}"
    assert times_h(plan) == [0, 24, 71, 95]
    steps = f"6 mg oral daily for 1 day then taper over 4 days in 2 steps {FORWARD}"
    assert [amount for _, amount in amounts(steps)] == [6, 4, 4, 2, 2]
    limited = f"5 mg oral twice a day for 4 days max 5 mg a day {FORWARD}"
    assert times_h(limited) == [0, 24, 47, 71]
    assert times_h(f"5 mg oral daily for 4 days except on day 3 {FORWARD}") == [0, 24, 71]


def test_an_infusion_lasts_its_hours_through_a_change_of_clocks():
    plan = parse_regimen(f"ketamine 5 mg/h IV for 5 days then 2 mg/h for 1 day {FORWARD}")
    assert [(row.time_h, row.duration_h) for row in plan.rows()] == [(0, 120), (120, 24)]
    assert plan.length_h == 144


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("5 mg oral starting on 2026-02-30", "no date '2026-02-30'"),
        (
            "5 mg oral starting on 2026-02-20 in Europe/Atlantis",
            "no time zone 'Europe/Atlantis'",
        ),
        (
            "5 mg oral every 8 h for 3 doses at steady state starting on 2026-02-20 in UTC",
            "expected no time zone",
        ),
    ],
)
def test_a_start_that_is_none_is_refused(text, part):
    with pytest.raises(RegimenError, match=part):
        parse_regimen(text)


def test_a_zone_needs_a_date():
    with pytest.raises(RegimenError, match="on no date"):
        Calendar(zone="Europe/Zurich")
    with pytest.raises(RegimenError, match="on no date"):
        Calendar().moment(1.0)


def test_a_moment_has_the_clock_of_the_place():
    start = Calendar(date=datetime.date(2026, 10, 23), zone="Europe/Zurich")
    assert start.moment(72.0).isoformat() == "2026-10-26T07:00:00+01:00"
    assert Calendar(date=datetime.date(2026, 10, 23)).moment(72.0).hour == 8

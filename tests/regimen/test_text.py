import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import InputError, RegimenError
from algesia.regimen import describe, parse_amount, parse_length_h, parse_regimen

DAY = 24.0
WEEK = 168.0


def rows(text):
    return parse_regimen(text).rows()


def only(text):
    (row,) = rows(text)
    return row


def times(text):
    return [row.time_h for row in rows(text)]


def refusal(text):
    with pytest.raises(InputError) as caught:
        parse_regimen(text)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_an_amount_over_a_time_is_one_infusion_left_to_the_model():
    row = only("0.5 mg/kg over 40 min")
    assert (row.amount, row.unit, row.time_h) == (0.5, "mg/kg_body", 0.0)
    assert row.duration_h == 40 / 60
    assert (row.drug, row.route) == (None, None)


def test_twice_weekly_for_four_weeks_is_eight_doses():
    given_rows = rows("0.5 mg/kg ketamine IV over 40 min twice weekly for 4 weeks")
    assert [row.time_h for row in given_rows] == [
        week * WEEK + day * DAY for week in range(4) for day in (0, 3)
    ]
    assert {(row.drug, row.route) for row in given_rows} == {("ketamine", "intravenous")}


def test_a_rule_without_an_amount_takes_the_dose_before_it():
    text = (
        "esketamine 56 mg nasal twice weekly for 4 weeks then weekly for 4 weeks"
        " then every 2 weeks for 8 weeks"
    )
    induction = [week * WEEK + day * DAY for week in range(4) for day in (0, 3)]
    weekly = [week * WEEK for week in range(4, 8)]
    fortnightly = [week * WEEK for week in range(8, 16, 2)]
    assert times(text) == induction + weekly + fortnightly
    assert {(row.amount, row.route) for row in rows(text)} == {(56.0, "nasal")}


def test_rates_per_seventy_kilograms_step_up_one_after_the_other():
    text = (
        "S-ketamine IV 5 mg/h/70 kg for 20 h then 10 mg/h/70 kg for 30 h"
        " then 20 mg/h/70 kg for 50 h"
    )
    given_rows = rows(text)
    assert [(row.time_h, row.duration_h) for row in given_rows] == [(0, 20), (20, 30), (50, 50)]
    assert parse_regimen(text).total_milligrams(70) == pytest.approx(1400.0, rel=1e-12, abs=0)
    assert {row.drug for row in given_rows} == {"esketamine"}


def test_an_infusion_follows_a_bolus_at_the_same_moment():
    bolus, infusion = rows("ketamine 1 mg/kg IV bolus then 1 mg/kg/h for 6 h")
    assert (bolus.time_h, bolus.duration_h, bolus.amount) == (0.0, 0.0, 1.0)
    assert (infusion.time_h, infusion.duration_h, infusion.amount) == (0.0, 6.0, 6.0)


@pytest.mark.parametrize(
    ("text", "count", "total_mg"),
    [
        ("80 mg IV over 5 h daily for 7 days", 7, 560),
        ("10 mg oral every 8 h for 4 weeks", 84, 840),
        ("25 mg PO three times a day for 10 days, pause 2 weeks, repeat 3 times", 90, 2250),
        ("25 mg PO TID for 10 days, pause 2 weeks, 3 courses in all", 90, 2250),
        ("25 mg PO TID for 10 days, pause 2 weeks, repeat 2 more times", 90, 2250),
        ("[25 mg PO TID for 10 days, rest 2 weeks] 3 cycles", 90, 2250),
        ("naltrexone 4.5 mg oral daily for 12 weeks", 84, 378),
        ("0.35 mg/kg/h for 4 h (max 25 mg/h) daily on weekdays for 2 weeks", 10, 980),
        ("0.5 mg/kg IV over 40 min three times a week for 6 doses", 6, 210),
        ("0.5 mg/kg IV over 40 min thrice weekly, 6 infusions", 6, 210),
        ("10 mg SL q6h for 2 days", 8, 80),
        ("10 mg SL every other day for 8 days", 4, 40),
        ("10 mg SL alternate days for 8 days", 4, 40),
        ("10 mg nasal 3x/week for 2 weeks", 6, 60),
        ("2 g oral daily for 2 doses", 2, 4000),
        ("100 mg per 24 h SC for 2 days", 1, 200),
        ("10 µg/kg/min IV for 4 h", 1, 168),
        ("10 mcg/kg/min IV for 4 h", 1, 168),
    ],
)
def test_totals_follow_from_the_words(text, count, total_mg):
    plan = parse_regimen(text)
    assert len(plan.rows()) == count
    assert plan.total_milligrams(70) == pytest.approx(total_mg, rel=1e-12, abs=0)


def test_a_repeat_starts_again_after_the_pause():
    text = "5 mg oral daily for 2 days, pause 1 week, repeat 2 times"
    assert times(text) == [0, DAY, 9 * DAY, 10 * DAY]


def test_a_repeat_covers_all_before_it_and_brackets_limit_it():
    assert times("5 mg oral then pause 1 day then 6 mg, pause 1 day, repeat 2 times") == [
        0, DAY, 2 * DAY, 3 * DAY,
    ]  # fmt: skip
    assert times("5 mg oral then pause 1 day then [6 mg, pause 1 day] 2 courses in all") == [
        0, DAY, 2 * DAY,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "days",
    ["on Monday, Wednesday, Friday", "on Mondays, Wednesdays and Fridays", "Mon/Wed/Fri",
     "every Monday, Wednesday and Friday", "three times weekly on Mon, Wed, Fri"],
)  # fmt: skip
def test_weekdays_may_be_named_in_many_ways(days):
    text = f"0.5 mg/kg IV over 40 min {days} for 2 weeks"
    assert times(text) == [day * DAY for day in (0, 2, 4, 7, 9, 11)]


def test_weekly_on_a_day_waits_for_that_day():
    assert times("5 mg oral weekly on Tuesday for 2 weeks") == [DAY, 8 * DAY]


def test_a_plan_may_start_on_another_day_and_hour():
    text = "5 mg oral on Monday at 08:00 for 1 week, starting on Sunday at 20:00"
    assert times(text) == [12.0]
    assert times("starting Tuesday 5 mg oral on Tuesday for 1 week") == [0.0]


def test_times_of_day_may_be_listed():
    assert times("5 mg oral daily at 08:00, 14:00 and 20:00 for 2 days") == [
        0,
        6,
        12,
        24,
        30,
        36,
    ]


def test_days_are_numbered_from_one_and_weeks_from_zero():
    assert times("5 mg oral on days 1, 8 and 15") == [0, 7 * DAY, 14 * DAY]
    assert times("0.2 mg/kg IV over 40 min at weeks 0, 2 and 4") == [0, 2 * WEEK, 4 * WEEK]
    assert times("5 mg oral at 0 h, 90 min and 2 days") == [0, 1.5, 48]


@pytest.mark.parametrize(
    ("text", "route"),
    [("50 mg esketamine film", "film"), ("ketamine 5 mg i.v.", "intravenous"),
     ("ketamine 5 mg IN", "nasal"), ("ketamine 5 mg by mouth", "oral"),
     ("ketamine 5 mg SL", "sublingual"), ("0.2 mg/kg epidural bolus", "epidural"),
     ("50 mg/day subcutaneous infusion for 3 days", "subcutaneous"),
     ("5 mg/h continuous IV infusion for 2 h", "intravenous")],
)  # fmt: skip
def test_routes_are_understood(text, route):
    assert only(text).route == route


@pytest.mark.parametrize(
    ("name", "drug"),
    [("S-ketamine", "esketamine"), ("(S)-ketamine", "esketamine"),
     ("S(+)-ketamine", "esketamine"), ("racemic ketamine", "ketamine"),
     ("R-ketamine", "arketamine"), ("Ketamine", "ketamine"),
     ("esketamine", "esketamine"), ("dextromethorphan", "dextromethorphan")],
)  # fmt: skip
def test_drugs_are_understood(name, drug):
    assert only(f"{name} 5 mg oral").drug == drug
    assert only(f"5 mg of {name} given orally").drug == drug


def test_salts_are_understood():
    row = only("ketamine hydrochloride 50 mg IM")
    assert (row.drug, row.form, row.route) == ("ketamine", "hydrochloride", "intramuscular")
    assert only("50 mg ketamine HCl IM").form == "hydrochloride"
    assert only("50 mg ketamine IM").form == "base"


def test_a_drug_stated_once_is_the_drug_of_the_whole_plan():
    assert {row.drug for row in rows("1 mg/kg bolus then 1 mg/kg/h for 6 h ketamine IV")} == {
        "ketamine"
    }


@pytest.mark.parametrize("words", ["once", "for one dose", "single dose", "1 dose", ""])
def test_one_dose_may_be_said_in_many_ways(words):
    assert times(f"ketamine 50 mg IM {words}") == [0.0]


def test_a_loading_dose_is_a_bolus():
    bolus, infusion = rows("0.5 mg/kg IV loading dose then 0.25 mg/kg/h for 4 h")
    assert (bolus.duration_h, infusion.duration_h) == (0.0, 4.0)


def test_weight_and_caps_stand_in_brackets():
    assert only("0.5 mg/kg (ideal weight) over 40 min").weight_basis == "ideal"
    capped = only("0.5 mg/kg (weight capped at 100 kg)")
    assert (capped.weight_basis, capped.weight_cap_kg) == ("capped", 100.0)
    assert only("0.5 mg/kg (max 50 mg)").cap_mg == 50.0
    assert only("0.5 mg/kg (maximum dose 0.05 g)").cap_mg == 50.0
    assert only("0.35 mg/kg/h for 4 h (max 25 mg/h)").cap_mg == 100.0


def test_a_plan_may_start_later():
    assert times("ketamine 5 mg IV bolus starting at 2 h") == [2.0]
    text = "ketamine 5 mg oral plus midazolam 1 mg oral starting at 90 min"
    assert times(text) == [0.0, 1.5]


def test_two_drugs_may_be_given_side_by_side():
    for joiner in ("plus", "with", ";"):
        ketamine, midazolam = rows(f"ketamine 0.4 mg/kg IM {joiner} midazolam 0.05 mg/kg IM")
        assert (ketamine.drug, midazolam.drug) == ("ketamine", "midazolam")
        assert (ketamine.time_h, midazolam.time_h) == (0.0, 0.0)


def test_formulations_carry_to_the_next_rule_of_the_same_drug_and_route():
    first, second = rows("5 mg oral tablets then pause 1 day then 10 mg")
    assert (first.formulation, second.formulation) == ("tablet", "tablet")


def test_another_route_forgets_the_formulation():
    first, second = rows("5 mg oral tablets then pause 1 day then 10 mg nasal")
    assert (first.formulation, second.formulation) == ("tablet", None)


def test_a_salt_carries_to_the_next_rule_of_the_same_drug_only():
    same = rows("ketamine hydrochloride 5 mg oral then pause 1 day then ketamine 6 mg")
    other = rows("ketamine hydrochloride 5 mg oral then pause 1 day then midazolam 6 mg")
    assert [row.form for row in same] == ["hydrochloride", "hydrochloride"]
    assert [row.form for row in other] == ["hydrochloride", "base"]


def test_the_text_is_kept_as_the_description():
    assert parse_regimen(" 5  mg\noral ").description == "5 mg oral"


@pytest.mark.parametrize("word", ["ketamin", "twise", "nasel", "qwertz", "nan", "inf", "IU"])
def test_a_word_that_is_not_understood_is_quoted(word):
    assert f"'{word}'" in refusal(f"{word} 5 mg oral")


def test_close_words_are_offered():
    assert "ketamine" in refusal("ketamin 5 mg oral")
    assert "weekly" in refusal("5 mg oral wekly for 4 weeks")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "the plan is empty"),
        ("   ", "the plan is empty"),
        ("twice weekly for 4 weeks", "no dose is given"),
        ("0,5 mg/kg IV", "'0,5' has a comma"),
        ("1,000 mg oral", "'1,000' has a comma"),
        ("0.5-1 mg/kg IV", "gives two values"),
        ("10–20 mg/h IV for 2 h", "gives two values"),
        ("10 to 20 mg oral", "gives two values"),
        ("56/84 mg nasal", "gives two values"),
        ("-5 mg IV", "dose is -5 mg"),
        ("0 mg IV", "say 'pause'"),
        ("1e999 mg IV", "dose is inf mg"),
        ("5 oral", "expected a unit such as mg"),
        ("5 mL oral", "expected a unit such as mg"),
        ("500 IU oral", "expected a unit such as mg"),
        ("5 mg 6 mg oral", "two amounts"),
        ("5 mg oral nasal", "gives route twice"),
        ("ketamine esketamine 5 mg", "gives drug twice"),
        ("5 mg oral daily weekly for 2 weeks", "gives every twice"),
        ("5 mg/h IV", "is a rate without a length"),
        ("5 mg/h IV daily for 5 days", "schedule has no end"),
        ("5 mg/day oral for 5 days", "the route is oral"),
        ("5 mg IV infusion", "an infusion has no length"),
        ("5 mg IV bolus over 2 min", "a bolus and an infusion"),
        ("5 mg/h IV bolus", "a bolus and an infusion"),
        ("5 mg oral daily", "schedule has no end"),
        ("5 mg oral for 4 weeks", "without saying how often"),
        ("5 mg oral daily for 4 weeks for 2 weeks", "twice how long"),
        ("5 mg oral daily for 4 weeks, 8 doses", "8 doses and a length"),
        ("5 mg oral monthly for 4 doses", "no fixed length"),
        ("5 mg oral daily for 3 months", "no fixed length"),
        ("5 mg oral daily for 0 weeks", "expected a finite number above 0"),
        ("5 mg oral every 0 h for 1 day", "expected a finite number above 0"),
        ("5 mg IV over -10 min", "length of the infusion is -0.166667 h"),
        ("5 mg oral starting at -2 h", "expected a time from 0, the start"),
        ("5 mg oral then pause -3 h then 5 mg", "no dose can stand before the start"),
        ("5 mg oral then 6 mg starting at 3 h", "expected 'pause 2 h'"),
        ("5 mg oral 1.5 doses", "expected a whole number"),
        ("5 mg oral repeat", "expected a number such as '3 times'"),
        ("5 mg oral repeat 3", "expected 'times'"),
        ("5 mg oral repeat 2.5 times", "expected a whole number"),
        ("repeat 3 times", "no dose stands before"),
        ("[5 mg oral", "expected ']'"),
        ("[5 mg oral]", "expected a number such as '3 courses in all'"),
        ("5 mg oral]", "closes nothing"),
        ("5 mg oral (max 50 mg", "open bracket"),
        ("0.5 mg/kg (max 1 mg/kg)", "expected mg for each dose"),
        ("0.5 mg/kg (max 50)", "expected mg or mg/h"),
        ("0.5 mg/kg (ideal)", "expected 'weight'"),
        ("5 mg (ideal weight)", "expected a unit per kg"),
        ("0.5 mg/kg weight capped at 100", "expected kg"),
        ("5 mg oral on", "expected weekdays"),
        ("5 mg oral every", "expected '8 h'"),
        ("5 mg oral on days 0 and 3", "the first day is 1"),
        ("5 mg oral twice weekly on Monday for 2 weeks", "2 times a week but names 1"),
        ("5 mg oral at 25:00 for 2 days", "':' in"),
        ("ketamine 5 mg oral sulfate", "no form of ketamine 'sulfate'"),
        ("5 mg oral @ home", "'@'"),
        ("[" * 11 + "5 mg", "nested too deep"),
    ],
)
def test_what_cannot_be_given_is_refused_in_one_line(text, part):
    assert part in refusal(text)


def test_a_new_amount_after_an_infusion_must_say_its_own_length():
    message = refusal(
        "0.5 mg/kg IV over 40 min weekly for 4 weeks then 0.75 mg/kg weekly for 4 weeks"
    )
    assert "0.75 mg/kg follows an infusion" in message
    plan = parse_regimen("0.5 mg/kg IV over 40 min then 0.75 mg/kg over 40 min")
    assert [row.duration_h for row in plan.rows()] == [40 / 60, 40 / 60]


def test_a_new_amount_after_a_cap_must_say_its_own_cap():
    assert "does not say its own cap" in refusal(
        "0.5 mg/kg (max 50 mg) then pause 1 day then 1 mg/kg"
    )
    plan = parse_regimen("0.5 mg/kg (max 50 mg) then pause 1 day then 1 mg/kg (no max)")
    assert [row.cap_mg for row in plan.rows()] == [50.0, None]


def test_a_long_text_is_refused():
    assert "expected at most 10000" in refusal("5 mg " * 3000)


@given(st.text(max_size=80))
def test_any_text_is_a_plan_or_a_one_line_refusal(text):
    message = ""
    try:
        parse_regimen(text)
    except InputError as error:
        message = str(error)
    assert "\n" not in message


WORDS = st.sampled_from(
    ["5", "mg", "mg/kg", "mg/h", "0.5", "kg", "over", "for", "40", "min", "h", "weeks", "daily",
     "twice", "weekly", "then", "plus", "pause", "repeat", "times", "courses", "in", "all", "[",
     "]", "(", ")", ",", "max", "ideal", "weight", "ketamine", "S-ketamine", "IV", "oral", "on",
     "Monday", "at", "08:00", "and", "every", "starting", "bolus", "once", "a", "day", "days"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=14))
def test_any_order_of_known_words_is_a_plan_or_a_refusal(words):
    rows_given = 1
    with contextlib.suppress(InputError):
        rows_given = len(parse_regimen(" ".join(words)).rows())
    assert rows_given >= 1


def test_an_amount_or_a_length_may_be_read_alone():
    assert parse_amount("0.5 mg per kg") == (0.5, "mg/kg")
    assert parse_length_h("2 weeks") == 336.0
    with pytest.raises(RegimenError, match="expected nothing after it"):
        parse_amount("0.5 mg oral")
    with pytest.raises(RegimenError, match="expected nothing after it"):
        parse_length_h("2 weeks daily")
    with pytest.raises(RegimenError, match="expected a unit such as mg"):
        parse_amount("0.5 h")


@pytest.mark.parametrize("words", ["PO oral rinse", "oral rinse PO", "mouthwash", "oral rinse"])
def test_a_mouthwash_by_mouth_is_a_rinse(words):
    (row,) = parse_regimen(f"ketamine 50 mg {words}").rows()
    assert row.route == "oral rinse"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("PO prolonged-release tablet", "slow-release tablet"),
        ("oral extended release tablets", "slow-release tablet"),
        ("nasal off-device spray", "compounded spray"),
    ],
)
def test_a_formulation_has_one_name(words, name):
    (row,) = parse_regimen(f"esketamine 56 mg {words}").rows()
    assert row.formulation == name


@pytest.mark.parametrize("salt", ["sulfate", "sulphate", "sulfate heptahydrate"])
def test_magnesium_sulfate_is_the_salt_with_its_water_and_says_so(salt):
    plan = parse_regimen(f"magnesium {salt} 4 g IV over 20 min")
    assert plan.total_milligrams(weight_kg=70.0) == pytest.approx(394.5, abs=0.5)
    assert "sulfate heptahydrate" in describe(plan)

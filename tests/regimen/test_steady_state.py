import pytest

from algesia.errors import RegimenError
from algesia.formats import parse_yaml
from algesia.formats.regimen_yaml import read_regimen, regimen_mapping
from algesia.regimen import describe, parse_regimen

PLANS = (
    ("50 mg oral every 8 h for 2 days at steady state", 8.0, [0.0]),
    ("25 mg oral TID at steady state for 3 days", 24.0, [0.0, 8.0, 16.0]),
    ("10 mg IV over 1 h twice weekly for 2 weeks at steady state", 168.0, [0.0, 72.0]),
    ("20 mg oral at 09:00 and 20:00 for 2 days at steady-state", 24.0, [1.0, 12.0]),
    ("20 mg oral on Monday and Friday for 2 weeks at steady state", 168.0, [0.0, 96.0]),
    (
        "20 mg oral daily for 2 days at steady state then 5 mg oral daily for 2 days"
        " plus 5 mg oral starting at 1 h",
        24.0,
        [0.0],
    ),
)


@pytest.mark.parametrize(("text", "period_h", "times_h"), PLANS)
def test_a_rule_at_steady_state_has_a_pattern_that_repeats_for_ever(text, period_h, times_h):
    length_h, rows = parse_regimen(text).steady_cycle()
    assert length_h == period_h
    assert [row.time_h for row in rows] == times_h


@pytest.mark.parametrize("text", [text for text, *_ in PLANS])
def test_it_gives_the_doses_of_the_rule_and_reads_back_in_words_and_keys(text):
    plan = parse_regimen(text)
    without = text.replace(" at steady state", "").replace(" at steady-state", "")
    assert plan.rows() == parse_regimen(without).rows()
    assert parse_regimen(without).steady_cycle() is None
    for again in (parse_regimen(describe(plan)), read_regimen(regimen_mapping(plan))):
        assert again.rows() == plan.rows()
        assert again.steady_cycle() == plan.steady_cycle()


def test_a_structured_rule_says_it_with_a_key():
    text = "{plan: [{dose: 25 mg, every: 8 h, for: 1 day, steady_state: true}]}"
    assert read_regimen(parse_yaml(text, "plan.yaml")).steady_cycle()[0] == 8.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("50 mg oral at steady state", "does not say how often; expected 'every 8 h'"),
        ("50 mg oral at 0 h and 8 h at steady state", "does not say how often"),
        ("50 mg oral every 8 h at steady state", "has no end"),
        (
            "50 mg oral then 5 mg oral daily for 3 days at steady state",
            "does not begin with the plan; expected it first",
        ),
        (
            "5 mg oral daily for 3 days at steady state starting at 2 h",
            "does not begin with the plan",
        ),
        (
            "[5 mg oral daily for 3 days at steady state, pause 1 day] 2 courses in all",
            "does not begin with the plan",
        ),
        (
            "5 mg oral daily for 3 days at steady state plus 9 mg IV bolus daily for 3 days"
            " at steady state",
            "has 2 rules at steady state; expected one",
        ),
        ("5 mg oral daily for 3 days at steady pace", "'pace' stands after 'steady'"),
    ],
)
def test_a_steady_state_that_means_nothing_is_refused(text, message):
    with pytest.raises(RegimenError, match=message):
        parse_regimen(text)

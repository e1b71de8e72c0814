"""Comparisons of facts, at their limits and with several values."""

import pytest

from algesia.errors import InputError
from algesia.safety.condition import asked, holds
from algesia.safety.condition_file import ConditionRow, condition_of
from algesia.safety.truth import Truth


def built(*, exists=False, **keys):
    return condition_of(ConditionRow.model_validate(keys), "test", exists=exists)


@pytest.mark.parametrize(
    ("keys", "value", "expected"),
    [
        ({"at_most": 0.35}, 0.35, "yes"),
        ({"at_most": 0.35}, 24.5 / 70.0, "yes"),
        ({"at_most": 0.35}, 0.3501, "no"),
        ({"at_least": 0.35}, 0.35, "yes"),
        ({"above": 0.35}, 24.5 / 70.0, "no"),
        ({"above": 0.35}, 0.3501, "yes"),
        ({"below": 0.35}, 0.35, "no"),
        ({"between": [0.1, 0.35]}, 0.1, "yes"),
        ({"between": [0.1, 0.35]}, 0.09, "no"),
        ({"about": 0.4}, 0.3, "yes"),
        ({"about": 0.4}, 0.29, "no"),
        ({"one_of": [0.1, 0.35]}, 0.35, "yes"),
        ({"is": 0.35}, 0.36, "no"),
    ],
)
def test_a_limit_is_met_when_it_is_reached_up_to_rounding(keys, value, expected):
    condition = built(fact="bolus", unit="mg/kg", **keys)
    assert holds(condition, {"bolus": (value,)}).value == expected


def test_between_two_printed_limits_nothing_is_decided():
    condition = built(fact="treatments_per_year", at_most=[6, 12])
    found = [
        holds(condition, {"treatments_per_year": (n,)}).value for n in (6.0, 7.0, 12.0, 13.0)
    ]
    assert found == ["yes", "unknown", "unknown", "no"]


def test_every_value_must_fit_what_is_expected_and_one_is_enough_to_apply():
    values = {"session_dose": (56.0, 84.0)}
    keys = {"fact": "session_dose", "at_most": 60, "unit": "mg"}
    assert holds(built(**keys), values) is Truth.NO
    assert holds(built(exists=True, **keys), values) is Truth.YES


def test_an_unknown_fact_is_unknown_and_one_without_values_is_absent():
    condition = built(fact="bolus", at_most=1, unit="mg/kg")
    assert holds(condition, {}) is Truth.UNKNOWN
    assert holds(condition, {"bolus": ()}) is Truth.ABSENT


def test_a_number_is_given_in_the_unit_of_its_fact():
    condition = built(fact="infusion_duration", **{"is": 40}, unit="min")
    assert holds(condition, {"infusion_duration": (2.0 / 3.0,)}) is Truth.YES


def test_facts_asked_for_are_named_once():
    pressure = {"fact": "systolic_pressure", "above": 140, "unit": "mmHg"}
    condition = built(all=[{"not": pressure}, pressure, {"fact": "pregnant", "is": True}])
    assert asked(condition) == ("systolic_pressure", "pregnant")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"fact": "bolsu", "above": 1}, "close names: bolus"),
        ({"fact": "bolus", "above": 1}, "bolus"),
        ({"fact": "bolus", "above": 1, "unit": "mg"}, "mg/kg"),
        ({"fact": "bolus", "above": 1, "below": 2, "unit": "mg/kg"}, "above, below"),
        ({"fact": "pregnant", "above": 1}, "expected one of is"),
        ({"fact": "pregnant", "is": "severe"}, "expected true or false"),
        ({"fact": "hepatic_disease", "is": "sever"}, "close names: severe"),
        ({"fact": "bolus"}, "nothing"),
        ({}, "expected fact, any, all or not"),
        (
            {"fact": "pregnant", "is": True, "not": {"fact": "pregnant", "is": True}},
            "single form",
        ),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused_in_one_line(keys, words):
    with pytest.raises(InputError) as caught:
        built(**keys)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_denying_what_one_of_several_values_does_is_to_say_that_none_does():
    above = {"fact": "session_dose", "above": 60, "unit": "mg"}
    assert holds(built(**{"not": above}), {"session_dose": (56.0, 84.0)}) is Truth.NO
    assert holds(built(**{"not": above}), {"session_dose": (28.0, 56.0)}) is Truth.YES

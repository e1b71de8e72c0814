"""The documents and rules as they are shipped."""

import copy
import re
from collections import Counter

import pytest

from algesia.errors import InputError
from algesia.safety.condition import AllOf, AnyOf, Comparison, Not
from algesia.safety.fact_file import fact, purposes, read_data
from algesia.safety.guideline_file import disagreements, documents, guidelines_of, rules

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
UNITS = {
    "mg/kg/h",
    "mg/kg",
    "mg/day",
    "mmHg",
    "mg",
    "percent",
    "week",
    "min",
    "h",
    "day",
    "ULN",
}


def comparisons(condition):
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from comparisons(condition.part)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from comparisons(part)


def rows(data):
    """Every comparison of a rule as it stands in the file."""
    if isinstance(data, dict):
        if "fact" in data:
            yield data
        for value in data.values():
            yield from rows(value)
    elif isinstance(data, list):
        for value in data:
            yield from rows(value)


def numbers_of(row):
    for key, value in row.items():
        if key not in ("fact", "unit"):
            values = value if isinstance(value, list) else [value]
            yield from (
                v for v in values if isinstance(v, int | float) and not isinstance(v, bool)
            )


def test_there_are_103_rules_of_12_documents_64_with_a_check():
    assert len(documents()) == 12
    assert len(rules()) == 103
    assert sum(rule.checkable for rule in rules().values()) == 64
    assert len(disagreements()) == 6
    assert {rule.document for rule in rules().values()} == set(documents())


def test_how_far_rules_were_checked_is_counted():
    assert Counter(rule.verification for rule in rules().values()) == {
        "checked": 66,
        "recalled": 20,
        "secondary": 10,
        "source_document": 6,
        "partly": 1,
    }


def test_a_severity_that_is_not_stated_is_info_and_known_to_be_so():
    stated = Counter(r.severity for r in rules().values() if r.severity_stated)
    assert stated == {"block": 23, "warn": 13, "info": 11}
    assert {r.severity for r in rules().values() if not r.severity_stated} == {"info"}


CHECKED = [id for id, row in read_data("guidelines.yaml")["rules"].items() if "printed" in row]
# Numbers of a printed check that say which weeks it is about stand in the names of facts.
IN_NAMES = {
    "s_induction": {1.0, 4.0},
    "s_maint1": {5.0, 8.0},
    "s_maint2": {9.0},
}
# "twice weekly" is the one number that is printed as a word.
IN_WORDS = {"s_mdsi": {2.0}}


@pytest.mark.parametrize("id", CHECKED)
def test_the_numbers_of_a_check_are_those_of_its_printed_text(id):
    row = read_data("guidelines.yaml")["rules"][id]
    printed = {float(text) for text in NUMBER.findall(row["printed"])}
    encoded = {
        float(n)
        for each in rows([row.get("when"), row.get("expect")])
        for n in numbers_of(each)
    }
    assert encoded - IN_WORDS.get(id, set()) == printed - IN_NAMES.get(id, set())


@pytest.mark.parametrize("id", CHECKED)
def test_the_units_of_a_check_are_printed_with_it(id):
    row = read_data("guidelines.yaml")["rules"][id]
    words = set(
        re.split(
            r"[\s;,_]+",
            row["printed"].lower().replace("x_uln", "uln").replace("minutes", "min"),
        )
    )
    words |= {word.rstrip("s") for word in words}
    for each in rows([row.get("when"), row.get("expect")]):
        unit = each.get("unit")
        if unit is not None:
            assert unit in UNITS
            assert unit.lower() in words, (id, unit, row["printed"])


def test_every_sentence_is_one_line_and_ends():
    for rule in rules().values():
        assert rule.says.endswith((".", ")."))
        assert "\n" not in rule.says


def test_every_compared_fact_exists_and_every_number_fact_has_its_unit():
    for rule in rules().values():
        for condition in (rule.when, rule.expect):
            for each in comparisons(condition):
                assert fact(each.fact).kind in ("flag", "number", "choice")
                assert each.operands


def edited(change):
    data = copy.deepcopy(read_data("guidelines.yaml"))
    change(data)
    return data


def put(*path, value):
    def change(data):
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("rules", "f_max", "severty", value="block"), "close keys: severity"),
        (put("rules", "f_max", "severity", value="fatal"), "f_max.severity"),
        (put("rules", "f_max", "document", value="fpm_pm21"), "close names: fpm_pm12"),
        (put("rules", "f_max", "printed", value=None), "expected both or neither"),
        (put("rules", "f_max", "expect", value=None), "expected both or neither"),
        (put("rules", "f_max", "conflicts_with", value=["c_dose_rat"]), "c_dose_rate"),
        (put("rules", "f_max", "expect", "fact", value="infusion_rat"), "infusion_rate"),
        (put("rules", "f_max", "expect", "unit", value="mg"), "mg/kg/h"),
        (put("conflicts", 0, "between", value=["f_max"]), "one side"),
        (put("documents", "fpm_pm12", "colour", value="red"), "unknown key"),
    ],
)
def test_a_file_with_a_mistake_is_refused_in_one_line(change, words):
    with pytest.raises(InputError) as caught:
        guidelines_of(edited(change), where="changed.yaml")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_condition_is_a_purpose_of_something():
    of_any = {condition for conditions in purposes().values() for condition in conditions}
    assert of_any == set(fact("condition").levels)
    assert set(purposes()) == set(fact("purpose").levels)


WORDS = {"twice": 2.0, "once": 1.0, "one": 1.0, "two": 2.0}


@pytest.mark.parametrize("id", CHECKED)
def test_a_sentence_says_the_numbers_of_its_check(id):
    row = read_data("guidelines.yaml")["rules"][id]
    said = row["says"] + " " + row.get("reading", "")
    numbers = {float(text) for text in NUMBER.findall(said)}
    numbers |= {number for word, number in WORDS.items() if re.search(rf"\b{word}\b", said)}
    assert {float(text) for text in NUMBER.findall(row["printed"])} <= numbers

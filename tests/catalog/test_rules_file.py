"""The `rules` of a scenario file: read strictly, refused in one line with its place."""

import copy
from dataclasses import replace

import numpy as np
import pytest

from algesia.catalog.scenario_file import scenario_of
from algesia.errors import InputError
from algesia.simulate import run
from algesia.simulate.reactive_notes import rule_tallies

RULES = {
    "visits": {"every": "12 h", "until": "5 d"},
    "sees": [
        {"output": "plasma_esketamine", "as": "level", "error_sd": "5 ng/mL", "scale": [0, 900]}
    ],
    "plans": {"weaning": "esketamine 2 mg/h IV for 12 h"},
    "adherence": {"missed": 0.1, "early": 0.1, "early_by": "1 h", "drugs": ["S-ketamine"]},
    "rules": [
        {"name": "wean", "when": "level > 150", "then": {"switch": "weaning"},
         "at_most_times": 1},
        {"name": "raise", "when": "level < 60 or days_since_start >= 4",
         "then": {"dose": "+5 mg/h", "at_most": "30 mg/h"}, "not_within": "1 d",
         "probability": "smooth_step(level, 60, -10)"},
        {"name": "rescue", "when": "level < 20", "then": {"give": "esketamine 5 mg IV bolus"},
         "at_most_per_day": 1, "at_most_per_week": 3},
    ],
}  # fmt: skip


def scenario(spoil=lambda rules: None):
    rules = copy.deepcopy(RULES)
    spoil(rules)
    arm = {
        "name": "arm",
        "model": "simons_2022_film",
        "regimen": "esketamine 5 mg/h IV for 4 days",
        "rules": rules,
    }
    return scenario_of(
        {
            "schema": "algesia/scenario/1",
            "title": "a test",
            "subjects": 6,
            "sampling": {"every": "6 h", "until": "6 d"},
            "arms": [arm],
        },
        where="test.yaml",
        folder=None,
    )


def first(rules):
    return rules["rules"][0]


def test_every_key_of_the_rules_is_understood():
    protocol = scenario().arms[0].protocol
    assert protocol.visits.times_h.tolist() == list(range(12, 121, 12))
    assert protocol.sights[0].error_sd == pytest.approx(5.0, rel=1e-12)
    assert (protocol.sights[0].low, protocol.sights[0].high) == (0.0, 900.0)
    assert [rule.priority for rule in protocol.rules] == [1, 2, 3]
    assert protocol.rules[1].not_within_h == 24.0
    assert protocol.adherence.drugs == ("esketamine",)
    arm = run(scenario()).arms[0]
    assert arm.failed == 0
    tallies = {tally.rule: tally for tally in rule_tallies(arm.ledger)}
    assert tallies["raise"].acted > 0
    assert np.unique(arm.ledger.doses.who).size == 6


def test_an_error_with_a_unit_is_converted_to_that_of_the_output():
    read = scenario(lambda rules: rules["sees"][0].update(error_sd="0.005 mg/L"))
    assert read.arms[0].protocol.sights[0].error_sd == pytest.approx(5.0, rel=1e-12)


def test_rules_of_two_files_that_say_the_same_are_equal_and_hash_alike():
    one, other = (run(scenario()).receipt["arms"][0]["rules_hash"] for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda r: r.update(visit={}), "unknown key 'arms.0.rules.visit'; close keys: visits"),
        (lambda r: first(r).update(wen="x"), "unknown key 'arms.0.rules.rules.0.wen'"),
        (lambda r: first(r)["then"].update(swich="x"), "close keys: switch"),
        (lambda r: first(r).update(when="level = 4"), "rules.rules.0.when"),
        (lambda r: first(r).update(when="lvel > 4"), "close names: level"),
        (lambda r: first(r).update(priority=1), "rule 'raise' has no priority"),
        (lambda r: first(r).update(drug="morphine"), "drug of rule 'wean'"),
        (lambda r: first(r)["then"].update(switch="taper"), "known: base, weaning"),
        (lambda r: first(r)["then"].update(at_most="3 mg"), "a limit without dose"),
        (lambda r: first(r)["then"].update(hold="long"), "rules.0.then.hold"),
        (lambda r: r["rules"][1]["then"].pop("at_most"), "raises the dose without limit"),
        (lambda r: r["rules"][1]["then"].update(dose="+5 mg"), "expected a unit of the same"),
        (lambda r: r["rules"][1]["then"].update(dose="more"), "rules.rules.1.then"),
        (lambda r: r["rules"][1].update(probability="level >"), "rules.rules.1.probability"),
        (lambda r: r["rules"][2]["then"].update(give="5 mg of it"), "rules.rules.2.then"),
        (lambda r: r["sees"][0].update(output="plasma"), "sees"),
        (lambda r: r["sees"][0].update(error_sd="5 mmHg"), "sees.0.error_sd"),
        (lambda r: r["sees"][0].pop("error_sd"), "or oracle: true"),
        (lambda r: r["visits"].update(times=["1 h"]), "times and a step are given"),
        (lambda r: r["visits"].pop("until"), "expected `every` and `until`"),
        (lambda r: r["visits"].update(every="0 h"), "every 0 h"),
        (lambda r: r["plans"].update(home="esketamine 5 mg rubbed in"), "plans.home"),
        (lambda r: r["adherence"].update(missed=2.0), "adherence.missed"),
        (lambda r: r.update(rules=[]), "rules"),
    ],
)  # fmt: skip
def test_what_rules_cannot_say_is_refused_in_one_line_with_its_place(spoil, said):
    with pytest.raises(InputError) as caught:
        run(scenario(spoil))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_rules_and_an_event_table_do_not_go_together(tmp_path):
    whole = scenario()
    arm = run(whole).arms[0]
    table = replace(whole.arms[0], regimen=arm.ledger.records())
    with pytest.raises(InputError, match="has rules and an event table"):
        run(replace(whole, arms=(table,)))


def test_an_opioid_is_reduced_on_response_and_rescues_are_of_another_drug():
    rules = {
        "visits": {"every": "1 d", "until": "5 d"},
        "sees": [{"output": "plasma_esketamine", "as": "level", "error_sd": 1.0}],
        "rules": [
            {"name": "less opioid", "drug": "morphine", "when": "visit >= 2 and dose > 6",
             "then": {"dose": "x 0.5", "at_least": "5 mg"}},
            {"name": "more ketamine", "when": "visit < 2",
             "then": {"dose": "x 2", "at_most": "60 mg"}},
            {"name": "rescue", "when": "visit >= 3 and visit < 4",
             "then": {"give": "morphine 2 mg IV bolus"}},
        ],
    }  # fmt: skip
    arm = {
        "name": "arm",
        "model": "simons_2022_film",
        "with": ["morphine"],
        "regimen": "esketamine 20 mg IV over 1 h daily for 5 days "
        "plus morphine 20 mg IV over 5 min twice daily for 5 days",
        "rules": rules,
    }
    content = {
        "schema": "algesia/scenario/1",
        "title": "two drugs",
        "subjects": 2,
        "sampling": {"every": "6 h", "until": "6 d"},
        "arms": [arm],
    }
    ledger = run(scenario_of(content, where="test.yaml", folder=None)).arms[0].ledger
    doses = ledger.doses.take(ledger.doses.who == 0)
    drugs = np.array([ledger.lines[line][0] for line in doses.line.tolist()])
    own = doses.kind == 0
    assert doses.amount_mg[drugs == "esketamine"].tolist() == [20.0, 40.0, 40.0, 40.0, 40.0]
    opioid = doses.amount_mg[(drugs == "morphine") & own].tolist()
    assert opioid == [20.0] * 4 + [10.0] * 2 + [5.0] * 4
    rescue = doses.take((drugs == "morphine") & ~own)
    assert (rescue.time_h.tolist(), rescue.amount_mg.tolist()) == ([72.0], [2.0])

"""The story and the ledger of one patient say the same."""

import numpy as np
import pytest

from algesia.errors import DomainError
from algesia.regimen import parse_regimen
from algesia.simulate import run
from algesia.simulate.dose_step import Step
from algesia.simulate.story import story

from .reactive_models import protocol, reactive_scenario, rule

PLAN = "esketamine 20 mg IV over 2 h every 12 h for 10 days"


def test_a_story_tells_visits_decisions_and_doses_in_order():
    rules = protocol(
        rule("raise", "visit < 2", 2, dose=Step.of_dose("+10 mg", at_most="80 mg")),
        rule("rescue", "visit >= 2 and visit < 3", 3,
             give=parse_regimen("esketamine 5 mg oral")),
        rule("hold", "visit >= 3 and visit < 4", 1, hold=True),
        rule("stop", "visit >= 4", 4, stop=True),
    )  # fmt: skip
    scenario = reactive_scenario(PLAN, rules, size=3, spread=False)
    ledger = run(scenario).arms[0].ledger
    lines = story(ledger, 2)
    text = "\n".join(lines)
    assert lines[0].startswith("day 0 00.00 h: seen at the start: pain ")
    assert "day 1 00.00 h: rule 'raise' (visit < 2: dose +10 mg, at most 80 mg)" in text
    assert "esketamine 20 to 30 mg" in text
    assert "esketamine, oral: 5 mg of base (beside the plan)" in text
    assert "esketamine on hold until day 4 00.00 h" in text
    assert "on hold, not given" in text
    assert "(visit >= 4: stop)" in text
    assert text.count("seen: ") == 10
    days = [float(line[4:].split(" ")[0]) for line in lines]
    assert days == sorted(days)


def test_a_subject_who_is_not_there_is_refused():
    ledger = run(reactive_scenario(PLAN, protocol(rule("a", "pain > 99", stop=True)), size=2))
    with pytest.raises(DomainError, match="no subject 9 in the ledger"):
        story(ledger.arms[0].ledger, 9)


def test_the_table_of_a_ledger_holds_every_look_decision_and_dose():
    rules = protocol(rule("raise", "visit < 3", dose=Step.of_dose("+10 mg", at_most="80 mg")))
    result = run(reactive_scenario(PLAN, rules, size=4))
    ledger = result.arms[0].ledger
    table = result.ledger()
    counts = dict(table["entry"].value_counts().iter_rows())
    assert counts == {"seen": 4 * 11, "decision": 8, "dose": len(ledger.doses)}
    doses = table.filter(table["entry"] == "dose")
    assert np.isclose(
        doses["amount_mg"].sum(), ledger.doses.amount_mg.sum(), rtol=1e-12, atol=0
    )
    decisions = table.filter(table["entry"] == "decision")
    assert decisions["dose_after"].to_list() == [30.0, 40.0] * 4
    assert decisions["outcome"].unique().to_list() == ["acted"]
    assert decisions["seen_pain"].null_count() == 0
    assert table["subject"].is_sorted()

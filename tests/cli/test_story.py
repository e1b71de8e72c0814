"""`algesia run --story`: what rules did to one subject, and the ledger beside the result."""

import json

import polars
import pytest

from algesia.cli.main import main

SCENARIO = """\
schema: algesia/scenario/1
title: stepped infusion
subjects: 4
sampling: {every: 6 h, until: 48 h}
arms:
  - name: stepped
    model: simons_2022_film
    regimen: esketamine 5 mg/h IV for 40 h
    rules:
      visits: {every: 12 h, until: 48 h}
      sees: [{output: plasma_esketamine, as: level, error_sd: 5}]
      rules:
        - {name: raise, when: level < 200, then: {dose: +5 mg/h, at_most: 20 mg/h}}
        - {name: stop, when: level > 5000, then: {stop: true}}
"""
PLAIN = SCENARIO.partition("    rules:")[0]


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "stepped.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_a_run_tells_what_became_of_rules_and_the_story_of_one_subject(scenario, capsys):
    assert main(["run", str(scenario), "--story", "2"]) == 0
    said = capsys.readouterr().out
    assert "rule 'raise' (esketamine): acted" in said
    assert "rule 'stop' (esketamine) never fired" in said
    assert "story in stepped" in said
    assert "day 0 12.00 h: seen: level" in said
    assert "research and education, not dosing advice" in said


def test_the_ledger_is_written_beside_the_result_and_verified_with_it(scenario, capsys):
    out, receipt = scenario.with_suffix(".parquet"), scenario.with_suffix(".json")
    assert main(["run", str(scenario), "--out", str(out), "--receipt", str(receipt)]) == 0
    ledger = polars.read_parquet(scenario.with_name("stepped.ledger.parquet"))
    assert set(ledger["entry"].unique()) == {"seen", "decision", "dose"}
    assert main(["verify", str(receipt)]) == 0
    assert main(["run", str(scenario), "--out", str(scenario.with_suffix(".zarr"))]) == 2
    assert "stepped.ledger.parquet exists already" in capsys.readouterr().err


def test_chunks_give_the_same_story(scenario, capsys):
    out = scenario.with_suffix(".parquet")
    told = []
    for more in ([], ["--chunk", "1", "--out", str(out)]):
        assert main(["run", str(scenario), "--story", "3", "--json", *more]) == 0
        told.append(json.loads(capsys.readouterr().out)["data"])
    assert told[0]["story"] == told[1]["story"]
    assert told[0]["arms"][0]["reactions"] == told[1]["arms"][0]["reactions"]


@pytest.mark.parametrize(
    ("text", "subject", "said"),
    [(SCENARIO, "9", "no such subject; expected one of 4, 0 to 3"), (PLAIN, "0", "has rules")],
)
def test_a_story_of_nobody_is_refused_in_one_line(scenario, capsys, text, subject, said):
    scenario.write_text(text, encoding="utf-8")
    assert main(["run", str(scenario), "--story", subject]) == 2
    error = capsys.readouterr().err.strip()
    assert said in error
    assert len(error.splitlines()) == 1

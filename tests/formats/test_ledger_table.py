"""Ledgers beside results: one file, or one per chunk, that say the same."""

from dataclasses import replace

import polars
import pytest
from tests.simulate.reactive_models import protocol, reactive_scenario, rule

from algesia.errors import FileInputError
from algesia.formats.ledger_parts import LedgerParts
from algesia.formats.ledger_table import ledger_path, write_ledger
from algesia.formats.result_file import result_sink
from algesia.simulate import run, run_in_chunks
from algesia.simulate.dose_step import Step

RULES = protocol(
    rule("raise", "pain > 4", dose=Step.of_dose("+10 mg", at_most="80 mg")),
    rule("rarely", "pressure > 1e6", 2, stop=True),
)
SCENARIO = reactive_scenario(
    "esketamine 20 mg IV over 2 h every 12 h for 10 days", RULES, size=5
)


@pytest.mark.parametrize("name", ["out.parquet", "out.zarr"])
def test_a_run_in_chunks_leaves_the_ledger_of_the_whole_run(tmp_path, name):
    path = tmp_path / name
    whole = run(SCENARIO)
    one = write_ledger(whole, tmp_path / "whole.ledger.parquet")
    sink = LedgerParts(result_sink(path), path)
    run_in_chunks(SCENARIO, sink, chunk_subjects=2)
    folder = ledger_path(path)
    assert sorted(each.name for each in folder.iterdir()) == [
        f"part-0000{number}.parquet" for number in range(3)
    ]
    parts = polars.read_parquet(folder / "*.parquet")
    assert parts.equals(polars.read_parquet(one))
    assert parts.equals(whole.ledger())


def test_an_interrupted_run_goes_on_where_ledger_and_values_are_both_there(tmp_path):
    path = tmp_path / "out.parquet"
    run_in_chunks(SCENARIO, LedgerParts(result_sink(path), path), chunk_subjects=2)
    whole = polars.read_parquet(ledger_path(path) / "*.parquet")
    (ledger_path(path) / "part-00001.parquet").unlink()
    again = LedgerParts(result_sink(path, resume=True), path)
    summary = run_in_chunks(SCENARIO, again, chunk_subjects=2)
    assert polars.read_parquet(ledger_path(path) / "*.parquet").equals(whole)
    # Chunks that were read back have no ledger in memory, so rules are not counted.
    assert summary.arms[0].rules == ()


def test_a_folder_of_something_else_is_refused(tmp_path):
    path = tmp_path / "out.parquet"
    ledger_path(path).mkdir()
    (ledger_path(path) / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileInputError, match=r"holds notes\.txt"):
        run_in_chunks(SCENARIO, LedgerParts(result_sink(path), path), chunk_subjects=2)


def test_an_arm_without_rules_has_an_empty_ledger():
    plain = replace(SCENARIO, arms=(replace(SCENARIO.arms[0], protocol=None),))
    assert run(plain).ledger().is_empty()

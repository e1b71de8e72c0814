"""`algesia check`."""

import json
import shutil

import pytest

from algesia.catalog.check import check_entry
from algesia.catalog.entry import entry_folder
from algesia.catalog.gates import GATES

ENTRY = "kamp_2020_general"


@pytest.fixture
def spoilt(tmp_path):
    """An entry with a value that its claims contradict."""
    folder = tmp_path / "entries" / ENTRY
    shutil.copytree(entry_folder(ENTRY), folder)
    path = folder / "claims.yaml"
    text = path.read_text(encoding="utf-8")
    lines = [
        "    expected: 1 L/h"
        if line.strip().startswith("expected:") and "L/h" in line
        else line
        for line in text.splitlines()
    ]
    assert lines != text.splitlines()
    path.write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_an_entry_is_shown_with_its_rung_and_every_claim(algesia):
    report = check_entry(ENTRY)
    ended = algesia("check", ENTRY)
    assert ended.code == (0 if report.passed else 1)
    assert f"{ENTRY}: {report.rung}" in ended.out
    for check in report.claims:
        assert check.claim.id in ended.out
        assert check.verdict in ended.out


def test_json_holds_what_is_printed_and_what_the_model_gives(algesia):
    answer = json.loads(algesia("check", ENTRY, "--json").out)
    (entry,) = answer["data"]["entries"]
    claim = next(each for each in entry["claims"] if each["id"] == "clearance")
    assert (claim["expected"], claim["unit"]) == (79, "L/h")
    assert claim["ratio"] == pytest.approx(claim["predicted"] / 79.0, rel=1e-12, abs=0.0)


def test_a_claim_that_fails_ends_with_one(algesia, spoilt):
    ended = algesia("check", spoilt)
    assert ended.code == 1
    assert "claims_hold: claims.clearance: fails" in ended.out
    assert ended.err == ""


def test_a_folder_that_holds_no_entry_is_refused(algesia, tmp_path):
    (tmp_path / "nothing").mkdir()
    ended = algesia("check", tmp_path / "nothing")
    assert ended.code == 2
    assert "no model.yaml" in ended.err


def test_one_entry_alone_is_not_recorded(algesia):
    ended = algesia("check", ENTRY, "--record")
    assert ended.code == 2
    assert "--record" in ended.err


def test_every_gate_is_named_with_how_far_the_solvers_lie_apart(algesia):
    (entry,) = json.loads(algesia("check", ENTRY, "--json").out)["data"]["entries"]
    gates = {each["name"]: each for each in entry["gates"]}
    assert list(gates) == list(GATES)
    assert {each["outcome"] for each in gates.values()} == {"passed"}
    found = gates["fast_path_equals_slow_path"]["largest_difference"]
    assert 0.0 < found["engine_and_scipy"] < 1e-5
    assert 0.0 <= found["exact_and_stepped"] < 1e-8
    assert gates["linear"]["largest_difference"] is None
    out = algesia("check", ENTRY).out
    assert "fast_path_equals_slow_path" in out
    assert "exact and stepped" in out


def test_a_gate_that_fails_is_named_so(algesia, spoilt):
    (entry,) = json.loads(algesia("check", spoilt, "--json").out)["data"]["entries"]
    failed = [each["name"] for each in entry["gates"] if each["outcome"] == "failed"]
    assert failed == ["claims_hold"]

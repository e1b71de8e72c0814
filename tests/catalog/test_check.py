"""Checking entries, and the committed ladder against a fresh one."""

import json
import shutil
from typing import Any

import pytest

from algesia.catalog import check
from algesia.catalog.check import (
    CheckReport,
    check_all,
    check_folder,
    ladder_record,
    record_ladder,
    unreviewed,
)
from algesia.catalog.entry import entry_folder, entry_ids, ladder_path
from algesia.errors import FileInputError

from .small_entry import write_entry


@pytest.fixture(scope="module")
def reports() -> tuple[CheckReport, ...]:
    return check_all()


def test_every_gate_passes_for_every_entry(reports) -> None:
    assert [str(issue) for report in reports for issue in report.issues] == []
    assert tuple(report.id for report in reports) == entry_ids()


def test_the_committed_ladder_is_what_a_fresh_check_finds(reports) -> None:
    committed = json.loads(ladder_path().read_text(encoding="utf-8"))
    fresh = json.loads(json.dumps(ladder_record(reports)))
    # Four digits are kept; a number on the edge of rounding may fall to the other side.
    for name, entry in fresh["entries"].items():
        for key, claim in entry["claims"].items():
            recorded = committed["entries"][name]["claims"][key]["predicted"]
            assert claim.pop("predicted") == pytest.approx(recorded, rel=1e-3, abs=0.0)
    for entry in committed["entries"].values():
        for claim in entry["claims"].values():
            del claim["predicted"]
    assert fresh == committed


def test_no_entry_with_a_misfit_is_recorded_without_it(reports) -> None:
    for report in reports:
        declared = {each.claim.id for each in report.claims if each.misfit}
        assert bool(report.misfits) == bool(declared)
        assert all(line.startswith("misfit: ") for line in report.misfits)


def test_the_report_in_words_names_rung_gates_claims_and_what_is_to_do(tmp_path) -> None:
    report = check_folder(write_entry(tmp_path))
    assert report.lines() == (
        "small: reproduced",
        "gates passed: 19 of 19",
        "claims that hold: 2 of 2",
        "to do: no second reading; expected reviews/<id>.yaml by a reader of the source alone",
    )
    assert report.passed
    assert unreviewed((report,)) == ("small",)


def test_an_entry_that_does_not_load_has_no_rung_and_cannot_be_recorded(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        del values["volume_central"]

    report = check_folder(write_entry(tmp_path, spoil))
    assert report.rung == "not loaded"
    assert not report.passed
    assert "volume_central" in report.lines()[-1]
    with pytest.raises(FileInputError, match="small"):
        ladder_record((report,))


def test_the_same_files_give_the_same_bytes(tmp_path, monkeypatch, reports) -> None:
    monkeypatch.setattr(check, "check_all", lambda: reports)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    record_ladder(first)
    record_ladder(second)
    assert first.read_bytes() == second.read_bytes()
    assert json.loads(first.read_text(encoding="utf-8"))["schema"] == "algesia/ladder/1"


def test_outside_a_checkout_nothing_is_recorded(tmp_path, monkeypatch, reports) -> None:
    monkeypatch.setattr(check, "check_all", lambda: reports)
    monkeypatch.setattr(check, "reviews_folder", lambda entry: None)
    with pytest.raises(FileInputError, match="checkout"):
        record_ladder(tmp_path / "ladder.json")
    assert not (tmp_path / "ladder.json").exists()


def copied(name: str, folder: Any) -> Any:
    place = folder / name
    shutil.copytree(entry_folder(name), place)
    return place


def test_an_installed_entry_keeps_the_second_reading_that_was_recorded(
    tmp_path, reports
) -> None:
    name = next(report.id for report in reports if report.reviewed)
    installed = check_folder(copied(name, tmp_path))
    assert (installed.rung, installed.review) == ("second-read", None)


def test_an_installed_entry_that_was_changed_does_not(tmp_path, reports) -> None:
    name = next(report.id for report in reports if report.reviewed)
    place = copied(name, tmp_path)
    path = place / "values.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert check_folder(place).rung == "reproduced"

import json

import pytest

from algesia.catalog import mutation_check
from algesia.catalog.entry import entry_at, entry_folder, entry_ids
from algesia.catalog.mutation_check import (
    MutationReport,
    record_mutations,
    recorded_mutations,
    try_mutations,
)
from algesia.errors import FileInputError

from .small_entry import small_entry


def test_claims_notice_what_no_second_reader_looked_at(tmp_path) -> None:
    entry = small_entry(tmp_path)
    report = mutation_check._Trial.of(entry).report()
    assert report.noticed["claim"] > 0
    assert report.noticed["loading"] > 0
    assert report.tried == sum(report.noticed.values()) + len(report.unnoticed)
    assert not any(each.startswith("clearance_elimination: ") for each in report.unnoticed)


def test_a_second_reading_leaves_only_what_nobody_can_read() -> None:
    report = try_mutations("otto_2021_intravenous")
    assert report.noticed["second reading"] > 50
    names = {each.partition(":")[0] for each in report.unnoticed}
    review = mutation_check._Trial.of(entry_at(entry_folder(report.id)))
    assert review.review is not None
    for name in names:
        read = review.review.values.get(name)
        assert name in review.settled or read is None or read.value is None


def test_the_record_is_of_the_entries_as_they_are() -> None:
    recorded = {report.id: report for report in recorded_mutations()}
    assert tuple(recorded) == entry_ids()
    stale = [
        name
        for name, report in recorded.items()
        if report.content != mutation_check._content(entry_at(entry_folder(name)))
    ]
    assert stale == [], "run `algesia mutations --record`"


@pytest.mark.parametrize("name", ["noppers_2011_intravenous", "kamp_2020_general"])
def test_the_recorded_count_is_the_count(name: str) -> None:
    recorded = {report.id: report for report in recorded_mutations()}
    again = try_mutations(name)
    assert again.unnoticed == recorded[name].unnoticed
    assert dict(again.noticed) == dict(recorded[name].noticed)


def test_a_count_may_not_rise(tmp_path, monkeypatch) -> None:
    path = tmp_path / "mutations.json"
    before = MutationReport(id="small", content="old", noticed={"claim": 4}, unnoticed=("one",))
    after = MutationReport(
        id="small", content="new", noticed={"claim": 3}, unnoticed=("one", "two")
    )
    monkeypatch.setattr(mutation_check, "_all_tried", lambda known: (before,))
    record_mutations(path=path)
    monkeypatch.setattr(mutation_check, "_all_tried", lambda known: (after,))
    with pytest.raises(FileInputError, match="1 more than recorded"):
        record_mutations(path=path)
    assert recorded_mutations(path) == (before,)
    record_mutations(path=path, more_accepted=True)
    assert json.loads(path.read_text())["entries"]["small"]["unnoticed"] == ["one", "two"]

"""`algesia mutations`."""

import json

from algesia.catalog.entry import entry_ids


def test_the_record_lists_every_entry(algesia) -> None:
    ended = algesia("mutations")
    assert ended.code == 0
    assert all(name in ended.out for name in entry_ids())


def test_one_entry_is_tried_anew_and_its_slips_are_named(algesia) -> None:
    ended = algesia("mutations", "kamp_2020_general", "--json")
    (report,) = json.loads(ended.out)["data"]
    assert report["id"] == "kamp_2020_general"
    assert any(each.startswith("population_weight") for each in report["unnoticed"])


def test_options_that_do_not_go_together_are_refused(algesia) -> None:
    assert algesia("mutations", "--accept-more").code == 2
    ended = algesia("mutations", "kamp_2020_general", "--record")
    assert ended.code == 2
    assert "all entries at once" in ended.err

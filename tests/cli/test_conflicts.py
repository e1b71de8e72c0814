"""`algesia conflicts`."""

import json
import re

import pytest

from algesia.evidence.literature_conflict import literature_conflicts
from algesia.provenance import NOTICE

FORBIDDEN = re.compile(r"recommend|\bsafe\b|optimal dose|\bcleared\b", re.IGNORECASE)


def test_every_conflict_is_listed(algesia):
    ended = algesia("conflicts")
    assert ended.code == 0
    for name in literature_conflicts():
        assert f" {name} " in ended.out
    assert f"{len(literature_conflicts())} conflicts" in ended.out
    assert NOTICE in ended.out


def test_both_sides_of_a_topic_are_shown_with_their_evidence(algesia):
    out = algesia("conflicts", "opioid_hyperalgesia").out
    assert "side 1: tolerance and hyperalgesia to cold in all" in out
    assert "side 2: 42 % less potency and no hyperalgesia" in out
    assert "measured in people; 103 people" in out
    assert "carried: " in out


def test_a_bare_claim_leads_to_its_listing(algesia):
    assert "claims: S0_12" in algesia("conflicts", "glia_and_tolerance").out


def test_a_kind_gives_all_of_it_as_json(algesia):
    answer = json.loads(algesia("conflicts", "guideline", "--json").out)
    assert answer["schema"] == "algesia/conflicts/1"
    assert {row["kind"] for row in answer["data"]} == {"guideline"}
    assert all(len(row["sides"]) >= 2 for row in answer["data"])


@pytest.mark.parametrize("kind", ["kinetics", "mechanism", "outcome", "harm", "guideline"])
def test_no_conflict_is_shown_in_words_of_advice(algesia, kind):
    assert FORBIDDEN.search(algesia("conflicts", kind).out) is None


def test_a_topic_that_nothing_is_about_is_bad_input(algesia):
    ended = algesia("conflicts", "norketamin_effekt")
    assert ended.code == 2
    assert "close names: norketamine_effect" in ended.err

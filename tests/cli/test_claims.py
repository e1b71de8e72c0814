"""`algesia claims`."""

import json
import re

import pytest

from algesia.evidence.clinical_claim import clinical_claims
from algesia.provenance import NOTICE

FORBIDDEN = re.compile(r"recommend|\bsafe\b|optimal dose|\bcleared\b", re.IGNORECASE)


def test_every_claim_is_listed_with_verdict_and_who_could_answer(algesia):
    ended = algesia("claims")
    assert ended.code == 0
    for name in clinical_claims():
        assert f" {name} " in ended.out
    assert "77 claims: " in ended.out
    assert "outside the model" in ended.out
    assert NOTICE in ended.out


def test_a_claim_is_shown_with_its_sources(algesia):
    ended = algesia("claims", "S2_07")
    assert ended.code == 0
    assert "printed: beyond the infusion 4 to 6 week" in ended.out
    assert "doi 10.1016/j.pain.2009.06.023" in ended.out
    assert "answerable by: dorsal_horn (pain_rating)" in ended.out


def test_the_potency_claim_is_refuted_by_arithmetic(algesia):
    shown = algesia("claims", "s2_01").out
    assert "4 x R is 4/2.5 = 1.6 x the racemate, not 2 x" in shown
    (row,) = json.loads(algesia("claims", "S2_01", "--json").out)["data"]
    assert row["arithmetic"]["implied_over_racemate"] == pytest.approx(1.6, rel=1e-12, abs=0.0)


def test_a_claim_that_nothing_can_answer_says_why(algesia):
    assert "outside the model: prevalence is no output" in algesia("claims", "S3_01").out
    (row,) = json.loads(algesia("claims", "S3_01", "--json").out)["data"]
    assert (row["answerable_by"], row["outside"]) == (
        "outside the model",
        "prevalence is no output",
    )


def test_all_claims_as_json_are_one_list(algesia):
    answer = json.loads(algesia("claims", "--json").out)
    assert answer["schema"] == "algesia/claims/1"
    assert [row["id"] for row in answer["data"]] == list(clinical_claims())
    assert answer["notice"] == NOTICE


def test_no_claim_is_shown_in_words_of_advice(algesia):
    for arguments in (("claims",), ("claims", "--json")):
        assert FORBIDDEN.search(algesia(*arguments).out) is None


def test_a_claim_that_is_not_there_is_bad_input(algesia):
    ended = algesia("claims", "S2_99")
    assert ended.code == 2
    assert "close names: S2_" in ended.err

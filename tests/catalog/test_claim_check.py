import math

import pytest
from numpy.testing import assert_allclose

from algesia.catalog.claim_check import check_claim, check_claims
from algesia.catalog.entry import entry

from .small_entry import small_entry


def test_a_claim_is_told_with_both_numbers_their_ratio_and_a_verdict(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"][0]["expected"] = "25 L/h"

    check = check_claims(small_entry(tmp_path, spoil))[0]
    assert_allclose(check.predicted, 20.0, rtol=1e-4, atol=0)
    assert_allclose(check.ratio, 0.8, rtol=1e-4, atol=0)
    assert (check.expected, check.unit, check.verdict) == (25.0, "L/h", "fails")
    assert not check.settled
    assert str(check) == "clearance: fails; predicted 20, printed 25 L/h"


@pytest.mark.parametrize(
    ("expected", "verdict", "settled"),
    [("25 L/h", "misfit", True), ("20 L/h", "holds unexpectedly", False)],
)
def test_a_claim_declared_to_fail_must_fail(
    tmp_path, expected: str, verdict: str, settled: bool
) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"][0] |= {"expected": expected, "expected_to_fail": "unknown"}

    check = check_claims(small_entry(tmp_path, spoil))[0]
    assert (check.verdict, check.settled) == (verdict, settled)


def test_a_claim_that_cannot_be_run_says_why_and_never_holds(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"][0]["regimen"] = "esketamine 10 mg rectal"

    check = check_claims(small_entry(tmp_path, spoil))[0]
    assert math.isnan(check.predicted)
    assert "rectal" in check.problem
    assert not check.holds


def test_a_claim_says_who_receives_what_the_study_population_leaves_open() -> None:
    perez = entry("perezruixo_2021_nasal")
    claims = {each.id: each for each in perez.claims()}
    white, japanese = (
        check_claim(perez.model, claims[f"peak_{group}_84_mg"]).predicted
        for group in ("white", "japanese")
    )
    # The printed peaks are 101.0 and 131.3 ng/mL.
    assert_allclose(japanese / white, 131.3 / 101.0, rtol=0.01, atol=0)


def test_a_changed_file_is_checked_again(tmp_path) -> None:
    chosen = small_entry(tmp_path)
    before = check_claims(chosen)[0].expected
    path = chosen.folder / "claims.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("20 L/h", "21 L/h"), encoding="utf-8")
    assert (before, check_claims(chosen)[0].expected) == (20.0, 21.0)

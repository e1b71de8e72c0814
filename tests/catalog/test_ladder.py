import pytest

from algesia.catalog.claim_check import check_claims
from algesia.catalog.gate import Issue
from algesia.catalog.ladder import reached, why_not_higher
from algesia.catalog.review import Reading, ReviewCheck

from .small_entry import small_entry

AGREES = ReviewCheck(readings=(Reading(name="volume_central", outcome="agrees"),))
DIFFERS = ReviewCheck(readings=(Reading(name="volume_central", outcome="differs"),))
UNSOUND = (Issue(gate="linear", place="inputs.oral", message="bends"),)
CLAIM_FAILS = (Issue(gate="claims_hold", place="claims.clearance", message="fails"),)


@pytest.mark.parametrize(
    ("issues", "review", "rung"),
    [
        (UNSOUND, AGREES, "draft"),
        (CLAIM_FAILS, AGREES, "sound"),
        (CLAIM_FAILS + UNSOUND, AGREES, "draft"),
        ((), None, "reproduced"),
        ((), DIFFERS, "reproduced"),
        ((), AGREES, "second-read"),
    ],
)
def test_each_rung_stands_on_the_one_before_it(tmp_path, issues, review, rung: str) -> None:
    entry = small_entry(tmp_path)
    claims = check_claims(entry)
    assert reached(entry, issues, claims, review) == rung
    assert bool(why_not_higher(entry, issues, claims, review)) == (rung != "second-read")


def test_a_model_with_a_spread_needs_a_claim_about_it(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["clearance_elimination_variance"]["value"] = None

    entry, without = small_entry(tmp_path / "with"), small_entry(tmp_path / "without", spoil)
    typical_only = check_claims(entry)[:1]
    assert reached(entry, (), typical_only, AGREES) == "sound"
    assert "spread" in why_not_higher(entry, (), typical_only, AGREES)[0]
    assert reached(without, (), typical_only, AGREES) == "second-read"


def test_a_misfit_does_not_count_as_a_claim_that_holds(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        for row in claims["claims"]:
            row |= {"expected": "90 " + row["expected"].split()[1], "expected_to_fail": "why"}

    entry = small_entry(tmp_path, spoil)
    assert reached(entry, (), check_claims(entry), AGREES) == "sound"


def test_an_entry_with_a_misfit_beside_claims_that_hold_may_climb(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"].append(
            dict(claims["claims"][0])
            | {"id": "odd", "expected": "90 L/h", "expected_to_fail": "?"}
        )

    entry = small_entry(tmp_path, spoil)
    assert reached(entry, (), check_claims(entry), AGREES) == "second-read"
    assert entry.misfits == ("misfit: odd: ?",)

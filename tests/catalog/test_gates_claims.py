from algesia.catalog.gates_claims import claims_hold

from .small_entry import small_entry


def test_claims_that_come_out_as_declared_pass(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"][0] |= {"expected": "30 L/h", "expected_to_fail": "nobody knows why"}

    assert claims_hold(small_entry(tmp_path / "as_is")) == []
    assert claims_hold(small_entry(tmp_path / "misfit", spoil)) == []


def test_a_claim_that_fails_is_reported_with_both_numbers(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"][0]["expected"] = "30 L/h"

    (issue,) = claims_hold(small_entry(tmp_path, spoil))
    assert issue.place == "claims.clearance"
    assert "predicted 20, printed 30 L/h" in issue.message


def test_a_claim_that_is_declared_to_fail_and_holds_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"][0]["expected_to_fail"] = "was so once"

    (issue,) = claims_hold(small_entry(tmp_path, spoil))
    assert "remove expected_to_fail" in issue.message


def test_a_claim_about_somebody_the_model_refuses_is_reported_with_the_reason(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"][0]["weight"] = "140 kg"

    (issue,) = claims_hold(small_entry(tmp_path, spoil))
    assert "could not be checked" in issue.message
    assert "140" in issue.message


def test_a_misfit_that_cannot_be_checked_does_not_pass_as_failing(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"][0] |= {"weight": "140 kg", "expected_to_fail": "nobody knows why"}

    assert len(claims_hold(small_entry(tmp_path, spoil))) == 1

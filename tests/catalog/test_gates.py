from algesia.catalog.gates import CLAIMS_GATE, GATES, issues_of

from .small_entry import small_entry


def test_the_small_entry_passes_every_gate(tmp_path) -> None:
    assert issues_of(small_entry(tmp_path)) == ()


def test_the_gate_of_claims_is_one_of_the_gates() -> None:
    assert CLAIMS_GATE in GATES


def test_every_issue_carries_the_name_of_its_gate(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["gut_availability"]["value"] = 1.4
        claims["claims"][0]["expected"] = "30 L/h"
        del model["validity"]["covariates"]["weight"]

    found = {issue.gate for issue in issues_of(small_entry(tmp_path, spoil, readme=""))}
    assert found == {
        "files_complete",
        "outside_validity_refused",
        "moles_conserved",
        "claims_hold",
    }


def test_a_gate_that_cannot_be_run_is_an_issue_of_that_gate(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["population"]["weight"]["value"] = "120 kg"

    found = {issue.gate: issue.message for issue in issues_of(small_entry(tmp_path, spoil))}
    assert "could not be run" in found["dose_moves_every_output"]
    assert "120" in found["dose_moves_every_output"]

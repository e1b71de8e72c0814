"""Claims of documents."""

import copy
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from algesia.catalog.entry import entry
from algesia.errors import FileInputError, InputError, UnknownNameError
from algesia.evidence.clinical_claim import (
    VERDICTS,
    clinical_claim,
    clinical_claims,
    clinical_claims_of,
)
from algesia.formats import read_yaml
from algesia.units import canonical_unit

DATA = {
    "schema": "algesia/clinical_claims/1",
    "documents": {"S9": "a page"},
    "claims": [
        {
            "id": "S9_01",
            "document": "S9",
            "topic": "potency",
            "claim": "S is three times as potent as R.",
            "literature": "It is.",
            "sources": ["oye_1992"],
            "verdict": "partly",
            "arithmetic": "additive_potency",
            "numbers": [
                {"what": "S over R", "value": 3, "unit": "1"},
                {"what": "S over racemate", "value": 1.5, "unit": "1"},
            ],
            "outside": "a test",
        }
    ],
}


def changed(**keys):
    data = copy.deepcopy(DATA)
    row = data["claims"][0] | keys
    data["claims"][0] = {key: value for key, value in row.items() if value is not ...}
    return data


def test_every_document_has_all_its_claims():
    counts = Counter(each.document for each in clinical_claims().values())
    assert counts == {"S0": 16, "S1": 9, "S2": 20, "S3": 11, "S4": 21}


def test_the_verdicts_are_counted():
    counts = Counter(each.verdict for each in clinical_claims().values())
    assert counts == {
        "supported": 10, "partly": 26, "contradicted": 6, "unsupported": 4, "unverified": 31,
    }  # fmt: skip


def test_every_claim_is_answerable_by_an_output_or_outside_with_a_reason():
    for each in clinical_claims().values():
        assert bool(each.answerable_by) != bool(each.outside), each.id
        for speaker in each.answerable_by:
            names = {output.name for output in entry(speaker.entry).model.outputs}
            assert speaker.output in names, each.id


def test_every_number_has_a_unit_that_can_be_converted():
    numbers = [one for each in clinical_claims().values() for one in each.numbers]
    assert len(numbers) >= 60
    for unit in {number.unit for number in numbers}:
        assert canonical_unit(unit)


def test_a_source_that_was_only_recalled_carries_no_verdict_alone():
    for each in clinical_claims().values():
        if each.verdict in {"supported", "contradicted"}:
            assert any(source.read != "recalled" for source in each.sources), each.id


def test_single_accounts_are_never_called_supported():
    accounts = [each for each in clinical_claims().values() if each.standing]
    assert len(accounts) == 14
    assert not any(each.verdict == "supported" for each in accounts)


def test_the_claim_on_potency_refutes_itself_by_arithmetic():
    claim = clinical_claim("s2_01")
    assert claim.potency is not None
    assert claim.potency.implied_over_racemate == pytest.approx(1.6, rel=1e-12, abs=0.0)
    assert not claim.potency.consistent
    assert claim.record()["arithmetic"]["consistent"] is False


def test_a_claim_that_is_not_there_is_answered_with_close_names():
    with pytest.raises(UnknownNameError, match="no claim 'S0_99'; close names: S0_"):
        clinical_claim("S0_99")


def test_data_that_fits_is_read():
    claim = clinical_claims_of(DATA, where="claims.yaml")["S9_01"]
    assert claim.about_document == "a page"
    assert claim.potency is not None
    assert claim.potency.consistent
    assert [each.text for each in claim.numbers] == ["S over R 3", "S over racemate 1.5"]


def test_a_retracted_claim_has_a_verdict_of_its_own():
    assert "retracted" in VERDICTS
    found = clinical_claims_of(changed(verdict="retracted"), where="claims.yaml")
    assert found["S9_01"].verdict == "retracted"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"verdit": "partly"}, "close keys: verdict"),
        ({"verdict": "true"}, "claims.0.verdict"),
        ({"outside": ...}, "has neither of answerable_by and outside"),
        (
            {"answerable_by": [{"entry": "mood", "output": "new_spines"}], "how": "x"},
            "has both of answerable_by and outside",
        ),
        ({"how": "x"}, "answerable_by and how come together"),
        (
            {"answerable_by": [{"entry": "modd", "output": "x"}], "how": "x", "outside": ...},
            "no model in claims.yaml, S9_01 'modd'; close names: mood",
        ),
        ({"literature": ...}, "is called partly and has no literature"),
        ({"sources": ["oye_1993"]}, "close names: oye_1992"),
        ({"document": "S8"}, "no document of claims.yaml, S9_01 'S8'"),
        ({"numbers": []}, "asks for additive_potency"),
        ({"numbers": [{"what": "dose", "unit": "mg"}]}, "number 'dose' has no value"),
        (
            {"numbers": [{"what": "dose", "unit": "mg", "value": 1, "low": 1}]},
            "number 'dose' has a value beside bounds",
        ),
    ],
)
def test_data_that_does_not_fit_is_refused_with_its_place(keys, message):
    with pytest.raises(InputError) as caught:
        clinical_claims_of(changed(**keys), where="claims.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_claim_that_stands_twice_is_refused():
    data = copy.deepcopy(DATA)
    data["claims"] *= 2
    with pytest.raises(FileInputError, match="S9_01 stands twice"):
        clinical_claims_of(data, where="claims.yaml")


def test_the_file_has_no_key_beyond_those_that_are_read():
    path = Path(str(files("algesia.evidence"))) / "clinical_claims.yaml"
    data = read_yaml(path)
    data["claims"][0]["extra"] = "x"
    with pytest.raises(FileInputError, match=r"unknown key 'claims.*extra'"):
        clinical_claims_of(data, where=path.name)

import pytest

from algesia.catalog.entry import entry, entry_ids
from algesia.catalog.gates_domain import (
    absent_route_refused,
    dose_ranges_stated,
    outside_validity_refused,
)
from algesia.regimen import ROUTES

from .small_entry import small_entry


def test_whom_and_what_a_model_does_not_hold_for_is_refused(tmp_path) -> None:
    chosen = small_entry(tmp_path)
    assert outside_validity_refused(chosen) == []
    assert absent_route_refused(chosen) == []


@pytest.mark.parametrize(
    ("name", "accepted"),
    [("weight", ["weight 25", "weight 300"]), ("age", ["age 110"])],
)
def test_a_model_without_a_range_accepts_anybody_and_is_reported(
    tmp_path, name: str, accepted: list[str]
) -> None:
    def spoil(model, values, claims) -> None:
        del model["validity"]["covariates"][name]

    issues = outside_validity_refused(small_entry(tmp_path, spoil))
    assert len(issues) == len(accepted)
    for issue, who in zip(issues, accepted, strict=True):
        assert who in issue.message


def test_a_model_that_claims_to_hold_in_pregnancy_and_in_children_is_not_asked_to_refuse_them(
    tmp_path,
) -> None:
    def spoil(model, values, claims) -> None:
        model["validity"]["children"] = True
        model["validity"]["pregnancy"] = True
        model["validity"]["covariates"]["age"]["from"] = "5 year"

    assert outside_validity_refused(small_entry(tmp_path, spoil)) == []


def test_a_model_that_refuses_its_own_typical_subject_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["population"]["weight"]["value"] = "120 kg"

    (issue,) = outside_validity_refused(small_entry(tmp_path, spoil))
    assert issue.place == "population"
    assert "120" in issue.message


def test_an_input_by_a_route_that_the_validity_leaves_out_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["validity"]["routes"] = ["intravenous"]

    (issue,) = absent_route_refused(small_entry(tmp_path, spoil))
    assert "esketamine 10 mg oral" in issue.message


def test_a_model_that_takes_every_route_has_none_to_refuse(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["inputs"]["oral"]["routes"] = [name for name in ROUTES if name != "intravenous"]

    assert absent_route_refused(small_entry(tmp_path, spoil)) == []


def test_a_route_whose_doses_are_neither_stated_nor_unknown_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        del model["validity"]["dose"]["oral"]

    def unknown(model, values, claims) -> None:
        model["validity"]["dose"]["oral"] = {"unknown": "no study of this route is held"}

    assert dose_ranges_stated(small_entry(tmp_path / "whole")) == []
    (issue,) = dose_ranges_stated(small_entry(tmp_path / "spoilt", spoil))
    assert "'oral'" in issue.message
    assert dose_ranges_stated(small_entry(tmp_path / "unknown", unknown)) == []


def test_every_route_of_the_catalogue_states_its_doses() -> None:
    assert [str(each) for name in entry_ids() for each in dose_ranges_stated(entry(name))] == []

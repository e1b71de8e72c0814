"""Doses studied and routes unknown, as entries state them."""

import pytest

from algesia.errors import InputError
from algesia.model import DoseRange

from .small_entry import small_entry


def with_dose(dose):
    def spoil(model, values, claims):
        model["validity"]["dose"] = dose

    return spoil


def test_doses_are_stated_by_route_in_amounts_or_rates(tmp_path):
    dose = {
        "intravenous": [
            {"from": "0.1 mg/kg", "to": "0.5 mg/kg"},
            {"from": "7 mg/h/70 kg", "to": "500 ug/kg/h"},
        ],
        "PO": {"from": "10 mg", "to": "0.05 g"},
    }
    validity = small_entry(tmp_path, with_dose(dose)).model.validity
    amounts, rates = validity.doses_by("intravenous")
    assert amounts == DoseRange(low=0.1, high=0.5, unit="mg/kg")
    assert (rates.low, rates.high) == pytest.approx((0.1, 0.5), rel=1e-12, abs=0)
    assert rates.unit == "mg/kg/h"
    assert validity.doses_by("oral") == (DoseRange(low=10.0, high=50.0, unit="mg"),)


def test_one_range_in_mg_still_holds_for_every_route(tmp_path):
    found = small_entry(tmp_path, with_dose({"from": "5 mg", "to": "20 mg"})).model.validity
    assert found.dose_mg == (5.0, 20.0)
    assert found.doses == {}


def test_doses_of_a_route_or_a_formulation_may_be_unknown_with_the_reason(tmp_path):
    dose = {
        "oral": {"unknown": "no study of\nthis route"},
        "slow-release tablet": {"from": "5 mg", "to": "6 mg"},
    }
    validity = small_entry(tmp_path, with_dose(dose)).model.validity
    assert validity.unknown_doses == {"oral": "no study of this route"}
    assert validity.doses_by("oral") == ()
    assert validity.studied(("nasal", "oral")) == ((), "no study of this route")
    assert validity.studied(("slow-release tablet", "oral"))[0][0].high == 6.0


@pytest.mark.parametrize(
    ("dose", "reason"),
    [
        ({"oral": {"from": "5 mL", "to": "6 mL"}}, "dose.oral.from is in mL"),
        ({"oral": {"from": "5 mg", "to": "6 mg/kg"}}, "dose.oral"),
        ({"oral": {"from": "7 mg", "to": "6 mg"}}, "dose.oral: a range of doses is 7 to 6 mg"),
        ({"oral": []}, "dose.oral is an empty list"),
        ({"oral": {"unknown": " "}}, "doses by oral are unknown"),
        ({"orally-ish": {"from": "5 mg", "to": "6 mg"}}, "no route 'orally-ish'"),
    ],
)
def test_a_range_that_cannot_be_read_names_its_place(tmp_path, dose, reason):
    with pytest.raises(InputError, match=reason):
        small_entry(tmp_path, with_dose(dose))


def with_unknown(routes):
    def spoil(model, values, claims):
        model["unknown_routes"] = routes

    return spoil


def test_an_unknown_route_has_a_reason_and_its_one_name(tmp_path):
    found = small_entry(tmp_path, with_unknown({"PR": "no source was\nfound"}))
    assert found.model.unknown_routes == {"rectal": "no source was found"}


def test_a_route_is_served_or_unknown(tmp_path):
    with pytest.raises(InputError, match=r"unknown_routes\.oral: input 'oral' serves it"):
        small_entry(tmp_path, with_unknown({"oral": "no source"}))
    with pytest.raises(InputError, match=r"unknown_routes\.topical has no reason"):
        small_entry(tmp_path / "b", with_unknown({"topical": " "}))
    with pytest.raises(InputError, match="no route 'toppical'"):
        small_entry(tmp_path / "c", with_unknown({"toppical": "no source"}))

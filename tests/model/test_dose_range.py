import pytest

from algesia.errors import ModelError
from algesia.model import DoseRange, Validity
from algesia.model.validity_overlap import overlap


def test_a_range_shows_one_dose_once():
    assert str(DoseRange(low=20.0, high=20.0, unit="mg")) == "20 mg"
    assert str(DoseRange(low=0.1, high=0.5, unit="mg/kg/h")) == "0.1 to 0.5 mg/kg/h"


@pytest.mark.parametrize(
    ("low", "high", "unit", "reason"),
    [
        (2.0, 1.0, "mg", "2 to 1 mg"),
        (-1.0, 1.0, "mg", "-1 to 1 mg"),
        (0.0, float("inf"), "mg", "0 to inf mg"),
        (1.0, 2.0, "mL", "in 'mL'"),
    ],
)
def test_a_range_that_cannot_be_is_refused(low, high, unit, reason):
    with pytest.raises(ModelError, match=reason):
        DoseRange(low=low, high=high, unit=unit)


def test_a_route_without_a_range_states_none():
    film = DoseRange(low=50.0, high=100.0, unit="mg")
    validity = Validity(doses={"film": (film,)})
    assert validity.doses_by("film") == (film,)
    assert validity.doses_by("oral") == ()
    assert Validity().doses_by("oral") == ()


def test_one_range_for_all_routes_holds_for_each():
    validity = Validity(dose_mg=(5.0, 10.0))
    assert validity.doses_by("oral") == (DoseRange(low=5.0, high=10.0, unit="mg"),)


def test_the_end_of_a_common_domain_is_that_of_the_member_that_sets_it():
    def of(low, high, **more):
        return Validity(covariates={"weight": (low, high)}, **more)

    narrow, _ = overlap({"wide": of(40.0, 120.0), "narrow": of(60.0, 90.0)})
    assert narrow.owners == {"weight": "narrow"}
    both, _ = overlap({"light": of(40.0, 90.0), "heavy": of(60.0, 120.0)})
    assert both.owners == {"weight": "light and heavy"}
    adults, _ = overlap({"all": of(4.0, 90.0, children=True), "adults": of(4.0, 90.0)})
    assert adults.owners == {"weight": "all", "children": "adults"}

import pytest

from algesia.errors import RouteError
from algesia.regimen import INFUSIBLE_ROUTES, ROUTES, route_name


@pytest.mark.parametrize(
    ("written", "name"),
    [("IV", "intravenous"), ("iv", "intravenous"), ("i.v.", "intravenous"),
     ("IM", "intramuscular"), ("SC", "subcutaneous"), ("s.c.", "subcutaneous"), ("PO", "oral"),
     ("by  mouth", "oral"), ("IN", "nasal"), ("Intranasal", "nasal"), ("SL", "sublingual"),
     ("film", "film"), ("sublingual film", "film"), ("PR", "rectal"), ("epidural", "epidural"),
     ("spinal", "intrathecal"), ("mouthwash", "oral rinse")],
)  # fmt: skip
def test_a_route_has_one_name_and_many_spellings(written, name):
    assert route_name(written) == name


def test_in_means_the_nose_in_capitals_only():
    with pytest.raises(RouteError, match="no route 'in'"):
        route_name("in")


def test_an_unknown_route_lists_close_ones():
    with pytest.raises(RouteError, match="no route 'intravenus'; close names: intravenous"):
        route_name("intravenus")
    with pytest.raises(RouteError, match="known: intravenous"):
        route_name("zzzz")


def test_every_infusible_route_is_a_route():
    assert set(ROUTES) >= INFUSIBLE_ROUTES

"""Three-valued logic."""

import itertools

import pytest

from algesia.safety.truth import Truth, all_of, any_of, negated

KNOWN = (Truth.YES, Truth.NO, Truth.UNKNOWN)


def test_what_is_not_known_is_never_no():
    assert all_of([Truth.UNKNOWN]) is Truth.UNKNOWN
    assert any_of([Truth.UNKNOWN]) is Truth.UNKNOWN
    assert negated(Truth.UNKNOWN) is Truth.UNKNOWN


@pytest.mark.parametrize("pair", list(itertools.product(KNOWN, KNOWN)), ids=str)
def test_denying_a_conjunction_is_the_disjunction_of_the_denials(pair):
    assert negated(all_of(pair)) is any_of(map(negated, pair))


@pytest.mark.parametrize("pair", list(itertools.product(Truth, Truth)), ids=str)
def test_order_does_not_matter(pair):
    assert all_of(pair) is all_of(pair[::-1])
    assert any_of(pair) is any_of(pair[::-1])


def test_what_does_not_exist_makes_a_conjunction_about_nothing():
    assert all_of([Truth.NO, Truth.ABSENT]) is Truth.ABSENT
    assert any_of([Truth.NO, Truth.ABSENT]) is Truth.NO
    assert negated(Truth.ABSENT) is Truth.ABSENT

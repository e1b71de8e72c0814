"""Potencies of a chiral drug under additivity."""

import pytest

from algesia.errors import DomainError
from algesia.evidence.additive_potency import potency_check, potency_over_racemate


def test_four_times_r_is_1_6_times_the_racemate_and_not_2():
    check = potency_check(over_distomer=4.0, over_racemate=2.0)
    assert check.implied_over_racemate == pytest.approx(4.0 / 2.5, rel=1e-12, abs=0.0)
    assert not check.consistent
    assert check.sentence.endswith("4/2.5 = 1.6 x the racemate, not 2 x")


def test_a_printed_potency_that_follows_is_consistent():
    check = potency_check(over_distomer=4.0, over_racemate=1.6)
    assert check.consistent
    assert check.sentence.endswith("as printed")


def test_twice_the_racemate_needs_an_enantiomer_that_does_nothing():
    assert potency_over_racemate(1e9) == pytest.approx(2.0, rel=1e-8, abs=0.0)
    assert potency_over_racemate(50.0) < 2.0


def test_like_enantiomers_equal_their_racemate():
    assert potency_over_racemate(1.0) == 1.0


def test_the_potencies_of_both_enantiomers_over_the_racemate_add_to_two():
    for ratio in (0.25, 1.2, 3.0, 7.0):
        both = potency_over_racemate(ratio) + potency_over_racemate(1.0 / ratio)
        assert both == pytest.approx(2.0, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("ratio", [0.0, -4.0, float("nan"), float("inf")])
def test_a_ratio_that_is_no_positive_number_is_refused(ratio):
    with pytest.raises(DomainError, match="expected a positive number"):
        potency_over_racemate(ratio)

"""Shares within a fold, with denominators."""

from dataclasses import replace

import pytest

from algesia.evidence.observation import ObservedValue
from algesia.evidence.observation_file import studies
from algesia.evidence.prediction import Prediction
from algesia.evidence.score import grouped_scores, score_of


def predictions(*ratios: float | None) -> list[Prediction]:
    seen = replace(
        studies()["fanta_2015"].observations[0], value=ObservedValue(central=10.0, sd=1.0)
    )
    return [
        Prediction(observation=seen, standing="evidence", problem="none")
        if ratio is None
        else Prediction(
            observation=seen, standing="evidence", central=10.0 * ratio, low=10.0 * ratio,
            high=10.0 * ratio, band=(5.0, 20.0 * ratio),
        )
        for ratio in ratios
    ]  # fmt: skip


def test_shares_count_both_directions_and_the_edge():
    found = score_of("some", predictions(1.0, 0.8, 1.5, 0.5, 3.0))
    assert (found.n, found.within_1_25, found.within_1_5, found.within_2) == (5, 2, 3, 4)


def test_the_error_is_the_median_of_relative_errors():
    found = score_of("some", predictions(1.1, 0.7, 2.0))
    assert found.median_absolute_error_percent == pytest.approx(30.0, rel=1e-9, abs=0.0)


def test_what_has_no_prediction_is_not_in_the_denominator_of_a_score():
    assert score_of("some", predictions(1.0, None)).n == 1


def test_nothing_has_no_error():
    empty = score_of("none", [])
    assert empty.n == 0
    assert empty.median_absolute_error_percent is None


def test_bands_are_counted_with_how_many_hold():
    found = score_of("some", predictions(1.0, 0.5))
    assert (found.covered, found.bands) == (1, 2)


def test_groups_keep_their_order_and_their_members():
    near, far = predictions(1.0, 3.0)
    found = grouped_scores([far, near, near], lambda each: str(each.ratio))
    assert [(each.name, each.n) for each in found] == [("3.0", 1), ("1.0", 2)]

import numpy as np

from algesia.simulate.occasions import occasion_numbers


def test_doses_of_one_day_share_an_occasion_and_the_next_visit_starts_another():
    numbers, starts = occasion_numbers(
        [0.0, 6.0, 84.0, 90.0], [0.0, 1 / 3, 0.0, 0.0], gap_h=12.0
    )
    assert numbers.tolist() == [0, 0, 1, 1]
    assert starts.tolist() == [0.0, 84.0]


def test_a_long_infusion_in_steps_is_one_occasion():
    starts_h = np.arange(0.0, 100.0, 20.0)
    numbers, starts = occasion_numbers(starts_h, np.full(5, 20.0), gap_h=12.0)
    assert numbers.tolist() == [0] * 5
    assert starts.tolist() == [0.0]


def test_the_pause_counts_from_the_end_of_the_longest_dose_before():
    numbers, _ = occasion_numbers([0.0, 1.0, 20.0], [24.0, 0.1, 0.0], gap_h=12.0)
    assert numbers.tolist() == [0, 0, 0]


def test_no_dose_has_no_occasion():
    numbers, starts = occasion_numbers([], [], gap_h=12.0)
    assert numbers.size == 0
    assert starts.size == 0

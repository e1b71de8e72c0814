import numpy as np
import pytest

from algesia.report.time_axis import time_axes, time_axis


def test_up_to_three_days_are_shown_in_hours_and_more_in_days():
    assert time_axis(0.0, 72.0, ()).unit == "h"
    assert time_axis(0.0, 73.0, ()).unit == "d"


@pytest.mark.parametrize("hours", [0.01, 0.5, 1.0, 7.0, 24.0, 48.0, 100.0, 672.0, 8760.0, 1e6])
def test_an_axis_has_two_to_nine_ticks_within_its_ends(hours):
    axis = time_axis(0.0, hours, ())
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 9
    assert ticks[0] >= 0.0
    assert ticks[-1] <= hours / axis.hours_per_unit * (1 + 1e-9)


def test_a_dose_shortly_before_the_first_sample_moves_the_start(make_dose):
    assert time_axis(0.5, 12.0, (make_dose(time_h=0.0),)).start_h == 0.0
    assert time_axis(500.0, 512.0, (make_dose(time_h=0.0),)).start_h == 500.0


def test_a_single_sample_still_gives_an_axis():
    axis = time_axis(3.0, 3.0, ())
    assert axis.end_h > axis.start_h


def test_arms_of_like_length_share_an_axis_and_others_have_their_own():
    day, two, month = (np.array([0.0, end]) for end in (24.0, 48.0, 720.0))
    alike = time_axes({"a": (day, ()), "b": (two, ())})
    assert alike["a"] == alike["b"]
    assert alike["a"].end_h == 48.0
    unlike = time_axes({"a": (day, ()), "b": (month, ())})
    assert (unlike["a"].end_h, unlike["b"].end_h) == (24.0, 720.0)

"""Steps of doses and intervals: sizes, limits and units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.errors import InputError, RegimenError
from algesia.simulate.dose_step import Step, level_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [("+10 mg", 50.0), ("-10 mg", 30.0), ("x 1.5", 60.0), ("× 0.5", 20.0), ("25 mg", 25.0)],
)
def test_a_step_adds_multiplies_or_sets(text, expected):
    step = Step.of_dose(text, at_most="1 g").in_unit("mg", what="dose")
    assert_allclose(step.applied(np.array([40.0])), [expected], rtol=1e-12, atol=0)


@given(level=st.floats(0.0, 1000.0), times=st.integers(1, 30))
def test_steps_never_leave_their_limits_once_inside(level, times):
    up = Step.of_dose("x 2", at_most="100 mg").in_unit("mg", what="dose")
    down = Step.of_dose("-7 mg", at_least="3 mg").in_unit("mg", what="dose")
    high = low = np.array([level])
    for _ in range(times):
        high, low = up.applied(high), down.applied(low)
    assert high[0] <= max(level, 100.0)
    assert low[0] >= min(level, 3.0)
    assert np.all(down.applied(np.array([5.0])) >= 3.0)


def test_a_dose_beyond_a_limit_stays_where_it_is():
    up = Step.of_dose("+5 mg", at_most="20 mg").in_unit("mg", what="dose")
    assert up.applied(np.array([30.0])).tolist() == [30.0]


def test_steps_are_converted_into_the_unit_of_the_plan():
    step = Step.of_dose("+1 mg/h", at_most="0.1 g/day").in_unit("mg/day", what="dose")
    assert_allclose([step.size, step.high], [24.0, 100.0], rtol=1e-12, atol=0)
    assert_allclose(level_in("mg/kg/h", (70.0, "mg/h/70 kg"), what="dose"), 1.0, rtol=1e-12)
    week = Step.of_interval("+1 week", at_most="8 weeks").in_unit("h", what="interval")
    assert (week.size, week.high) == (168.0, 1344.0)


@pytest.mark.parametrize(
    "text",
    ["+10", "much mg", "x fast", "+ mg", "10 mg mg", "x nan", "x 0", "", "+0 mg", "x -2"],
)
def test_what_is_no_step_is_refused_in_one_line(text):
    with pytest.raises(InputError) as caught:
        Step.of_dose(text, at_most="20 mg")
    assert "\n" not in str(caught.value)


def test_a_step_of_another_kind_of_unit_is_refused():
    with pytest.raises(RegimenError, match="expected a unit of the same kind"):
        Step.of_dose("+10 mg", at_most="20 mg").in_unit("mg/kg", what="dose of a")


def test_limits_that_cross_are_refused():
    step = Step.of_dose("+10 mg", at_least="50 mg", at_most="20 mg")
    with pytest.raises(RegimenError, match="stays between 50 and 20 mg"):
        step.in_unit("mg", what="dose of a")

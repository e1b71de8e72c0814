import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import EventKind, Status, Tolerances, accumulation, periodic_state, solve
from algesia.engine.periodic_linear import growth
from algesia.engine.periodic_map import repeated_interval

ADD, RATE = EventKind.ADD, EventKind.RATE
ROW = [2.0, 12.0, 0.8, 0.2, 0.5, 1.6]
TOLERANCES = Tolerances(relative=1e-7, absolute=1e-9)


def short(batch_of, period_h):
    """A bolus, and an infusion that stops at the very end of the interval."""
    events = [(0.0, RATE, 1, 3.0), (0.4 * period_h, ADD, 0, 2.0 * period_h)]
    events.append((period_h, RATE, 1, 0.0))
    return batch_of([ROW], [[0.0] * 3] * 2, [events, []], [[], []])


@pytest.mark.parametrize("period_h", [0.1, 0.3, 0.7, 7.9])
def test_repeated_intervals_have_their_events_in_order(batch_of, period_h):
    batch, times = repeated_interval(short(batch_of, period_h), np.full(2, period_h))
    assert times.tolist() == [np.ceil(8.0 / period_h)] * 2
    assert batch.event_offset.tolist() == [0, 3 * times[0], 3 * times[0]]
    assert (np.diff(batch.event_time_h) >= 0.0).all()
    assert batch.event_time_h[-1] == times[0] * period_h
    assert batch.event_kind.tolist() == [RATE, ADD, RATE] * int(times[0])


def test_no_interval_is_repeated_more_than_a_thousand_times(batch_of):
    _, times = repeated_interval(short(batch_of, 1e-4), np.full(2, 1e-4))
    assert times.tolist() == [1000, 1000]


@pytest.mark.parametrize("period_h", [0.02, 0.3])
def test_the_state_found_with_short_intervals_comes_back_after_one(
    saturable, batch_of, period_h
):
    batch = short(batch_of, period_h).take(np.array([0]))
    found = periodic_state(saturable, batch, np.array([period_h]), TOLERANCES)
    assert found.status.tolist() == [Status.OK]
    events = [
        list(
            zip(batch.event_time_h, batch.event_kind, batch.event_index, batch.event_value,
                strict=True)
        )
    ]  # fmt: skip
    once = batch_of([ROW], found.state, events, [[period_h]])
    tight = Tolerances(relative=1e-10, absolute=1e-12)
    after = solve(saturable, once, tight).final_state
    assert_allclose(after, found.state, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("passed", [1e-12, 1e-5, 0.3, 40.0])
def test_growth_keeps_its_digits_beside_fast_rates(passed):
    fast, slow = 1e4 * passed, passed
    matrix = np.array([[[-fast, 0.0], [fast, -slow]]])
    found = growth(matrix, np.ones(1))[0]
    entered = fast / (fast - slow) * (np.expm1(-slow) - np.expm1(-fast))
    expected = [[np.expm1(-fast), 0.0], [entered, np.expm1(-slow)]]
    assert_allclose(found, expected, rtol=1e-9, atol=min(1e-16, 1e-9 * passed))


def test_what_accumulates_rises_by_what_is_given_beyond_the_greatest_elimination(
    saturable, batch_of
):
    # At most 12 per h, 144 in 12 h.
    batch = batch_of([ROW], [[0.0] * 3], [[(0.0, ADD, 0, 200.0)]], [[]])
    found = accumulation(saturable, batch, np.array([12.0]), TOLERANCES)
    assert found.state == saturable.states[1]
    assert 56.0 < found.rise < 57.0
    assert 0.99 < found.multiplier < 1.001

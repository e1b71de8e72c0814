from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import EventKind, Program, Status, Tolerances, periodic_state, solve

ADD, RATE = EventKind.ADD, EventKind.RATE
PERIOD_H = 12.0
TOLERANCES = Tolerances(relative=1e-7, absolute=1e-9)


def interval(batch_of, parameters, states, events):
    return batch_of(parameters, [[0.0] * states] * len(events), events, [[]] * len(events))


def after_many(program, batch_of, parameters, initial, dose, intervals):
    """State before the next dose after as many doses as asked for."""
    events = [(number * PERIOD_H, *dose) for number in range(intervals)]
    batch = batch_of([parameters], [initial], [events], [[intervals * PERIOD_H]])
    tight = Tolerances(relative=1e-10, absolute=1e-13)
    return solve(program, batch, tight).final_state[0]


def test_a_linear_drug_reaches_the_state_that_300_doses_reach(linear, batch_of):
    rates = [1.3, 0.4, 0.9, 0.5, 0.3, 0.05]
    batch = interval(batch_of, [rates], 4, [[(0.0, ADD, 0, 50.0)], [(0.0, ADD, 0, 100.0)]])
    found = periodic_state(linear, batch, np.full(2, PERIOD_H), TOLERANCES)
    expected = after_many(linear, batch_of, rates, [0.0] * 4, (ADD, 0, 50.0), 300)
    assert found.status.tolist() == [Status.OK, Status.OK]
    assert_allclose(found.state[0], expected, rtol=1e-6, atol=1e-8)
    assert_allclose(found.state[1], 2 * expected, rtol=1e-6, atol=1e-8)
    assert (found.residual < 1e-7).all()
    assert (found.iterations <= 3).all()


def test_a_saturable_drug_reaches_the_state_that_300_doses_reach(saturable, batch_of):
    # Eliminated at most 12 per h, 144 per interval: 125 nearly saturates it.
    row = [2.0, 12.0, 0.8, 0.2, 0.5, 1.6]
    batch = interval(batch_of, [row], 3, [[(0.0, ADD, 0, 125.0)], [(0.0, ADD, 0, 20.0)]])
    batch = replace(batch, initial=np.array([[0.0, 0.0, 1.0]] * 2))
    found = periodic_state(saturable, batch, np.full(2, PERIOD_H), TOLERANCES)
    assert found.status.tolist() == [Status.OK, Status.OK]
    for subject, amount in enumerate((125.0, 20.0)):
        expected = after_many(saturable, batch_of, row, [0.0, 0.0, 1.0], (ADD, 0, amount), 300)
        assert_allclose(found.state[subject], expected, rtol=1e-5, atol=1e-7)


def test_one_compartment_has_the_closed_form_of_a_geometric_series(linear, batch_of):
    batch = interval(batch_of, [[1.0, 0.1, 0, 0.1, 0, 0.1]], 4, [[(0.0, ADD, 1, 50.0)]])
    found = periodic_state(linear, batch, np.array([PERIOD_H]), TOLERANCES)
    left = np.exp(-0.1 * PERIOD_H)
    assert_allclose(found.state[0, 1], 50.0 * left / (1 - left), rtol=1e-7, atol=0)


def test_an_infusion_longer_than_the_interval_goes_on_from_its_start(linear, batch_of):
    # Always on, but twice the rate for the first 3 h: 20 h infusions every 12 h overlap.
    events = [[(0.0, RATE, 1, 8.0), (3.0, RATE, 1, 4.0)]]
    batch = interval(batch_of, [[1.0, 0.1, 0, 0.1, 0, 0.1]], 4, events)
    found = periodic_state(linear, batch, np.array([PERIOD_H]), TOLERANCES)
    left, rest = np.exp(-1.2), np.exp(-0.9)
    extra = 40.0 * (1 - np.exp(-0.3)) * rest / (1 - left)
    assert_allclose(found.state[0, 1], 40.0 + extra, rtol=1e-7, atol=0)


def test_a_drug_without_elimination_has_no_periodic_state(linear, batch_of):
    events = [[(0.0, ADD, 1, 50.0)]]
    batch = interval(batch_of, [[1.0, 0.0, 0.5, 0.1, 0, 0.1]], 4, events)
    found = periodic_state(linear, batch, np.array([PERIOD_H]), TOLERANCES)
    assert found.status.tolist() == [Status.NOT_CONVERGED]
    assert np.isnan(found.state).all()


@pytest.mark.parametrize("amount", [144.5, 150.0, 400.0])
def test_a_drug_given_faster_than_it_can_be_eliminated_has_no_periodic_state(
    saturable, batch_of, amount
):
    batch = interval(batch_of, [[2.0, 12.0, 0.8, 0.2, 0.5, 1.6]], 3, [[(0.0, ADD, 0, amount)]])
    found = periodic_state(saturable, batch, np.array([PERIOD_H]), TOLERANCES)
    assert found.status.tolist() == [Status.NOT_CONVERGED]
    assert np.isnan(found.state).all()


@pytest.mark.parametrize("relative", [1e-2, 1e-3, 1e-4])
def test_a_large_state_that_grows_slowly_is_not_taken_for_a_periodic_one(batch_of, relative):
    # Half a unit too much per interval: a small part of a large state, for ever.
    saturable = Program(
        states=("x",),
        parameters=("maximal", "half"),
        derivatives=("-maximal * x / (half + x)",),
    )
    batch = interval(batch_of, [[12.0, 8.0]], 1, [[(0.0, ADD, 0, 144.5)]])
    batch = replace(batch, initial=np.array([[5000.0]]))
    loose = Tolerances(relative=relative, absolute=1e-6)
    found = periodic_state(saturable, batch, np.array([PERIOD_H]), loose)
    assert found.status.tolist() == [Status.NOT_CONVERGED]


@pytest.mark.parametrize("start", [0.0, 500.0, 5000.0, 1e5])
def test_a_search_from_far_above_finds_the_same_state_and_none_below_zero(
    saturable, batch_of, start
):
    row = [2.0, 12.0, 0.8, 0.2, 0.5, 1.6]
    batch = interval(batch_of, [row], 3, [[(0.0, ADD, 0, 100.0)]])
    batch = replace(batch, initial=np.array([[0.0, start, 1.0]]))
    found = periodic_state(saturable, batch, np.array([PERIOD_H]), TOLERANCES)
    expected = after_many(saturable, batch_of, row, [0.0, 0.0, 1.0], (ADD, 0, 100.0), 100)
    assert found.status.tolist() == [Status.OK]
    assert_allclose(found.state[0], expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("start", "expected"), [(0.7, 0.0), (1.0, None), (1.3, 2.0)])
def test_a_state_that_repels_its_neighbours_is_not_a_periodic_state(start, expected):
    # At rest at 0, 1 and 2; the one in the middle is left at the slightest push.
    bistable = Program(
        states=("x",), parameters=(), derivatives=("-0.2 * x * (x - 1) * (x - 2)",)
    )
    batch = replace(_nothing_happens(), initial=np.array([[start]]))
    found = periodic_state(bistable, batch, np.array([PERIOD_H]), TOLERANCES)
    if expected is None:
        assert found.status.tolist() == [Status.NOT_CONVERGED]
    else:
        assert_allclose(found.state, [[expected]], rtol=1e-6, atol=1e-6)


def test_one_subject_without_a_periodic_state_does_not_disturb_another(saturable, batch_of):
    row = [2.0, 12.0, 0.8, 0.2, 0.5, 1.6]
    events = [[(0.0, ADD, 0, amount)] for amount in (400.0, 20.0)]
    both = periodic_state(
        saturable, interval(batch_of, [row], 3, events), np.full(2, PERIOD_H), TOLERANCES
    )
    alone = periodic_state(
        saturable, interval(batch_of, [row], 3, events[1:]), np.full(1, PERIOD_H), TOLERANCES
    )
    assert both.status.tolist() == [Status.NOT_CONVERGED, Status.OK]
    assert both.state[1].tobytes() == alone.state[0].tobytes()


def test_a_state_that_is_left_alone_stays_where_nobody_put_it():
    still = Program(states=("x",), parameters=(), derivatives=("0.3 - 0.5 * x",))
    batch = _nothing_happens()
    found = periodic_state(still, batch, np.array([PERIOD_H]), TOLERANCES)
    assert_allclose(found.state, [[0.6]], rtol=1e-7, atol=0)


def test_a_subject_that_cannot_be_solved_is_not_converged():
    explosive = Program(states=("x",), parameters=(), derivatives=("1 + x ** 2",))
    found = periodic_state(explosive, _nothing_happens(), np.array([PERIOD_H]), TOLERANCES)
    assert found.status.tolist() == [Status.NOT_CONVERGED]
    assert found.residual.tolist() == [np.inf]


def test_nobody_has_no_periodic_state(linear, batch_of):
    nobody = batch_of(np.zeros((0, 6)), np.zeros((0, 4)), [], [])
    found = periodic_state(linear, nobody, np.zeros(0), TOLERANCES)
    assert found.state.shape == (0, 4)
    assert found.status.shape == (0,)


def test_a_period_that_ends_before_an_event_is_refused(linear, batch_of):
    batch = interval(batch_of, [[1.0] * 6], 4, [[(13.0, ADD, 1, 50.0)]])
    with pytest.raises(ValueError, match="period_h ends before an event"):
        periodic_state(linear, batch, np.array([PERIOD_H]), TOLERANCES)


def _nothing_happens():
    from algesia.engine import Batch

    none = np.zeros(0, dtype=np.int64)
    return Batch(
        parameters=np.zeros((1, 0)),
        initial=np.zeros((1, 1)),
        start_row=np.zeros(1, dtype=np.int64),
        start_time_h=np.zeros(1),
        event_offset=np.zeros(2, dtype=np.int64),
        event_time_h=np.zeros(0),
        event_kind=none,
        event_index=none,
        event_value=np.zeros(0),
        sample_time_h=np.zeros((1, 0)),
        sample_event=np.zeros((1, 0), dtype=np.int64),
    )

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import EventKind
from algesia.simulate.event_queue import EventQueue


def subjects(*numbers):
    return np.asarray(numbers, dtype=np.int64)


def test_infusions_that_overlap_add_up_and_end_at_exactly_zero():
    queue = EventQueue(1)
    queue.add_infusion(subjects(0), np.array([0.0]), np.array([3.0]), 0, np.array([0.1]))
    queue.add_infusion(subjects(0), np.array([1.0]), np.array([4.0]), 0, np.array([0.2]))
    events = queue.finish()
    assert events.time_h.tolist() == [0.0, 1.0, 3.0, 4.0]
    assert_allclose(events.value, [0.1, 0.3, 0.2, 0.0], rtol=1e-15, atol=0)
    assert events.value[-1] == 0.0


def test_an_infusion_that_follows_another_at_once_replaces_its_rate():
    queue = EventQueue(1)
    queue.add_infusion(
        subjects(0, 0), np.array([0.0, 2.0]), np.array([2.0, 5.0]), 3, np.array([7.0, 9.0])
    )
    events = queue.finish()
    assert events.time_h.tolist() == [0.0, 2.0, 2.0, 5.0]
    assert events.value.tolist() == [7.0, 0.0, 9.0, 0.0]
    assert set(events.kind.tolist()) == {int(EventKind.RATE)}
    assert set(events.index.tolist()) == {3}


def test_each_subject_has_its_own_events_in_time_order():
    queue = EventQueue(3)
    queue.add_amount(subjects(2, 0), np.array([5.0, 1.0]), 0, np.array([10.0, 20.0]))
    queue.add_amount(subjects(2), np.array([3.0]), 1, np.array([30.0]))
    events = queue.finish()
    assert events.offset.tolist() == [0, 1, 1, 3]
    assert events.time_h.tolist() == [1.0, 3.0, 5.0]
    assert events.value.tolist() == [20.0, 30.0, 10.0]


def test_records_of_equal_time_keep_their_order_and_an_end_comes_first():
    queue = EventQueue(1)
    queue.reset(subjects(0), np.array([2.0]), sequence=4)
    queue.add_amount(subjects(0), np.array([2.0]), 0, np.array([5.0]), sequence=2)
    queue.add_infusion(
        subjects(0), np.array([0.0]), np.array([2.0]), 0, np.array([1.0]), sequence=6
    )
    kinds = queue.finish().kind.tolist()
    assert kinds == [EventKind.RATE, EventKind.RATE, EventKind.ADD, EventKind.RESET]


def test_inputs_on_both_sides_of_a_reset_do_not_add_up():
    queue = EventQueue(1)
    queue.add_infusion(
        subjects(0, 0),
        np.array([0.0, 2.0]),
        np.array([2.0, 6.0]),
        0,
        np.array([1.0, 4.0]),
        session=np.array([0, 1]),
    )
    events = queue.finish()
    assert events.value.tolist() == [1.0, 0.0, 4.0, 0.0]


def test_a_queue_without_events_gives_every_subject_none():
    events = EventQueue(2).finish()
    assert events.offset.tolist() == [0, 0, 0]
    assert events.time_h.size == 0


@pytest.mark.parametrize("rates", [[2.0], [2.0, 0.1, 0.7]])
def test_a_hundred_thousand_overlapping_infusions_are_summed_in_seconds(rates):
    count = 100_000
    start_h = 0.1 * np.arange(count)
    given = np.resize(rates, count)
    queue = EventQueue(1)
    nobody = np.zeros(count, dtype=np.int64)
    queue.add_infusion(nobody, start_h, start_h + 100.0, 0, given)
    events = queue.finish()
    assert events.value[-1] == 0.0
    middle = np.searchsorted(events.time_h, 5_000.05) - 1
    running = (start_h <= events.time_h[middle]) & (events.time_h[middle] < start_h + 100.0)
    assert np.count_nonzero(running) in (1_000, 1_001)
    assert_allclose(events.value[middle], given[running].sum(), rtol=1e-12, atol=0)

import numpy as np

from algesia.engine import EventKind
from algesia.simulate.tangent import Tangent
from algesia.simulate.tangent_queue import TangentQueue

NOBODY_ELSE = np.array([0])


def test_inputs_that_overlap_keep_their_own_derivatives():
    queue = TangentQueue(1, 2)
    start, stop = np.array([1.0]), np.array([3.0])
    end = Tangent(stop, np.array([[1.0, 0.0]]))
    queue.add_infusion(NOBODY_ELSE, start, end, 0, np.array([5.0]))
    rate = Tangent(np.array([5.0]), np.array([[0.0, 2.0]]))
    begin = Tangent(stop, np.array([[0.0, 1.0]]))
    queue.add_infusion(NOBODY_ELSE, begin, np.array([4.0]), 0, rate)
    events = queue.finish()
    assert events.time_h.tolist() == [1.0, 3.0, 3.0, 4.0]
    assert events.value.tolist() == [5.0, 0.0, 5.0, 0.0]
    assert events.dtime.tolist() == [[0, 0], [1, 0], [0, 1], [0, 0]]
    assert events.dvalue.tolist() == [[0, 0], [0, 0], [0, 2], [0, 0]]


def test_two_inputs_into_one_state_add_up_while_both_run():
    queue = TangentQueue(1, 1)
    for start, stop, rate in ((0.0, 4.0, 2.0), (1.0, 3.0, 7.0)):
        moving = Tangent(np.array([rate]), np.array([[rate]]))
        queue.add_infusion(NOBODY_ELSE, np.array([start]), np.array([stop]), 1, moving)
    events = queue.finish()
    assert events.value.tolist() == [2.0, 9.0, 2.0, 0.0]
    assert events.dvalue[:, 0].tolist() == [2.0, 9.0, 2.0, 0.0]


def test_at_one_time_inputs_end_then_parameters_switch_then_amounts_then_inputs_start():
    queue = TangentQueue(1, 1)
    at, one = np.array([2.0]), np.array([1.0])
    queue.add_infusion(NOBODY_ELSE, at, at + 1, 0, one)
    queue.add_amount(NOBODY_ELSE, at, 0, one)
    queue.switch_parameters(NOBODY_ELSE, at, np.array([3]))
    queue.add_infusion(NOBODY_ELSE, at - 1, at, 1, one)
    kinds = [EventKind(kind).name for kind in queue.finish().kind]
    assert kinds == ["RATE", "RATE", "PARAMETERS", "ADD", "RATE", "RATE"]

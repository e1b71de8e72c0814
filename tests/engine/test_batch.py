from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algesia.engine import EventKind


@pytest.fixture
def two(batch_of):
    dose = (1.0, EventKind.ADD, 0, 5.0)
    return batch_of(
        [[1.0], [2.0]],
        [[0.0, 0.0], [1.0, 0.0]],
        [[dose, (3.0, EventKind.RATE, 1, 2.0)], [(2.0, EventKind.PARAMETERS, 0, 0.0)]],
        [[0.0, 4.0], [0.0, 2.0]],
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start_row": [0]}, r"start_row has shape \(1,\); expected \(2,\)"),
        ({"start_row": [0, 2]}, "start_row of subject 1 is 2; expected 0 to 1"),
        ({"start_row": [0.0, 1.0]}, "start_row has type float64"),
        ({"parameters": [1.0]}, "parameters has 1 axes"),
        ({"parameters": [[1.0], [np.nan]]}, r"parameters at \(1, 0\) is nan"),
        ({"initial": [[0.0, np.inf], [0.0, 0.0]]}, r"initial at \(0, 1\) is inf"),
        ({"event_offset": [0, 2, 2]}, "event_offset runs from 0 to 2; expected 0 to 3"),
        ({"event_offset": [0, 4, 3]}, "event_offset"),
        ({"event_time_h": [3.0, 1.0, 2.0]}, "event_time_h of event 1 is 1.0"),
        ({"event_time_h": [-1.0, 1.0, 2.0]}, "event_time_h of event 0 is -1.0"),
        ({"event_kind": [0, 9, 4]}, "event_kind of event 1 is 9"),
        ({"event_index": [0, 2, 0]}, "event_index of event 1 is 2"),
        ({"event_index": [0, 1, 2]}, "event_index of event 2 is 2"),
        ({"event_index": [0, -1, 0]}, "event_index of event 1 is -1"),
        ({"sample_time_h": [[4.0, 0.0], [0.0, 2.0]]}, "sample_time_h of subject 0"),
        ({"sample_time_h": [[-1.0, 4.0], [0.0, 2.0]]}, "sample_time_h of subject 0"),
        ({"sample_event": [[0, 3], [0, 1]]}, "sample_event of subject 0 near sample 1"),
        ({"sample_event": [[0, 1], [0, 1]]}, "sample_event of subject 0 near sample 1"),
        ({"sample_event": [[1, 2], [0, 1]]}, "sample_event of subject 0 near sample 0"),
        ({"sample_event": [[0, 2], [1, 0]]}, "sample_event of subject 1"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(two, change, message):
    with pytest.raises(ValueError, match=message):
        replace(two, **{name: np.array(value) for name, value in change.items()})


def test_at_the_time_of_an_event_a_sample_may_be_before_or_after_it(two):
    before = replace(two, sample_event=np.array([[0, 2], [0, 0]]))
    assert before.sample_event[1, 1] == 0


def test_subjects_taken_twice_keep_their_own_events(two):
    taken = two.take(np.array([1, 0, 1]))
    assert_array_equal(taken.event_offset, [0, 1, 3, 4])
    assert_array_equal(taken.event_time_h, [2.0, 1.0, 3.0, 2.0])
    assert_array_equal(taken.initial[:, 0], [1.0, 0.0, 1.0])
    assert_array_equal(taken.start_row, [1, 0, 1])


def test_nobody_can_be_taken(two):
    nobody = two.take(np.zeros(0, dtype=np.int64))
    assert nobody.subjects == 0
    assert nobody.event_time_h.size == 0

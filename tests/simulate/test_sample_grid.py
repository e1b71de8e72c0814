"""How many events precede each sample, counted one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from algesia.simulate.event_queue import EventQueue
from algesia.simulate.sample_grid import SampleGrid, events_before_samples

quarter_hours = st.integers(0, 12).map(lambda number: number / 4.0)


@given(
    times=st.lists(quarter_hours, min_size=1, max_size=8).map(sorted),
    after=st.booleans(),
    doses=st.lists(st.lists(quarter_hours, max_size=5), min_size=1, max_size=4),
)
def test_the_count_is_that_of_the_events_before_or_up_to_the_sample(times, after, doses):
    time_h = np.array(times)
    # Of equal times the last one may look after the events, as where a state jumps.
    last = np.append(time_h[1:] != time_h[:-1], True)
    grid = SampleGrid(time_h=time_h, after=np.logical_and(last, after))
    queue = EventQueue(len(doses))
    for subject, given_h in enumerate(doses):
        for at_h in given_h:
            queue.add_amount(np.array([subject]), np.array([at_h]), 0, np.ones(1))
    if not any(doses):
        queue.add_amount(np.array([0]), np.array([0.0]), 0, np.ones(1))
        doses = [[0.0], *doses[1:]]
    found = events_before_samples(queue.finish(), grid, len(doses))
    expected = [
        [
            sum(dose < at_h or (dose == at_h and seen) for dose in given_h)
            for at_h, seen in zip(grid.time_h, grid.after, strict=True)
        ]
        for given_h in doses
    ]
    assert found.tolist() == expected

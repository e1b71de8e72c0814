import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import Batch, EventKind
from algesia.errors import AlgesiaError, InputError, MassBalanceError
from algesia.regimen import parse_regimen
from algesia.simulate import event_queue
from algesia.simulate.mass_balance import delivered, require_mass_balance

from .small_models import one_compartment, run_arm

ADD, RATE, SET, RESET, _ = EventKind


def batch(*subjects, end_h=10.0):
    """Events (time, kind, state, value) of each subject, from 0 h to the end."""
    rows = [row for events in subjects for row in events]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    count = len(subjects)
    return Batch(
        parameters=[[0.0]],
        initial=np.zeros((count, 2)),
        start_row=[0] * count,
        start_time_h=np.zeros(count),
        event_offset=np.cumsum([0, *(len(events) for events in subjects)]),
        event_time_h=np.asarray(columns[0], dtype=float),
        event_kind=np.asarray(columns[1], dtype=np.int64),
        event_index=np.asarray(columns[2], dtype=np.int64),
        event_value=np.asarray(columns[3], dtype=float),
        sample_time_h=np.full((count, 1), end_h),
        sample_event=np.asarray([[len(events)] for events in subjects]),
    )


def test_amounts_and_rates_are_added_up_to_the_end_of_the_run():
    found = delivered(
        batch(
            [(0.0, ADD, 0, 5.0), (1.0, RATE, 1, 3.0), (3.0, RATE, 1, 4.0), (4.0, RATE, 1, 0.0)],
            [(2.0, RATE, 0, 2.0), (2.0, SET, 1, 70.0)],
            [],
        )
    )
    assert found.tolist() == [[5.0, 10.0], [16.0, 0.0], [0.0, 0.0]]


def test_a_reset_ends_what_runs():
    events = [(0.0, RATE, 0, 2.0), (0.0, RATE, 1, 1.0), (4.0, RESET, 0, 0.0)]
    assert delivered(batch(events, [*events, (6.0, RATE, 1, 5.0)])).tolist() == [
        [8.0, 4.0],
        [8.0, 24.0],
    ]


def test_what_does_not_arrive_is_an_error_that_is_nobodys_mistake():
    good = batch([(0.0, RATE, 1, 2.0), (3.0, RATE, 1, 0.0)])
    require_mass_balance("arm", good, np.array([[0.0, 6.0]]))
    with pytest.raises(MassBalanceError, match=r"subject 0 deliver 6 into state 1, but .* 7;"):
        require_mass_balance("arm", good, np.array([[0.0, 7.0]]))
    with pytest.raises(MassBalanceError, match="deliver 6"):
        require_mass_balance("arm", good, np.array([[0.0, math.nan]]))
    assert issubclass(MassBalanceError, AlgesiaError)
    assert not issubclass(MassBalanceError, InputError)


OVERLAPPING = "10 mg oral over 3 h every 2 h for 4 doses concurrent plus 5 mg IV bolus"
APART = "10 mg oral over 1 h every 2 h for 4 doses"


@pytest.mark.parametrize("text", [OVERLAPPING, APART])
def test_doses_that_overlap_or_not_balance_to_rounding(text):
    assert run_arm(one_compartment(fraction=0.4), parse_regimen(text)).failed == 0


def without_ends(inputs):
    """Rate events of which the ends are lost."""
    return TRUE["_single_rates"](inputs)[1:]


def without_sums(inputs):
    """Rates that replace each other where they should add up."""
    part = TRUE["_summed_rates"](inputs)
    part.value[:] = np.minimum(part.value, inputs.rate.max())
    return part


TRUE = {name: getattr(event_queue, name) for name in ("_single_rates", "_summed_rates")}


@pytest.mark.parametrize(
    ("name", "broken", "text"),
    [
        ("_single_rates", without_ends, APART),
        ("_summed_rates", without_sums, OVERLAPPING),
    ],
)
def test_a_queue_that_loses_or_invents_drug_is_caught_before_anything_is_solved(
    name, broken, text, monkeypatch
):
    monkeypatch.setattr(event_queue, name, broken)
    with pytest.raises(MassBalanceError, match="arm 'arm': the events of subject 0 deliver"):
        run_arm(one_compartment(), parse_regimen(text))


def test_amounts_that_are_lost_between_queue_and_batch_are_caught(monkeypatch):
    finish = event_queue.EventQueue.finish

    def halved(self):
        events = finish(self)
        events.value[:] *= 0.5
        return events

    monkeypatch.setattr(event_queue.EventQueue, "finish", halved)
    with pytest.raises(MassBalanceError, match="deliver 20 into state 1, but its doses are 40"):
        run_arm(one_compartment(), parse_regimen("40 mg IV bolus"))


def test_what_is_told_has_the_fraction_applied():
    queue = event_queue.EventQueue(2)
    one = np.array([1])
    queue.add_infusion(one, np.array([1.0]), np.array([4.0]), 1, np.array([2.0]))
    queue.add_amount(one, np.array([2.0]), 0, np.array([7.0]))
    queue.set_state(one, np.array([2.0]), 0, np.array([99.0]))
    assert_allclose(queue.finish().told, [[0.0, 0.0], [7.0, 6.0]], rtol=1e-15, atol=0)
    assert event_queue.EventQueue(2).finish().told.shape == (2, 0)

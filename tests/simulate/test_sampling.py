import numpy as np
import pytest

from algesia.errors import DomainError
from algesia.simulate.sampling import Sampling


def test_both_ends_are_sampled_even_if_the_step_does_not_divide():
    assert Sampling.every(4.0, until_h=10.0).times_h.tolist() == [0.0, 4.0, 8.0, 10.0]


def test_a_step_of_a_tenth_reaches_the_end_without_a_doubled_last_time():
    times = Sampling.every(0.1, until_h=1.0).times_h
    assert times.size == 11
    assert np.all(np.diff(times) > 0.05)


@pytest.mark.parametrize(
    ("step", "until", "message"),
    [
        (0.0, 1.0, "step is 0 h"),
        (1.0, -1.0, "ends at -1 h"),
        (float("nan"), 1.0, "step is nan"),
    ],
)
def test_impossible_steps_are_refused_by_name(step, until, message):
    with pytest.raises(DomainError, match=message):
        Sampling.every(step, until_h=until)


def test_a_step_so_small_that_memory_would_run_out_is_refused():
    with pytest.raises(DomainError, match="expected at most"):
        Sampling.every(1e-9, until_h=1000.0)


@pytest.mark.parametrize("times", [[], [-1.0, 0.0], [0.0, 0.0], [2.0, 1.0], [0.0, np.inf]])
def test_times_must_be_finite_increasing_and_start_at_or_after_zero(times):
    with pytest.raises(DomainError):
        Sampling(times_h=np.asarray(times))

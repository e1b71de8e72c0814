import numpy as np
import pytest

from algesia.engine import Program
from algesia.engine.sensitivity_events import EventSensitivity

DECAY = Program(
    states=("amount",),
    parameters=("rate", "unused"),
    derivatives=("-rate * amount",),
    outputs=(("amount", "amount"),),
)


@pytest.fixture
def batch(batch_of):
    return batch_of([[-0.1, 0.0]], [[1.0]], [[(1.0, 0, 0, 5.0)]], [[2.0]])


def test_a_name_that_is_not_a_parameter_is_refused(batch):
    with pytest.raises(ValueError, match=r"wrt has 'rat'; expected .*: rate, unused"):
        EventSensitivity().filled(DECAY, batch, ("rat",))


def test_a_parameter_among_the_others_is_refused(batch):
    with pytest.raises(ValueError, match="others has 'rate', a parameter; expected it in wrt"):
        EventSensitivity(others=("rate",)).filled(DECAY, batch, ())


def test_a_column_given_twice_is_refused(batch):
    with pytest.raises(ValueError, match="'rate' is given twice"):
        EventSensitivity().filled(DECAY, batch, ("rate", "rate"))


def test_a_shape_that_does_not_fit_is_refused(batch):
    given = EventSensitivity(dtime=np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"dtime has shape \(1, 2\); expected \(1, 1\)"):
        given.filled(DECAY, batch, ("rate",))


def test_a_derivative_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match=r"dvalue at \(0, 1\) is nan; expected a finite"):
        EventSensitivity(dvalue=np.array([[0.0, np.nan]]))


def test_a_size_of_zero_is_refused():
    with pytest.raises(ValueError, match=r"size has 0\.0; expected numbers above 0"):
        EventSensitivity(size=np.array([[1.0, 0.0]]))


def test_sizes_are_a_tenth_of_the_value_and_of_one_where_there_is_none(batch):
    filled = EventSensitivity(others=("lag",)).filled(DECAY, batch, ("rate", "unused"))
    np.testing.assert_allclose(filled.size, [[0.01, 0.1, 0.1]], rtol=1e-15, atol=0)

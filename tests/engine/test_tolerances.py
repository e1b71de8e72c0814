import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algesia.engine import Tolerances


@pytest.mark.parametrize(
    "change",
    [
        {"relative": 0.0},
        {"relative": np.nan},
        {"absolute": 0.0},
        {"absolute": np.array([1e-6, -1.0])},
        {"absolute": np.ones((2, 2))},
        {"maximum_steps": 0},
        {"maximum_step_h": 0.0},
    ],
)
def test_tolerances_that_cannot_be_met_are_refused(change):
    with pytest.raises(ValueError, match=f"{next(iter(change))} is .*; expected"):
        Tolerances(**change)


def test_one_absolute_tolerance_holds_for_every_state():
    assert_array_equal(Tolerances(absolute=1e-3).absolute_of(2), [1e-3, 1e-3])


def test_a_wrong_number_of_absolute_tolerances_is_refused():
    with pytest.raises(ValueError, match="absolute has 2 numbers; expected 1 or 3"):
        Tolerances(absolute=np.ones(2)).absolute_of(3)

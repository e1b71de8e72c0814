import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import DataError

from .record_tables import observation, records
from .small_models import one_compartment, run_arm


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((-1e7, 1, 10.0, 0.0, 0, 0.0, 0), r"column TIME is -1e\+07 h; expected from -1e\+06"),
        ((1e17, 1, 10.0, 0.0, 0, 0.0, 0), "column TIME is 1e\\+17 h"),
        ((np.nan, 1, 10.0, 0.0, 0, 0.0, 0), "column TIME is nan h"),
        ((0.0, 1, 1e300, 0.0, 0, 0.0, 0), "column AMT is 1e\\+300 mg"),
        ((0.0, 1, 10.0, 1e17, 0, 0.0, 0), "column RATE is 1e\\+17 mg/h"),
        ((0.0, 1, 10.0, 0.0, 10**9, 1.0, 0), "column ADDL is 1e\\+09 doses"),
        ((0.0, 1, 10.0, 0.0, 3, 1e-300, 0), "column II is 1e-300 h"),
        ((0.0, 1, 10.0, 0.0, 9, 2e5, 0), "column ADDL: the last dose is given at 1.8e\\+06 h"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused_with_row_and_column(row, message):
    time_h, kind, amount, rate, additional, interval_h, steady = row
    given = (time_h, kind, amount, rate, "intravenous", additional, interval_h, steady)
    with pytest.raises(DataError, match=f"row 2, {message}"):
        records([given, observation(1e6)])


def test_an_infusion_that_outlasts_a_century_is_refused_with_its_row():
    given = (0.0, 1, 10.0, 1e-300, "intravenous", 0, 0.0, 0)
    with pytest.raises(DataError, match=r"row 2, column RATE: .*outlasts a century"):
        run_arm(one_compartment(), records([given, observation(1.0)]), sampling=None)


def test_more_infusions_at_once_than_can_be_meant_are_refused_with_their_row():
    given = (0.0, 1, 10.0, 1e-5, "intravenous", 0, 1.0, 1)
    with pytest.raises(DataError, match=r"row 2, column II: .*at most 10000 at once"):
        run_arm(one_compartment(), records([given, observation(1.0)]), sampling=None)


@pytest.mark.parametrize("time_h", [0.0, 24.0, 9e5])
def test_an_infusion_of_less_than_a_blink_is_the_amount_and_not_its_rate(time_h):
    given = (time_h, 1, 40.0, 1e12, "intravenous", 0, 0.0, 0)
    arm = run_arm(one_compartment(), records([given, observation(time_h)]), sampling=None)
    assert_allclose(arm.values[0, -1, 0], 2000.0, rtol=1e-12, atol=0)


def test_a_clock_that_starts_anew_never_goes_back_by_rounding():
    table = records(
        [
            (24.1, 1, 40.0, 0.0, "intravenous", 0, 0.0, 0),
            observation(48.0),
            (0.1, 4, 40.0, 0.0, "intravenous", 0, 0.0, 0),
            (0.1, 4, 40.0, 0.0, "intravenous", 0, 0.0, 0),
            observation(0.3),
        ]
    )
    assert (np.diff(table.clock_h()) >= 0.0).all()


def test_the_dose_of_one_subject_leaves_the_accuracy_of_another_as_it_is():
    rows = [
        (0.0, 1, 40.0, 0.0, "intravenous", 0, 0.0, 0),
        observation(200.0),
        (0.0, 1, 1e9, 0.0, "intravenous", 0, 0.0, 0),
        observation(200.0),
    ]
    assert records(rows, subjects=[1, 1, 2, 2]).usual_amount_mg() == 40.0

"""What an event table is told about its rows: the column to blame, and what may mislead."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import DataError
from algesia.model import DataColumn, InputPart, parse

from .record_tables import observation, records
from .small_models import CLEARANCE, VOLUME, one_compartment, run_arm
from .test_steady_state import saturable

RATE = CLEARANCE / VOLUME


def dosed(time_h, *, rate=0.0, interval=0.0, steady=0):
    return (time_h, 1, 40.0, rate, "intravenous", 0, interval, steady)


def by_columns():
    """Share, lag and asked duration from columns of the table, the share by a definition."""
    model = one_compartment()
    part = InputPart(
        into="central",
        fraction=parse("0.5 * share"),
        lag=parse("late"),
        modelled_duration=parse("long"),
    )
    columns = (("share", "BIOAV", "1"), ("late", "LAGT", "min"), ("long", "DUR", "h"))
    return replace(
        model,
        data_columns=tuple(DataColumn(name=a, column=b, unit=c) for a, b, c in columns),
        inputs=(model.inputs[0], replace(model.inputs[1], parts=(part,))),
    )


def told(share=1.0, late_h=0.0, long_h=1.0, *, rate=0.0):
    data = {"share": [1.0, share, 1.0], "late": [0.0, late_h, 0.0], "long": [1.0, long_h, 1.0]}
    table = records(
        [dosed(0.0, rate=rate), dosed(1.0, rate=rate), observation(2.0)],
        data={name: np.asarray(values) for name, values in data.items()},
    )
    with pytest.raises(DataError) as refused:
        run_arm(by_columns(), table, sampling=None)
    return str(refused.value)


def test_a_share_below_0_is_blamed_on_its_column():
    text = told(share=-0.5)
    assert "row 3, column BIOAV is -0.5, which makes the fraction '0.5 * share'" in text
    assert "'intravenous' -0.25; expected 0 or more" in text


def test_a_lag_below_0_is_blamed_on_its_column_in_its_unit():
    assert "row 3, column LAGT is -180 min, which makes the lag 'late'" in told(late_h=-3.0)


def test_an_asked_duration_of_0_is_blamed_on_its_column():
    text = told(long_h=0.0, rate=-2.0)
    assert "row 3, column DUR is 0 h, which makes the modelled duration 'long'" in text
    assert "expected above 0" in text


def test_a_steady_state_added_in_a_model_that_is_not_linear_is_noted_with_its_row():
    rows = [dosed(0.0), dosed(1.0, interval=30.0, steady=2), observation(2.0)]
    (note,) = [each for each in run_arm(saturable(), records(rows), sampling=None).notes
               if "SS is 2" in each]  # fmt: skip
    assert note.startswith("doses.csv, row 3, column SS is 2: a steady state is added")
    assert "right for linear models only" in note
    assert "non-linear because of state central in flow elimination" in note
    linear = run_arm(one_compartment(), records(rows), sampling=None)
    assert not any("SS is 2" in each for each in linear.notes)


def test_times_below_0_are_followed_as_they_stand():
    rows = [observation(-30.0), dosed(-24.0), observation(-1.0), dosed(0.0), observation(2.0)]
    arm = run_arm(one_compartment(), records(rows), sampling=None)
    assert arm.time_h.tolist() == [-30.0, -1.0, 2.0]
    once = np.exp(-RATE * np.array([23.0, 26.0]))
    expected = 2000.0 * np.array([0.0, once[0], once[1] + np.exp(-RATE * 2.0)])
    assert_allclose(arm.values[0, :, 0], expected, rtol=1e-7, atol=0)

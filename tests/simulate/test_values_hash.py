"""The hash of values: no order, no chunks, every bit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.regimen import parse_regimen
from algesia.simulate.run_summary import arm_without_people
from algesia.simulate.values_hash import MODULUS, values_hash, values_sum

from .small_models import one_compartment, run_arm
from .test_run import cohort


@pytest.fixture(scope="module")
def arm():
    model = one_compartment(spread=0.09)
    return run_arm(model, parse_regimen("20 mg esketamine IV"), cohort=cohort(12))


def some(arm, places):
    return replace(
        arm,
        subjects=arm.subjects[places],
        status=arm.status[places],
        values=arm.values[places],
        observed=None if arm.observed is None else arm.observed[places],
    )


@given(order=st.permutations(range(12)), cut=st.integers(0, 12))
def test_any_order_and_any_two_parts_add_up_to_the_same_sum(order, cut, arm):
    first, second = some(arm, np.array(order[:cut], int)), some(arm, np.array(order[cut:], int))
    assert (values_sum(first) + values_sum(second)) % MODULUS == values_sum(arm)


def test_a_last_bit_a_status_and_a_swap_of_two_subjects_values_are_seen(arm):
    bit = arm.values.copy()
    bit[3, 5, 0] = np.nextafter(bit[3, 5, 0], np.inf)
    swapped = arm.values.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    status = arm.status.copy()
    status[0] = 1
    sums = {
        values_sum(arm),
        values_sum(replace(arm, values=bit)),
        values_sum(replace(arm, values=swapped)),
        values_sum(replace(arm, status=status)),
        values_sum(replace(arm, observed=arm.values)),
    }
    assert len(sums) == 5


def test_equal_numbers_in_another_form_have_the_same_sum(arm):
    values = arm.values.copy()
    values[0, 0, 0], values[0, 1, 0] = 0.0, np.nan
    other = values.copy()
    other[0, 0, 0] = -0.0
    other[0, 1, 0] = -np.nan
    assert values.tobytes() != other.tobytes()
    assert values_sum(replace(arm, values=values)) == values_sum(replace(arm, values=other))


def test_times_and_units_are_part_of_the_hash_and_nobody_has_the_sum_zero(arm):
    nobody = arm_without_people(arm)
    assert values_sum(nobody) == 0
    assert values_hash(0, nobody) == values_hash(0, arm)
    assert values_hash(0, arm) != values_hash(0, replace(arm, time_h=arm.time_h + 1.0))
    unit = (replace(arm.outputs[0], unit="nmol/L"),)
    assert values_hash(0, arm) != values_hash(0, replace(arm, outputs=unit))

"""Steady states that hardly exist are found; those that do not are refused with a reason."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import ConvergenceError
from algesia.regimen import parse_regimen
from algesia.simulate import Sampling

from .record_tables import observation, records
from .small_models import VOLUME, one_compartment, run_arm
from .test_steady_state import compared, saturable, with_values

SEEN = Sampling(times_h=np.array([0.0]), at_doses=False)


def dosed(amount, interval_h, *, rate=0.0, steady=1):
    return (0.0, 1, amount, rate, "intravenous", 0, interval_h, steady)


def left(passed):
    """Sum of what is left of endless doses of 1."""
    return np.exp(-passed) / -np.expm1(-passed)


def refusal(model, row):
    with pytest.raises(ConvergenceError) as refused:
        run_arm(model, records([row, observation(1.0)]), sampling=None)
    return str(refused.value)


@pytest.mark.parametrize(
    ("rate", "every_h"), [(0.1, 1e-4), (1e-6, 8.0), (1e-6, 1e-4), (1e-4, 1000.0), (0.1, 8.0)]
)
@pytest.mark.parametrize("dose", ["IV bolus", "oral"])
def test_of_a_linear_drug_is_exact_however_little_leaves_in_an_interval(rate, every_h, dose):
    model = with_values(one_compartment(), clearance=rate * VOLUME)
    row = dosed(5.0, every_h)
    if dose == "oral":
        row = (*row[:4], "oral", *row[5:])
    arm = run_arm(model, records([row, observation(0.0)]), sampling=None)
    level = 5.0 / np.expm1(rate * every_h)
    if dose == "oral":
        absorption = next(each for each in model.parameters if each.name == "absorption")
        fast = absorption.reported.value
        level = 5.0 * fast / (fast - rate) * (left(rate * every_h) - left(fast * every_h))
        assert_allclose(arm.values[0, 0, 0], level / VOLUME * 1e3, rtol=1e-7, atol=0)
    else:
        assert_allclose(arm.values[0, 0, 0], (level + 5.0) / VOLUME * 1e3, rtol=1e-8, atol=0)


def test_of_a_saturable_drug_given_almost_without_pause_is_that_of_an_infusion():
    # 1.8 of at most 2 mg/h: nine parts of ten saturated, at 90 mg.
    row = dosed(1.8e-3, 1e-3)
    arm = run_arm(saturable(), records([row, observation(0.0)]), sampling=None)
    assert_allclose(arm.values[0, 0, 0], 90.0 / VOLUME * 1e3, rtol=1e-4, atol=0)


def test_more_than_can_be_eliminated_accumulates_by_the_rest():
    text = refusal(saturable(), dosed(20.0, 8.0))
    assert "column SS: no steady state: accumulates" in text
    assert "intervals of 8 h each further one leaves 4." in text
    assert "behind in 'central'" in text
    assert "residual" not in text


def test_a_drug_that_never_leaves_accumulates_by_its_dose():
    text = refusal(with_values(one_compartment(), clearance=0.0), dosed(10.0, 12.0))
    assert (
        "each further one leaves 10 more behind in 'central' (largest multiplier there 1)"
        in text
    )
    assert "residual" not in text


@pytest.mark.parametrize(
    ("model", "rise"),
    [(saturable(), "1.0"), (with_values(one_compartment(), clearance=0.0), "3 per h")],
)
def test_an_infusion_without_end_is_refused_without_an_interval_nobody_gave(model, rise):
    text = refusal(model, dosed(0.0, 0.0, rate=3.0))
    assert f"still rises by {rise}" in text
    assert "interval" not in text


def test_a_plan_at_steady_state_is_refused_with_the_same_reason():
    with pytest.raises(ConvergenceError, match="subject 0: no steady state: accumulates"):
        compared(saturable(), "15 mg oral", 6, doses=1)


def test_a_plan_of_a_slow_drug_begins_at_its_closed_form():
    model = with_values(one_compartment(), clearance=1e-6 * VOLUME)
    plan = parse_regimen("5 mg IV bolus every 8 h for 1 dose at steady state")
    arm = run_arm(model, plan, sampling=SEEN)
    expected = 5.0 / np.expm1(8e-6) / VOLUME * 1e3
    assert_allclose(arm.values[0, 0, 0], expected, rtol=1e-7, atol=0)

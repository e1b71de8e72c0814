"""What happens at one time happens in the order of the rows, also where a row resets."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.population import Cohort

from .record_tables import observation, records
from .small_models import CLEARANCE, VOLUME, one_compartment, run_arm

RATE = CLEARANCE / VOLUME
CLOSE = 1e-7
RESET = (0, 3, 0.0, 0.0, "", 0, 0.0, 0)
ADDITIONAL, INTERVALS_H = (0, 1, 3), (2.0, 6.0)


def at(time_h, row):
    return (time_h, *row[1:])


def dosed(time_h, amount=40.0, *, kind=1, additional=0, interval=0.0, steady=0):
    return (time_h, kind, amount, 0.0, "intravenous", additional, interval, steady)


def seen(rows, **model):
    return run_arm(one_compartment(**model), records(rows), sampling=None).values[0, :, 0]


@pytest.mark.parametrize("lag_h", [0.0, 2.0])
def test_a_dose_that_arrives_when_a_later_row_resets_is_there_before_that_row(lag_h):
    rows = [dosed(6.0 - lag_h), observation(6.0), at(6.0, RESET), observation(6.0)]
    rows.append(observation(7.0))
    assert_allclose(seen(rows, lag_h=lag_h), [2000.0, 0.0, 0.0], rtol=CLOSE, atol=0)


def test_a_repeat_that_arrives_when_the_clock_starts_anew_is_seen_before():
    rows = [
        dosed(0.0, additional=1, interval=24.0),
        observation(24.0),
        dosed(0.0, kind=4),
        observation(1.0),
    ]
    expected = [2000.0 * (1.0 + np.exp(-24.0 * RATE)), 2000.0 * np.exp(-RATE)]
    assert_allclose(seen(rows), expected, rtol=CLOSE, atol=0)


def test_a_dose_is_seen_before_a_steady_state_of_the_same_time_replaces_it():
    rows = [dosed(3.0), observation(3.0), dosed(3.0, interval=8.0, steady=1)]
    rows.append(observation(3.0))
    steady = 2000.0 / -np.expm1(-8.0 * RATE)
    assert_allclose(seen(rows), [2000.0, steady], rtol=CLOSE, atol=0)


def test_an_infusion_that_would_begin_at_the_reset_brings_nothing():
    rows = [(0.0, 1, 40.0, 10.0, "intravenous", 1, 6.0, 0)]
    rows += [observation(6.0), at(6.0, RESET), observation(6.0), observation(8.0)]
    before = 10.0 / CLEARANCE * 1e3 * -np.expm1(-4.0 * RATE) * np.exp(-2.0 * RATE)
    assert_allclose(seen(rows), [before, 0.0, 0.0], rtol=CLOSE, atol=0)


def random_rows(draw):
    """Rows of one subject of which many stand at one time, doses before and behind resets."""
    rows, time_h = [], 0.0
    for _ in range(int(draw.integers(3, 12))):
        kind = int(draw.choice(5, p=(0.35, 0.35, 0.0, 0.15, 0.15)))
        if kind in {3, 4} and draw.random() < 0.3:
            time_h = 0.0
        additional, interval_h = int(draw.choice(ADDITIONAL)), float(draw.choice(INTERVALS_H))
        if kind in {1, 4}:
            amount = float(draw.choice((10.0, 40.0)))
            steady = int(draw.choice(2, p=(0.8, 0.2)))
            rows.append(
                dosed(time_h, amount, kind=kind, additional=additional, interval=interval_h,
                      steady=steady)
            )  # fmt: skip
        else:
            rows.append(at(time_h, RESET) if kind == 3 else observation(time_h))
        time_h += float(draw.choice((0.0, 2.0, 6.0), p=(0.5, 0.3, 0.2)))
    return [*rows, observation(time_h)]


def followed(rows, clock_h, lag_h):
    """What every row leaves, ng/mL, from the doses of the rows above since the last reset."""
    given, found = [], []
    for row, now_h in zip(rows, clock_h, strict=True):
        _, kind, amount, _, _, additional, interval_h, steady = row
        if kind in {3, 4} or steady == 1:
            given = []
        if kind in {1, 4}:
            first = -400 if steady == 1 else 0
            given += [
                (now_h + lag_h + number * interval_h, amount)
                for number in range(first, additional + 1)
            ]
        there = [size * np.exp(-RATE * (now_h - at_h)) for at_h, size in given if at_h <= now_h]
        found.append(sum(there) / VOLUME * 1e3)
    return found


@pytest.mark.parametrize("lag_h", [0.0, 2.0, 6.0])
def test_random_rows_of_equal_times_act_in_their_order(lag_h):
    draw = np.random.default_rng(11)
    tables = [random_rows(draw) for _ in range(150)]
    rows = [row for table in tables for row in table]
    subjects = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    table = replace(records(rows, subjects=subjects), looked_at="records")
    people = Cohort(seed=1, subjects=np.arange(len(tables)), covariates={}, spread=False)
    arm = run_arm(one_compartment(lag_h=lag_h), table, cohort=people, sampling=None)
    looks, clock_h = table.looks(), table.clock_h()
    for subject, (low, high) in enumerate(table.ranges()):
        expected = followed(rows[low:high], clock_h[low:high], lag_h)
        values = arm.values[subject, looks[low:high], 0]
        assert_allclose(values, expected, rtol=1e-6, atol=1e-6)

"""The slow path against closed forms: it is what the engine is held against."""

import numpy as np
from numpy.testing import assert_allclose

from algesia.catalog.administration import trial_of
from algesia.catalog.reference import reference_of

from .small_entry import ABSORPTION_PER_H, CLEARANCE_L_PER_H, VOLUME_L, small_entry, value

RATE = CLEARANCE_L_PER_H / VOLUME_L
DOSE_MG = 10.0


def test_a_bolus_decays_and_what_has_left_is_counted(tmp_path) -> None:
    entry = small_entry(tmp_path)
    time_h, found = trial_of(entry).time_h, reference_of(entry)
    left_mg = DOSE_MG * np.exp(-RATE * time_h)
    # The first sample is taken before the dose of its time.
    assert found.states[0, 0, 1] == 0.0
    assert_allclose(found.states[0, 1:, 1], left_mg[1:], rtol=1e-10, atol=0)
    assert_allclose(found.sinks[0, 1:, 0], (DOSE_MG - left_mg)[1:], rtol=1e-9, atol=0)
    assert_allclose(found.outputs[0, 1:, 0], left_mg[1:] / VOLUME_L, rtol=1e-10, atol=0)


def test_an_infusion_rises_until_it_ends(tmp_path) -> None:
    entry = small_entry(tmp_path)
    time_h, found = trial_of(entry).time_h, reference_of(entry)
    inflow = DOSE_MG / 0.5
    during = inflow / RATE * (1.0 - np.exp(-RATE * np.minimum(time_h, 0.5)))
    expected = during * np.exp(-RATE * np.maximum(time_h - 0.5, 0.0))
    assert_allclose(found.states[1, :, 1], expected, rtol=1e-9, atol=1e-12)


def test_an_oral_dose_follows_the_two_exponentials(tmp_path) -> None:
    entry = small_entry(tmp_path)
    time_h, found = trial_of(entry).time_h, reference_of(entry)
    share = 0.5 * DOSE_MG * ABSORPTION_PER_H / (ABSORPTION_PER_H - RATE)
    expected = share * (np.exp(-RATE * time_h) - np.exp(-ABSORPTION_PER_H * time_h))
    assert_allclose(found.states[2, :, 1], expected, rtol=1e-9, atol=1e-12)


def test_a_rate_too_fast_for_an_explicit_method_is_solved_all_the_same(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["oral_absorption_rate"] = value(5e4, "1/h")

    entry = small_entry(tmp_path, spoil)
    time_h, found = trial_of(entry).time_h, reference_of(entry)
    expected = 0.5 * DOSE_MG * np.exp(-RATE * time_h)
    # Absorption takes 20 µs of an hour: the amount is behind a bolus by RATE / 5e4 of itself.
    assert_allclose(found.states[2, 1:, 1], expected[1:], rtol=2e-5, atol=0)

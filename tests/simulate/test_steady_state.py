"""A steady state is what hundreds of doses come to, whatever the drug and the input."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.errors import ConvergenceError, RegimenError
from algesia.model import Flow, Input, InputPart, Parameter, parse
from algesia.regimen import parse_regimen
from algesia.simulate import Sampling
from algesia.simulate.arrivals import ArrivalList
from algesia.simulate.steady_state import left_over

from .small_models import CLEARANCE, VOLUME, one_compartment, run_arm, value

RATE = CLEARANCE / VOLUME
CLOSE = 2e-6


def with_values(model, **changes):
    """The model with other numbers for its values."""
    parameters = tuple(
        replace(
            each,
            reported=replace(each.reported, value=changes.get(each.name, each.reported.value)),
        )
        for each in model.parameters
    )
    return replace(model, parameters=parameters)


def saturable():
    """Elimination at most 2 mg/h, half of it at 10 mg."""
    model = one_compartment()
    extra = (value("fastest", 2.0, "mg/h"), value("half", 10.0, "mg"))
    kept = tuple(each for each in model.parameters if each.name != "clearance")
    return replace(
        model,
        parameters=(*kept, *(Parameter(name=each.name, reported=each) for each in extra)),
        flows=(
            model.flows[0],
            Flow(
                name="elimination",
                source="central",
                target=None,
                rate=parse("fastest * central / (half + central)"),
            ),
        ),
    )


def sprayed():
    """Sprays of 10 mg, 6 min apart: part at once, part later and over a time."""
    model = one_compartment()
    extra = (
        value("content", 10.0, "mg"),
        value("spacing", 0.1, "h"),
        value("late", 5.5, "h"),
        value("long", 9.0, "h"),
    )
    nose = Input(
        name="nasal",
        routes=("nasal",),
        substances=("esketamine",),
        device_amount="content",
        device_interval="spacing",
        parts=(
            InputPart(
                into="central",
                fraction=parse("where(device_number > 1, 0.2, 0.4)"),
            ),
            InputPart(
                into="depot", fraction=parse("0.3"), lag=parse("late"), duration=parse("long")
            ),
        ),
    )
    return replace(
        model,
        parameters=(
            *model.parameters,
            *(Parameter(name=each.name, reported=each) for each in extra),
        ),
        inputs=(*model.inputs, nose),
    )


def compared(model, dose, every_h, *, doses, cycles=3):
    """Values of a plan at steady state, and of the last cycles of one of many doses."""
    times = np.linspace(0.0, cycles * every_h, 37)[:-1] + 0.013 * every_h
    rule = f"{dose} every {every_h} h"
    steady = run_arm(
        model,
        parse_regimen(f"{rule} for {cycles} doses at steady state"),
        sampling=Sampling(times_h=times, at_doses=False),
        relative=1e-10,
    )
    many = run_arm(
        model,
        parse_regimen(f"{rule} for {doses + cycles} doses"),
        sampling=Sampling(times_h=times + doses * every_h, at_doses=False),
        relative=1e-10,
    )
    assert any("begins at steady state of 1 doses" in note for note in steady.notes)
    return steady.values, many.values


@pytest.mark.parametrize("dose", ["8 mg oral", "8 mg IV bolus", "8 mg IV over 3 h"])
def test_of_a_saturable_drug(dose):
    steady, many = compared(saturable(), dose, 6, doses=400)
    # Far from linear: twice the dose would be beyond what can be eliminated.
    assert many.mean() > 8.0 / 6.0 / (2.0 / 10.0) * 1e3 / VOLUME * 2.0
    assert_allclose(steady, many, rtol=CLOSE, atol=0)


def test_of_a_drug_with_a_half_life_of_sixty_days():
    model = with_values(one_compartment(), clearance=VOLUME * np.log(2.0) / (60 * 24.0))
    steady, many = compared(model, "5 mg oral", 24, doses=2400)
    assert_allclose(steady, many, rtol=1e-5, atol=0)


@pytest.mark.parametrize("every_h", [4, 9, 24])
def test_of_sprays_with_several_parts_and_devices(every_h):
    steady, many = compared(sprayed(), "25 mg nasal", every_h, doses=120)
    assert_allclose(steady, many, rtol=CLOSE, atol=0)


def test_of_a_week_with_two_doses():
    model = one_compartment()
    plan = "40 mg IV over 2 h twice weekly for {} weeks"
    times = np.arange(0.5, 336.0, 7.25)
    steady = run_arm(
        model,
        parse_regimen(plan.format(2) + " at steady state"),
        sampling=Sampling(times_h=times, at_doses=False),
        relative=1e-10,
    )
    later = run_arm(
        model,
        parse_regimen(plan.format(12)),
        sampling=Sampling(times_h=times + 10 * 168.0, at_doses=False),
        relative=1e-10,
    )
    assert_allclose(steady.values, later.values, rtol=CLOSE, atol=0)


def test_of_a_bolus_is_a_geometric_sum_seen_before_and_after_the_dose():
    arm = run_arm(
        one_compartment(),
        parse_regimen("40 mg IV bolus every 8 h for 2 doses at steady state"),
        sampling=Sampling.every(8.0, until_h=8.0),
    )
    trough = 40e3 / VOLUME / np.expm1(8.0 * RATE)
    peak = trough + 40e3 / VOLUME
    assert arm.time_h.tolist() == [0.0, 0.0, 8.0]
    assert_allclose(arm.values[0, :, 0], [trough, peak, trough], rtol=1e-8, atol=0)


@settings(max_examples=15)
@given(
    every_h=st.floats(0.5, 40.0),
    length_h=st.floats(0.1, 90.0),
    lag_h=st.floats(0.01, 90.0),
    phase=st.floats(0.01, 0.99),
)
def test_of_an_infusion_with_any_length_and_lag_is_a_geometric_sum(
    every_h, length_h, lag_h, phase
):
    model = one_compartment(lag_h=lag_h)
    at_h = phase * every_h
    arm = run_arm(
        model,
        parse_regimen(
            f"30 mg IV over {length_h!r} h every {every_h!r} h for 1 dose concurrent"
            " at steady state"
        ),
        sampling=Sampling(times_h=np.array([at_h]), at_doses=False),
    )
    rate = 30.0 / length_h
    # Whole doses of the past in closed form, those under way one by one.
    since = at_h - lag_h + every_h * np.arange(0, 2000)
    since = since[(since > 0.0) & (since < length_h)]
    running = rate / CLEARANCE * -np.expm1(-RATE * since)
    ended = at_h - lag_h - length_h
    ended += every_h * max(0, int(np.ceil(-ended / every_h)))
    finished = rate / CLEARANCE * -np.expm1(-RATE * length_h) * np.exp(-RATE * ended)
    expected = 1e3 * (running.sum() + finished / -np.expm1(-RATE * every_h))
    assert_allclose(arm.values[0, 0, 0], expected, rtol=1e-6, atol=0)


def test_each_subject_has_its_own_and_the_largest_residual_is_noted():
    from algesia.population import Cohort

    cohort = Cohort(seed=3, subjects=np.arange(5), covariates={})
    arm = run_arm(
        one_compartment(spread=0.2),
        parse_regimen("40 mg IV bolus every 8 h for 1 dose at steady state"),
        cohort=cohort,
        sampling=Sampling(times_h=np.array([0.0]), at_doses=False),
    )
    troughs = arm.values[:, 0, 0]
    assert np.unique(troughs).size == 5
    (note,) = [note for note in arm.notes if "steady state" in note]
    assert float(note.rpartition(" ")[2]) < 1e-8


def test_more_than_can_be_eliminated_has_none_and_the_subject_is_named():
    with pytest.raises(ConvergenceError, match="arm 'arm', subject 0: no steady state"):
        compared(saturable(), "15 mg oral", 6, doses=1)


def test_equations_that_know_the_time_have_none():
    model = one_compartment()
    waning = replace(
        model,
        flows=(
            model.flows[0],
            replace(
                model.flows[1],
                rate=parse("clearance * central / volume * exp(-time * absorption)"),
            ),
        ),
    )
    with pytest.raises(RegimenError, match="depend on the time"):
        compared(waning, "15 mg oral", 6, doses=1)


def test_an_input_that_counts_doses_has_none():
    model = one_compartment()
    part = InputPart(into="depot", fraction=parse("1 / dose_number"))
    counting = replace(model, inputs=(replace(model.inputs[0], parts=(part,)), model.inputs[1]))
    with pytest.raises(RegimenError, match="treats doses by their number"):
        compared(counting, "15 mg oral", 6, doses=1)


@pytest.mark.parametrize("lag_h", [0.6, 0.6000000000000001, 0.6 - 1e-15])
@pytest.mark.parametrize("at_h", [0.0, 12.0, 1000.1])
def test_a_delay_of_three_intervals_leaves_three_doses_under_way_at_any_time(lag_h, at_h):
    collected = ArrivalList()
    collected.add_amount(np.zeros(1, dtype=np.int64), np.array([lag_h]), 0, np.ones(1))
    left = left_over(collected.arrivals(), at_h=np.array([at_h]), interval_h=np.array([0.2]))
    assert_allclose(sorted(left.start_h - at_h), [0.0, 0.2, 0.4], rtol=0, atol=1e-12)

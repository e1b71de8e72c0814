import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import ConvergenceError, DataError
from algesia.population import Cohort
from algesia.simulate import EventRecords, Sampling
from algesia.simulate.record_dosing import covariate_levels

from .small_models import CLEARANCE, VOLUME, one_compartment, run_arm

RATE = CLEARANCE / VOLUME
CLOSE = 1e-7


def records(rows, *, covariates=None, rule="nocb", subjects=None):
    """Records from (time, evid, amount, rate, input, addl, ii, ss) rows."""
    time_h, kind, amount, rate, into, additional, interval, steady = zip(*rows, strict=True)
    count = len(rows)
    return EventRecords(
        subject=np.zeros(count, dtype=np.int64) if subjects is None else np.asarray(subjects),
        time_h=np.asarray(time_h, dtype=float),
        kind=np.asarray(kind),
        amount_mg=np.asarray(amount, dtype=float),
        rate_mg_per_h=np.asarray(rate, dtype=float),
        compartment=into,
        additional=np.asarray(additional),
        interval_h=np.asarray(interval, dtype=float),
        steady_state=np.asarray(steady),
        covariates={name: np.asarray(v, dtype=float) for name, v in (covariates or {}).items()},
        covariate_rule=rule,
        row=np.arange(2, count + 2),
        origin="doses.csv",
    )


def observation(time_h):
    return (time_h, 0, 0.0, 0.0, "", 0, 0.0, 0)


def test_an_observation_before_a_dose_at_the_same_time_does_not_see_it():
    bolus = (5.0, 1, 40.0, 0.0, "intravenous", 0, 0.0, 0)
    first = run_arm(one_compartment(), records([observation(5.0), bolus]), sampling=None)
    assert first.values[0, :, 0].tolist() == [0.0]
    second = run_arm(one_compartment(), records([bolus, observation(5.0)]), sampling=None)
    assert second.values[0, :, 0].tolist() == [2000.0]


@pytest.mark.parametrize("duration_h", [0.0, 3.0, 8.0, 20.0])
@pytest.mark.parametrize("lag_h", [0.0, 2.0, 9.0, 16.0])
@pytest.mark.parametrize("fraction", [1.0, 0.4])
def test_steady_state_equals_hundreds_of_explicit_doses(lag_h, duration_h, fraction):
    model = one_compartment(lag_h=lag_h, fraction=fraction)
    rate = 24.0 / duration_h if duration_h else 0.0
    times = [observation(t) for t in np.arange(0.25, 40.0, 1.75)]
    steady = run_arm(
        model,
        records([(0.0, 1, 24.0, rate, "intravenous", 0, 8.0, 1), *times]),
        sampling=None,
    )
    start = 300 * 8.0
    later = [(start + t[0], *t[1:]) for t in times]
    explicit = run_arm(
        model,
        records([(0.0, 1, 24.0, rate, "intravenous", 300, 8.0, 0), *later]),
        sampling=None,
    )
    assert_allclose(steady.values, explicit.values, rtol=3e-7, atol=0)


def test_a_dose_rate_is_kept_when_part_of_the_dose_is_lost():
    model = one_compartment(fraction=0.5)
    arm = run_arm(
        model,
        records([(0.0, 1, 40.0, 10.0, "intravenous", 0, 0.0, 0)]),
        sampling=Sampling.every(0.5, until_h=6.0),
    )
    running, after = np.clip(arm.time_h, 0.0, 2.0), np.maximum(arm.time_h - 2.0, 0.0)
    expected = 10.0 / CLEARANCE * (1.0 - np.exp(-RATE * running)) * np.exp(-RATE * after) * 1e3
    assert_allclose(arm.values[0, :, 0], expected, rtol=CLOSE, atol=1e-9)


def test_a_reset_empties_the_body_and_cancels_what_has_not_arrived():
    rows = [
        (0.0, 1, 40.0, 1.0, "intravenous", 5, 10.0, 0),
        (12.0, 3, 0.0, 0.0, "", 0, 0.0, 0),
        observation(13.0),
        observation(60.0),
    ]
    arm = run_arm(one_compartment(), records(rows), sampling=None)
    assert arm.values[0, :, 0].tolist() == [0.0, 0.0]


def weighted(rule, weights):
    rows = [
        (0.0, 1, 40.0, 0.0, "intravenous", 0, 0.0, 0),
        *(observation(t) for t in (4.0, 8.0, 12.0)),
    ]
    return records(rows, covariates={"weight": weights}, rule=rule)


def allometric():
    from dataclasses import replace

    from algesia.model import Allometry

    model = one_compartment()
    return replace(
        model,
        covariate_effects=(
            Allometry(
                parameters=("clearance",), covariate="weight", reference=70.0, exponent=1.0
            ),
        ),
    )


def test_covariates_of_the_next_record_hold_before_it_and_of_the_last_one_after_it():
    weights = [70.0, 70.0, 140.0, 140.0]
    cohort = Cohort(seed=1, subjects=np.array([0]), covariates={"weight": [70.0]}, spread=False)
    for rule, hours_doubled in (("nocb", [0.0, 4.0, 8.0]), ("locf", [0.0, 0.0, 4.0])):
        arm = run_arm(allometric(), weighted(rule, weights), cohort=cohort, sampling=None)
        exponent = RATE * (arm.time_h + np.asarray(hours_doubled))
        assert_allclose(arm.values[0, :, 0], 2000.0 * np.exp(-exponent), rtol=CLOSE, atol=0)
        assert rule.upper() in arm.regimen_text


def test_levels_count_the_stretches_of_unchanged_covariates():
    levels = covariate_levels(weighted("nocb", [70.0, 70.0, 80.0, 70.0]))
    assert levels.level.tolist() == [0, 0, 1, 2]
    assert levels.columns["weight"].tolist() == [[70.0], [80.0], [70.0]]


def test_subjects_with_records_of_their_own_do_not_disturb_each_other():
    rows = [
        (0.0, 1, 40.0, 0.0, "intravenous", 0, 0.0, 0),
        observation(6.0),
        (2.0, 1, 80.0, 0.0, "intravenous", 0, 0.0, 0),
        observation(6.0),
    ]
    pair = Cohort(
        seed=1, subjects=np.array([4, 9]), covariates={"weight": [70.0, 70.0]}, spread=False
    )
    arm = run_arm(
        one_compartment(), records(rows, subjects=[4, 4, 9, 9]), cohort=pair, sampling=None
    )
    expected = [2000.0 * np.exp(-RATE * 6.0), 4000.0 * np.exp(-RATE * 4.0)]
    assert_allclose(arm.values[:, 0, 0], expected, rtol=CLOSE, atol=0)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((0.0, 1, 10.0, -1.0, "intravenous", 0, 0.0, 0), "row 2: RATE is -1"),
        ((0.0, 1, 10.0, -2.0, "intravenous", 0, 0.0, 0), "row 2: RATE is -2"),
        ((0.0, 1, 10.0, 0.0, "nose", 0, 0.0, 0), "row 2: no input 'nose'"),
    ],
)
def test_records_the_model_cannot_give_are_refused_with_their_row(row, message):
    with pytest.raises(DataError, match=message):
        run_arm(one_compartment(), records([row, observation(1.0)]), sampling=None)


def test_records_without_anything_to_look_at_are_refused():
    with pytest.raises(DataError, match="no observation records"):
        run_arm(
            one_compartment(),
            records([(0.0, 1, 10.0, 0.0, "intravenous", 0, 0.0, 0)]),
            sampling=None,
        )


def test_a_drug_that_never_leaves_has_no_steady_state():
    from dataclasses import replace

    model = one_compartment()
    kept = replace(
        model,
        flows=(model.flows[0],),
        parameters=tuple(p for p in model.parameters if p.name != "clearance"),
    )
    with pytest.raises(ConvergenceError, match="row 2: no steady state"):
        run_arm(
            kept,
            records([(0.0, 1, 10.0, 0.0, "intravenous", 0, 12.0, 1), observation(1.0)]),
            sampling=None,
        )


@pytest.mark.parametrize(
    ("times", "subjects", "message"),
    [([3.0, 1.0], [0, 0], "row 3.*goes back"), ([0.0, 0.0, 1.0], [0, 1, 0], "row 4.*again")],
)
def test_records_must_run_forward_and_subjects_stand_together(times, subjects, message):
    with pytest.raises(DataError, match=message):
        records([observation(t) for t in times], subjects=subjects)

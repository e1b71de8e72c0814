"""A covariate that changes along a straight line is followed exactly, not in stairs."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.engine import solve
from algesia.errors import DataError
from algesia.model import Allometry, DataColumn, LinearAbove, Parameter, RandomEffect, parse
from algesia.population import Cohort
from algesia.simulate import (
    Arm,
    EventRecords,
    Sampling,
    Scenario,
    Tolerance,
    run,
    run_in_chunks,
)
from algesia.simulate.covariate_levels import covariate_levels
from algesia.simulate.covariate_lines import equations_of
from algesia.simulate.lower import lower
from algesia.units import dimension

from .small_models import CLEARANCE, VOLUME, one_compartment, value

RATE = CLEARANCE / VOLUME
DOSE = (0.0, 1, 40.0)


def table(rows, weights, *, rule="linear", name="weight", **columns):
    """Records from (time, EVID, amount) rows with a weight in each."""
    time_h, kind, amount = zip(*rows, strict=True)
    count = len(rows)
    given = {
        "subject": np.zeros(count, dtype=np.int64),
        "rate_mg_per_h": np.zeros(count),
        "additional": np.zeros(count, dtype=np.int64),
        "interval_h": np.zeros(count),
        "steady_state": np.zeros(count, dtype=np.int64),
        "covariates": {name: np.asarray(weights, dtype=np.float64)},
    }
    return EventRecords(
        time_h=np.asarray(time_h, dtype=np.float64),
        kind=np.asarray(kind),
        amount_mg=np.asarray(amount, dtype=np.float64),
        compartment=tuple("intravenous" if each in (1, 4) else "" for each in kind),
        covariate_rule=rule,
        row=np.arange(2, count + 2),
        origin="doses.csv",
        **{**given, **columns},
    )


def shifted(*effects):
    return replace(one_compartment(), covariate_effects=effects)


def allometric(exponent=1.0):
    return Allometry(
        parameters=("clearance",), covariate="weight", reference=70.0, exponent=exponent
    )


def arm_of(model, records, *, sampling=None, spread=False):
    first = records.first_records()[:-1]
    cohort = Cohort(
        seed=3,
        subjects=records.subjects(),
        covariates={name: each[first] for name, each in records.covariates.items()},
        spread=spread,
    )
    return Arm(name="arm", model=model, regimen=records, cohort=cohort, sampling=sampling)


def answer(model, records, *, sampling=None, relative=1e-9):
    arm = arm_of(model, records, sampling=sampling)
    scenario = Scenario(
        title="t", arms=(arm,), sampling=None, tolerance=Tolerance(relative=relative)
    )
    return run(scenario).arms[0]


def looks(*times_h):
    return [(each, 0, 0.0) for each in times_h]


def test_a_clearance_that_rises_with_the_weight_has_the_closed_form():
    records = table([DOSE, *looks(10.0, 20.0, 30.0, 45.0)], [70.0, 105.0, 105.0, 35.0, 35.0])
    found = answer(shifted(allometric()), records, sampling=Sampling.every(2.5, until_h=45.0))
    corners_h = np.array([0.0, 10.0, 20.0, 30.0, 45.0])
    weights = np.interp(found.time_h, corners_h, [70.0, 105.0, 105.0, 35.0, 35.0])
    # The integral of a broken line is that of trapezoids between its corners.
    grid_h = np.unique(np.concatenate([corners_h, found.time_h]))
    on_grid = np.interp(grid_h, corners_h, [70.0, 105.0, 105.0, 35.0, 35.0])
    area = np.concatenate(
        [[0.0], np.cumsum(np.diff(grid_h) * (on_grid[1:] + on_grid[:-1]) / 2.0)]
    )
    exponents = RATE / 70.0 * np.interp(found.time_h, grid_h, area)
    assert weights.max() > 100.0
    assert_allclose(found.values[0, :, 0], 2000.0 * np.exp(-exponents), rtol=1e-6, atol=0)
    assert "weight by LINEAR" in found.regimen_text
    assert any("weight by LINEAR" in note for note in found.notes)


def test_a_power_of_the_weight_has_the_closed_form():
    records = table([DOSE, *looks(30.0)], [50.0, 90.0])
    found = answer(shifted(allometric(0.75)), records)
    slope = (90.0 - 50.0) / 30.0
    area = 70.0 / (1.75 * slope) * ((90.0 / 70.0) ** 1.75 - (50.0 / 70.0) ** 1.75)
    assert_allclose(found.values[0, -1, 0], 2000.0 * np.exp(-RATE * area), rtol=1e-6, atol=0)


def test_a_slope_above_a_threshold_acts_from_where_the_line_crosses_it():
    effect = LinearAbove(
        parameter="clearance",
        covariate="weight",
        threshold=80.0,
        slope=0.02,
        slope_dimension=dimension("L/h/kg"),
    )
    records = table([DOSE, *looks(20.0)], [60.0, 100.0])
    found = answer(shifted(effect), records)
    # 10 h below the threshold, then 10 h in which the clearance rises by 0.4 L/h.
    exponent = RATE * 20.0 + 0.5 * 10.0 * 0.4 / VOLUME
    assert_allclose(found.values[0, -1, 0], 2000.0 * np.exp(-exponent), rtol=1e-6, atol=0)


def test_what_is_added_keeps_its_share_under_spread_and_later_factors():
    effect = LinearAbove(
        parameter="clearance",
        covariate="weight",
        threshold=80.0,
        slope=0.02,
        slope_dimension=dimension("L/h/kg"),
    )
    later = Allometry(parameters=("clearance",), covariate="age", reference=40.0, exponent=-0.5)
    model = replace(one_compartment(spread=0.09), covariate_effects=(effect, later))
    rows = [DOSE, *looks(20.0)]
    weights = {"weight": np.array([60.0, 100.0]), "age": np.array([30.0, 30.0])}
    records = table(rows, [], covariates=weights, rule={"weight": "linear"})
    arm = arm_of(model, records, spread=True)
    found = run(
        Scenario(title="t", arms=(arm,), sampling=None, tolerance=Tolerance(relative=1e-9))
    )
    numbers = lower(arm, sampling=None, tolerance=Tolerance())
    own = numbers.batch.parameters[0, numbers.program.parameters.index("clearance_at_record")]
    assert abs(own / (CLEARANCE * (30.0 / 40.0) ** -0.5) - 1.0) > 0.01
    # The clearance of this patient at 60 kg times 20 h, and its share of what is added.
    exponent = own / VOLUME * (20.0 + 0.5 * 10.0 * 0.4 / CLEARANCE)
    reached = found.arms[0].values[0, -1, 0]
    assert_allclose(reached, 2000.0 * np.exp(-exponent), rtol=1e-6, atol=0)


def test_a_line_is_the_limit_of_a_fine_staircase():
    model = shifted(allometric(0.75))
    smooth = answer(model, table([DOSE, *looks(40.0)], [50.0, 90.0])).values[0, -1, 0]
    apart = []
    for steps in (100, 200, 400):
        times_h = np.linspace(0.0, 40.0, steps + 1)
        weights = np.append(
            np.interp((times_h[1:] + times_h[:-1]) / 2.0, [0.0, 40.0], [50.0, 90.0]), 90.0
        )
        stairs = table(
            [DOSE, *((t, 2, 0.0) for t in times_h[1:-1]), *looks(40.0)], weights, rule="locf"
        )
        apart.append(abs(answer(model, stairs).values[0, -1, 0] / smooth - 1.0))
    assert apart[0] < 2e-6
    assert_allclose(np.divide(apart[:-1], apart[1:]), 4.0, rtol=0.05, atol=0)


def test_a_data_column_along_a_line_is_a_changing_parameter():
    model = one_compartment()
    kept = tuple(each for each in model.parameters if each.name != "clearance")
    model = replace(
        model,
        parameters=kept,
        data_columns=(DataColumn(name="clearance", column="CL", unit="L/h"),),
    )
    records = table(
        [DOSE, *looks(10.0, 20.0)],
        [],
        covariates={},
        data={"clearance": np.array([1.0, 3.0, 3.0])},
    )
    found = answer(model, records)
    expected = 2000.0 * np.exp(-np.array([20.0, 50.0]) / VOLUME)
    assert_allclose(found.values[0, :, 0], expected, rtol=1e-6, atol=0)


def test_a_steady_state_is_that_of_the_weight_at_its_record():
    rows = [(0.0, 1, 40.0), *looks(0.0, 8.0)]
    steady = {"steady_state": np.array([1, 0, 0]), "interval_h": np.array([8.0, 0.0, 0.0])}
    rising = answer(shifted(allometric()), table(rows, [70.0, 70.0, 140.0], **steady))
    assert_allclose(
        rising.values[0, 0, 0], 2000.0 / (1.0 - np.exp(-8.0 * RATE)), rtol=1e-6, atol=0
    )
    fallen = rising.values[0, 0, 0] * np.exp(-RATE * 8.0 * 1.5)
    assert_allclose(rising.values[0, 1, 0], fallen, rtol=1e-6, atol=0)


def test_where_a_clock_starts_anew_the_line_jumps():
    rows = [DOSE, *looks(10.0), (0.0, 4, 40.0), *looks(10.0)]
    found = answer(shifted(allometric()), table(rows, [70.0, 140.0, 70.0, 140.0]))
    assert_allclose(found.values[0, :, 0], 2000.0 * np.exp(-RATE * 15.0), rtol=1e-6, atol=0)


def test_a_weight_that_stays_makes_no_switch_and_a_line_one_per_corner():
    rows = [DOSE, *looks(1.0, 2.0, 3.0, 4.0)]
    levels = covariate_levels(table(rows, [70.0, 70.0, 80.0, 80.0, 80.0]))
    assert levels.level.tolist() == [0, 1, 2, 2, 2]
    assert_array_equal(levels.before, [0, 0, 1, 2, 2])


def test_a_line_that_shifts_nothing_leaves_the_equations_as_they_are():
    model = shifted(allometric())
    plain = equations_of(model, {})
    assert equations_of(model, {"weight": "locf", "age": "linear"}) == plain
    assert equations_of(model, {"weight": "linear"}).program.stepper == "rodas5p"
    assert plain.program.stepper == "exact"


def test_lanes_and_chunks_change_nothing():
    rows = [DOSE, *looks(10.0, 20.0), DOSE, *looks(5.0, 20.0)]
    records = table(
        rows, [70.0, 90.0, 60.0, 50.0, 55.0, 80.0], subject=np.array([0, 0, 0, 1, 1, 1])
    )
    arm = arm_of(shifted(allometric(0.75)), records)
    scenario = Scenario(title="t", arms=(arm,), sampling=None)
    numbers = lower(arm, sampling=None, tolerance=Tolerance())
    wide, one = (
        solve(numbers.program, numbers.batch, numbers.tolerances, lanes=lanes).values
        for lanes in (8, 1)
    )
    assert_allclose(wide, one, rtol=1e-5, atol=1e-12)
    whole = run(scenario)
    assert run_in_chunks(scenario, chunk_subjects=1).receipt == whole.receipt


@pytest.mark.parametrize(
    ("model", "name", "message"),
    [
        (
            shifted(
                allometric(),
                LinearAbove(
                    parameter="clearance",
                    covariate="weight",
                    threshold=80.0,
                    slope=0.02,
                    slope_dimension=dimension("L/h/kg"),
                ),
            ),
            "weight",
            "'clearance' of model 'one_compartment' cannot follow a line",
        ),
        (one_compartment(), "female", "rule of female is 'linear', but female is no number"),
    ],
)
def test_what_cannot_follow_a_line_is_refused_by_name(model, name, message):
    with pytest.raises(DataError, match=message):
        answer(model, table([DOSE, *looks(4.0)], [1.0, 1.0], name=name))


def test_a_logit_spread_cannot_follow_a_line():
    model = one_compartment()
    reported = value("share_spread", 0.5, "1", "logit_sd")
    effect = RandomEffect.from_reported(
        name="share", parameters=("share",), kind="logit_normal", level="subject",
        reported=reported,
    )  # fmt: skip
    share = value("share", 0.5, "1")
    flows = (
        model.flows[0],
        replace(model.flows[1], rate=parse("share * clearance * central / volume")),
    )
    model = replace(
        model,
        parameters=(
            *model.parameters,
            *(Parameter(name=each.name, reported=each) for each in (share, reported)),
        ),
        flows=flows,
        random_effects=(effect,),
        covariate_effects=(replace(allometric(), parameters=("share",)),),
    )
    with pytest.raises(DataError, match="its spread is on the logit scale"):
        answer(model, table([DOSE, *looks(4.0)], [70.0, 70.0]))

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import ConvergenceError, DataError, InputError, UnknownNameError
from algesia.model import DataColumn, Definition, Input, InputPart, Parameter, parse
from algesia.population import Cohort
from algesia.regimen import parse_regimen
from algesia.simulate import Sampling
from algesia.simulate.covariate_levels import covariate_levels

from .record_tables import observation, records
from .small_models import CLEARANCE, VOLUME, one_compartment, run_arm, value

RATE = CLEARANCE / VOLUME
CLOSE = 1e-7


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


@pytest.mark.parametrize("duration_h", [0.5, 3.0, 8.0, 20.0])
@pytest.mark.parametrize("lag_h", [0.0, 2.0, 16.0])
@pytest.mark.parametrize("fraction", [1.0, 0.4])
@pytest.mark.parametrize("asked", [-1.0, -2.0])
def test_steady_state_of_what_the_model_times_equals_hundreds_of_doses(
    asked, lag_h, duration_h, fraction
):
    model = one_compartment(lag_h=lag_h, fraction=fraction)
    into = model.inputs[1]
    part = replace(
        into.parts[0],
        modelled_duration=parse("asked_duration"),
        modelled_rate=parse("asked_rate"),
    )
    asked_for = (
        value("asked_duration", duration_h, "h"),
        value("asked_rate", 24.0 * fraction / duration_h, "mg/h"),
    )
    model = replace(
        model,
        inputs=(model.inputs[0], replace(into, parts=(part,))),
        parameters=(
            *model.parameters,
            *(Parameter(name=each.name, reported=each) for each in asked_for),
        ),
    )
    times = [observation(t) for t in np.arange(0.25, 40.0, 1.75)]
    steady = run_arm(
        model,
        records([(0.0, 1, 24.0, asked, "intravenous", 0, 8.0, 1), *times]),
        sampling=None,
    )
    start = 300 * 8.0
    later = [(start + t[0], *t[1:]) for t in times]
    explicit = run_arm(
        model,
        records([(0.0, 1, 24.0, asked, "intravenous", 300, 8.0, 0), *later]),
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
        ((0.0, 1, 10.0, -1.0, "intravenous", 0, 0.0, 0), "row 2.*RATE -1.*no modelled_rate"),
        ((0.0, 1, 10.0, -2.0, "intravenous", 0, 0.0, 0), "row 2.*RATE -2.*no modelled_du"),
        ((0.0, 1, 10.0, 0.0, "nose", 0, 0.0, 0), "row 2, column CMT: no input 'nose'"),
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
    model = one_compartment()
    kept = replace(
        model,
        flows=(model.flows[0],),
        parameters=tuple(p for p in model.parameters if p.name != "clearance"),
    )
    with pytest.raises(ConvergenceError, match="row 2, column SS: no steady state"):
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


def dosed(time_h, amount=40.0, *, kind=1, steady=0, interval=0.0):
    return (time_h, kind, amount, 0.0, "intravenous", 0, interval, steady)


def test_each_covariate_may_have_its_own_rule():
    rows = [dosed(0.0), *(observation(t) for t in (4.0, 8.0))]
    both = {"weight": [70.0, 140.0, 140.0], "age": [30.0, 40.0, 50.0]}
    mixed = records(rows, covariates=both, rule={"weight": "locf"})
    levels = covariate_levels(mixed)
    # On the way the later age holds with the earlier weight.
    at = [(levels.columns["weight"][k, 0], levels.columns["age"][k, 0]) for k in range(4)]
    assert at == [(70.0, 30.0), (70.0, 40.0), (140.0, 40.0), (140.0, 50.0)]
    assert levels.before.tolist() == [0, 1, 3]
    assert levels.level.tolist() == [0, 2, 3]
    assert mixed.describe().endswith("weight by LOCF, age by NOCB")
    arm = run_arm(allometric(), mixed, sampling=None)
    exponents = RATE * np.array([4.0, 4.0 + 2.0 * 4.0])
    assert_allclose(arm.values[0, :, 0], 2000.0 * np.exp(-exponents), rtol=CLOSE, atol=0)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"weight": "next"}, "rule of weight is 'next'; expected 'nocb', 'locf' or 'linear'"),
        ("next", "rule of covariates is 'next'; expected 'nocb', 'locf' or 'linear'"),
        ({"wieght": "locf"}, "'wieght'; close names: weight"),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(rule, message):
    with pytest.raises((DataError, UnknownNameError), match=message):
        records([dosed(0.0)], covariates={"weight": [70.0]}, rule=rule)


def test_a_time_seen_twice_by_one_subject_is_shown_twice():
    rows = [observation(5.0), dosed(5.0), observation(5.0), observation(6.0), observation(5.0)]
    arm = run_arm(
        one_compartment(),
        records(rows, subjects=[0, 0, 0, 0, 1]),
        cohort=Cohort(seed=1, subjects=np.array([0, 1]), covariates={}, spread=False),
        sampling=None,
    )
    assert arm.time_h.tolist() == [5.0, 5.0, 6.0]
    assert arm.values[0, :2, 0].tolist() == [0.0, 2000.0]
    assert arm.values[1, :, 0].tolist() == [0.0, 0.0, 0.0]


def test_a_clock_that_starts_anew_goes_on_and_a_note_says_from_where():
    rows = [dosed(2.0), observation(8.0), dosed(1.0, 80.0, kind=4), observation(4.0)]
    table = records(rows)
    assert table.clock_h().tolist() == [2.0, 8.0, 8.0, 11.0]
    assert table.part(0, 1).looks().tolist() == [-1, 0, -1, 1]
    arm = run_arm(one_compartment(), table, sampling=None)
    assert arm.time_h.tolist() == [8.0, 11.0]
    expected = [2000.0 * np.exp(-6.0 * RATE), 4000.0 * np.exp(-3.0 * RATE)]
    assert_allclose(arm.values[0, :, 0], expected, rtol=CLOSE, atol=0)
    assert any("row 4 with 1 h is at 8 h" in note for note in arm.notes)


def test_what_the_body_has_of_its_own_comes_back_after_a_reset():
    model = one_compartment()
    states = (model.states[0], replace(model.states[1], initial=parse("volume * 1e-4 * scale")))
    scale = Parameter(name="scale", reported=value("scale", 1.0, "mg/L"))
    own = replace(model, states=states, parameters=(*model.parameters, scale))
    rows = [
        observation(0.0),
        dosed(1.0),
        (10.0, 3, 0.0, 0.0, "", 0, 0.0, 0),
        observation(10.0),
        observation(12.0),
    ]
    arm = run_arm(own, records(rows), sampling=None)
    expected = 0.1 * np.exp(-RATE * np.array([0.0, 0.0, 2.0]))
    assert_allclose(arm.values[0, :, 0], expected, rtol=CLOSE, atol=0)


def test_inputs_may_count_doses_and_use_definitions_made_of_values():
    model = one_compartment()
    part = InputPart(into="central", fraction=parse("share / dose_number"))
    counting = replace(
        model,
        definitions=(Definition(name="share", expression=parse("part * 1")),),
        parameters=(
            *model.parameters, Parameter(name="part", reported=value("part", 0.6, "1"))
        ),
        inputs=(model.inputs[0], replace(model.inputs[1], parts=(part,))),
    )  # fmt: skip
    series = (0.0, 1, 40.0, 0.0, "intravenous", 2, 5.0, 0)
    arm = run_arm(counting, records([series, dosed(12.0), observation(13.0)]), sampling=None)
    since = 13.0 - np.array([0.0, 5.0, 10.0, 12.0])
    expected = 0.6 * 2000.0 * np.sum(np.exp(-RATE * since) / np.arange(1, 5))
    assert_allclose(arm.values[0, 0, 0], expected, rtol=CLOSE, atol=0)


def test_an_input_with_a_rate_of_its_own_gives_every_dose_at_it():
    model = one_compartment()
    part = InputPart(into="central", fraction=parse("0.5"), rate=parse("pace"))
    paced = replace(
        model,
        parameters=(
            *model.parameters, Parameter(name="pace", reported=value("pace", 4.0, "mg/h"))
        ),
        inputs=(
            model.inputs[0],
            Input(
                name="intravenous",
                routes=("intravenous",),
                substances=("esketamine",),
                parts=(part,),
            ),
        ),
    )  # fmt: skip
    arm = run_arm(
        paced, records([dosed(0.0), observation(2.0), observation(9.0)]), sampling=None
    )
    rise = -np.expm1(-RATE * np.array([2.0, 5.0])) * np.array([1.0, np.exp(-RATE * 4.0)])
    assert_allclose(arm.values[0, :, 0], 4.0 / CLEARANCE * 1e3 * rise, rtol=CLOSE, atol=0)


def test_a_dose_that_is_over_when_it_starts_is_refused_with_its_row():
    model = one_compartment(lag_h=-1.0)
    with pytest.raises(DataError, match=r"row 2, column AMT: .*negative or undefined"):
        run_arm(model, records([dosed(3.0), observation(4.0)]), sampling=None)


def test_a_steady_state_without_an_interval_is_refused():
    with pytest.raises(DataError, match="row 2, column II: a steady state of a dose has II 0"):
        run_arm(
            one_compartment(), records([dosed(0.0, steady=1), observation(1.0)]), sampling=None
        )


def test_a_model_with_data_columns_runs_with_a_table_that_has_them_only():
    model = one_compartment()
    column = DataColumn(name="lag_column", column="LAGT", unit="h")
    part = InputPart(into="central", lag=parse("lag_column"))
    lagged = replace(
        model,
        data_columns=(column,),
        inputs=(model.inputs[0], replace(model.inputs[1], parts=(part,))),
    )
    rows = [dosed(0.0), observation(1.0), observation(3.0)]
    late = records(rows, data={"lag_column": np.array([2.0, 9.0, 9.0])})
    arm = run_arm(lagged, late, sampling=None)
    assert_allclose(arm.values[0, :, 0], [0.0, 2000.0 * np.exp(-RATE)], rtol=CLOSE, atol=0)
    with pytest.raises(DataError, match=r"has no column 'LAGT', which .* needs for"):
        run_arm(lagged, records(rows), sampling=None)
    with pytest.raises(InputError, match="takes 'lag_column' from the column LAGT of an event"):
        run_arm(lagged, parse_regimen("40 mg IV bolus"))

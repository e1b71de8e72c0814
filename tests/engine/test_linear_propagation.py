"""Exact propagation against closed forms, exponentials of many digits, and its own laws."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.linalg import expm

from algesia.engine import (
    EventKind,
    Program,
    Status,
    Tolerances,
    periodic_state,
    solve,
    solve_plainly,
)

ADD, RATE, SET = EventKind.ADD, EventKind.RATE, EventKind.SET
RESET, PARAMETERS = EventKind.RESET, EventKind.PARAMETERS
LOOSE = Tolerances(relative=1e-2, absolute=1.0)


def general(states):
    """Any linear system: the parameters are its matrix by rows and what enters."""
    names = [f"x{i}" for i in range(states)]
    entries = [f"a{i}_{j}" for i in range(states) for j in range(states)]
    inflow = [f"b{i}" for i in range(states)]
    derivatives = [
        " + ".join([f"a{i}_{j} * x{j}" for j in range(states)] + [f"b{i}"])
        for i in range(states)
    ]
    return Program(
        states=tuple(names),
        parameters=(*entries, *inflow),
        derivatives=tuple(derivatives),
        outputs=tuple((f"o{i}", name) for i, name in enumerate(names)),
        stepper="exact",
    )


THREE = general(3)


def chain(states):
    """Transit compartments with one rate, the last a sink: a defective, singular matrix."""
    names = [f"x{i}" for i in range(states)]
    derivatives = [f"k * x{i - 1} - k * x{i}" for i in range(1, states - 1)]
    return Program(
        states=tuple(names),
        parameters=("k",),
        derivatives=("-k * x0", *derivatives, f"k * x{states - 2}"),
        outputs=tuple((f"o{i}", name) for i, name in enumerate(names)),
        stepper="exact",
    )


CHAIN = chain(8)

GROWTH = Program(
    states=("still", "growing"),
    parameters=("k",),
    derivatives=("0", "k * growing"),
    outputs=(("still", "still"), ("growing", "growing")),
    stepper="exact",
)


def many_digits(matrix, inflow, initial, time_h):
    """State at a time from the exponential of the system with a constant state added."""
    size = len(matrix)
    with mpmath.workdps(60):
        whole = mpmath.zeros(size + 1)
        for i in range(size):
            for j in range(size):
                whole[i, j] = mpmath.mpf(float(matrix[i][j])) * mpmath.mpf(time_h)
            whole[i, size] = mpmath.mpf(float(inflow[i])) * mpmath.mpf(time_h)
        start = mpmath.matrix([*(mpmath.mpf(float(x)) for x in initial), 1])
        end = mpmath.expm(whole, method="taylor") * start
        return np.array([float(end[i]) for i in range(size)])


def solved(batch_of, matrix, inflow, initial, times_h):
    parameters = [*np.ravel(matrix), *inflow]
    batch = batch_of([parameters], [initial], [[]], [times_h])
    answer = solve(THREE, batch, LOOSE)
    assert answer.status.tolist() == [Status.OK]
    return answer.values[0]


MAMMILLARY = np.array([[-2.4, 0.5, 0.05], [0.9, -0.5, 0.0], [0.3, 0.0, -0.05]])
CLOSED = np.array([[-1.2, 0.5, 0.05], [0.9, -0.5, 0.0], [0.3, 0.0, -0.05]])
SPREAD = np.array([[-1e4, 0.0, 0.0], [1e4, -3.0, 0.0], [0.0, 3.0, -1e-3]])
EQUAL = np.array([[-1.3, 0.0, 0.0], [1.3, -1.3, 0.0], [0.0, 1.3, -1.3]])
GROWING = np.array([[0.2, 0.1, 0.0], [0.4, -0.3, 0.2], [0.0, 0.1, 0.05]])
OSCILLATING = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.5, 0.0, -0.2]])


@pytest.mark.parametrize("matrix", [MAMMILLARY, EQUAL, SPREAD, GROWING], ids=str)
@pytest.mark.parametrize("inflow", [(0.0, 0.0, 0.0), (2.5, 0.0, 0.25)])
@pytest.mark.parametrize("time_h", [1e-9, 1e-3, 0.1, 1.0, 7.3, 24.0])
def test_a_state_is_that_of_the_exponential_with_many_digits(batch_of, matrix, inflow, time_h):
    initial = [100.0, 3.0, 0.0]
    found = solved(batch_of, matrix, inflow, initial, [time_h])[0]
    expected = many_digits(matrix, inflow, initial, time_h)
    # Below 1e-290 of a dose that has gone there are no more digits to compare.
    assert_allclose(found, expected, rtol=1e-12, atol=1e-290)


def test_rates_that_lie_ten_million_apart_lose_nothing_over_a_thousand_hours(batch_of):
    found = solved(batch_of, SPREAD, (0.0,) * 3, [100.0, 0.0, 0.0], [1000.0])[0]
    # Bateman's sum; the two fast terms have gone.
    fast, middle, slow = 1e4, 3.0, 1e-3
    expected = (
        100.0 * fast * middle / ((fast - slow) * (middle - slow)) * np.exp(-slow * 1000.0)
    )
    assert_allclose(found[2], expected, rtol=1e-12, atol=0)


def test_what_no_one_eliminates_stays_and_what_is_infused_adds_up(batch_of):
    times_h = [1.0, 30.0, 1000.0]
    found = solved(batch_of, CLOSED, (2.0, 0.0, 0.0), [100.0, 0.0, 0.0], times_h)
    assert_allclose(found.sum(axis=1), 100.0 + 2.0 * np.array(times_h), rtol=1e-12, atol=0)


def test_a_system_that_does_nothing_keeps_its_state_and_integrates_its_inputs(batch_of):
    found = solved(batch_of, np.zeros((3, 3)), (1.0, 0.0, -2.0), [5.0, 6.0, 7.0], [0.0, 4.0])
    assert_array_equal(found, [[5.0, 6.0, 7.0], [9.0, 6.0, -1.0]])


def test_a_swing_keeps_its_size(batch_of):
    times_h = np.array([0.3, 3.0, 500.0])
    found = solved(batch_of, OSCILLATING, (0.0,) * 3, [1.0, 0.0, 0.0], times_h.tolist())
    # Cancelling entries: the error counts against the swing, not against each state.
    assert_allclose(found[:, 0], np.cos(times_h), rtol=0, atol=1e-12)
    assert_allclose(found[:, 1], -np.sin(times_h), rtol=0, atol=1e-12)


@pytest.mark.parametrize("interval_h", [1.0 / 3.0, 1e-12, 1e-4, 2.0, 40.0])
def test_equal_transit_rates_give_the_terms_of_the_poisson_distribution(batch_of, interval_h):
    rate = 1.7
    batch = batch_of([[rate]], [[1.0] + [0.0] * 7], [[]], [[interval_h]])
    found = solve(CHAIN, batch, LOOSE).values[0, 0]
    with mpmath.workdps(200):
        mean = mpmath.mpf(rate) * mpmath.mpf(interval_h)
        terms = [mpmath.exp(-mean) * mean**n / mpmath.factorial(n) for n in range(7)]
        expected = [float(term) for term in terms]
        expected.append(float(1 - sum(terms)))
    assert_allclose(found, expected, rtol=1e-12, atol=0)


def test_nothing_falls_below_zero_however_little_is_there(batch_of):
    times_h = np.geomspace(1e-8, 1e4, 300)
    batch = batch_of([[1.7], [40.0]], [[1.0] + [0.0] * 7] * 2, [[], []], [times_h] * 2)
    assert solve(CHAIN, batch, LOOSE).values.min() >= 0.0


@pytest.mark.parametrize("step_h", [1.0 / 6.0, 0.1, 1.0, 24.0])
def test_a_long_grid_drifts_by_rounding_only(batch_of, step_h):
    # The same interval over and over, with the rounding of times that grow.
    times_h = np.arange(1.0, 301.0) * step_h
    found = solved(batch_of, MAMMILLARY, (2.5, 0.0, 0.25), [100.0, 3.0, 0.0], times_h)
    for place in (4, 150, 299):
        expected = many_digits(MAMMILLARY, (2.5, 0.0, 0.25), [100.0, 3.0, 0.0], times_h[place])
        assert_allclose(found[place], expected, rtol=1e-12, atol=0)


def test_an_interval_that_is_nearly_one_met_before_is_not_taken_for_it(batch_of):
    # 2e-10 of the interval, a change of the state of as much: far above rounding.
    times_h = [*np.arange(1.0, 9.0), 9.0 + 2e-10, 10.0 - 2e-10]
    inflow, initial = (2.5, 0.0, 0.25), [100.0, 3.0, 0.0]
    found = solved(batch_of, MAMMILLARY, inflow, initial, times_h)
    for place in (8, 9):
        expected = many_digits(MAMMILLARY, inflow, initial, times_h[place])
        assert_allclose(found[place], expected, rtol=1e-13, atol=0)


def test_what_arrives_far_down_a_chain_counts_where_a_trace_was_left_before(batch_of):
    initial = [1.0, *[1e-30] * 7]
    batch = batch_of([[1.7]], [initial], [[]], [[1e-4]])
    found = solve(CHAIN, batch, LOOSE).values[0, 0]
    matrix = np.diag([-1.7] * 7 + [0.0]) + np.diag([1.7] * 7, -1)
    assert_allclose(found, many_digits(matrix, [0.0] * 8, initial, 1e-4), rtol=1e-12, atol=0)


def test_an_infusion_given_fifty_times_is_as_exact_as_the_first(batch_of):
    length_h, rate, period_h = 2.0 / 3.0, 30.0, 12.0
    events = []
    for dose in range(50):
        events += [(dose * period_h, RATE, 0, rate), (dose * period_h + length_h, RATE, 0, 0.0)]
    times_h = [dose * period_h + length_h for dose in range(50)]
    batch = batch_of([[*np.ravel(MAMMILLARY), 0.0, 0.0, 0.0]], [[0.0] * 3], [events], [times_h])
    found = solve(THREE, batch, LOOSE).values[0]
    one = many_digits(MAMMILLARY, (rate, 0.0, 0.0), [0.0] * 3, length_h)
    state = np.zeros(3)
    for dose in range(50):
        state = expm(MAMMILLARY * length_h) @ state + one
        assert_allclose(found[dose], state, rtol=1e-11, atol=0)
        state = expm(MAMMILLARY * (period_h - length_h)) @ state


def test_every_kind_of_event_is_obeyed(batch_of):
    rows = [[*np.ravel(MAMMILLARY), 0.0, 0.0, 0.0], [*np.ravel(EQUAL), 1.0, 0.0, 0.0]]
    events = [
        (1.0, ADD, 0, 50.0),
        (1.0, RATE, 1, 4.0),
        (2.0, SET, 2, 9.0),
        (3.0, PARAMETERS, 1, 0.0),
        (5.0, RESET, 0, 0.0),
        (6.0, ADD, 2, 1.0),
    ]
    samples = [(1.0, 0), (1.0, 2), (2.0, 3), (3.0, 4), (5.0, 4), (5.0, 5), (6.5, 6)]
    batch = batch_of(rows, [[10.0, 0.0, 0.0]], [events], [samples])
    found = solve(THREE, batch, LOOSE)

    def moved(state, matrix, inflow, time_h):
        return many_digits(matrix, inflow, state, time_h)

    none, late = (0.0, 0.0, 0.0), (1.0, 4.0, 0.0)
    expected = [moved([10.0, 0.0, 0.0], MAMMILLARY, none, 1.0)]
    expected.append(expected[-1] + [50.0, 0.0, 0.0])
    state = moved(expected[-1], MAMMILLARY, (0.0, 4.0, 0.0), 1.0)
    state[2] = 9.0
    expected.append(state)
    expected.append(moved(state, MAMMILLARY, (0.0, 4.0, 0.0), 1.0))
    expected.append(moved(expected[-1], EQUAL, late, 2.0))
    expected.append(np.zeros(3))
    state = moved(np.zeros(3), EQUAL, (1.0, 0.0, 0.0), 1.0)
    state[2] += 1.0
    expected.append(moved(state, EQUAL, (1.0, 0.0, 0.0), 0.5))
    assert_allclose(found.values[0], expected, rtol=1e-12, atol=0)
    assert_allclose(found.final_state[0], expected[-1], rtol=1e-12, atol=0)


class TestEnds:
    def test_growth_beyond_all_numbers_is_a_failure_with_its_place(self, batch_of):
        batch = batch_of([[5.0]], [[1.0, 1.0]], [[(2.0, ADD, 0, 1.0)]], [[1.0, 3.0, 400.0]])
        found = solve(GROWTH, batch, LOOSE)
        assert found.status.tolist() == [Status.NOT_FINITE]
        assert found.failure_time_h.tolist() == [3.0]
        assert found.failure_state.tolist() == [1]
        assert found.failure_event.tolist() == [0]
        assert_allclose(found.values[0, 1], [2.0, np.exp(15.0)], rtol=1e-12, atol=0)
        assert np.isnan(found.values[0, 2]).all()
        assert np.isnan(found.final_state).all()

    def test_an_output_without_a_value_is_a_failure_of_no_state(self, batch_of):
        program = Program(
            states=("x",),
            parameters=("k",),
            derivatives=("-k * x",),
            outputs=(("inverse", "1 / (x - 1)"),),
            stepper="exact",
        )
        batch = batch_of([[0.0]], [[1.0]], [[]], [[0.0]])
        found = solve(program, batch, LOOSE)
        assert found.status.tolist() == [Status.NOT_FINITE]
        assert found.failure_state.tolist() == [-1]

    def test_parameters_that_are_not_numbers_of_the_system_are_a_failure(self, batch_of):
        program = Program(
            states=("x",), parameters=("k",), derivatives=("-x / k",), stepper="exact"
        )
        batch = batch_of([[0.0]], [[1.0]], [[]], [[1.0]])
        assert solve(program, batch, LOOSE).status.tolist() == [Status.NOT_FINITE]

    def test_more_of_the_fastest_intervals_than_can_be_counted_is_a_failure(self, batch_of):
        batch = batch_of([[1e8]], [[1.0] + [0.0] * 7], [[]], [[1e15]])
        assert solve(CHAIN, batch, LOOSE).status.tolist() == [Status.TOO_MANY_STEPS]

    def test_a_sample_at_the_start_and_no_sample_at_all_are_answered(self, batch_of):
        batch = batch_of([[1.0]], [[1.0] + [0.0] * 7], [[]], [[0.0, 0.0]])
        assert solve(CHAIN, batch, LOOSE).values[0, :, 0].tolist() == [1.0, 1.0]
        events = [[(2.0, ADD, 0, 3.0)]]
        unseen = batch_of([[1.0]], [[1.0] + [0.0] * 7], events, [[]])
        found = solve(CHAIN, unseen, LOOSE).final_state[0, 0]
        assert_allclose(found, np.exp(-2.0) + 3.0, rtol=1e-14, atol=0)


def mixed(batch_of, subjects=40):
    generator = np.random.default_rng(5)
    spread = np.exp(0.3 * generator.standard_normal((subjects, 1, 1)))
    rows = np.concatenate(
        [(MAMMILLARY * spread).reshape(subjects, 9), np.full((subjects, 3), 0.1)], axis=1
    )
    times_h = np.sort(generator.uniform(0.0, 40.0, 12))
    events = [
        [(0.0, ADD, 0, 5.0), (float(k % 7), RATE, 1, 2.0), (10.0 + k, RATE, 1, 0.0)]
        for k in range(subjects)
    ]
    return batch_of(rows, [[1.0, 0.0, 0.0]] * subjects, events, [times_h] * subjects)


def test_an_answer_has_the_same_bits_in_any_company_order_and_number_of_threads(batch_of):
    batch = mixed(batch_of)
    whole = solve(THREE, batch, LOOSE, threads=2)
    chosen = np.array([31, 4, 4, 0])
    part = solve(THREE, batch.take(chosen), LOOSE, threads=1)
    assert_array_equal(part.values, whole.values[chosen])
    assert_array_equal(part.final_state, whole.final_state[chosen])


def test_the_compiled_path_equals_the_plain_path(batch_of):
    batch = mixed(batch_of).take(np.arange(3))
    fast, plain = solve(THREE, batch, LOOSE), solve_plainly(THREE, batch, LOOSE)
    assert_allclose(fast.values, plain.values, rtol=1e-13, atol=0)


def test_steps_of_high_accuracy_come_to_the_same(batch_of):
    batch = mixed(batch_of)
    tight = Tolerances(relative=1e-10, absolute=1e-13)
    stepped = solve(replace(THREE, stepper="rodas5p"), batch, tight)
    assert_allclose(solve(THREE, batch, LOOSE).values, stepped.values, rtol=1e-8, atol=1e-11)


def test_the_state_that_returns_is_found_by_one_correction(batch_of):
    parameters = [*np.ravel(MAMMILLARY), 0.0, 0.0, 0.0]
    interval = batch_of([parameters], [[0.0] * 3], [[(0.0, ADD, 0, 10.0)]], [[]])
    tolerances = Tolerances(relative=1e-8, absolute=1e-12)
    found = periodic_state(THREE, interval, np.array([12.0]), tolerances)
    assert found.status.tolist() == [Status.OK]
    assert found.iterations[0] <= 2  # the second only confirms the first
    step = expm(MAMMILLARY * 12.0)
    expected = np.linalg.solve(np.eye(3) - step, step @ [10.0, 0.0, 0.0])
    assert_allclose(found.state[0], expected, rtol=1e-8, atol=0)


@pytest.mark.parametrize(
    ("derivative", "part"), [("-k * x ** 2", "x ** 2"), ("-k * x * time", "uses time")]
)
def test_equations_that_are_not_linear_are_refused(batch_of, derivative, part):
    program = Program(
        states=("x",), parameters=("k",), derivatives=(derivative,), stepper="exact"
    )
    batch = batch_of([[1.0]], [[1.0]], [[]], [[1.0]])
    with pytest.raises(ValueError, match=r"stepper is 'exact' but .*expected") as caught:
        solve(program, batch, LOOSE)
    assert part in str(caught.value)


def test_parameters_may_enter_in_any_way(batch_of):
    program = Program(
        states=("x", "system"),
        parameters=("k", "n", "matrix"),
        definitions=(
            ("speed", "where(n < 2, exp(k), hill(k, matrix, n)) * sqrt(n)"),
            ("level", "speed * x / (k ** n) + max(k, n) * 0.5"),
        ),
        derivatives=("-level", "level - system / matrix"),
        outputs=(("squared", "x ** 2 + hill(system, 1, n)"),),
        stepper="exact",
    )
    batch = batch_of(
        [[0.7, 1.5, 3.0], [0.7, 2.5, 3.0]], [[4.0, 1.0]] * 2, [[], []], [[2.0]] * 2
    )
    tight = Tolerances(relative=1e-11, absolute=1e-13)
    stepped = solve(replace(program, stepper="rodas5p"), batch, tight)
    assert_allclose(solve(program, batch, LOOSE).values, stepped.values, rtol=1e-9, atol=0)

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from algesia.engine import EventKind, Program, Status, Tolerances, solve

ADD, RATE = EventKind.ADD, EventKind.RATE

TIGHT = Tolerances(relative=1e-10, absolute=1e-12)

# absorption, elimination, to_shallow, back, to_deep, from_deep; 1/h
COMPARTMENTS = {
    1: [1.3, 0.4, 0.0, 0.0, 0.0, 0.0],
    2: [1.3, 0.4, 0.9, 0.5, 0.0, 0.0],
    3: [1.3, 0.4, 0.9, 0.5, 0.3, 0.05],
}
TIMES = [0.0, 0.1, 0.7, 2.0, 5.0, 11.0, 24.0, 30.0]
DEPOT, CENTRAL = 0, 1


def exact(rates, time, *, bolus=0.0, rate=0.0, into=CENTRAL):
    """Amounts after a dose and an input since time 0, from eigenvalues; (4,)."""
    ka, ke, k12, k21, k13, k31 = rates
    matrix = np.array(
        [
            [-ka, 0, 0, 0],
            [ka, -(ke + k12 + k13), k21, k31],
            [0, k12, -k21, 0],
            [0, k13, 0, -k31],
        ]
    )
    values, vectors = np.linalg.eig(matrix)
    weights = np.linalg.solve(vectors, np.eye(4)[into])
    growth = np.exp(values * time)
    with np.errstate(divide="ignore", invalid="ignore"):
        integral = np.where(values == 0, time, (growth - 1.0) / values)
    return (vectors @ (weights * (bolus * growth + rate * integral))).real


def check_against_exact(program, batch_of, rates, events, doses):
    """Solve and compare with the sum of the doses' own solutions."""
    batch = batch_of([rates], [[0.0] * 4], [events], [TIMES])
    found = solve(program, batch, TIGHT)
    assert found.status.tolist() == [Status.OK]
    expected = np.zeros((len(TIMES), 4))
    for row, time_h in enumerate(TIMES):
        for start, dose in doses:
            if time_h >= start:
                expected[row] += exact(rates, time_h - start, **dose)
    assert_allclose(found.values[0], expected, rtol=1e-8, atol=1e-10)
    assert_allclose(found.final_state[0], expected[-1], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("stepper", ["rodas5p", "dopri5"])
@pytest.mark.parametrize("compartments", [1, 2, 3])
class TestClosedForms:
    def test_a_bolus(self, linear, batch_of, compartments, stepper):
        program = replace(linear, stepper=stepper)
        events = [(0.0, ADD, CENTRAL, 100.0)]
        doses = [(0.0, {"bolus": 100.0})]
        check_against_exact(program, batch_of, COMPARTMENTS[compartments], events, doses)

    def test_an_infusion(self, linear, batch_of, compartments, stepper):
        program = replace(linear, stepper=stepper)
        events = [(0.5, RATE, CENTRAL, 40.0), (3.0, RATE, CENTRAL, 0.0)]
        doses = [(0.5, {"rate": 40.0}), (3.0, {"rate": -40.0})]
        check_against_exact(program, batch_of, COMPARTMENTS[compartments], events, doses)

    def test_oral_doses_three_times_a_day(self, linear, batch_of, compartments, stepper):
        program = replace(linear, stepper=stepper)
        starts = [0.0, 8.0, 16.0, 24.0]
        events = [(start, ADD, DEPOT, 50.0) for start in starts]
        doses = [(start, {"bolus": 50.0, "into": DEPOT}) for start in starts]
        check_against_exact(program, batch_of, COMPARTMENTS[compartments], events, doses)

    def test_a_bolus_on_top_of_two_infusions_that_overlap(
        self, linear, batch_of, compartments, stepper
    ):
        program = replace(linear, stepper=stepper)
        events = [
            (0.0, RATE, CENTRAL, 10.0),
            (1.0, RATE, CENTRAL, 25.0),
            (1.0, ADD, CENTRAL, 30.0),
            (4.0, RATE, CENTRAL, 15.0),
            (6.0, RATE, CENTRAL, 0.0),
        ]
        doses = [
            (0.0, {"rate": 10.0}),
            (1.0, {"rate": 15.0, "bolus": 30.0}),
            (4.0, {"rate": -10.0}),
            (6.0, {"rate": -15.0}),
        ]
        check_against_exact(program, batch_of, COMPARTMENTS[compartments], events, doses)


ROBERTSON = Program(
    states=("a", "b", "c"),
    parameters=("slow", "fast", "middle"),
    definitions=(("back", "middle * b * c"), ("pair", "fast * b ** 2")),
    derivatives=("-slow * a + back", "slow * a - back - pair", "pair"),
    outputs=(("a", "a"), ("b", "b * 10000"), ("c", "c")),
)


def robertson_derivative(_, y):
    back, pair = 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
    return [-0.04 * y[0] + back, 0.04 * y[0] - back - pair, pair]


def saturable_derivative(_, y):
    concentration = y[1] / 10
    eliminated = 12.0 * concentration / (0.8 + concentration)
    hill = 0.0 if concentration <= 0 else 1 / (1 + (0.5 / concentration) ** 1.6)
    return [-40 * y[0], 40 * y[0] - eliminated, 0.2 * (1 - hill - y[2] * (0.5 + 0.5 * y[2]))]


REFERENCE = {"method": "Radau", "rtol": 1e-12, "atol": 1e-14}


@pytest.mark.parametrize("relative", [1e-4, 1e-6, 1e-8])
class TestAgainstRadau:
    def test_a_stiff_chemical_system(self, batch_of, relative):
        times = [0.4, 4.0, 40.0, 400.0, 4000.0]
        reference = solve_ivp(
            robertson_derivative, (0, 4000.0), [1.0, 0, 0], t_eval=times, **REFERENCE
        )
        batch = batch_of([[0.04, 3e7, 1e4]], [[1.0, 0.0, 0.0]], [[]], [times])
        found = solve(ROBERTSON, batch, Tolerances(relative=relative, absolute=relative * 1e-8))
        expected = reference.y.T * [1, 1e4, 1]
        assert_allclose(found.values[0], expected, rtol=10 * relative, atol=0)

    def test_saturable_elimination_with_a_hill_effect(self, saturable, batch_of, relative):
        times = [0.05, 0.5, 2.0, 6.0, 12.0, 24.0]
        reference = solve_ivp(
            saturable_derivative, (0, 24.0), [100.0, 0, 1.0], t_eval=times, **REFERENCE
        )
        batch = batch_of(
            [[40.0, 12.0, 0.8, 0.2, 0.5, 1.6]],
            [[0.0, 0.0, 1.0]],
            [[(0.0, ADD, DEPOT, 100.0)]],
            [times],
        )
        found = solve(saturable, batch, Tolerances(relative=relative, absolute=relative * 1e-3))
        expected = np.stack([reference.y[1] / 10, reference.y[2]], axis=1)
        assert_allclose(found.values[0], expected, rtol=10 * relative, atol=10 * relative)


dose = st.floats(0.1, 100.0)
gap = st.floats(0.0, 30.0)


def linear_amounts(program, batch_of, events, samples):
    batch = batch_of([COMPARTMENTS[3]], [[0.0] * 4], [events], [samples])
    return solve(program, batch, Tolerances(relative=1e-9, absolute=1e-12)).values[0]


class TestLaws:
    @given(first=dose, second=dose, gap_h=gap, duration_h=st.floats(0.01, 5.0))
    def test_two_doses_of_a_linear_drug_add_up(
        self, linear, batch_of, first, second, gap_h, duration_h
    ):
        end = gap_h + duration_h
        oral = [(0.0, ADD, DEPOT, first)]
        infusion = [(gap_h, RATE, CENTRAL, second), (end, RATE, CENTRAL, 0.0)]
        samples = [end, end + 1.0, end + 40.0]
        apart = [
            linear_amounts(linear, batch_of, events, samples) for events in (oral, infusion)
        ]
        together = linear_amounts(linear, batch_of, oral + infusion, samples)
        assert_allclose(together, apart[0] + apart[1], rtol=1e-7, atol=1e-9)

    @given(shift_h=st.floats(0.0, 5000.0), amount=dose)
    def test_a_course_given_later_is_the_same_course_later(
        self, linear, batch_of, shift_h, amount
    ):
        samples = np.array([0.5, 3.0, 20.0])
        now = linear_amounts(linear, batch_of, [(0.0, ADD, DEPOT, amount)], list(samples))
        later = linear_amounts(
            linear, batch_of, [(shift_h, ADD, DEPOT, amount)], list(samples + shift_h)
        )
        assert_allclose(later, now, rtol=1e-7, atol=1e-9)

    @given(factor=st.floats(0.01, 100.0))
    def test_a_dose_so_many_times_larger_gives_amounts_as_many_times_larger(
        self, linear, batch_of, factor
    ):
        once = linear_amounts(linear, batch_of, [(1.0, ADD, DEPOT, 10.0)], TIMES)
        scaled = linear_amounts(linear, batch_of, [(1.0, ADD, DEPOT, 10.0 * factor)], TIMES)
        assert_allclose(scaled, once * factor, rtol=1e-7, atol=1e-9 * max(1.0, factor))


def test_tighter_tolerances_take_more_steps_and_make_smaller_errors(linear, batch_of):
    batch = batch_of([COMPARTMENTS[3]], [[100.0, 0, 0, 0]], [[]], [[24.0]])
    expected = exact(COMPARTMENTS[3], 24.0, bolus=100.0, into=DEPOT)
    answers = [
        solve(linear, batch, Tolerances(relative=relative, absolute=relative * 1e-3))
        for relative in (1e-3, 1e-6, 1e-9)
    ]
    errors = [np.abs(answer.values[0, 0] - expected).max() for answer in answers]
    assert errors[0] > 10 * errors[1] > 100 * errors[2]
    assert answers[0].accepted[0] < answers[1].accepted[0] < answers[2].accepted[0]

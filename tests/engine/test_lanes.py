from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from algesia.engine import Batch, EventKind, Program, Raw, Status, Tolerances, solve
from algesia.engine.lanes.width import WIDTHS, best_width, check_width, fitting_width

ADD, RATE, SET = EventKind.ADD, EventKind.RATE, EventKind.SET
RESET, PARAMETERS = EventKind.RESET, EventKind.PARAMETERS

needs_vectors = pytest.mark.skipif(best_width() == 1, reason="a processor without vectors")
pytestmark = needs_vectors

VECTORS = (4, 8)
RELATIVE = 1e-7
TOLERANCES = Tolerances(relative=RELATIVE, absolute=1e-9)

# Rows of parameters a subject may change between, for each program of conftest.
LINEAR_ROWS = np.array([[1.3, 0.4, 0.9, 0.5, 0.3, 0.05], [0.2, 2.0, 0.0, 0.5, 1.1, 0.4]])
SATURABLE_ROWS = np.array([[40.0, 12.0, 0.8, 0.2, 0.5, 1.6], [3.0, 4.0, 0.1, 1.0, 0.2, 3.4]])

times = st.sampled_from([0.0, 0.5, 1.0, 1.0000001, 2.5, 7.0, 24.0])
events = st.one_of(
    st.tuples(times, st.just(ADD), st.integers(0, 2), st.floats(0.0, 80.0)),
    st.tuples(times, st.just(RATE), st.integers(0, 1), st.floats(0.0, 9.0)),
    st.tuples(times, st.just(SET), st.integers(0, 2), st.floats(0.0, 30.0)),
    st.tuples(times, st.just(RESET), st.just(0), st.just(0.0)),
    st.tuples(times, st.just(PARAMETERS), st.integers(0, 1), st.just(0.0)),
)
subject = st.tuples(st.lists(events, max_size=7), st.lists(times, min_size=4, max_size=4))
cohorts = st.lists(subject, min_size=1, max_size=13)


def cohort_batch(batch_of, rows, initial, cohort) -> Batch:
    """A subject's samples at the time of its events come before or after them in turn."""
    regimens = [sorted(of_one, key=lambda event: event[0]) for of_one, _ in cohort]
    samples = []
    for place, (regimen, (_, wanted)) in enumerate(zip(regimens, cohort, strict=True)):
        event_h = [event[0] for event in regimen]
        side = "left" if place % 2 else "right"
        samples.append(
            [(time, int(np.searchsorted(event_h, time, side))) for time in sorted(wanted)]
        )
    return batch_of(rows, [initial] * len(cohort), regimens, samples)


def assert_same_answer(one: Raw, other: Raw) -> None:
    """Equal up to 10 times the tolerance, and every status the same."""
    for name in ("status", "failure_event", "failure_state"):
        assert_array_equal(getattr(one, name), getattr(other, name))
    scale = 1e-9 / RELATIVE + np.abs(other.values)
    difference = np.abs(one.values - other.values) / scale
    assert_array_equal(np.isnan(one.values), np.isnan(other.values))
    assert np.nanmax(difference, initial=0.0) <= 10 * RELATIVE
    final = np.abs(one.final_state - other.final_state)
    assert np.nanmax(final / (1e-2 + np.abs(other.final_state)), initial=0.0) <= 10 * RELATIVE


def bits(answer: Raw, subjects=slice(None)) -> list[bytes]:
    return [getattr(answer, name)[subjects].tobytes() for name in Raw.__dataclass_fields__]


class TestRandomRegimens:
    @settings(max_examples=60, deadline=None)
    @given(cohort=cohorts)
    def test_of_a_linear_program_give_the_same_answer_in_any_number_of_lanes(
        self, linear, batch_of, cohort
    ):
        batch = cohort_batch(batch_of, LINEAR_ROWS, [5.0, 0.0, 1.0, 0.0], cohort)
        scalar = solve(linear, batch, TOLERANCES, lanes=1, threads=1)
        for lanes in VECTORS:
            assert_same_answer(solve(linear, batch, TOLERANCES, lanes=lanes, threads=1), scalar)

    @settings(max_examples=60, deadline=None)
    @given(cohort=cohorts)
    def test_of_a_nonlinear_program_give_the_same_answer_in_any_number_of_lanes(
        self, saturable, batch_of, cohort
    ):
        batch = cohort_batch(batch_of, SATURABLE_ROWS, [0.0, 2.0, 1.0], cohort)
        scalar = solve(saturable, batch, TOLERANCES, lanes=1, threads=1)
        for lanes in VECTORS:
            found = solve(saturable, batch, TOLERANCES, lanes=lanes, threads=1)
            assert_same_answer(found, scalar)

    @settings(max_examples=40, deadline=None)
    @given(cohort=cohorts)
    def test_give_the_same_bits_in_vectors_of_any_width(
        self, saturable, linear, batch_of, cohort
    ):
        # `solve` takes narrow vectors for few subjects: nobody may notice.
        for program, rows, initial in (
            (saturable, SATURABLE_ROWS, [0.0, 2.0, 1.0]),
            (linear, LINEAR_ROWS, [5.0, 0.0, 1.0, 0.0]),
        ):
            batch = cohort_batch(batch_of, rows, initial, cohort)
            narrow, wide = (
                solve(program, batch, TOLERANCES, lanes=lanes, threads=1) for lanes in VECTORS
            )
            assert bits(narrow) == bits(wide)

    @settings(max_examples=25, deadline=None)
    @given(cohort=cohorts, seed=st.integers(0, 99))
    def test_give_the_same_bits_in_any_company_and_order(
        self, saturable, batch_of, cohort, seed
    ):
        batch = cohort_batch(batch_of, SATURABLE_ROWS, [0.0, 2.0, 1.0], cohort)
        order = np.random.default_rng(seed).permutation(len(cohort))
        order = order[: 1 + seed % len(cohort)]
        for lanes in VECTORS:
            everyone = solve(saturable, batch, TOLERANCES, lanes=lanes, threads=1)
            some = solve(saturable, batch.take(order), TOLERANCES, lanes=lanes, threads=2)
            assert bits(some) == bits(everyone, order)


def doses(batch_of, subjects: int) -> Batch:
    """Subjects who differ in parameters, number of doses and so in the time they take."""
    generator = np.random.default_rng(subjects)
    rows = SATURABLE_ROWS[0] * np.exp(0.4 * generator.standard_normal((subjects, 6)))
    regimens = [
        [(12.0 * dose, ADD, 0, 50.0) for dose in range(1 + place % 5)]
        for place in range(subjects)
    ]
    samples = [np.linspace(0.0, 70.0, 15).tolist()] * subjects
    return batch_of(rows, [[0.0, 0.0, 1.0]] * subjects, regimens, samples)


class TestCompany:
    @pytest.mark.parametrize("lanes", VECTORS)
    def test_threads_do_not_change_a_bit(self, saturable, batch_of, lanes):
        batch = doses(batch_of, 61)
        one = solve(saturable, batch, TOLERANCES, lanes=lanes, threads=1)
        assert (one.accepted > 20).all()
        for threads in (2, 5):
            other = solve(saturable, batch, TOLERANCES, lanes=lanes, threads=threads)
            assert bits(other) == bits(one)

    @pytest.mark.parametrize("lanes", VECTORS)
    @pytest.mark.parametrize("subjects", [1, 2, 3, 7])
    def test_fewer_subjects_than_lanes_are_solved_like_many(
        self, saturable, batch_of, lanes, subjects
    ):
        batch = doses(batch_of, 23)
        everyone = solve(saturable, batch, TOLERANCES, lanes=lanes)
        chosen = np.arange(23)[-subjects:]
        few = solve(saturable, batch.take(chosen), TOLERANCES, lanes=lanes)
        assert bits(few) == bits(everyone, chosen)

    def test_steps_are_those_of_the_scalar_kernel(self, saturable, batch_of):
        batch = doses(batch_of, 40)
        scalar = solve(saturable, batch, TOLERANCES, lanes=1)
        for lanes in VECTORS:
            found = solve(saturable, batch, TOLERANCES, lanes=lanes)
            assert_same_answer(found, scalar)
            assert np.abs(found.accepted - scalar.accepted).max() <= 3
            assert np.abs(found.rejected - scalar.rejected).max() <= 3

    @pytest.mark.parametrize("lanes", VECTORS)
    def test_nobody_has_no_answer(self, linear, batch_of, lanes):
        nobody = batch_of(np.zeros((0, 6)), np.zeros((0, 4)), [], [])
        answer = solve(linear, nobody, Tolerances(), lanes=lanes)
        assert answer.values.shape == (0, 0, 4)

    @pytest.mark.parametrize("lanes", VECTORS)
    def test_without_events_and_samples_nothing_happens(self, linear, batch_of, lanes):
        batch = batch_of(LINEAR_ROWS, [[0, 2.0, 0, 0]] * 20, [[]] * 20, [[]] * 20)
        answer = solve(linear, batch, Tolerances(), lanes=lanes)
        assert (answer.final_state == [0.0, 2.0, 0.0, 0.0]).all()
        assert (answer.accepted == 0).all()


EXPLOSIVE = Program(
    states=("calm", "x"),
    parameters=("size",),
    derivatives=("-calm", "size * x ** 2"),
    outputs=(("calm", "calm"), ("ratio", "calm / where(x < 0, 0, 1)")),
)


class TestFailures:
    def explosions(self, batch_of):
        """Of 19 subjects each third explodes at 1.5, and the sixth has a bad output at 1."""
        dosed = [(0.25, ADD, 0, 1.0), (0.5, SET, 1, 1.0)]
        bad = [(0.25, ADD, 0, 1.0), (1.0, SET, 1, -1.0)]
        return batch_of(
            [[1.0], [0.0], [0.0]],
            [[1.0, 0.0]] * 19,
            [bad if place == 5 else dosed for place in range(19)],
            [[0.2, 1.0, 1.4, 1.6, 2.0]] * 19,
        )

    @pytest.mark.parametrize("lanes", VECTORS)
    def test_of_some_subjects_do_not_touch_their_neighbours(self, batch_of, lanes):
        batch = self.explosions(batch_of)
        answer = solve(EXPLOSIVE, batch, TOLERANCES, lanes=lanes)
        exploding = np.arange(19) % 3 == 0
        assert np.isin(
            answer.status[exploding], [Status.STEP_TOO_SMALL, Status.NOT_FINITE]
        ).all()
        assert_allclose(answer.failure_time_h[exploding], 1.5, rtol=1e-4, atol=0)
        assert (answer.failure_state[exploding] == 1).all()
        assert (answer.failure_event[exploding] == 1).all()
        assert np.isfinite(answer.values[exploding, :3]).all()
        assert np.isnan(answer.values[exploding, 3:]).all()
        assert answer.status[5] == Status.NOT_FINITE
        assert answer.failure_state[5] == -1
        healthy = ~exploding & (np.arange(19) != 5)
        assert (answer.status[healthy] == Status.OK).all()
        alone = solve(EXPLOSIVE, batch.take(np.flatnonzero(healthy)), TOLERANCES, lanes=lanes)
        assert bits(alone) == bits(answer, healthy)

    @pytest.mark.parametrize("lanes", VECTORS)
    def test_are_those_of_the_scalar_kernel(self, batch_of, lanes):
        batch = self.explosions(batch_of)
        scalar = solve(EXPLOSIVE, batch, TOLERANCES, lanes=1)
        answer = solve(EXPLOSIVE, batch, TOLERANCES, lanes=lanes)
        assert_array_equal(answer.status, scalar.status)
        assert_array_equal(answer.failure_event, scalar.failure_event)
        assert_array_equal(answer.failure_state, scalar.failure_state)
        assert_allclose(answer.failure_time_h, scalar.failure_time_h, rtol=1e-6, atol=0)
        assert_array_equal(np.isnan(answer.values), np.isnan(scalar.values))

    @pytest.mark.parametrize("lanes", VECTORS)
    def test_too_many_steps_are_not_taken(self, linear, batch_of, lanes):
        batch = batch_of(LINEAR_ROWS, [[1.0] * 4] * 9, [[]] * 9, [[0.0, 1000.0]] * 9)
        few = replace(TOLERANCES, maximum_steps=20)
        answer = solve(linear, batch, few, lanes=lanes)
        assert (answer.status == Status.TOO_MANY_STEPS).all()
        assert (answer.accepted + answer.rejected == 20).all()

    @pytest.mark.parametrize("lanes", VECTORS)
    def test_a_derivative_that_is_not_a_number_is_flagged(self, batch_of, lanes):
        program = Program(
            states=("x",),
            parameters=("k",),
            derivatives=("-sqrt(x - k)",),
            outputs=(("x", "x"),),
        )
        batch = batch_of([[2.0], [0.0]], [[1.0]] * 5, [[]] * 5, [[0.0, 1.0]] * 5)
        answer = solve(program, batch, Tolerances(), lanes=lanes)
        assert answer.status.tolist() == [Status.NOT_FINITE, Status.OK] * 2 + [
            Status.NOT_FINITE
        ]
        assert (answer.values[:, 0, 0] == 1.0).all()
        assert_allclose(answer.values[1::2, 1, 0], 0.25, rtol=1e-5, atol=0)


class TestPrograms:
    @pytest.mark.parametrize("lanes", VECTORS)
    @pytest.mark.parametrize("stepper", ["rodas5p", "dopri5"])
    def test_time_is_that_since_the_origin_in_every_lane(self, batch_of, lanes, stepper):
        program = Program(
            states=("x",),
            parameters=("size",),
            derivatives=("size * time",),
            outputs=(("x", "x"), ("age", "time")),
            stepper=stepper,
        )
        regimen = [(3.0, RESET, 0, 0.0), (4.0, ADD, 0, 1.0)]
        batch = batch_of(
            [[2.0]], [[0.0]] * 11, [regimen] * 11, [[1.0, 2.0, 3.0, 5.0]] * 11, start_h=1.0
        )
        tight = Tolerances(relative=1e-10, absolute=1e-12)
        found = solve(program, batch, tight, lanes=lanes)
        for of_one in found.values:
            assert_allclose(of_one[:, 0], [0.0, 3.0, 0.0, 17.0], rtol=1e-12, atol=1e-12)
            assert_allclose(of_one[:, 1], [1.0, 2.0, 3.0, 5.0], rtol=1e-15, atol=0)
        assert found.final_state.shape == (11, 1)

    @pytest.mark.parametrize("lanes", VECTORS)
    def test_one_state_and_no_parameter_are_enough(self, batch_of, lanes):
        program = Program(
            states=("x",), parameters=(), derivatives=("-0.5 * x",), outputs=(("x", "x"),)
        )
        batch = batch_of([[]], [[8.0]] * 3, [[]] * 3, [[2.0]] * 3)
        tight = Tolerances(relative=1e-10, absolute=1e-12)
        found = solve(program, batch, tight, lanes=lanes).values
        assert_allclose(found, 8.0 * np.exp(-1.0), rtol=1e-8, atol=0)

    @pytest.mark.parametrize("lanes", VECTORS)
    def test_a_program_without_outputs_or_dynamics_is_solved(self, batch_of, lanes):
        still = Program(states=("x",), parameters=(), derivatives=("0",))
        batch = batch_of([[]], [[3.0]] * 9, [[(1.0, ADD, 0, 2.0)]] * 9, [[2.0]] * 9)
        answer = solve(still, batch, Tolerances(), lanes=lanes)
        assert answer.values.shape == (9, 1, 0)
        assert (answer.final_state == 5.0).all()


class TestWidth:
    def test_it_is_one_of_those_there_are_kernels_for(self):
        assert best_width() in WIDTHS

    @pytest.mark.parametrize("lanes", [0, 2, 16, -1])
    def test_a_width_without_kernels_is_refused(self, lanes):
        with pytest.raises(ValueError, match=f"lanes is {lanes}; expected one of 1, 4, 8"):
            check_width(lanes)

    def test_the_environment_chooses_it(self, monkeypatch):
        monkeypatch.setenv("ALGESIA_LANES", "4")
        assert best_width() == 4
        monkeypatch.setenv("ALGESIA_LANES", "5")
        with pytest.raises(ValueError, match="ALGESIA_LANES is '5'; expected one of 1, 4, 8"):
            best_width()

    @needs_vectors
    def test_few_subjects_get_narrow_vectors_unless_the_environment_chose(self, monkeypatch):
        monkeypatch.delenv("ALGESIA_LANES", raising=False)
        widest = best_width()
        assert fitting_width(1, threads=1) == fitting_width(8, threads=2) == 4
        assert fitting_width(5, threads=1) == fitting_width(9, threads=2) == widest
        monkeypatch.setenv("ALGESIA_LANES", "8")
        assert fitting_width(1, threads=1) == 8

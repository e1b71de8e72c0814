import signal
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.engine import (
    Cancelled,
    EventKind,
    Program,
    Raw,
    Status,
    Tolerances,
    solve,
    solve_plainly,
)

ADD, RATE, SET = EventKind.ADD, EventKind.RATE, EventKind.SET
RESET, PARAMETERS = EventKind.RESET, EventKind.PARAMETERS

TIGHT = Tolerances(relative=1e-10, absolute=1e-12)

# absorption, elimination, to_shallow, back, to_deep, from_deep; 1/h
COMPARTMENTS = {
    1: [1.3, 0.4, 0.0, 0.0, 0.0, 0.0],
    2: [1.3, 0.4, 0.9, 0.5, 0.0, 0.0],
    3: [1.3, 0.4, 0.9, 0.5, 0.3, 0.05],
}
DEPOT, CENTRAL = 0, 1


ROBERTSON = Program(
    states=("a", "b", "c"),
    parameters=("slow", "fast", "middle"),
    definitions=(("back", "middle * b * c"), ("pair", "fast * b ** 2")),
    derivatives=("-slow * a + back", "slow * a - back - pair", "pair"),
    outputs=(("a", "a"), ("b", "b * 10000"), ("c", "c")),
)


@pytest.fixture
def decay(linear):
    """One compartment, elimination 0.4 per h: the closed form is a single exponential."""
    return lambda events, samples, batch_of: solve(
        linear,
        batch_of(
            [COMPARTMENTS[1], [1.3, 0.1, 0, 0, 0, 0]], [[0.0, 10.0, 0, 0]], [events], [samples]
        ),
        TIGHT,
    ).values[0, :, CENTRAL]


class TestEvents:
    def test_at_one_time_they_happen_in_the_order_given(self, decay, batch_of):
        twice = [(1.0, ADD, CENTRAL, 5.0), (1.0, SET, CENTRAL, 3.0)]
        assert decay(twice, [1.0], batch_of).tolist() == [3.0]
        assert decay(twice[::-1], [1.0], batch_of).tolist() == [8.0]

    def test_samples_at_the_time_of_events_see_as_many_as_they_say(self, decay, batch_of):
        events = [(1.0, ADD, CENTRAL, 5.0), (1.0, ADD, CENTRAL, 7.0), (1.0, RESET, 0, 0.0)]
        found = decay(events, [(1.0, 0), (1.0, 1), (1.0, 2), (1.0, 3), (1.0, 3)], batch_of)
        before = 10.0 * np.exp(-0.4)
        expected = [before, before + 5, before + 12, 0.0, 0.0]
        assert_allclose(found, expected, rtol=1e-9, atol=0)

    def test_a_reset_empties_every_state_and_stops_every_infusion(self, decay, batch_of):
        events = [(0.0, RATE, CENTRAL, 4.0), (1.0, RESET, 0, 0.0), (2.0, ADD, CENTRAL, 6.0)]
        found = decay(events, [1.0, 1.5, 3.0], batch_of)
        assert_allclose(found, [0.0, 0.0, 6.0 * np.exp(-0.4)], rtol=1e-9, atol=0)

    def test_a_rate_replaces_the_rate_before_it(self, decay, batch_of):
        events = [(0.0, RATE, CENTRAL, 4.0), (0.0, RATE, CENTRAL, 2.0)]
        expected = 10.0 * np.exp(-0.4 * 2.0) + 5.0 * (1 - np.exp(-0.4 * 2.0))
        assert_allclose(decay(events, [2.0], batch_of), [expected], rtol=1e-9, atol=0)

    def test_new_parameters_hold_from_their_event_on(self, decay, batch_of):
        events = [(1.0, PARAMETERS, 1, 0.0), (4.0, PARAMETERS, 0, 0.0)]
        found = decay(events, [1.0, 4.0, 5.0], batch_of)
        exponents = np.array([0.4, 0.4 + 0.3, 0.4 + 0.3 + 0.4])
        assert_allclose(found, 10.0 * np.exp(-exponents), rtol=1e-9, atol=0)

    def test_an_infusion_ends_exactly_at_its_event_however_long_the_steps(
        self, linear, batch_of
    ):
        events = [(1000.0, RATE, CENTRAL, 5.0), (1000.001, RATE, CENTRAL, 0.0)]
        batch = batch_of([COMPARTMENTS[1]], [[0.0] * 4], [events], [[1000.001]])
        found = solve(linear, batch, Tolerances(relative=1e-3, absolute=1e-6)).values[
            0, 0, CENTRAL
        ]
        given = 1000.001 - 1000.0
        assert_allclose(found, 12.5 * -np.expm1(-0.4 * given), rtol=1e-6, atol=0)

    def test_the_start_may_be_at_any_time(self, linear, batch_of):
        late = batch_of(
            [COMPARTMENTS[1]], [[0.0, 9.0, 0, 0]], [[]], [[50.0, 52.0]], start_h=50.0
        )
        found = solve(linear, late, TIGHT).values[0, :, CENTRAL]
        assert_allclose(found, [9.0, 9.0 * np.exp(-0.8)], rtol=1e-9, atol=0)

    def test_the_final_state_is_that_after_the_last_event(self, linear, batch_of):
        events = [(1.0, ADD, CENTRAL, 5.0), (6.0, ADD, CENTRAL, 1.0)]
        batch = batch_of([COMPARTMENTS[1]], [[0.0] * 4], [events], [[2.0]])
        found = solve(linear, batch, TIGHT).final_state[0, CENTRAL]
        assert_allclose(found, 5.0 * np.exp(-2.0) + 1.0, rtol=1e-9, atol=0)


CLOCKED = Program(
    states=("x",),
    parameters=("size",),
    derivatives=("size * time",),
    outputs=(("x", "x"), ("age", "time")),
)


class TestTime:
    @pytest.mark.parametrize("stepper", ["rodas5p", "dopri5"])
    def test_it_is_the_time_since_the_origin_and_no_event_changes_it(self, batch_of, stepper):
        events = [(3.0, RESET, 0, 0.0), (4.0, ADD, 0, 1.0)]
        batch = batch_of([[2.0]], [[0.0]], [events], [[1.0, 2.0, 3.0, 5.0]], start_h=1.0)
        found = solve(replace(CLOCKED, stepper=stepper), batch, TIGHT)
        assert_allclose(found.values[0, :, 0], [0.0, 3.0, 0.0, 17.0], rtol=1e-12, atol=1e-12)
        assert_allclose(found.values[0, :, 1], [1.0, 2.0, 3.0, 5.0], rtol=1e-15, atol=0)

    def test_the_hidden_clock_is_not_shown(self, batch_of):
        batch = batch_of([[2.0]], [[0.0]], [[]], [[1.0]])
        assert solve(CLOCKED, batch, TIGHT).final_state.shape == (1, 1)


def population(batch_of, subjects=60):
    generator = np.random.default_rng(5)
    rows = np.array([40.0, 12.0, 0.8, 0.2, 0.5, 1.6]) * np.exp(
        0.3 * generator.standard_normal((subjects, 6))
    )
    events = [
        [(float(time_h), ADD, DEPOT, 50.0) for time_h in range(0, 12 * (1 + subject % 4), 12)]
        for subject in range(subjects)
    ]
    samples = [np.linspace(0.0, 60.0, 13).tolist()] * subjects
    return batch_of(rows, [[0.0, 0.0, 1.0]] * subjects, events, samples)


def same_bits(first: Raw, second: Raw) -> bool:
    return all(
        getattr(first, name).tobytes() == getattr(second, name).tobytes()
        for name in Raw.__dataclass_fields__
    )


class TestSubjects:
    def test_an_answer_has_the_same_bits_for_any_number_of_threads(self, saturable, batch_of):
        batch = population(batch_of)
        one = solve(saturable, batch, Tolerances(), threads=1)
        assert (one.accepted > 20).all()
        for threads in (2, 7):
            assert same_bits(one, solve(saturable, batch, Tolerances(), threads=threads))

    def test_an_answer_has_the_same_bits_in_any_company_and_order(self, saturable, batch_of):
        batch = population(batch_of)
        everyone = solve(saturable, batch, Tolerances(), threads=2).values
        chosen = np.random.default_rng(1).permutation(60)[:17]
        some = solve(saturable, batch.take(chosen), Tolerances(), threads=2).values
        assert_array_equal(some, everyone[chosen])

    def test_the_compiled_path_equals_the_plain_path(self, saturable, batch_of):
        batch = population(batch_of, subjects=3)
        tolerances = Tolerances(relative=1e-8, absolute=1e-10)
        fast, plain = (
            solve(saturable, batch, tolerances),
            solve_plainly(saturable, batch, tolerances),
        )
        assert_allclose(fast.values, plain.values, rtol=1e-7, atol=1e-9)
        assert_array_equal(fast.status, plain.status)
        assert np.abs(fast.accepted - plain.accepted).max() <= 2

    @pytest.mark.parametrize("solver", [solve, solve_plainly])
    def test_nobody_has_no_answer(self, linear, batch_of, solver):
        nobody = batch_of(np.zeros((0, 6)), np.zeros((0, 4)), [], [])
        answer = solver(linear, nobody, Tolerances())
        assert answer.values.shape == (0, 0, 4)
        assert answer.status.shape == (0,)

    def test_without_samples_there_is_still_a_final_state(self, linear, batch_of):
        batch = batch_of(
            [COMPARTMENTS[1]], [[0, 2.0, 0, 0]], [[(1.0, ADD, CENTRAL, 1.0)]], [[]]
        )
        answer = solve(linear, batch, TIGHT)
        assert answer.values.shape == (1, 0, 4)
        expected = 2.0 * np.exp(-0.4) + 1.0
        assert_allclose(answer.final_state[0, CENTRAL], expected, rtol=1e-9, atol=0)

    def test_without_events_and_samples_nothing_happens(self, linear, batch_of):
        batch = batch_of([COMPARTMENTS[1]], [[0, 2.0, 0, 0]], [[]], [[]])
        assert solve(linear, batch, TIGHT).final_state.tolist() == [[0.0, 2.0, 0.0, 0.0]]

    def test_a_batch_of_another_program_is_refused(self, saturable, linear, batch_of):
        with pytest.raises(ValueError, match="initial has 3 columns; the program has 4"):
            solve(linear, population(batch_of, subjects=1), Tolerances())


EXPLOSIVE = Program(
    states=("calm", "x"),
    parameters=("size",),
    derivatives=("-calm", "size * x ** 2"),
    outputs=(("calm", "calm"), ("ratio", "calm / where(x < 0, 0, 1)")),
)


class TestFailures:
    def test_an_explosion_is_flagged_with_its_time_state_and_event(self, batch_of):
        # x = 1 / (1 - t) after the dose at 0.5: infinite at 1.5.
        events = [(0.25, ADD, 0, 1.0), (0.5, SET, 1, 1.0)]
        batch = batch_of(
            [[1.0], [0.0]], [[1.0, 0.0]] * 2, [events] * 2, [[0.2, 1.0, 1.4, 1.6, 2.0]] * 2
        )
        answer = solve(EXPLOSIVE, batch, Tolerances())
        assert answer.status[0] in {Status.STEP_TOO_SMALL, Status.NOT_FINITE}
        assert_allclose(answer.failure_time_h[0], 1.5, rtol=1e-4, atol=0)
        assert answer.failure_state[0] == 1
        assert answer.failure_event[0] == 1
        assert np.isfinite(answer.values[0, :3]).all()
        assert np.isnan(answer.values[0, 3:]).all()
        assert np.isnan(answer.final_state[0]).all()
        assert answer.status[1] == Status.OK
        assert np.isfinite(answer.values[1]).all()
        assert np.isnan(answer.failure_time_h[1])

    def test_a_derivative_that_is_not_a_number_is_flagged(self, batch_of):
        program = Program(
            states=("x",),
            parameters=("k",),
            derivatives=("-sqrt(x - k)",),
            outputs=(("x", "x"),),
        )
        batch = batch_of([[2.0]], [[1.0]], [[]], [[0.0, 1.0]])
        for solver in (solve, solve_plainly):
            answer = solver(program, batch, Tolerances())
            assert answer.status.tolist() == [Status.NOT_FINITE]
            assert answer.failure_event.tolist() == [-1]
            assert answer.values[0, 0, 0] == 1.0
            assert np.isnan(answer.values[0, 1, 0])

    def test_an_output_that_is_not_finite_is_flagged(self, batch_of):
        batch = batch_of([[0.0]], [[1.0, 1.0]], [[(1.0, SET, 1, -1.0)]], [[0.5, 1.5]])
        answer = solve(EXPLOSIVE, batch, Tolerances())
        assert answer.status.tolist() == [Status.NOT_FINITE]
        assert answer.failure_state.tolist() == [-1]
        assert np.isfinite(answer.values[0, 0]).all()
        assert np.isnan(answer.values[0, 1]).all()

    def test_too_many_steps_are_not_taken(self, linear, batch_of):
        batch = batch_of([COMPARTMENTS[3]], [[1.0] * 4], [[]], [[0.0, 1000.0]])
        answer = solve(linear, batch, replace(TIGHT, maximum_steps=20))
        assert answer.status.tolist() == [Status.TOO_MANY_STEPS]
        assert answer.accepted[0] + answer.rejected[0] == 20
        assert 0 < answer.failure_time_h[0] < 1000

    def test_a_state_that_does_not_matter_changes_no_step(self, batch_of):
        program = Program(states=("x",), parameters=("k",), derivatives=("-k * x",))
        idle = tuple(f"idle_{number}" for number in range(20))
        wide = replace(
            program, states=("x", *idle), derivatives=("-k * x", *("0" for _ in idle))
        )
        alone = solve(program, batch_of([[2.0]], [[5.0]], [[]], [[9.0]]), Tolerances())
        among = solve(
            wide, batch_of([[2.0]], [[5.0] + [0.0] * 20], [[]], [[9.0]]), Tolerances()
        )
        assert alone.accepted.tolist() == among.accepted.tolist()


def slow_batch(batch_of, subjects):
    return batch_of(
        [[0.04, 3e7, 1e4]], [[1.0, 0, 0]] * subjects, [[]] * subjects, [[4000.0]] * subjects
    )


# Steps so short that one subject alone takes minutes.
SLOW = Tolerances(maximum_step_h=4e-6, maximum_steps=10**10)


class TestReports:
    def test_progress_counts_to_the_total_on_the_calling_thread(self, saturable, batch_of):
        seen, callers = [], set()

        def progress(done, total):
            seen.append((done, total))
            callers.add(threading.current_thread())

        solve(saturable, population(batch_of), Tolerances(), threads=2, progress=progress)
        assert seen[-1] == (60, 60)
        assert [done for done, _ in seen] == sorted({done for done, _ in seen})
        assert callers == {threading.current_thread()}

    def test_a_cancelled_run_ends_soon_and_returns_nothing(self, batch_of):
        solve(ROBERTSON, slow_batch(batch_of, 1), Tolerances())
        begin = time.perf_counter()
        with pytest.raises(Cancelled, match="of 3 subjects"):
            solve(
                ROBERTSON,
                slow_batch(batch_of, 3),
                SLOW,
                cancelled=lambda: time.perf_counter() - begin > 0.3,
            )
        assert time.perf_counter() - begin < 3.0

    def test_an_interrupt_comes_through_soon_and_stops_the_threads(self, batch_of):
        # A background job of a shell starts with interrupts ignored.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self.interrupt(batch_of)
        finally:
            signal.signal(signal.SIGINT, before)

    def interrupt(self, batch_of):
        solve(ROBERTSON, slow_batch(batch_of, 1), Tolerances())
        timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
        begin = time.perf_counter()
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            solve(ROBERTSON, slow_batch(batch_of, 3), SLOW)
        assert time.perf_counter() - begin < 3.0
        timer.join()

    def test_no_thread_is_not_enough(self, linear, batch_of):
        batch = batch_of([COMPARTMENTS[1]], [[0.0] * 4], [[]], [[]])
        with pytest.raises(ValueError, match="threads is 0; expected at least 1"):
            solve(linear, batch, Tolerances(), threads=0)

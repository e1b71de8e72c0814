from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.engine import EventKind, Program, Tolerances, solve
from algesia.engine.sensitivity import solve_with_sensitivities
from algesia.engine.sensitivity_events import EventSensitivity

ADD, RATE, SET, RESET, PARAMETERS = EventKind
TIGHT = Tolerances(relative=1e-10, absolute=1e-12)

# Nonlinear, explicit in time, and with parameters in the outputs.
NONLINEAR = Program(
    states=("amount", "effect"),
    parameters=("maximal", "half", "turnover", "steepness"),
    definitions=(("inhibition", "hill(amount, half, steepness)"),),
    derivatives=(
        "-maximal * amount / (half + amount) + 0.5 * exp(-time / 5)",
        "turnover * (1 - inhibition) - turnover * effect ** 1.5",
    ),
    outputs=(("amount", "amount * half"), ("effect", "log(1 + effect) + turnover")),
)
FIRST, SECOND = [8.0, 3.0, 0.4, 1.8], [5.0, 4.0, 0.7, 1.1]
COURSE = [
    (0.5, ADD, 0, 20.0),
    (1.0, RATE, 1, 0.3),
    (2.0, PARAMETERS, 1, 0.0),
    (3.0, SET, 0, 12.0),
    (3.5, RATE, 0, 4.0),
    (4.0, RESET, 0, 0.0),
    (5.0, RATE, 0, 2.0),
    (5.0, ADD, 1, 0.8),
    (6.5, RATE, 0, 0.0),
]
OTHERS = (
    *(f"{what}_{n}" for what in ("time", "value") for n in range(len(COURSE))),
    "start",
)
LOOKS = [0.3, 0.8, 1.6, 2.4, 3.2, 3.8, 4.5, 5.5, 8.0]


def course(batch_of, *, times=0.0, values=0.0, rows=0.0, starts=0.0):
    """A course with everything an event can do, moved in several directions at once."""
    moves = np.broadcast_to(times, len(COURSE))
    gains = np.broadcast_to(values, len(COURSE))
    events = [
        (time + move, kind, index, value + gain)
        for (time, kind, index, value), move, gain in zip(COURSE, moves, gains, strict=True)
    ]
    batch = batch_of(
        np.array([FIRST, SECOND]) + rows, [np.array([4.0, 0.6]) + starts], [events], [LOOKS]
    )
    return replace(batch, start_row=np.zeros(1, dtype=np.int64))


def richardson(outputs, step=1e-3):
    """Derivative of order 4 at 0, from differences."""
    far, near = ((outputs(h) - outputs(-h)) / (2 * h) for h in (step, step / 2))
    return (4 * near - far) / 3


def direction(place):
    return np.eye(len(COURSE))[place]


@pytest.fixture(scope="module")
def found(batch_of):
    count = len(COURSE)
    zeros = np.zeros((count, len(FIRST)))
    unit = np.eye(count)
    empty = np.zeros((count, count))
    return solve_with_sensitivities(
        NONLINEAR,
        course(batch_of),
        TIGHT,
        wrt=NONLINEAR.parameters,
        event_sensitivity=EventSensitivity(
            others=OTHERS,
            dtime=np.hstack([zeros, unit, empty, np.zeros((count, 1))]),
            dvalue=np.hstack([zeros, empty, unit, np.zeros((count, 1))]),
            dinitial=np.concatenate(
                [np.zeros((1, 2, 4 + 2 * count)), np.array([[[1.0], [0.5]]])], axis=2
            ),
        ),
    )


def compare(batch_of, found, column, move):
    expected = richardson(
        lambda h: solve(NONLINEAR, course(batch_of, **move(h)), TIGHT).values[0]
    )
    assert_allclose(
        found.derivatives[0, ..., found.columns.index(column)],
        expected,
        rtol=1e-6,
        atol=1e-7,
    )


def test_the_values_are_those_of_a_plain_solution(batch_of, found):
    expected = solve(NONLINEAR, course(batch_of), TIGHT)
    assert_allclose(found.raw.values, expected.values, rtol=1e-9, atol=1e-10)
    assert_allclose(found.raw.final_state, expected.final_state, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("place", range(4))
def test_parameters_shift_in_every_row(batch_of, found, place):
    shift = np.eye(4)[place]
    compare(batch_of, found, NONLINEAR.parameters[place], lambda h: {"rows": h * shift})


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4, 5, 8])
def test_an_event_moves_in_time(batch_of, found, place):
    compare(batch_of, found, f"time_{place}", lambda h: {"times": h * direction(place)})


@pytest.mark.parametrize("place", [0, 1, 3, 4, 6, 7])
def test_the_value_of_an_event_changes(batch_of, found, place):
    compare(batch_of, found, f"value_{place}", lambda h: {"values": h * direction(place)})


def test_the_start_changes(batch_of, found):
    compare(batch_of, found, "start", lambda h: {"starts": h * np.array([1.0, 0.5])})


def test_a_value_that_a_switch_or_a_reset_does_not_have_counts_nothing(found):
    for place in (2, 5):
        column = found.columns.index(f"value_{place}")
        assert_array_equal(found.derivatives[..., column], 0.0)

"""Closed forms are differentiated by a complex step, which is exact to rounding."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.engine import EventKind, Program, Status, Tolerances
from algesia.engine.sensitivity import solve_with_sensitivities
from algesia.engine.sensitivity_events import EventSensitivity

ADD, RATE = EventKind.ADD, EventKind.RATE
TIGHT = Tolerances(relative=1e-10, absolute=1e-12)
DEPOT, CENTRAL, PERIPHERAL = 0, 1, 2

TWO_COMPARTMENTS = Program(
    states=("depot", "central", "peripheral"),
    parameters=("clearance", "volume", "absorption", "exchange", "volume_2", "unused"),
    definitions=(
        ("concentration", "central / volume"),
        ("back", "peripheral / volume_2"),
    ),
    derivatives=(
        "-absorption * depot",
        "absorption * depot - clearance * concentration - exchange * (concentration - back)",
        "exchange * (concentration - back)",
    ),
    outputs=(("concentration", "concentration"), ("peripheral", "back"), ("all", "depot")),
)
NAMES = TWO_COMPARTMENTS.parameters
ROWS = {1: [6.0, 20.0, 1.3, 0.0, 30.0, 5.0], 2: [6.0, 20.0, 1.3, 9.0, 30.0, 5.0]}
OTHERS = ("bioavailability", "lag", "duration")
F, LAG, DURATION, DOSE = 0.7, 0.4, 2.5, 100.0
TIMES = [0.0, 0.2, 0.4001, 0.9, 2.0, 2.9, 2.95, 5.0, 11.0, 24.0]


def concentration(route, after, values):
    """Concentration so long after the dose, from exponentials; values may be complex."""
    clearance, volume, absorption, exchange, volume_2, _, available, _, duration = values
    leave, out, back = clearance / volume, exchange / volume, exchange / volume_2
    total = leave + out + back
    root = np.sqrt(total**2 - 4 * leave * back)
    a, b = (total + root) / 2, (total - root) / 2
    scale = available * DOSE / volume
    parts = [(a, (a - back) / (a - b)), (b, (back - b) / (a - b))]
    if route == "bolus":
        return scale * sum(part * np.exp(-rate * after) for rate, part in parts)
    if route == "infusion":
        until = after if after.real < duration.real else duration
        parts = [(rate, part) for rate, part in parts if abs(part) > 0]
        return (
            scale
            / duration
            * sum(
                part / rate * (np.exp(-rate * (after - until)) - np.exp(-rate * after))
                for rate, part in parts
            )
        )
    rates = [a, b, absorption]
    total = 0
    for rate in rates:
        first, second = (other for other in rates if other is not rate)
        part = (back - rate) / ((first - rate) * (second - rate))
        total = total + part * np.exp(-rate * after)
    return scale * absorption * total


def expected(route, row, times):
    """Concentrations, (T,), and their derivatives, (T, W)."""
    point = np.array([*row, F, LAG, DURATION])
    values = np.zeros(len(times))
    slopes = np.zeros((len(times), point.size))
    for place, time_h in enumerate(times):
        if time_h < LAG:
            continue
        values[place] = concentration(route, complex(time_h - LAG), point.astype(complex)).real
        for column in range(point.size):
            moved = point.astype(complex)
            moved[column] += 1e-30j
            found = concentration(route, time_h - moved[7], moved)
            slopes[place, column] = found.imag / 1e-30
    return values, slopes


def dose_events(route):
    """Events of one dose, and how they depend on bioavailability, lag and duration."""
    if route == "infusion":
        rate = F * DOSE / DURATION
        events = [(LAG, RATE, CENTRAL, rate), (LAG + DURATION, RATE, CENTRAL, 0.0)]
        dtime = [[0.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
        return events, dtime, [[rate / F, 0.0, -rate / DURATION], [0.0, 0.0, 0.0]]
    into = CENTRAL if route == "bolus" else DEPOT
    return [(LAG, ADD, into, F * DOSE)], [[0.0, 1.0, 0.0]], [[DOSE, 0.0, 0.0]]


def event_columns(dtime, dvalue):
    """Event derivatives with columns of zeros for the parameters of the program."""
    zeros = np.zeros((len(dtime), len(NAMES)))
    return EventSensitivity(
        others=OTHERS,
        dtime=np.hstack([zeros, np.array(dtime)]),
        dvalue=np.hstack([zeros, np.array(dvalue)]),
    )


@pytest.mark.parametrize("route", ["bolus", "infusion", "oral"])
@pytest.mark.parametrize("compartments", [1, 2])
def test_derivatives_of_a_dose_are_those_of_the_closed_form(batch_of, compartments, route):
    row = ROWS[compartments]
    events, dtime, dvalue = dose_events(route)
    batch = batch_of([row], [[0.0] * 3], [events], [TIMES])
    found = solve_with_sensitivities(
        TWO_COMPARTMENTS,
        batch,
        Tolerances(relative=1e-9, absolute=1e-11),
        wrt=NAMES,
        event_sensitivity=event_columns(dtime, dvalue),
    )
    values, slopes = expected(route, row, TIMES)
    assert found.columns == (*NAMES, *OTHERS)
    assert_allclose(found.raw.values[0, :, 0], values, rtol=1e-7, atol=1e-9)
    # The exchange of one compartment is 0, where the closed form loses half of its digits.
    columns = [place for place, name in enumerate(found.columns) if name != "exchange"]
    kept = columns if compartments == 1 else slice(None)
    derivatives = found.derivatives[0, :, 0]
    assert_allclose(derivatives[:, kept], slopes[:, kept], rtol=1e-6, atol=1e-8)


def test_a_sample_at_the_time_of_an_event_keeps_to_its_side(batch_of):
    events, dtime, dvalue = dose_events("bolus")
    samples = [(LAG, 0), (LAG, 1)]
    batch = batch_of([ROWS[1]], [[0.0] * 3], [events], [samples])
    found = solve_with_sensitivities(
        TWO_COMPARTMENTS,
        batch,
        TIGHT,
        wrt=NAMES,
        event_sensitivity=event_columns(dtime, dvalue),
    )
    clearance, volume = ROWS[1][:2]
    lag = len(NAMES) + OTHERS.index("lag")
    peak = F * DOSE / volume
    assert_allclose(
        found.derivatives[0, :, 0, lag], [0.0, peak * clearance / volume], rtol=1e-12, atol=0
    )


def test_what_the_equations_do_not_use_has_no_influence(batch_of):
    batch = batch_of([ROWS[2]], [[50.0, 0, 0]], [[]], [TIMES])
    found = solve_with_sensitivities(
        TWO_COMPARTMENTS,
        batch,
        TIGHT,
        wrt=("unused", "clearance"),
        event_sensitivity=EventSensitivity(others=("nothing",)),
    )
    assert_array_equal(found.derivatives[..., [0, 2]], 0.0)
    assert np.abs(found.derivatives[0, 5:, 0, 1]).min() > 1e-3


def test_columns_are_linear_in_the_derivatives_of_events_and_starts(batch_of):
    events, dtime, dvalue = dose_events("infusion")
    batch = batch_of([ROWS[2]], [[1.0, 2.0, 3.0]], [events], [TIMES])
    generator = np.random.default_rng(3)
    mix = generator.uniform(-2, 2, (3, 1))
    together = [np.hstack([np.array(each), np.array(each) @ mix]) for each in (dtime, dvalue)]
    starts = generator.uniform(-1, 1, (1, 3, 3))
    found = solve_with_sensitivities(
        TWO_COMPARTMENTS,
        batch,
        TIGHT,
        wrt=(),
        event_sensitivity=EventSensitivity(
            others=("a", "b", "c", "mixed"),
            dtime=together[0],
            dvalue=together[1],
            dinitial=np.concatenate([starts, starts @ mix], axis=2),
        ),
    )
    mixed = found.derivatives[..., :3] @ mix[:, 0]
    assert_allclose(found.derivatives[..., 3], mixed, rtol=1e-11, atol=1e-12)


def test_a_weighted_row_gives_the_derivative_in_a_common_factor(batch_of):
    batch = batch_of([ROWS[2]], [[50.0, 0, 0]], [[]], [TIMES])
    plain, weighted = (
        solve_with_sensitivities(
            TWO_COMPARTMENTS,
            batch,
            TIGHT,
            wrt=("clearance", "volume"),
            event_sensitivity=EventSensitivity(dparameters=weights),
        ).derivatives
        for weights in (None, np.array([ROWS[2][:2]]))
    )
    assert_allclose(weighted, plain * ROWS[2][:2], rtol=1e-8, atol=1e-10)


class TestFailures:
    GROWTH = Program(
        states=("x",),
        parameters=("rate",),
        derivatives=("rate * x ** 2",),
        outputs=(("x", "x"),),
    )

    def solve(self, batch_of, tolerances):
        batch = batch_of(
            [[1.0], [0.1]], [[1.0], [1.0]], [[], []], [[0.0, 0.5, 2.0], [0.0, 0.5, 2.0]]
        )
        return solve_with_sensitivities(self.GROWTH, batch, tolerances, wrt=("rate",))

    def test_a_solution_that_explodes_is_missing_from_there_on(self, batch_of):
        found = self.solve(batch_of, Tolerances(relative=1e-9))
        assert found.raw.status[0] in {Status.STEP_TOO_SMALL, Status.NOT_FINITE}
        assert found.raw.status[1] == Status.OK
        assert_allclose(found.raw.failure_time_h, [1.0, np.nan], rtol=1e-6, atol=0)
        missing = np.isnan(found.derivatives[:, :, 0, 0])
        assert_array_equal(missing, [[False, False, True], [False, False, False]])
        assert_array_equal(missing, np.isnan(found.raw.values[:, :, 0]))
        # x = 1 / (1 - rate t)
        slopes = np.array([0.5, 2.0]) / (1 - 0.1 * np.array([0.5, 2.0])) ** 2
        assert_allclose(found.derivatives[1, 1:, 0, 0], slopes, rtol=1e-7, atol=0)

    def test_too_many_steps_are_a_status(self, batch_of):
        found = self.solve(batch_of, Tolerances(relative=1e-9, maximum_steps=3))
        assert found.raw.status.tolist() == [Status.TOO_MANY_STEPS] * 2
        assert np.isnan(found.derivatives[:, -1]).all()


def many(batch_of, subjects):
    rows = np.array(ROWS[2]) * np.random.default_rng(5).uniform(0.5, 2.0, (subjects, 1))
    events = [(0.0, ADD, DEPOT, 40.0), (6.0, RATE, CENTRAL, 5.0), (8.0, RATE, CENTRAL, 0.0)]
    return batch_of(rows, [[0.0] * 3] * subjects, [events] * subjects, [TIMES] * subjects)


def test_threads_and_company_leave_every_bit_as_it_is(batch_of):
    batch = many(batch_of, 60)
    alone, one, two = (
        solve_with_sensitivities(
            TWO_COMPARTMENTS, each, Tolerances(), wrt=NAMES, threads=threads
        )
        for each, threads in ((batch.take(np.array([41])), 1), (batch, 1), (batch, 2))
    )
    assert_array_equal(one.derivatives, two.derivatives)
    assert_array_equal(one.raw.values, two.raw.values)
    assert_array_equal(alone.derivatives[0], one.derivatives[41])


def test_a_batch_may_be_empty_and_may_have_no_samples(batch_of):
    nobody = many(batch_of, 2).take(np.zeros(0, dtype=np.int64))
    found = solve_with_sensitivities(TWO_COMPARTMENTS, nobody, TIGHT, wrt=NAMES)
    assert found.derivatives.shape == (0, len(TIMES), 3, len(NAMES))
    blind = batch_of([ROWS[2]], [[5.0, 0, 0]], [[(1.0, ADD, DEPOT, 2.0)]], [[]])
    found = solve_with_sensitivities(TWO_COMPARTMENTS, blind, TIGHT, wrt=NAMES)
    assert found.raw.status.tolist() == [Status.OK]
    assert found.derivatives.shape == (1, 0, 3, len(NAMES))


def test_there_is_at_least_one_thread(batch_of):
    with pytest.raises(ValueError, match="threads is 0; expected at least 1"):
        solve_with_sensitivities(
            TWO_COMPARTMENTS, many(batch_of, 1), TIGHT, wrt=NAMES, threads=0
        )

"""Nothing is lost or made: what was given is in the states, and no state falls below zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.engine import Batch, EventKind, Program, Tolerances, solve

RELATIVE = 1e-8
CHAIN = {
    "states": ("depot", "central", "deep", "lost"),
    "outputs": tuple((name, name) for name in ("depot", "central", "deep", "lost")),
}
LINEAR = Program(
    **CHAIN,
    parameters=("absorb", "leave", "there", "back"),
    derivatives=(
        "-absorb * depot",
        "absorb * depot - (leave + there) * central + back * deep",
        "there * central - back * deep",
        "leave * central",
    ),
)
EXACT = Program(
    **CHAIN, parameters=LINEAR.parameters, derivatives=LINEAR.derivatives, stepper="exact"
)
SATURABLE = Program(
    **CHAIN,
    parameters=LINEAR.parameters,
    definitions=(("cleared", "leave * central / (1 + central)"),),
    derivatives=(
        "-absorb * depot",
        "absorb * depot - cleared - there * central + back * deep",
        "there * central - back * deep",
        "cleared",
    ),
)
rate = st.floats(1e-3, 30.0)
amount = st.floats(1e-6, 1e4)
dose = st.tuples(st.floats(0.0, 40.0), st.sampled_from([0, 1, 2]), amount, st.floats(0.0, 9.0))


@pytest.mark.parametrize("program", [LINEAR, EXACT, SATURABLE], ids=["steps", "exact", "bent"])
@settings(max_examples=30)
@given(rates=st.tuples(rate, rate, rate, rate), doses=st.lists(dose, min_size=1, max_size=5))
def test_what_was_given_is_somewhere_and_nowhere_less_than_nothing(program, rates, doses):
    rows = []
    for number, (time_h, state, mg, length_h) in enumerate(doses):
        # Inputs into one state would replace each other: only the first lasts.
        if number == 0 and length_h > 1e-3:
            rows += [(time_h, EventKind.RATE, state, mg / length_h)]
            rows += [(time_h + length_h, EventKind.RATE, state, 0.0)]
        else:
            rows.append((time_h, EventKind.ADD, state, mg))
    rows.sort(key=lambda row: row[0])
    when, kind, place, value = (np.array(column) for column in zip(*rows, strict=True))
    times_h = np.linspace(0.0, 60.0, 61)
    seen = np.searchsorted(when, times_h, side="right")
    batch = Batch(
        parameters=[rates],
        initial=np.zeros((1, 4)),
        start_row=[0],
        start_time_h=[0.0],
        event_offset=[0, when.size],
        event_time_h=when,
        event_kind=kind.astype(np.int64),
        event_index=place.astype(np.int64),
        event_value=value,
        sample_time_h=[times_h],
        sample_event=[seen],
    )
    total = sum(each[2] for each in doses)
    tolerances = Tolerances(relative=RELATIVE, absolute=1e-6 * RELATIVE * total)
    found = solve(program, batch, tolerances).values[0]
    came = np.zeros(times_h.size)
    for number, (time_h, _, mg, length_h) in enumerate(doses):
        passed = np.clip(times_h - time_h, 0.0, None)
        lasting = number == 0 and length_h > 1e-3
        came += mg * np.minimum(passed / length_h, 1.0) if lasting else mg * (times_h >= time_h)
    assert_allclose(found.sum(axis=1), came, rtol=1e-9, atol=1e-9 * total)
    assert found.min() >= -10.0 * RELATIVE * total

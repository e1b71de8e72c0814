"""Builders shared by the tests of the engine."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from algesia.engine import Batch, Program


def build_batch(
    parameters: Sequence[Sequence[float]],
    initial: Sequence[Sequence[float]],
    events: Sequence[Sequence[tuple[float, int, int, float]]],
    samples: Sequence[Sequence[float | tuple[float, int]]],
    start_h: float = 0.0,
) -> Batch:
    """A batch from lists: a sample is a time, after all events up to it, or (time, applied)."""
    subjects = len(initial)
    counts = [len(of_one) for of_one in events]
    flat = [event for of_one in events for event in of_one]
    times, applied = [], []
    for of_one, wanted in zip(events, samples, strict=True):
        event_times = [event[0] for event in of_one]
        pairs = [
            item
            if isinstance(item, tuple)
            else (item, sum(time <= item for time in event_times))
            for item in wanted
        ]
        times.append([pair[0] for pair in pairs])
        applied.append([pair[1] for pair in pairs])
    rows = np.asarray(parameters, dtype=np.float64)
    shape = (subjects, len(samples[0]) if samples else 0)
    return Batch(
        parameters=rows,
        initial=np.asarray(initial, dtype=np.float64),
        start_row=np.arange(subjects) % len(rows),
        start_time_h=np.full(subjects, start_h),
        event_offset=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64),
        event_time_h=np.array([event[0] for event in flat], dtype=np.float64),
        event_kind=np.array([event[1] for event in flat], dtype=np.int64),
        event_index=np.array([event[2] for event in flat], dtype=np.int64),
        event_value=np.array([event[3] for event in flat], dtype=np.float64),
        sample_time_h=np.array(times, dtype=np.float64).reshape(shape),
        sample_event=np.array(applied, dtype=np.int64).reshape(shape),
    )


@pytest.fixture(scope="session")
def batch_of() -> Callable[..., Batch]:
    """The builder of batches."""
    return build_batch


ORAL_THREE_COMPARTMENTS = Program(
    states=("depot", "central", "shallow", "deep"),
    parameters=("absorption", "elimination", "to_shallow", "back", "to_deep", "from_deep"),
    derivatives=(
        "-absorption * depot",
        "absorption * depot - (elimination + to_shallow + to_deep) * central"
        " + back * shallow + from_deep * deep",
        "to_shallow * central - back * shallow",
        "to_deep * central - from_deep * deep",
    ),
    outputs=tuple((name, name) for name in ("depot", "central", "shallow", "deep")),
)

SATURABLE = Program(
    states=("depot", "central", "effect"),
    parameters=("absorption", "maximal", "half", "turnover", "potency", "steepness"),
    definitions=(
        ("concentration", "central / 10"),
        ("elimination", "maximal * concentration / (half + concentration)"),
        ("inhibition", "hill(concentration, potency, steepness)"),
    ),
    derivatives=(
        "-absorption * depot",
        "absorption * depot - elimination",
        "turnover * (1 - inhibition - effect * (0.5 + 0.5 * effect))",
    ),
    outputs=(("concentration", "concentration"), ("effect", "effect")),
)


@pytest.fixture(scope="session")
def linear() -> Program:
    """Three compartments with a depot: with some rates 0 it has one, two or three."""
    return ORAL_THREE_COMPARTMENTS


@pytest.fixture(scope="session")
def saturable() -> Program:
    """Absorption, Michaelis-Menten elimination and a turnover inhibited by a Hill function."""
    return SATURABLE

"""`Task` and `Work`: the arrays the compiled driver reads, fills and calculates in.

They are named tuples, and nested, because numba compiles a function the faster the fewer arrays
it is given.
"""

from typing import NamedTuple

from algesia.arrays import FloatArray, IntArray

__all__ = ["Events", "Limits", "Outcome", "Samples", "Subjects", "Task", "Work"]


class Subjects(NamedTuple):
    """Where every subject begins; fields as in `Batch`."""

    parameters: FloatArray
    initial: FloatArray
    start_row: IntArray
    start_time_h: FloatArray


class Events(NamedTuple):
    """What happens to the subjects, as in `Batch` without ``event_``; its index is `place`."""

    offset: IntArray
    time_h: FloatArray
    kind: IntArray
    place: IntArray
    value: FloatArray


class Samples(NamedTuple):
    """When outputs are taken, as in `Batch` without ``sample_``, and the values taken."""

    time_h: FloatArray
    event: IntArray
    values: FloatArray


class Limits(NamedTuple):
    """When steps are accepted and when a subject is given up; fields as in `Tolerances`."""

    relative: float
    absolute: FloatArray
    maximum_steps: int
    maximum_step_h: float
    halt: IntArray
    """(1,); any number but 0 makes every subject stop at its next step."""


class Outcome(NamedTuple):
    """How every subject ended; fields as in `Raw`."""

    final_state: FloatArray
    status: IntArray
    failure_time_h: FloatArray
    failure_state: IntArray
    failure_event: IntArray
    accepted: IntArray
    rejected: IntArray


class Task(NamedTuple):
    """A batch, its limits and its answer."""

    subjects: Subjects
    events: Events
    samples: Samples
    limits: Limits
    outcome: Outcome


class Work(NamedTuple):
    """Scratch arrays of one thread. X counts the hidden clock here."""

    state: FloatArray
    """State at the beginning of the step, (X,)."""
    new_state: FloatArray
    """State at its end, (X,)."""
    error: FloatArray
    """Estimated error of `new_state`, (X,)."""
    trial: FloatArray
    """State between the two, (X,)."""
    slope: FloatArray
    """Derivative at `trial`, (X,)."""
    stages: FloatArray
    """Stages of the step, (stages, X)."""
    jacobian: FloatArray
    factors: FloatArray
    constants: FloatArray
    """Values that depend on the parameter row alone."""
    rates: FloatArray
    """Zero-order inputs, (X,)."""
    clock: FloatArray
    """(2,): time in h, and the first step to try after an event, 0 if not known."""
    cursor: IntArray
    """(2,): next sample, and the state with the largest error."""

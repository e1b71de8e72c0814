"""`Task` and `Work`: the arrays the compiled driver reads, fills and calculates in."""

from typing import NamedTuple

from algesia.arrays import FloatArray, IntArray

__all__ = ["Task", "Work"]


class Task(NamedTuple):
    """One batch, its tolerances and the arrays of its answer; fields as in `Batch` and `Raw`."""

    parameters: FloatArray
    initial: FloatArray
    start_row: IntArray
    start_time_h: FloatArray
    event_offset: IntArray
    event_time_h: FloatArray
    event_kind: IntArray
    event_index: IntArray
    event_value: FloatArray
    sample_time_h: FloatArray
    sample_event: IntArray
    relative: float
    absolute: FloatArray
    maximum_steps: int
    maximum_step_h: float
    halt: IntArray
    """(1,); any other number than 0 makes every subject stop at its next step."""
    values: FloatArray
    final_state: FloatArray
    status: IntArray
    failure_time_h: FloatArray
    failure_state: IntArray
    failure_event: IntArray
    accepted: IntArray
    rejected: IntArray


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

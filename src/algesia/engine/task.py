"""Builds a `Task`: the arrays of a batch as the driver wants them, and empty answers."""

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .batch import Batch
from .tolerances import Tolerances
from .workspace import Events, Limits, Outcome, Samples, Subjects, Task

__all__ = ["example_task", "task_of"]


def task_of(batch: Batch, tolerances: Tolerances, *, outputs: int) -> Task:
    """The task of solving a batch.

    Parameters
    ----------
    batch
        The batch.
    tolerances
        Accuracy wanted.
    outputs
        Number of outputs of the program, O.
    """
    subjects, samples = batch.sample_time_h.shape
    states = batch.initial.shape[1]
    return Task(
        Subjects(
            _floats(batch.parameters),
            _floats(batch.initial),
            _integers(batch.start_row),
            _floats(batch.start_time_h),
        ),
        Events(
            _integers(batch.event_offset),
            _floats(batch.event_time_h),
            _integers(batch.event_kind),
            _integers(batch.event_index),
            _floats(batch.event_value),
        ),
        Samples(
            _floats(batch.sample_time_h),
            _integers(batch.sample_event),
            np.full((subjects, samples, outputs), np.nan),
        ),
        Limits(
            float(tolerances.relative),
            tolerances.absolute_of(states),
            int(tolerances.maximum_steps),
            float(tolerances.maximum_step_h),
            np.zeros(1, dtype=np.int64),
        ),
        Outcome(
            final_state=np.full((subjects, states), np.nan),
            status=np.zeros(subjects, dtype=np.int64),
            failure_time_h=np.full(subjects, np.nan),
            failure_state=np.full(subjects, -1, dtype=np.int64),
            failure_event=np.full(subjects, -1, dtype=np.int64),
            accepted=np.zeros(subjects, dtype=np.int64),
            rejected=np.zeros(subjects, dtype=np.int64),
        ),
    )


def example_task() -> Task:
    """A task of one subject, of the types every other task has."""
    batch = Batch(
        parameters=np.zeros((1, 1)),
        initial=np.zeros((1, 1)),
        start_row=np.zeros(1, dtype=np.int64),
        start_time_h=np.zeros(1),
        event_offset=np.zeros(2, dtype=np.int64),
        event_time_h=np.zeros(0),
        event_kind=np.zeros(0, dtype=np.int64),
        event_index=np.zeros(0, dtype=np.int64),
        event_value=np.zeros(0),
        sample_time_h=np.zeros((1, 1)),
        sample_event=np.zeros((1, 1), dtype=np.int64),
    )
    return task_of(batch, Tolerances(), outputs=1)


def _floats(values: FloatArray) -> FloatArray:
    # The type of a compiled argument says whether an array is contiguous and writeable.
    return np.require(values, dtype=np.float64, requirements=["C", "A", "W"])


def _integers(values: IntArray) -> IntArray:
    return np.require(values, dtype=np.int64, requirements=["C", "A", "W"])

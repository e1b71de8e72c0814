"""Samples of outputs and their derivatives, now or within the step just made.

The text below the mark is copied into the generated files of sensitivities, above the driver.
"""

import math

from algesia.arrays import FloatArray
from algesia.engine.driver import SAMPLE, TIME, WORST
from algesia.engine.sensitivity_specimen import (
    LANES,
    SIZE,
    add_output_slopes,
    output_columns,
    outputs_and_slopes,
)
from algesia.engine.sensitivity_workspace import Columns, ColumnWork
from algesia.engine.specimen import CLOCK, OUTPUTS, STATES
from algesia.engine.steppers.rodas5p_columns import interpolate_columns
from algesia.engine.workspace import Task, Work

__all__ = ["samples_to"]

# The text below this line is copied into the generated kernels.


def samples_to(  # noqa: PLR0913, PLR0917 - one more than `accept` for the columns
    subject: int,
    applied: int,
    end: float,
    step_h: float,
    task: Task,
    sought: Columns,
    work: Work,
    more: ColumnWork,
) -> bool:
    """Take the samples up to a time, within a step unless that is 0; tell whether finite."""
    samples = task.samples
    count = samples.time_h.shape[1]
    while work.cursor[SAMPLE] < count:
        sample = work.cursor[SAMPLE]
        time = samples.time_h[subject, sample]
        if samples.event[subject, sample] != applied or time > end:
            break
        fraction = 0.0
        if step_h > 0.0:
            fraction = 1.0 if time == end else (time - work.clock[TIME]) / step_h
        look(fraction, step_h > 0.0, time, work, more)
        if not written(
            samples.values[subject, sample], sought.derivatives[subject, sample], more
        ):
            work.cursor[WORST] = -1
            return False
        work.cursor[SAMPLE] += 1
    return True


def look(fraction: float, within: bool, time: float, work: Work, more: ColumnWork) -> None:
    """Outputs and their derivatives at a fraction of the step, or now."""
    for i in range(STATES):
        work.trial[i] = work.state[i]
    if within:
        interpolate_columns(fraction, work.state, work.new_state, work.stages, work.trial)
    if CLOCK >= 0:
        work.trial[CLOCK] = time
    outputs_and_slopes(
        work.trial,
        work.constants,
        more.output_values,
        more.output_jacobian,
        more.output_slopes,
    )
    for block in range(more.bench.shape[0]):
        trial = more.bench[block, :SIZE]
        start = more.bench[block, SIZE : 2 * SIZE]
        for i in range(SIZE):
            trial[i] = start[i]
        if within:
            interpolate_columns(
                fraction, start, more.new_column[block], more.stages[block], trial
            )
        output_columns(more.output_jacobian, trial, more.output_columns[:, block * LANES :])
    add_output_slopes(more.output_slopes, more.weight, more.output_columns)


def written(values: FloatArray, derivatives: FloatArray, more: ColumnWork) -> bool:
    """Copy a sample to its place if all of it is finite; tell whether it is."""
    columns = derivatives.shape[1]
    finite = True
    for i in range(OUTPUTS):
        finite = finite and math.isfinite(more.output_values[i])
        for column in range(columns):
            finite = finite and math.isfinite(more.output_columns[i, column])
    if finite:
        for i in range(OUTPUTS):
            values[i] = more.output_values[i]
            for column in range(columns):
                derivatives[i, column] = more.output_columns[i, column]
    return finite

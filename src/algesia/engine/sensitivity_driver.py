"""The driver of sensitivities: state and columns go from event to event together.

It uses the small functions of `driver`, which stand above it in a generated file, and like
that one it runs as ordinary Python on the specimen kernels.
"""

import math

import numpy as np

from algesia.engine.driver import (
    FASTEST,
    FIRST_STEP,
    HALTED,
    NOT_FINITE,
    OK,
    PARAMETERS,
    RATE,
    RESET,
    RESOLUTION,
    SAFETY,
    SET,
    SHORTEST,
    STEP_TOO_SMALL,
    TIME,
    TOO_MANY_STEPS,
    WORST,
    apply_event,
    arrive,
    begin,
    error_size,
    fail,
    first_step,
    fitted,
    remember,
    step_factor,
)
from algesia.engine.sensitivity_samples import samples_to
from algesia.engine.sensitivity_specimen import (
    BENDS,
    CHANGES,
    LANES,
    OUTPUT_ENTRIES,
    OUTPUT_SLOPES,
    PARAMETERS_SOUGHT,
    SIZE,
    SLOPES,
)
from algesia.engine.sensitivity_workspace import Columns, ColumnWork
from algesia.engine.specimen import (
    CONSTANTS,
    ENTRIES,
    FACTORS,
    OUTPUTS,
    STATES,
    VISIBLE,
    prepare,
    rhs,
)
from algesia.engine.steppers.rodas5p import STAGES
from algesia.engine.steppers.rodas5p_columns import step_with_columns
from algesia.engine.workspace import Events, Limits, Task, Work

__all__ = ["solve_columns"]

# The text below this line is copied into the generated kernels.


def solve_columns(first: int, last: int, task: Task, sought: Columns) -> None:
    """Solve the subjects from `first` to before `last` with their sensitivities."""
    blocks = sought.initial.shape[1]
    work = Work(
        np.zeros(STATES),
        np.zeros(STATES),
        np.zeros(STATES),
        np.zeros(STATES),
        np.zeros(STATES),
        np.zeros((STAGES, STATES)),
        np.zeros(ENTRIES),
        np.zeros(FACTORS),
        np.zeros(CONSTANTS),
        np.zeros(STATES),
        np.zeros(2),
        np.zeros(2, dtype=np.int64),
    )
    more = ColumnWork(
        np.zeros((blocks, 3 * SIZE)),
        np.zeros((blocks, SIZE)),
        np.zeros((blocks, SIZE)),
        np.zeros((blocks, STAGES, SIZE)),
        np.zeros((blocks, SIZE)),
        np.zeros((blocks, SIZE)),
        np.zeros(PARAMETERS_SOUGHT),
        np.zeros(ENTRIES),
        np.zeros(SLOPES),
        np.zeros(BENDS),
        np.zeros(CHANGES),
        np.zeros(STATES),
        np.zeros(OUTPUT_ENTRIES),
        np.zeros(OUTPUT_SLOPES),
        np.zeros(OUTPUTS),
        np.zeros((OUTPUTS, blocks * LANES)),
    )
    for subject in range(first, last):
        if task.limits.halt[0] != 0:
            return
        solve_one(subject, task, sought, work, more)


def solve_one(subject: int, task: Task, sought: Columns, work: Work, more: ColumnWork) -> None:
    """Go from event to event until the last event and the last sample are reached."""
    events, samples = task.events, task.samples
    event = events.offset[subject]
    last = events.offset[subject + 1]
    row = task.subjects.start_row[subject]
    begin(subject, task.subjects, work)
    begin_columns(subject, sought, task.limits, more)
    applied = 0
    while True:
        take_row(row, task, sought, work, more)
        row = -1
        if applied > 0:
            finish_event(event - 1, events, sought, work, more)
        target = work.clock[TIME]
        if event < last:
            target = events.time_h[event]
        elif samples.time_h.shape[1] > 0:
            target = max(target, samples.time_h[subject, -1])
        now = work.clock[TIME]
        status = NOT_FINITE
        if samples_to(subject, applied, now, 0.0, task, sought, work, more):
            status = advance_columns(subject, applied, target, task, sought, work, more)
        if status != OK:
            fail(subject, status, applied, task.outcome, work)
            return
        if event == last:
            break
        row = begin_event(event, events, sought, work, more)
        event += 1
        applied += 1
    for i in range(VISIBLE):
        task.outcome.final_state[subject, i] = work.state[i]


def take_row(row: int, task: Task, sought: Columns, work: Work, more: ColumnWork) -> None:
    """Continue with a row of parameters, with the same one if it is below 0."""
    if row >= 0:
        prepare(task.subjects.parameters[row], work.constants)
        for i in range(PARAMETERS_SOUGHT):
            more.weight[i] = sought.weight[row, i]


def begin_columns(subject: int, sought: Columns, limits: Limits, more: ColumnWork) -> None:
    """Put the columns of a subject at its start."""
    for block in range(more.bench.shape[0]):
        for i in range(STATES):
            for lane in range(LANES):
                place = i * LANES + lane
                more.rates[block, place] = 0.0
                more.bench[block, SIZE + place] = 0.0
                more.absolute[block, place] = 1.0
                if i < VISIBLE:
                    more.bench[block, SIZE + place] = sought.initial[subject, block, place]
                    size = sought.size[subject, block * LANES + lane]
                    more.absolute[block, place] = limits.absolute[i] / size


def begin_event(
    event: int, events: Events, sought: Columns, work: Work, more: ColumnWork
) -> int:
    """Apply an event to the state, keep the derivative before it; return the row to switch to.

    The derivative is kept as 0 for what the event sets, whose past does not matter.
    """
    kind, index = events.kind[event], events.place[event]
    if moves(event, sought):
        rhs(work.state, work.constants, work.rates, more.before)
    if kind == SET:
        more.before[index] = 0.0
        empty_columns(index, index + 1, more)
    elif kind == RESET:
        for i in range(VISIBLE):
            more.before[i] = 0.0
        empty_columns(0, VISIBLE, more)
        for block in range(more.rates.shape[0]):
            for place in range(SIZE):
                more.rates[block, place] = 0.0
    if kind == PARAMETERS:
        return int(index)
    apply_event(event, events, work)
    return -1


def finish_event(
    event: int, events: Events, sought: Columns, work: Work, more: ColumnWork
) -> None:
    """Let the columns jump as the state's value and the event's time depend on them."""
    kind, index = events.kind[event], events.place[event]
    for block in range(more.bench.shape[0]):
        for lane in range(LANES):
            value = sought.event_value[event, block * LANES + lane]
            place = index * LANES + lane
            if kind == RATE:
                more.rates[block, place] = value
            elif kind != RESET and kind != PARAMETERS:
                more.bench[block, SIZE + place] += value
    if not moves(event, sought):
        return
    rhs(work.state, work.constants, work.rates, work.slope)
    for block in range(more.bench.shape[0]):
        for i in range(VISIBLE):
            jump = more.before[i] - work.slope[i]
            for lane in range(LANES):
                later = sought.event_time[event, block * LANES + lane]
                more.bench[block, SIZE + i * LANES + lane] += jump * later


def moves(event: int, sought: Columns) -> bool:
    """Whether the time of an event depends on any column."""
    found = False
    for column in range(sought.event_time.shape[1]):
        found = found or sought.event_time[event, column] != 0.0
    return found


def empty_columns(first: int, last: int, more: ColumnWork) -> None:
    """Set the states from `first` to before `last` of every column to 0."""
    for block in range(more.bench.shape[0]):
        for place in range(first * LANES, last * LANES):
            more.bench[block, SIZE + place] = 0.0


def advance_columns(  # noqa: PLR0913, PLR0917 - one more than `advance` for the columns
    subject: int,
    applied: int,
    target: float,
    task: Task,
    sought: Columns,
    work: Work,
    more: ColumnWork,
) -> int:
    """Integrate to the target time, taking the samples on the way; return the status."""
    limits, outcome = task.limits, task.outcome
    if target - work.clock[TIME] <= SHORTEST:
        arrive(target, work)
        taken = samples_to(subject, applied, target, 0.0, task, sought, work, more)
        return OK if taken else NOT_FINITE
    if work.clock[FIRST_STEP] == 0.0:
        rhs(work.state, work.constants, work.rates, work.slope)
    step_h = first_step(target - work.clock[TIME], limits, work)
    remembered = False
    limit = FASTEST
    for _ in range(limits.maximum_steps):
        if limits.halt[0] != 0:
            return HALTED
        remaining = target - work.clock[TIME]
        trial_h = fitted(min(step_h, limits.maximum_step_h), remaining)
        step_with_columns(trial_h, work, more)
        size = column_error(error_size(limits, work), limits, work, more)
        factor = step_factor(size)
        if size <= 1.0:
            outcome.accepted[subject] += 1
            if not remembered:
                remember(trial_h * min(factor, 2.0), trial_h < remaining, work)
                remembered = True
            end = target if trial_h == remaining else work.clock[TIME] + trial_h
            if not samples_to(subject, applied, end, trial_h, task, sought, work, more):
                return NOT_FINITE
            step_to(end, work, more)
            if end == target:
                return OK
            step_h = longer(step_h, trial_h, factor, limit)
            limit = FASTEST
        else:
            outcome.rejected[subject] += 1
            limit = 1.0
            step_h = trial_h * min(factor, SAFETY)
            if step_h < RESOLUTION * max(abs(work.clock[TIME]), abs(target)):
                return end_of_tries(size)
    return TOO_MANY_STEPS


def end_of_tries(size: float) -> int:
    """Why no step is short enough."""
    return NOT_FINITE if size == math.inf else STEP_TOO_SMALL


def longer(step_h: float, trial_h: float, factor: float, limit: float) -> float:
    """The step to try next; one cut short to fit must not shorten it."""
    wished = step_h if trial_h < step_h and factor >= 1.0 else 0.0
    return max(trial_h * min(factor, limit), wished)


def column_error(size: float, limits: Limits, work: Work, more: ColumnWork) -> float:
    """The error size of the state, or of a column where that is larger."""
    if size == math.inf:
        return size
    total = 0.0
    for block in range(more.bench.shape[0]):
        for i in range(VISIBLE):
            for place in range(i * LANES, (i + 1) * LANES):
                level = max(
                    abs(more.bench[block, SIZE + place]), abs(more.new_column[block, place])
                )
                scale = more.absolute[block, place] + limits.relative * level
                ratio = abs(more.error[block, place]) / scale
                total += ratio
                if ratio > size:
                    size = ratio
                    work.cursor[WORST] = i
    return size if math.isfinite(total) else math.inf


def step_to(end: float, work: Work, more: ColumnWork) -> None:
    """Move state and columns to the end of the step."""
    for i in range(STATES):
        work.state[i] = work.new_state[i]
    for block in range(more.bench.shape[0]):
        for i in range(SIZE):
            more.bench[block, SIZE + i] = more.new_column[block, i]
    arrive(end, work)

"""The driver of exact propagation: from event to event and sample to sample, without steps.

Sizes and kernels come with the arguments, so one compiled driver serves every program. This
text, with that of `propagation`, is copied into a file of the cache directory and compiled
there.
"""

import math

from algesia.engine.workspace import Events, Outcome, Samples, Subjects, Task

from .calls import call_three, call_two
from .propagation import (
    ADD,
    DRIVEN,
    FINEST,
    FINEST_SHARE,
    KEPT_H,
    LAST_TURN,
    LEVELS_KNOWN,
    NEAR,
    NEAR_H,
    NOT_FINITE,
    OK,
    OUTPUTS,
    PARAMETERS,
    PER_FINEST,
    PREPARE,
    RATE,
    RATES,
    SAMPLE,
    SET,
    SIZE,
    SIZE_OF,
    SLOPES,
    SLOTS,
    STATE,
    TIME,
    TURN,
    UNKNOWN,
    USES,
    WORST,
    find_inflow,
    propagate,
)
from .work import PropagationWork

__all__ = ["solve_subjects"]

# The text below this line is copied into the generated kernels.


def solve_subjects(first: int, last: int, task: Task, work: PropagationWork) -> None:
    """Solve the subjects from `first` to before `last`; their answers go into the task."""
    for subject in range(first, last):
        if task.limits.halt[0] != 0:
            return
        solve_subject(subject, task, work)


def solve_subject(subject: int, task: Task, work: PropagationWork) -> None:
    """Go from event to event until the last event and the last sample are reached."""
    begin(subject, task.subjects, work)
    events, samples = task.events, task.samples
    event = events.offset[subject]
    last = events.offset[subject + 1]
    applied = 0
    while True:
        status = OK if sample_now(subject, applied, samples, work) else NOT_FINITE
        target = work.clock[TIME]
        if event < last:
            target = events.time_h[event]
        elif samples.time_h.shape[1] > 0:
            target = max(target, samples.time_h[subject, -1])
        if status == OK and target > work.clock[TIME]:
            status = advance(subject, applied, target, task, work)
        if status != OK:
            fail(subject, status, applied, task.outcome, work)
            return
        if event == last:
            break
        if events.kind[event] == PARAMETERS:
            use_row(events.place[event], task.subjects, work)
        else:
            apply_event(event, events, work)
        event += 1
        applied += 1
    for i in range(work.vectors.shape[1]):
        task.outcome.final_state[subject, i] = work.vectors[STATE, i]


def begin(subject: int, subjects: Subjects, work: PropagationWork) -> None:
    """Put a subject at its start."""
    work.cursor[SAMPLE] = 0
    work.cursor[WORST] = 0
    work.clock[TIME] = subjects.start_time_h[subject]
    for i in range(work.vectors.shape[1]):
        work.vectors[RATES, i] = 0.0
        work.vectors[STATE, i] = subjects.initial[subject, i]
    use_row(subjects.start_row[subject], subjects, work)


def use_row(row: int, subjects: Subjects, work: PropagationWork) -> None:
    """Begin with a new parameter row: its system, and nothing known about it."""
    call_two(work.program[PREPARE], subjects.parameters[row], work.constants)
    call_two(work.program[SLOPES], work.constants, work.system)
    call_two(work.program[SIZE_OF], work.system, work.clock[SIZE:])
    size = work.clock[SIZE]
    finest = 1.0
    if size > 0.0 and math.isfinite(size):
        # A power of two, so that counting finest intervals loses nothing.
        wished = math.log2(FINEST_SHARE) - math.log2(size)
        finest = 2.0 ** math.floor(min(max(wished, -1000.0), 1000.0))
    work.clock[FINEST] = finest
    work.clock[PER_FINEST] = 1.0 / finest
    work.clock[NEAR_H] = NEAR / size
    work.cursor[LEVELS_KNOWN] = 0
    work.cursor[DRIVEN] = UNKNOWN
    for slot in range(SLOTS):
        work.clock[KEPT_H + slot] = 0.0
        work.cursor[USES + slot] = 0
        work.cursor[LAST_TURN + slot] = 0
    work.cursor[TURN] = 0


def fail(
    subject: int, status: int, applied: int, outcome: Outcome, work: PropagationWork
) -> None:
    """Record where and why a subject failed; its answers stay NaN from here on."""
    outcome.status[subject] = status
    outcome.failure_time_h[subject] = work.clock[TIME]
    outcome.failure_state[subject] = work.cursor[WORST]
    outcome.failure_event[subject] = applied - 1


def apply_event(event: int, events: Events, work: PropagationWork) -> None:
    """Change the state or the inputs as one event says."""
    kind = events.kind[event]
    index = events.place[event]
    value = events.value[event]
    if kind == ADD:
        work.vectors[STATE, index] += value
    elif kind == RATE:
        work.vectors[RATES, index] = value
        work.cursor[DRIVEN] = UNKNOWN
    elif kind == SET:
        work.vectors[STATE, index] = value
    else:
        work.cursor[DRIVEN] = UNKNOWN
        for i in range(work.vectors.shape[1]):
            work.vectors[STATE, i] = 0.0
            work.vectors[RATES, i] = 0.0


def advance(
    subject: int, applied: int, target: float, task: Task, work: PropagationWork
) -> int:
    """Go to the target time, stopping for the samples on the way; return the status."""
    samples = task.samples
    count = samples.time_h.shape[1]
    if work.cursor[DRIVEN] == UNKNOWN:
        find_inflow(work)
    while work.clock[TIME] < target:
        sample = work.cursor[SAMPLE]
        stop = target
        if sample < count and samples.event[subject, sample] == applied:
            stop = min(target, samples.time_h[subject, sample])
        status = propagate(stop - work.clock[TIME], work)
        if status != OK:
            return status
        task.outcome.accepted[subject] += 1
        work.clock[TIME] = stop
        if not sample_now(subject, applied, samples, work):
            return NOT_FINITE
    return OK


def sample_now(subject: int, applied: int, samples: Samples, work: PropagationWork) -> bool:
    """Take the samples due at the present state; tell whether the outputs are finite."""
    count = samples.time_h.shape[1]
    while work.cursor[SAMPLE] < count:
        sample = work.cursor[SAMPLE]
        if samples.event[subject, sample] != applied:
            return True
        if samples.time_h[subject, sample] > work.clock[TIME]:
            return True
        values = samples.values[subject, sample]
        call_three(work.program[OUTPUTS], work.vectors[STATE], work.constants, values)
        finite = True
        for i in range(values.size):
            finite = finite and math.isfinite(values[i])
        if not finite:
            work.cursor[WORST] = -1
            for i in range(values.size):
                values[i] = math.nan
            return False
        work.cursor[SAMPLE] += 1
    return True

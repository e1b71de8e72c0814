"""The driver: adaptive steps from event to event for one subject after another.

It runs as ordinary Python on the specimen kernels; copied below the generated kernels of a
program and compiled, it is the engine's fast path.
"""

import math

import numpy as np

from algesia.engine.specimen import (
    CLOCK,
    CONSTANTS,
    ENTRIES,
    FACTORS,
    OUTPUTS,
    STATES,
    VISIBLE,
    outputs,
    prepare,
    rhs,
)
from algesia.engine.steppers.rodas5p import ERROR_EXPONENT, STAGES, interpolate, step
from algesia.engine.workspace import (
    Events,
    Limits,
    Outcome,
    Samples,
    Subjects,
    Task,
    Work,
)

__all__ = ["solve_subjects"]

# The text below this line is copied into the generated kernels.

# Names of the entries of `Work.clock` and `Work.cursor`.
TIME, FIRST_STEP = 0, 1
SAMPLE, WORST = 0, 1

# The numbers of `EventKind` and `Status`; a test compares them.
ADD, RATE, SET, RESET, PARAMETERS = 0, 1, 2, 3, 4
OK, STEP_TOO_SMALL, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3
HALTED = -1

SAFETY, SLOWEST, FASTEST = 0.9, 0.1, 6.0
RESOLUTION = 2.0**-50
"""Steps below this fraction of the time cannot be told from no step."""
SHORTEST = 1e-30
"""Time in h too short for anything to change, and for 1 / h to be a useful number."""


def solve_subjects(first: int, last: int, task: Task) -> None:
    """Solve the subjects from `first` to before `last`; their answers go into the task."""
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
    for subject in range(first, last):
        if task.limits.halt[0] != 0:
            return
        solve_subject(subject, task, work)


def solve_subject(subject: int, task: Task, work: Work) -> None:
    """Go from event to event until the last event and the last sample are reached."""
    # Only this function calls `prepare`, and only `advance` and the stepper call `rhs`: every
    # other caller would have numba optimise the same large function once more.
    prepare(task.subjects.parameters[task.subjects.start_row[subject]], work.constants)
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
            prepare(task.subjects.parameters[events.place[event]], work.constants)
        else:
            apply_event(event, events, work)
        event += 1
        applied += 1
    for i in range(VISIBLE):
        task.outcome.final_state[subject, i] = work.state[i]


def begin(subject: int, subjects: Subjects, work: Work) -> None:
    """Put a subject at its start."""
    work.clock[FIRST_STEP] = 0.0
    work.cursor[SAMPLE] = 0
    work.cursor[WORST] = 0
    for i in range(STATES):
        work.rates[i] = 0.0
    for i in range(VISIBLE):
        work.state[i] = subjects.initial[subject, i]
    arrive(subjects.start_time_h[subject], work)


def fail(subject: int, status: int, applied: int, outcome: Outcome, work: Work) -> None:
    """Record where and why a subject failed; its answers stay NaN from here on."""
    outcome.status[subject] = status
    outcome.failure_time_h[subject] = work.clock[TIME]
    outcome.failure_state[subject] = work.cursor[WORST]
    outcome.failure_event[subject] = applied - 1


def apply_event(event: int, events: Events, work: Work) -> None:
    """Change the state or the inputs as one event says."""
    kind = events.kind[event]
    index = events.place[event]
    value = events.value[event]
    if kind == ADD:
        work.state[index] += value
    elif kind == RATE:
        work.rates[index] = value
    elif kind == SET:
        work.state[index] = value
    else:
        for i in range(VISIBLE):
            work.state[i] = 0.0
            work.rates[i] = 0.0


def advance(subject: int, applied: int, target: float, task: Task, work: Work) -> int:
    """Integrate to the target time, taking the samples on the way; return the status."""
    limits, outcome = task.limits, task.outcome
    if target - work.clock[TIME] <= SHORTEST:
        arrive(target, work)
        return OK if sample_now(subject, applied, task.samples, work) else NOT_FINITE
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
        step(trial_h, work)
        size = error_size(limits, work)
        factor = step_factor(size)
        if size <= 1.0:
            outcome.accepted[subject] += 1
            if not remembered:
                remember(trial_h * min(factor, 2.0), trial_h < remaining, work)
                remembered = True
            end = target if trial_h == remaining else work.clock[TIME] + trial_h
            if not accept(subject, applied, end, trial_h, task.samples, work):
                return NOT_FINITE
            if end == target:
                return OK
            # A step cut short to fit must not shorten the next one.
            wished = step_h if trial_h < step_h and factor >= 1.0 else 0.0
            step_h = max(trial_h * min(factor, limit), wished)
            limit = FASTEST
        else:
            outcome.rejected[subject] += 1
            limit = 1.0
            step_h = trial_h * min(factor, SAFETY)
            if step_h < RESOLUTION * max(abs(work.clock[TIME]), abs(target)):
                return NOT_FINITE if size == math.inf else STEP_TOO_SMALL
    return TOO_MANY_STEPS


def fitted(step_h: float, remaining: float) -> float:
    """A step that ends at the target, or leaves room for another of about its length."""
    if step_h >= remaining * (1.0 - 1e-12):
        return remaining
    return 0.5 * remaining if step_h > 0.5 * remaining else step_h


def step_factor(size: float) -> float:
    """How much longer the next step may be after an error of a size (1 is the limit)."""
    if size == 0.0:
        return FASTEST
    if size == math.inf:
        return SLOWEST
    return max(SLOWEST, min(FASTEST, SAFETY * float(size**ERROR_EXPONENT)))


def remember(step_h: float, free: bool, work: Work) -> None:
    """Keep the first step after an event as the guess for the next event's.

    A step cut short by the next event says only that a step of its length is not too long.
    """
    if free or step_h > work.clock[FIRST_STEP]:
        work.clock[FIRST_STEP] = step_h


def first_step(remaining: float, limits: Limits, work: Work) -> float:
    """Length of the first step of a segment: remembered, or guessed from the derivative."""
    if work.clock[FIRST_STEP] > 0.0:
        return float(work.clock[FIRST_STEP])
    level = 0.0
    change = 0.0
    for i in range(VISIBLE):
        scale = limits.absolute[i] + limits.relative * abs(work.state[i])
        level = max(level, abs(work.state[i]) / scale)
        change = max(change, abs(work.slope[i]) / scale)
    guess = 1e-3 * min(remaining, 1.0)
    if level > 1e-5 and change > 1e-5 and change < math.inf:
        guess = 0.01 * level / change
    return max(min(guess, remaining), 1e-9 * remaining)


def error_size(limits: Limits, work: Work) -> float:
    """Largest error of a state over its tolerance, infinite if anything is not finite."""
    total = 0.0
    worst = 0.0
    for i in range(VISIBLE):
        size = max(abs(work.state[i]), abs(work.new_state[i]))
        ratio = abs(work.error[i]) / (limits.absolute[i] + limits.relative * size)
        total += ratio
        if not math.isfinite(ratio):
            work.cursor[WORST] = i
            return math.inf
        if ratio > worst:
            worst = ratio
            work.cursor[WORST] = i
    return worst if math.isfinite(total) else math.inf


def sample_now(subject: int, applied: int, samples: Samples, work: Work) -> bool:
    """Take the samples due at the present state; tell whether the outputs are finite."""
    count = samples.time_h.shape[1]
    while work.cursor[SAMPLE] < count:
        sample = work.cursor[SAMPLE]
        if samples.event[subject, sample] != applied:
            return True
        if samples.time_h[subject, sample] > work.clock[TIME]:
            return True
        outputs(work.state, work.constants, samples.values[subject, sample])
        if not kept(subject, sample, samples, work):
            return False
        work.cursor[SAMPLE] += 1
    return True


def accept(
    subject: int, applied: int, end: float, step_h: float, samples: Samples, work: Work
) -> bool:
    """Take the samples within a step and move to its end; tell whether they are finite."""
    count = samples.time_h.shape[1]
    while work.cursor[SAMPLE] < count:
        sample = work.cursor[SAMPLE]
        time = samples.time_h[subject, sample]
        if samples.event[subject, sample] != applied or time > end:
            break
        fraction = 1.0 if time == end else (time - work.clock[TIME]) / step_h
        interpolate(fraction, step_h, work, work.trial)
        if CLOCK >= 0:
            work.trial[CLOCK] = time
        outputs(work.trial, work.constants, samples.values[subject, sample])
        if not kept(subject, sample, samples, work):
            return False
        work.cursor[SAMPLE] += 1
    for i in range(STATES):
        work.state[i] = work.new_state[i]
    arrive(end, work)
    return True


def arrive(time: float, work: Work) -> None:
    """Set both clocks."""
    work.clock[TIME] = time
    if CLOCK >= 0:
        work.state[CLOCK] = time


def kept(subject: int, sample: int, samples: Samples, work: Work) -> bool:
    """Whether the outputs of a sample are finite; if not, they are erased."""
    finite = True
    for i in range(OUTPUTS):
        finite = finite and math.isfinite(samples.values[subject, sample, i])
    if not finite:
        work.cursor[WORST] = -1
        for i in range(OUTPUTS):
            samples.values[subject, sample, i] = math.nan
    return finite

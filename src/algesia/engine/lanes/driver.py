"""The driver of several lanes: each goes through its own subject's events at its own pace.

It decides as `algesia.engine.driver` does, subject by subject, while the kernels advance all
lanes in one call. A lane that is done takes the next subject from a queue that the threads
share; when that is empty it goes on calculating with what it has, and nobody looks at it. Sizes
and kernels come with the arguments, so one compiled driver serves every program.

This text is copied into a file of the cache directory and compiled there.
"""

import math

from algesia.engine.driver import (
    ADD,
    FASTEST,
    NOT_FINITE,
    OK,
    PARAMETERS,
    RATE,
    RESOLUTION,
    SAFETY,
    SET,
    SHORTEST,
    STEP_TOO_SMALL,
    TOO_MANY_STEPS,
    fitted,
)
from algesia.engine.lanes.calls import call_kernel, take_ticket
from algesia.engine.lanes.work import Lanes
from algesia.engine.workspace import Task

__all__ = ["solve_lanes"]

# The text below this line is copied into the generated kernels.

# Kernels, in the order of `ENTRIES`.
PREPARE, OPEN, STEP, SAMPLE, OBSERVE, ACCEPT = 0, 1, 2, 3, 4, 5

# Rows of `Lanes.control`, in the order of `CONTROL`.
STEP_H, FRACTION, SAMPLE_TIME, END, ACCEPTED, RELATIVE, SIZE, WORST, FACTOR = range(9)

# Rows of `Lanes.clock`.
TIME, TARGET, FIRST_STEP, WISHED_H, LIMIT, REMAINING = range(6)

# Rows of `Lanes.cursor`; STALE is a mark on the first lane for all of them.
SUBJECT, PHASE, EVENT, LAST, APPLIED, NEXT, STEPS, REMEMBERED, STALE, DUE = range(10)

# What a lane is doing, in `Lanes.cursor[PHASE]`.
EMPTY, STOPPED, OPENING, RUNNING, DRY = 0, 1, 2, 3, 4

# Entries of `Lanes.queue`.
TICKET, DONE = 0, 1

IDLE_STEP_H = 1e-3
"""Step of a lane without a subject."""


def solve_lanes(task: Task, lanes: Lanes) -> None:
    """Solve subjects from the queue until none is left; their answers go into the task."""
    width = lanes.cursor.shape[1]
    begin_lanes(task, lanes)
    while task.limits.halt[0] == 0:
        settle_all(task, lanes)
        busy = False
        for lane in range(width):
            busy = choose_step(lane, task, lanes) or busy
        if not busy:
            return
        call_kernel(lanes.kernels[STEP], lanes.memory)
        for lane in range(width):
            if lanes.cursor[PHASE, lane] == RUNNING:
                judge(lane, task, lanes)
        sample_steps(task, lanes)
        call_kernel(lanes.kernels[ACCEPT], lanes.memory)
        for lane in range(width):
            if lanes.cursor[PHASE, lane] == RUNNING:
                arrive(lane, task, lanes)


def begin_lanes(task: Task, lanes: Lanes) -> None:
    """Fill every lane with the first subject's numbers, harmless to calculate with."""
    row = task.subjects.start_row[0]
    for lane in range(lanes.cursor.shape[1]):
        lanes.control[RELATIVE, lane] = task.limits.relative
        lanes.control[STEP_H, lane] = IDLE_STEP_H
        for i in range(lanes.absolute.shape[0]):
            lanes.absolute[i, lane] = task.limits.absolute[i]
            lanes.state[i, lane] = task.subjects.initial[0, i]
        for i in range(lanes.parameters.shape[0]):
            lanes.parameters[i, lane] = task.subjects.parameters[row, i]
    lanes.cursor[STALE, 0] = 1


def settle_all(task: Task, lanes: Lanes) -> None:
    """Bring every lane to where it needs a step, or has no subject to be had."""
    width = lanes.cursor.shape[1]
    opening = False
    waiting = True
    while waiting:
        waiting = False
        for lane in range(width):
            if lanes.cursor[PHASE, lane] == EMPTY:
                load(lane, task, lanes)
        for lane in range(width):
            if lanes.cursor[PHASE, lane] == STOPPED:
                settle(lane, task, lanes)
                waiting = waiting or lanes.cursor[PHASE, lane] == EMPTY
                opening = opening or lanes.cursor[PHASE, lane] == OPENING
    refresh(lanes)
    if opening:
        call_kernel(lanes.kernels[OPEN], lanes.memory)
        for lane in range(width):
            if lanes.cursor[PHASE, lane] == OPENING:
                lanes.clock[WISHED_H, lane] = opening_step(lane, task, lanes)
                lanes.cursor[PHASE, lane] = RUNNING


def refresh(lanes: Lanes) -> None:
    """Compute the constants anew if the parameters of a lane have changed."""
    if lanes.cursor[STALE, 0] != 0:
        call_kernel(lanes.kernels[PREPARE], lanes.memory)
        lanes.cursor[STALE, 0] = 0


def load(lane: int, task: Task, lanes: Lanes) -> None:
    """Put the next subject of the queue into a lane, at its start."""
    subjects, cursor = task.subjects, lanes.cursor
    subject = take_ticket(lanes.queue, TICKET)
    if subject >= subjects.initial.shape[0]:
        cursor[PHASE, lane] = DRY
        return
    for i in range(lanes.state.shape[0]):
        lanes.rates[i, lane] = 0.0
    for i in range(lanes.absolute.shape[0]):
        lanes.state[i, lane] = subjects.initial[subject, i]
    take_parameters(lane, subjects.start_row[subject], task, lanes)
    cursor[SUBJECT, lane] = subject
    cursor[PHASE, lane] = STOPPED
    cursor[EVENT, lane] = task.events.offset[subject]
    cursor[LAST, lane] = task.events.offset[subject + 1]
    cursor[APPLIED, lane] = 0
    cursor[NEXT, lane] = 0
    lanes.clock[FIRST_STEP, lane] = 0.0
    lanes.control[WORST, lane] = 0.0
    set_time(lane, subjects.start_time_h[subject], lanes)


def take_parameters(lane: int, row: int, task: Task, lanes: Lanes) -> None:
    """Give a lane another row of parameters."""
    for i in range(lanes.parameters.shape[0]):
        lanes.parameters[i, lane] = task.subjects.parameters[row, i]
    lanes.cursor[STALE, 0] = 1


def set_time(lane: int, time_h: float, lanes: Lanes) -> None:
    """Set both clocks; the hidden one, if there is any, is the last state."""
    lanes.clock[TIME, lane] = time_h
    if lanes.state.shape[0] > lanes.absolute.shape[0]:
        lanes.state[lanes.absolute.shape[0], lane] = time_h


def settle(lane: int, task: Task, lanes: Lanes) -> None:
    """Take samples and apply events at the present time, up to where a step is needed."""
    cursor, clock = lanes.cursor, lanes.clock
    events, samples = task.events, task.samples
    while True:
        if not sample_now(lane, task, lanes):
            fail(lane, NOT_FINITE, task, lanes)
            return
        target = clock[TIME, lane]
        if cursor[EVENT, lane] < cursor[LAST, lane]:
            target = events.time_h[cursor[EVENT, lane]]
        elif samples.time_h.shape[1] > 0:
            target = max(target, samples.time_h[cursor[SUBJECT, lane], -1])
        if target - clock[TIME, lane] > SHORTEST:
            start_segment(lane, target, lanes)
            return
        if target > clock[TIME, lane]:
            set_time(lane, target, lanes)
            continue
        if cursor[EVENT, lane] == cursor[LAST, lane]:
            finish(lane, task, lanes)
            return
        apply_event(lane, cursor[EVENT, lane], task, lanes)
        cursor[EVENT, lane] += 1
        cursor[APPLIED, lane] += 1


def start_segment(lane: int, target: float, lanes: Lanes) -> None:
    """Set out for the time of the next event, or of the last sample."""
    lanes.clock[TARGET, lane] = target
    lanes.clock[LIMIT, lane] = FASTEST
    lanes.clock[WISHED_H, lane] = lanes.clock[FIRST_STEP, lane]
    lanes.cursor[STEPS, lane] = 0
    lanes.cursor[REMEMBERED, lane] = 0
    known = lanes.clock[FIRST_STEP, lane] > 0.0
    lanes.cursor[PHASE, lane] = RUNNING if known else OPENING


def apply_event(lane: int, event: int, task: Task, lanes: Lanes) -> None:
    """Change the state, the inputs or the parameters as one event says."""
    kind = task.events.kind[event]
    index = task.events.place[event]
    value = task.events.value[event]
    if kind == ADD:
        lanes.state[index, lane] += value
    elif kind == RATE:
        lanes.rates[index, lane] = value
    elif kind == SET:
        lanes.state[index, lane] = value
    elif kind == PARAMETERS:
        take_parameters(lane, index, task, lanes)
    else:
        for i in range(lanes.absolute.shape[0]):
            lanes.state[i, lane] = 0.0
            lanes.rates[i, lane] = 0.0


def opening_step(lane: int, task: Task, lanes: Lanes) -> float:
    """Guess the length of a subject's very first step from the derivative."""
    limits = task.limits
    remaining = lanes.clock[TARGET, lane] - lanes.clock[TIME, lane]
    level = 0.0
    change = 0.0
    for i in range(lanes.absolute.shape[0]):
        size = abs(lanes.state[i, lane])
        scale = limits.absolute[i] + limits.relative * size
        level = max(level, size / scale)
        change = max(change, abs(lanes.slope[i, lane]) / scale)
    guess = 1e-3 * min(remaining, 1.0)
    if level > 1e-5 and change > 1e-5 and change < math.inf:
        guess = 0.01 * level / change
    return float(max(min(guess, remaining), 1e-9 * remaining))


def choose_step(lane: int, task: Task, lanes: Lanes) -> bool:
    """Set the length of a lane's next step; tell whether the lane has a subject."""
    lanes.control[ACCEPTED, lane] = 0.0
    if lanes.cursor[PHASE, lane] != RUNNING:
        lanes.control[STEP_H, lane] = IDLE_STEP_H
        return False
    remaining = lanes.clock[TARGET, lane] - lanes.clock[TIME, lane]
    wished = min(lanes.clock[WISHED_H, lane], task.limits.maximum_step_h)
    lanes.clock[REMAINING, lane] = remaining
    lanes.control[STEP_H, lane] = fitted(wished, remaining)
    return True


def judge(lane: int, task: Task, lanes: Lanes) -> None:
    """Accept or reject the step of a lane, and choose how long to try the next."""
    clock, control, cursor = lanes.clock, lanes.control, lanes.cursor
    subject = cursor[SUBJECT, lane]
    trial_h, remaining = control[STEP_H, lane], clock[REMAINING, lane]
    size, factor = control[SIZE, lane], control[FACTOR, lane]
    cursor[STEPS, lane] += 1
    if size <= 1.0:
        task.outcome.accepted[subject] += 1
        control[ACCEPTED, lane] = 1.0
        if cursor[REMEMBERED, lane] == 0:
            first_h = trial_h * min(factor, 2.0)
            if trial_h < remaining or first_h > clock[FIRST_STEP, lane]:
                clock[FIRST_STEP, lane] = first_h
            cursor[REMEMBERED, lane] = 1
        ended = trial_h == remaining
        control[END, lane] = clock[TARGET, lane] if ended else clock[TIME, lane] + trial_h
        # A step cut short to fit must not shorten the next one.
        kept = clock[WISHED_H, lane] if factor >= 1.0 else 0.0
        kept = kept if trial_h < clock[WISHED_H, lane] else 0.0
        clock[WISHED_H, lane] = max(trial_h * min(factor, clock[LIMIT, lane]), kept)
        clock[LIMIT, lane] = FASTEST
        return
    task.outcome.rejected[subject] += 1
    clock[LIMIT, lane] = 1.0
    step_h = trial_h * min(factor, SAFETY)
    clock[WISHED_H, lane] = step_h
    if step_h < RESOLUTION * max(abs(clock[TIME, lane]), abs(clock[TARGET, lane])):
        fail(lane, NOT_FINITE if size == math.inf else STEP_TOO_SMALL, task, lanes)


def arrive(lane: int, task: Task, lanes: Lanes) -> None:
    """Move the clock of a lane to the end of its step, if that was accepted."""
    if lanes.control[ACCEPTED, lane] > 0.0:
        lanes.clock[TIME, lane] = lanes.control[END, lane]
        if lanes.clock[TIME, lane] == lanes.clock[TARGET, lane]:
            lanes.cursor[PHASE, lane] = STOPPED
            return
    if lanes.cursor[STEPS, lane] >= task.limits.maximum_steps:
        fail(lane, TOO_MANY_STEPS, task, lanes)


def is_due(lane: int, time_h: float, task: Task, lanes: Lanes) -> bool:
    """Whether the next sample of a lane is to be taken up to a time."""
    subject, sample = lanes.cursor[SUBJECT, lane], lanes.cursor[NEXT, lane]
    return bool(
        sample < task.samples.time_h.shape[1]
        and task.samples.event[subject, sample] == lanes.cursor[APPLIED, lane]
        and task.samples.time_h[subject, sample] <= time_h
    )


def sample_now(lane: int, task: Task, lanes: Lanes) -> bool:
    """Take the samples due at the present state; tell whether the outputs are finite."""
    if not is_due(lane, lanes.clock[TIME, lane], task, lanes):
        return True
    refresh(lanes)
    call_kernel(lanes.kernels[OBSERVE], lanes.memory)
    while is_due(lane, lanes.clock[TIME, lane], task, lanes):
        if not keep(lane, task, lanes):
            return False
    return True


def sample_steps(task: Task, lanes: Lanes) -> None:
    """Take the samples within the accepted steps, one of each lane at a time."""
    width = lanes.cursor.shape[1]
    while True:
        found = False
        for lane in range(width):
            found = aim_sample(lane, task, lanes) or found
        if not found:
            return
        call_kernel(lanes.kernels[SAMPLE], lanes.memory)
        for lane in range(width):
            if lanes.cursor[DUE, lane] != 0 and not keep(lane, task, lanes):
                lanes.control[ACCEPTED, lane] = 0.0
                fail(lane, NOT_FINITE, task, lanes)


def aim_sample(lane: int, task: Task, lanes: Lanes) -> bool:
    """Set where in its step a lane has its next sample; tell whether it has one."""
    control, cursor = lanes.control, lanes.cursor
    end = control[END, lane]
    accepted = cursor[PHASE, lane] == RUNNING and control[ACCEPTED, lane] > 0.0
    due = accepted and is_due(lane, end, task, lanes)
    cursor[DUE, lane] = 1 if due else 0
    control[FRACTION, lane] = 1.0
    if due:
        time_h = task.samples.time_h[cursor[SUBJECT, lane], cursor[NEXT, lane]]
        control[SAMPLE_TIME, lane] = time_h
        if time_h != end:
            passed = time_h - lanes.clock[TIME, lane]
            control[FRACTION, lane] = passed / control[STEP_H, lane]
    return due


def keep(lane: int, task: Task, lanes: Lanes) -> bool:
    """Keep the outputs of a lane's next sample if they are finite; tell whether they are."""
    subject, sample = lanes.cursor[SUBJECT, lane], lanes.cursor[NEXT, lane]
    values = task.samples.values
    finite = True
    for i in range(lanes.values.shape[0]):
        value = lanes.values[i, lane]
        values[subject, sample, i] = value
        finite = finite and math.isfinite(value)
    if not finite:
        lanes.control[WORST, lane] = -1.0
        for i in range(lanes.values.shape[0]):
            values[subject, sample, i] = math.nan
    lanes.cursor[NEXT, lane] += 1
    return finite


def fail(lane: int, status: int, task: Task, lanes: Lanes) -> None:
    """Record where and why a subject failed; its answers stay NaN from here on."""
    subject = lanes.cursor[SUBJECT, lane]
    task.outcome.status[subject] = status
    task.outcome.failure_time_h[subject] = lanes.clock[TIME, lane]
    task.outcome.failure_state[subject] = int(lanes.control[WORST, lane])
    task.outcome.failure_event[subject] = lanes.cursor[APPLIED, lane] - 1
    lanes.cursor[PHASE, lane] = EMPTY
    take_ticket(lanes.queue, DONE)


def finish(lane: int, task: Task, lanes: Lanes) -> None:
    """Record the state of a subject that has come to its end."""
    subject = lanes.cursor[SUBJECT, lane]
    for i in range(lanes.absolute.shape[0]):
        task.outcome.final_state[subject, i] = lanes.state[i, lane]
    task.outcome.status[subject] = OK
    lanes.cursor[PHASE, lane] = EMPTY
    take_ticket(lanes.queue, DONE)

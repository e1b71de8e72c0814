"""Exact propagation: across an interval by the exponential of a linear system.

Between events a linear system obeys ``dy/dt = A y + u``. The exponential of A is known for a
finest interval and its doubles, each the square of the one before; any interval is a sum of
some of them and a remainder, which a short series crosses. Where no number of the system but
those of the diagonal is negative, every number calculated here is a sum of positive ones, so
small amounts are as exact as large ones.
"""

import math

from algesia.arrays import FloatArray

from .calls import call_four, call_three, call_two
from .work import PropagationWork

__all__ = ["find_inflow", "propagate"]

# The text below this line is copied into the generated kernels.

# Kernels, in the order of `KERNELS`.
PREPARE, SLOPES, SIZE_OF, OUTPUTS, FLOW, SPREAD, EXTEND, MULTIPLY, RETURNED, RHS = range(10)

# Further entries of `PropagationWork.program`.
DEPTH, CONSTANTS, ENTRIES, PAIRS, DIAGONAL = range(10, 15)

LEVELS = 60
SLOTS = 6
USES_TO_KEEP = 3
"""An interval met so often gets an exponential of its own."""

# Names of the entries of `PropagationWork`: vectors, matrices and responses, clock, cursor.
STATE, TERM, FOLLOWING, MOVED, SAVED, ASIDE, RATES, INFLOW, VECTORS = range(9)
KEPT = LEVELS
PRODUCT = LEVELS + SLOTS
FURTHER = PRODUCT + 1
MATRICES = PRODUCT + 2
TIME, FINEST, PER_FINEST, NEAR_H, SIZE, KEPT_H = range(6)
SAMPLE, WORST, LEVELS_KNOWN, RESPONSES_KNOWN, DRIVEN, TURN = 0, 1, 2, 3, 4, 5
USES = 6
RESPONSE_KNOWN = USES + SLOTS
LAST_TURN = RESPONSE_KNOWN + SLOTS
UNKNOWN, NOT_DRIVEN, IS_DRIVEN = 0, 1, 2

# The numbers of `EventKind` and `Status`; a test compares them.
ADD, RATE, SET, RESET, PARAMETERS = 0, 1, 2, 3, 4
OK, STEP_TOO_SMALL, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3

FINEST_SHARE = 0.0625
"""Largest product of the finest interval and the size of the system."""
TERMS = 11
"""Terms of a series beyond the first that reaches a state: the rest is less than rounding."""
NEAR = 1e-9
"""Largest share by which an interval may differ from one it is taken for."""
NEGLIGIBLE = 2.0**-55
SHORTEST = 1e-30
"""Time in h too short for anything to change."""


def find_inflow(work: PropagationWork) -> None:
    """Find what enters whatever the state is: the change of a system that is empty."""
    empty = work.vectors[TERM]
    for i in range(work.vectors.shape[1]):
        empty[i] = 0.0
    call_four(
        work.program[RHS], empty, work.constants, work.vectors[RATES], work.vectors[INFLOW]
    )
    work.cursor[DRIVEN] = NOT_DRIVEN
    for i in range(work.vectors.shape[1]):
        if work.vectors[INFLOW, i] != 0.0:
            work.cursor[DRIVEN] = IS_DRIVEN
    work.cursor[RESPONSES_KNOWN] = 0
    for slot in range(SLOTS):
        work.cursor[RESPONSE_KNOWN + slot] = 0


def propagate(interval: float, work: PropagationWork) -> int:
    """Move the state over an interval; return the status."""
    if interval <= SHORTEST:
        return OK
    if not math.isfinite(work.clock[SIZE]):
        work.cursor[WORST] = 0
        return NOT_FINITE
    slot = slot_of(interval, work)
    if work.cursor[USES + slot] > USES_TO_KEEP:
        cross_kept(slot, interval, work)
    else:
        if not interval * work.clock[PER_FINEST] < 2.0**LEVELS:
            return TOO_MANY_STEPS
        if work.cursor[USES + slot] == USES_TO_KEEP:
            exponential(work.clock[KEPT_H + slot], work.matrices[KEPT + slot], work)
        cross(interval, work)
    for i in range(work.vectors.shape[1]):
        if not math.isfinite(work.vectors[STATE, i]):
            work.cursor[WORST] = i
            return NOT_FINITE
    return OK


def slot_of(interval: float, work: PropagationWork) -> int:
    """The slot of an interval, counted once more; a new one takes the slot longest unused."""
    near = min(NEAR * interval, work.clock[NEAR_H])
    work.cursor[TURN] += 1
    oldest = 0
    for slot in range(SLOTS):
        if abs(work.clock[KEPT_H + slot] - interval) <= near:
            work.cursor[USES + slot] += 1
            work.cursor[LAST_TURN + slot] = work.cursor[TURN]
            return slot
        if work.cursor[LAST_TURN + slot] < work.cursor[LAST_TURN + oldest]:
            oldest = slot
    work.clock[KEPT_H + oldest] = interval
    work.cursor[USES + oldest] = 1
    work.cursor[LAST_TURN + oldest] = work.cursor[TURN]
    work.cursor[RESPONSE_KNOWN + oldest] = 0
    return oldest


def cross_kept(slot: int, interval: float, work: PropagationWork) -> None:
    """Move the state over an interval with the exponential of the interval of a slot.

    The two differ by no more than rounding does in the differences of the times of a grid: one
    term of the series makes up for it.
    """
    kept_h = work.clock[KEPT_H + slot]
    if work.cursor[DRIVEN] == IS_DRIVEN and work.cursor[RESPONSE_KNOWN + slot] == 0:
        aside = work.vectors[ASIDE]
        for i in range(work.vectors.shape[1]):
            aside[i] = work.vectors[STATE, i]
            work.vectors[STATE, i] = 0.0
        cross(kept_h, work)
        for i in range(work.vectors.shape[1]):
            work.responses[KEPT + slot, i] = work.vectors[STATE, i]
            work.vectors[STATE, i] = aside[i]
        work.cursor[RESPONSE_KNOWN + slot] = 1
    cross_by(KEPT + slot, work)
    if interval != kept_h:
        term = work.vectors[TERM]
        call_three(work.program[FLOW], work.system, work.vectors[STATE], term)
        for i in range(work.vectors.shape[1]):
            change = term[i] + work.vectors[INFLOW, i]
            work.vectors[STATE, i] += (interval - kept_h) * change


def cross(interval: float, work: PropagationWork) -> None:
    """Move the state over an interval: a remainder, and a number of finest intervals."""
    number = math.floor(interval * work.clock[PER_FINEST])
    rest = interval - number * work.clock[FINEST]
    count = int(number)
    know_levels(count, work)
    if rest > 0.0:
        series_of_state(rest, work)
    level = 0
    while count > 0:
        if count & 1:
            cross_by(level, work)
        count >>= 1
        level += 1


def cross_by(place: int, work: PropagationWork) -> None:
    """Move the state by an exponential and what the inflow brings meanwhile."""
    moved = work.vectors[MOVED]
    call_three(work.program[SPREAD], work.matrices[place], work.vectors[STATE], moved)
    if work.cursor[DRIVEN] == IS_DRIVEN:
        for i in range(work.vectors.shape[1]):
            moved[i] += work.responses[place, i]
    for i in range(work.vectors.shape[1]):
        work.vectors[STATE, i] = moved[i]


def series_of_state(interval: float, work: PropagationWork) -> None:
    """Move the state over at most a finest interval."""
    term = work.vectors[TERM]
    call_three(work.program[FLOW], work.system, work.vectors[STATE], term)
    for i in range(work.vectors.shape[1]):
        term[i] = interval * (term[i] + work.vectors[INFLOW, i])
    series(interval, work.vectors[STATE], work)


def series_of_matrix(interval: float, result: FloatArray, work: PropagationWork) -> None:
    """Exponential of the system over at most a finest interval, less the identity."""
    term, following = work.matrices[PRODUCT], work.matrices[FURTHER]
    for pair in range(work.matrices.shape[1]):
        term[pair] = 0.0
        result[pair] = 0.0
    for state in range(work.vectors.shape[1]):
        term[work.program[DIAGONAL + state]] = 1.0
    for order in range(1, work.program[DEPTH] + TERMS):
        call_three(work.program[EXTEND], work.system, term, following)
        share = interval / order
        for pair in range(work.matrices.shape[1]):
            term[pair] = share * following[pair]
            result[pair] += term[pair]


def series(interval: float, total: FloatArray, work: PropagationWork) -> None:
    """Add a series, whose first term is prepared, to a total."""
    term, following = work.vectors[TERM], work.vectors[FOLLOWING]
    for i in range(work.vectors.shape[1]):
        total[i] += term[i]
    for order in range(2, work.program[DEPTH] + TERMS):
        call_three(work.program[FLOW], work.system, term, following)
        share = interval / order
        # What has not arrived anywhere yet is on its way: each term goes one flow further.
        settled = True
        for i in range(work.vectors.shape[1]):
            term[i] = share * following[i]
            total[i] += term[i]
            settled = settled and abs(term[i]) <= NEGLIGIBLE * abs(total[i])
        if settled:
            return


def know_levels(count: int, work: PropagationWork) -> None:
    """Have every level that a number of finest intervals needs, with the response to inflow."""
    needed = 0
    while count > 0:
        needed += 1
        count >>= 1
    while work.cursor[LEVELS_KNOWN] < needed:
        level = work.cursor[LEVELS_KNOWN]
        if level == 0:
            series_of_matrix(work.clock[FINEST], work.matrices[0], work)
            for state in range(work.vectors.shape[1]):
                work.departures[0, state] = work.matrices[0, work.program[DIAGONAL + state]]
                work.matrices[0, work.program[DIAGONAL + state]] += 1.0
        else:
            square(level - 1, level, work)
        work.cursor[LEVELS_KNOWN] = level + 1
    if work.cursor[DRIVEN] == IS_DRIVEN:
        while work.cursor[RESPONSES_KNOWN] < needed:
            know_response(work.cursor[RESPONSES_KNOWN], work)
            work.cursor[RESPONSES_KNOWN] += 1


def square(level: int, into: int, work: PropagationWork) -> None:
    """The level above a level.

    A diagonal near 1 is taken from its small difference to 1: squared as it is, its rounding
    would double with every level and grow into the slowest rates.
    """
    old, new = work.matrices[level], work.matrices[into]
    call_three(work.program[MULTIPLY], old, old, new)
    back = work.vectors[MOVED]
    call_two(work.program[RETURNED], old, back)
    for state in range(work.vectors.shape[1]):
        departure = work.departures[level, state]
        departure = departure * (2.0 + departure) + back[state]
        work.departures[into, state] = departure
        if abs(departure) < 0.5:
            new[work.program[DIAGONAL + state]] = 1.0 + departure


def know_response(level: int, work: PropagationWork) -> None:
    """What the inflow alone brings in the interval of a level, from the level below."""
    response = work.responses[level]
    if level == 0:
        saved = work.vectors[SAVED]
        for i in range(work.vectors.shape[1]):
            saved[i] = work.vectors[STATE, i]
            work.vectors[STATE, i] = 0.0
        series_of_state(work.clock[FINEST], work)
        for i in range(work.vectors.shape[1]):
            response[i] = work.vectors[STATE, i]
            work.vectors[STATE, i] = saved[i]
        return
    below = work.responses[level - 1]
    call_three(work.program[SPREAD], work.matrices[level - 1], below, response)
    for i in range(work.vectors.shape[1]):
        response[i] += below[i]


def exponential(interval: float, result: FloatArray, work: PropagationWork) -> None:
    """Exponential over an interval."""
    number = math.floor(interval * work.clock[PER_FINEST])
    count = int(number)
    know_levels(count, work)
    series_of_matrix(interval - number * work.clock[FINEST], result, work)
    for state in range(work.vectors.shape[1]):
        result[work.program[DIAGONAL + state]] += 1.0
    product = work.matrices[PRODUCT]
    level = 0
    while count > 0:
        if count & 1:
            call_three(work.program[MULTIPLY], result, work.matrices[level], product)
            for pair in range(work.matrices.shape[1]):
                result[pair] = product[pair]
        count >>= 1
        level += 1

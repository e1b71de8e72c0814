"""What the driver of the lanes calls, written for one lane.

The text below the mark is read together with a program's kernels and translated to vectors; it
is Python too, so that what it says can be run. `work` has the fields of a `Layout`.
"""

from typing import Any

from algesia.engine.driver import step_factor
from algesia.engine.specimen import (
    CLOCK,
    STATES,
    VISIBLE,
    outputs,
    prepare,
    rhs,
)
from algesia.engine.steppers.rodas5p import interpolate, step

__all__ = [
    "ENTRIES",
    "accept_lanes",
    "observe_lanes",
    "open_lanes",
    "prepare_lanes",
    "sample_lanes",
    "step_lanes",
]

ENTRIES = (
    "prepare_lanes",
    "open_lanes",
    "step_lanes",
    "sample_lanes",
    "observe_lanes",
    "accept_lanes",
)
"""The functions below, in the order in which the driver counts them."""

INFINITE = float("inf")

# The text below this line is copied into the generated kernels.


def prepare_lanes(work: Any) -> None:
    """Constants from the parameter row."""
    prepare(work.parameters, work.constants)


def open_lanes(work: Any) -> None:
    """Derivative at the present state, for the length of a first step."""
    rhs(work.state, work.constants, work.rates, work.slope)


def step_lanes(work: Any) -> None:
    """One step, the largest error of a state over its tolerance, and what follows from it.

    A state whose error is not finite counts as infinitely wrong; the first such is the worst.
    """
    step(work.step_h[0], work)
    # Two ratios are compared by their cross products: a division for each state would be slow.
    error = 0.0
    limit = 1.0
    worst = 0.0
    place = 0.0
    for i in range(VISIBLE):
        level = max(abs(work.state[i]), abs(work.new_state[i]))
        own_limit = work.absolute[i] + work.relative[0] * level
        own = abs(work.error[i])
        sound = own - own == 0.0 and own_limit == own_limit
        own = own if sound else INFINITE
        own_limit = own_limit if sound else 1.0
        larger = own * limit > error * own_limit
        worst = place if larger else worst
        limit = own_limit if larger else limit
        error = own if larger else error
        place = place + 1.0
    size = error / limit
    work.size[0] = size
    work.worst[0] = worst
    work.factor[0] = step_factor(size)


def sample_lanes(work: Any) -> None:
    """Outputs within the step just made."""
    interpolate(work.fraction[0], work.step_h[0], work, work.trial)
    if CLOCK >= 0:
        work.trial[CLOCK] = work.sample_time[0]
    outputs(work.trial, work.constants, work.values)


def observe_lanes(work: Any) -> None:
    """Outputs at the present state."""
    outputs(work.state, work.constants, work.values)


def accept_lanes(work: Any) -> None:
    """Move the lanes whose step is accepted to its end."""
    for i in range(STATES):
        work.state[i] = work.new_state[i] if work.accepted[0] > 0.0 else work.state[i]
    if CLOCK >= 0:
        work.state[CLOCK] = work.end[0] if work.accepted[0] > 0.0 else work.state[CLOCK]

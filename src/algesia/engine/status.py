"""`Status`: how the solution of one subject ended."""

from enum import IntEnum

__all__ = ["Status"]


class Status(IntEnum):
    """End of one subject's solution; anything but OK comes with NaN from the failure on."""

    OK = 0
    """Solved to the last event and sample."""
    STEP_TOO_SMALL = 1
    """The error stayed too large although the step shrank to the resolution of time."""
    TOO_MANY_STEPS = 2
    """More steps than `Tolerances.maximum_steps` between two events."""
    NOT_FINITE = 3
    """A state or an output became infinite or not a number."""
    NOT_CONVERGED = 4
    """No periodic state was found (`periodic_state` only)."""

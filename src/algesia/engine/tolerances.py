"""`Tolerances`: how accurate the solution must be and when the engine gives up."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray

__all__ = ["Tolerances"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tolerances:
    """Limits on the error of a step and on the number of steps.

    A step is accepted when, for every state i, its estimated error is at most
    ``absolute[i] + relative * max(|y_i|, |y_new_i|)``. The largest ratio counts (maximum norm),
    so adding states that do not matter changes nothing.

    Attributes
    ----------
    relative
        Relative tolerance, dimensionless, above 0.
    absolute
        Absolute tolerance, one number or (X,), unit of the state, above 0.
    maximum_steps
        Steps tried between one event and the next before a subject fails.
    maximum_step_h
        Longest step, h, above 0; infinite unless a short pulse of `time` must not be missed.
    """

    relative: float = 1e-6
    absolute: float | FloatArray = 1e-9
    maximum_steps: int = 100_000
    maximum_step_h: float = np.inf

    def __post_init__(self) -> None:
        if not 0 < self.relative < 1:
            raise ValueError(f"relative is {self.relative}; expected a number between 0 and 1")
        values = np.asarray(self.absolute, dtype=np.float64)
        if values.ndim > 1 or not (np.isfinite(values) & (values > 0)).all():
            raise ValueError(f"absolute is {values.tolist()}; expected numbers above 0")
        if self.maximum_steps < 1:
            raise ValueError(f"maximum_steps is {self.maximum_steps}; expected at least 1")
        if not self.maximum_step_h > 0:
            raise ValueError(
                f"maximum_step_h is {self.maximum_step_h}; expected a time above 0"
            )

    def absolute_of(self, states: int) -> FloatArray:
        """Absolute tolerance of each state, (X,).

        Raises
        ------
        ValueError
            If one tolerance per state was given and the number differs.
        """
        values = np.asarray(self.absolute, dtype=np.float64)
        if values.ndim == 1 and values.size != states:
            raise ValueError(f"absolute has {values.size} numbers; expected 1 or {states}")
        return np.array(np.broadcast_to(values, (states,)))

"""`Periodic`: periodic states and how well they come back."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .status import Status

__all__ = ["Periodic"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Periodic:
    """The periodic states of S subjects and their certificates.

    Attributes
    ----------
    state
        State at the start of the interval, (S, X); NaN where none was found.
    residual
        Largest change of a state over one period relative to that state, or to its absolute
        tolerance over the relative one if that is larger, (S,); infinite where the interval
        could not be solved.
    iterations
        Corrections made, (S,).
    status
        OK or NOT_CONVERGED, (S,), see `Status`.
    """

    state: FloatArray
    residual: FloatArray
    iterations: IntArray
    status: IntArray

    @classmethod
    def unknown(cls, subjects: int, states: int) -> "Periodic":
        """Nothing found yet for anybody."""
        return cls(
            state=np.full((subjects, states), np.nan),
            residual=np.full(subjects, np.inf),
            iterations=np.zeros(subjects, dtype=np.int64),
            status=np.full(subjects, Status.NOT_CONVERGED, dtype=np.int64),
        )

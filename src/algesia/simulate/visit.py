"""Visits: when patients are seen and decisions are made."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import DomainError

__all__ = ["MOST_VISITS", "Visits"]

MOST_VISITS = 10_000
"""Visits one course may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Times at which every patient of an arm is seen.

    Parameters
    ----------
    times_h
        Times, (V,), h, from 0, strictly increasing.
    """

    times_h: FloatArray

    def __post_init__(self) -> None:
        times = np.asarray(self.times_h, dtype=np.float64)
        object.__setattr__(self, "times_h", times)
        if times.ndim != 1 or not 1 <= times.size <= MOST_VISITS:
            raise DomainError(
                f"the course has {times.size} visits; expected from 1 to {MOST_VISITS}"
            )
        if not np.all(np.isfinite(times)) or times[0] < 0.0:
            raise DomainError(
                f"the first visit is at {times[0]:g} h; expected finite times from 0 h"
            )
        if np.any(np.diff(times) <= 0.0):
            at = int(np.argmax(np.diff(times) <= 0.0))
            raise DomainError(
                f"the visit at {times[at + 1]:g} h follows the one at {times[at]:g} h; "
                "expected increasing times"
            )

    @classmethod
    def every(cls, step_h: float, *, until_h: float, from_h: float | None = None) -> "Visits":
        """See patients every so many hours, the last time included where a step ends there.

        Parameters
        ----------
        step_h
            Time between two visits, h, above 0.
        until_h
            Latest visit, h, at or after the first.
        from_h
            First visit, h, from 0; one step after the start where None.

        Examples
        --------
        >>> Visits.every(24.0, until_h=72.0).times_h
        array([24., 48., 72.])
        """
        first_h = step_h if from_h is None else from_h
        if not (np.isfinite(step_h) and step_h > 0.0):
            raise DomainError(
                f"visits come every {step_h:g} h; expected a finite time above 0 h"
            )
        if not (np.isfinite(until_h) and until_h >= first_h):
            raise DomainError(
                f"visits end at {until_h:g} h before the first at {first_h:g} h; "
                "expected a later end"
            )
        steps = (until_h - first_h) / step_h
        if steps >= MOST_VISITS:
            raise DomainError(
                f"visits every {step_h:g} h until {until_h:g} h are {steps:.0f}; "
                f"expected at most {MOST_VISITS}"
            )
        count = int(np.floor(steps * (1.0 + 1e-12))) + 1
        return cls(times_h=first_h + step_h * np.arange(count, dtype=np.float64))

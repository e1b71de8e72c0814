"""When the outputs are looked at."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import DomainError

__all__ = ["Sampling"]

_MOST_TIMES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Sampling times of a scenario.

    Parameters
    ----------
    times_h
        Times, (T,), h, at or above 0, strictly increasing.
    at_doses
        Whether the start and the end of every dose are sampled as well. Without them a coarse
        grid misses the peak at the end of an infusion.
    """

    times_h: FloatArray
    at_doses: bool = True

    def __post_init__(self) -> None:
        times = np.asarray(self.times_h, dtype=np.float64)
        object.__setattr__(self, "times_h", times)
        if times.ndim != 1 or times.size == 0:
            raise DomainError(f"sampling has {times.size} times; expected at least one")
        if not np.all(np.isfinite(times)) or times[0] < 0.0:
            raise DomainError(
                f"sampling starts at {times[0]:g} h; expected finite times from 0 h"
            )
        if np.any(np.diff(times) <= 0.0):
            at = int(np.argmax(np.diff(times) <= 0.0))
            raise DomainError(
                f"sampling time {times[at + 1]:g} h follows {times[at]:g} h; "
                "expected increasing times"
            )

    @classmethod
    def every(
        cls, step_h: float, *, until_h: float, from_h: float = 0.0, at_doses: bool = True
    ) -> "Sampling":
        """Sample every so many hours, both ends included.

        Parameters
        ----------
        step_h
            Step, h, above 0.
        until_h
            Last time, h, at or above `from_h`.
        from_h
            First time, h, at or above 0.
        at_doses
            See the class.

        Examples
        --------
        >>> Sampling.every(6.0, until_h=24.0).times_h
        array([ 0.,  6., 12., 18., 24.])
        """
        for name, value in (("step", step_h), ("end", until_h), ("start", from_h)):
            if not np.isfinite(value):
                raise DomainError(f"sampling {name} is {value} h; expected a finite time")
        if step_h <= 0.0:
            raise DomainError(f"sampling step is {step_h:g} h; expected a step above 0")
        if until_h < from_h:
            raise DomainError(
                f"sampling ends at {until_h:g} h before it starts at {from_h:g} h"
            )
        steps = (until_h - from_h) / step_h
        if steps > _MOST_TIMES:
            raise DomainError(
                f"sampling every {step_h:g} h until {until_h:g} h is {steps:.0f} times; "
                f"expected at most {_MOST_TIMES}"
            )
        count = int(np.floor(steps * (1.0 + 1e-12))) + 1
        times: FloatArray = from_h + step_h * np.arange(count, dtype=np.float64)
        if times[-1] < until_h * (1.0 - 1e-12):
            times = np.append(times, until_h)
        return cls(times_h=times, at_doses=at_doses)

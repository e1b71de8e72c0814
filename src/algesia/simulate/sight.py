"""What is seen of a patient at a visit: an output, measured with error."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DomainError
from algesia.model.expression_grammar import NAME_PATTERN
from algesia.population import draws

__all__ = ["Sight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One measurement made at every visit.

    Parameters
    ----------
    name
        What rules call it.
    shows
        Output of the model; with `oracle` also one of its states.
    error_sd
        Standard deviation of the error of measurement, unit of the output, above 0; 0 with
        `oracle`.
    low, high
        Ends of the scale, unit of the output; what is measured never lies outside.
    oracle
        Whether the true value is seen, as no clinician does.
    """

    name: str
    shows: str
    error_sd: float = 0.0
    low: float = -np.inf
    high: float = np.inf
    oracle: bool = False

    def __post_init__(self) -> None:
        if NAME_PATTERN.match(self.name) is None:
            raise DomainError(
                f"'{self.name}' is no name; expected letters, digits and _, a letter first"
            )
        if self.oracle and self.error_sd != 0.0:
            raise DomainError(
                f"'{self.name}' is seen by an oracle and has an error of {self.error_sd:g}; "
                "expected one of the two"
            )
        if not self.oracle and not (np.isfinite(self.error_sd) and self.error_sd > 0.0):
            raise DomainError(
                f"error of '{self.name}' is {self.error_sd:g}; expected a finite standard "
                "deviation above 0, or oracle: true"
            )
        if not self.low < self.high:
            raise DomainError(
                f"scale of '{self.name}' runs from {self.low:g} to {self.high:g}; "
                "expected a higher end"
            )

    def seen(self, true: FloatArray, *, seed: int, subjects: IntArray, look: int) -> FloatArray:
        """Measured values of a visit, (S,), unit of the output.

        Parameters
        ----------
        true
            True values, (S,); what is not a number stays so.
        seed
            Seed of the arm.
        subjects
            Numbers of the subjects, (S,): each error depends on its subject and look alone.
        look
            Which look it is; 0 is the one at the start.
        """
        if self.oracle:
            return true
        error = draws.normal(seed, f"visit:{self.name}", subjects, index=look)
        measured: FloatArray = np.clip(true + self.error_sd * error, self.low, self.high)
        return measured

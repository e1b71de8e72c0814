"""Whether a simulation confirms what a source says."""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from algesia.errors import InputError
from algesia.model import Model

from .claim import Claim
from .claim_measure import measured
from .driver import driven
from .entry import Entry, entry_at, entry_hash

__all__ = ["ClaimCheck", "check_claim", "check_claims"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheck:
    """A claim and what the model says to it.

    Parameters
    ----------
    claim
        The claim.
    predicted
        What the model gives, in the unit of the claim; NaN where it gives nothing.
    problem
        Why it gives nothing; empty where it does.
    """

    claim: Claim
    predicted: float
    problem: str = ""

    @property
    def expected(self) -> float:
        """Number as printed."""
        return self.claim.expected

    @property
    def unit(self) -> str:
        """Unit of both numbers."""
        return self.claim.unit

    @property
    def ratio(self) -> float:
        """Predicted over printed; NaN where nothing is printed but 0."""
        return self.predicted / self.expected if self.expected else math.nan

    @property
    def holds(self) -> bool:
        """Whether the prediction lies within the tolerance."""
        return self.claim.tolerance.holds(self.predicted, self.expected)

    @property
    def misfit(self) -> bool:
        """Whether the claim is declared to fail."""
        return self.claim.expected_to_fail is not None

    @property
    def settled(self) -> bool:
        """Whether it came out as declared: it holds, or it is a misfit and fails."""
        return self.holds != self.misfit and not self.problem

    @property
    def verdict(self) -> str:
        """`holds`, `fails`, `misfit` (fails as declared) or `holds unexpectedly`."""
        if self.misfit:
            return "holds unexpectedly" if self.holds else "misfit"
        return "holds" if self.holds else "fails"

    def __str__(self) -> str:
        return (
            f"{self.claim.id}: {self.verdict}; predicted {self.predicted:.4g}, "
            f"printed {self.expected:g} {self.unit}"
        )


def check_claim(model: Model, claim: Claim) -> ClaimCheck:
    """Simulate what a claim describes and compare.

    Parameters
    ----------
    model
        The model of the entry.
    claim
        The claim.

    Examples
    --------
    >>> from algesia.catalog.entry import entry
    >>> kamp = entry("kamp_2020_general")
    >>> check_claim(kamp.model, kamp.claims()[0]).verdict
    'holds'
    """
    try:
        values = measured(model, claim).in_unit(claim.unit)
    except InputError as error:
        return ClaimCheck(claim=claim, predicted=math.nan, problem=str(error))
    lost = int(np.count_nonzero(~np.isfinite(values)))
    problem = f"{lost} of {values.size} subjects have no value" if lost else ""
    return ClaimCheck(claim=claim, predicted=float(np.mean(values)), problem=problem)


def check_claims(entry: Entry) -> tuple[ClaimCheck, ...]:
    """Check every claim of an entry; done once per content of its files."""
    return _checked(entry.folder, entry_hash(entry.folder))


@lru_cache(maxsize=16)
def _checked(folder: Path, content: str) -> tuple[ClaimCheck, ...]:
    del content  # only there so that a changed file is read again
    entry = entry_at(folder)
    model = driven(entry.folder, entry.model)
    return tuple(check_claim(model, claim) for claim in entry.claims())

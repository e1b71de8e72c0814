"""Whether two printed potencies of a chiral drug go together when the enantiomers add up."""

import math
from dataclasses import dataclass
from typing import Final

from algesia.errors import DomainError

__all__ = ["PotencyCheck", "potency_check", "potency_over_racemate"]

_ROUNDING: Final = 0.05
"""Largest relative difference that rounding of a potency of one digit may hide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PotencyCheck:
    """Two printed potencies held against each other.

    Parameters
    ----------
    over_distomer
        Printed potency over the other enantiomer, 1.
    over_racemate
        Printed potency over the racemate, 1.
    implied_over_racemate
        Potency over the racemate that the first implies under additivity, 1.
    """

    over_distomer: float
    over_racemate: float
    implied_over_racemate: float

    @property
    def consistent(self) -> bool:
        """Whether the printed potency is the implied one, apart from rounding."""
        return math.isclose(self.over_racemate, self.implied_over_racemate, rel_tol=_ROUNDING)

    @property
    def sentence(self) -> str:
        """The finding in words."""
        racemate = (1.0 + self.over_distomer) / 2.0
        sum_text = (
            f"if the enantiomers add up, {self.over_distomer:g} x R is "
            f"{self.over_distomer:g}/{racemate:g} = {self.implied_over_racemate:.3g} "
            "x the racemate"
        )
        if self.consistent:
            return f"{sum_text}, as printed"
        return f"{sum_text}, not {self.over_racemate:g} x"


def potency_over_racemate(over_distomer: float) -> float:
    """Potency of one enantiomer over the racemate when equal halves add up.

    Parameters
    ----------
    over_distomer
        Its potency over the other enantiomer, 1, positive.

    Returns
    -------
    float
        Potency over the racemate, 1, between 0 and 2; it reaches 2 only where the other
        enantiomer does nothing.

    Raises
    ------
    DomainError
        If the potency is not a positive number.

    Examples
    --------
    >>> potency_over_racemate(4.0)
    1.6
    """
    if not (math.isfinite(over_distomer) and over_distomer > 0.0):
        raise DomainError(
            f"potency over the other enantiomer is {over_distomer:g}; "
            "expected a positive number"
        )
    return over_distomer / ((1.0 + over_distomer) / 2.0)


def potency_check(*, over_distomer: float, over_racemate: float) -> PotencyCheck:
    """Hold two printed potencies against each other under additivity.

    Parameters
    ----------
    over_distomer
        Printed potency over the other enantiomer, 1.
    over_racemate
        Printed potency over the racemate, 1.

    Raises
    ------
    DomainError
        If the first is not a positive number.

    Examples
    --------
    >>> potency_check(over_distomer=4.0, over_racemate=2.0).sentence
    'if the enantiomers add up, 4 x R is 4/2.5 = 1.6 x the racemate, not 2 x'
    """
    return PotencyCheck(
        over_distomer=over_distomer,
        over_racemate=over_racemate,
        implied_over_racemate=potency_over_racemate(over_distomer),
    )

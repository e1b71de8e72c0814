"""Adherence: doses that patients miss, take twice, or take early."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import BoolArray, FloatArray
from algesia.errors import DomainError

__all__ = ["Adherence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """How patients take what is to be taken at once; infusions are given by others.

    Parameters
    ----------
    missed, doubled, early
        Probability that a dose is left out, taken twice, or taken early; from 0, together at
        most 1.
    early_h
        How much earlier an early dose is taken, h, from 0; never before the last visit.
    drugs
        Drugs it is about; all where empty.
    """

    missed: float = 0.0
    doubled: float = 0.0
    early: float = 0.0
    early_h: float = 0.0
    drugs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shares = {"missed": self.missed, "doubled": self.doubled, "early": self.early}
        for name, share in shares.items():
            if not 0.0 <= share <= 1.0:
                raise DomainError(f"share of {name} doses is {share:g}; expected from 0 to 1")
        if sum(shares.values()) > 1.0 + 1e-12:
            raise DomainError(
                f"missed, doubled and early doses are {sum(shares.values()):g} of all; "
                "expected at most 1"
            )
        if not (np.isfinite(self.early_h) and self.early_h >= 0.0):
            raise DomainError(
                f"early doses come {self.early_h:g} h early; expected a finite time from 0 h"
            )
        if self.early > 0.0 and self.early_h == 0.0:
            raise DomainError("early doses come 0 h early; expected a time above 0 h")

    def about(self, drug: str) -> bool:
        """Whether it is about a drug."""
        return not self.drugs or drug in self.drugs

    def outcome(self, draw: FloatArray) -> tuple[BoolArray, BoolArray, BoolArray]:
        """Which doses are missed, doubled and early, each (N,), from a uniform draw each."""
        missed = draw < self.missed
        doubled = ~missed & (draw < self.missed + self.doubled)
        early = ~missed & ~doubled & (draw < self.missed + self.doubled + self.early)
        return missed, doubled, early

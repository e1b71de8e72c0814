"""`Claim`: a sentence of a source that a simulation can confirm or refute."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias

from algesia.errors import DomainError

__all__ = ["MEASURES", "Claim", "ClaimQuantity", "ClaimTolerance", "Measure"]

Measure: TypeAlias = Literal[
    "auc",
    "auc_ratio",
    "clearance",
    "cmax",
    "curve_error",
    "fraction_absorbed",
    "half_life",
    "spread_cv",
    "steady_state",
    "tmax",
]

# What each measure needs beyond its output.
MEASURES: Final[dict[str, tuple[str, ...]]] = {
    "auc": (),
    "auc_ratio": ("over",),
    "clearance": (),
    "cmax": (),
    "curve_error": ("curve",),
    "fraction_absorbed": (),
    "half_life": (),
    "spread_cv": ("of",),
    "steady_state": (),
    "tmax": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimQuantity:
    """What is measured on the simulated curve.

    Parameters
    ----------
    measure
        `cmax`, `tmax`, `auc`, `auc_ratio`, `fraction_absorbed`, `steady_state`, `clearance`,
        `half_life`, `spread_cv` (of another measure) or `curve_error` (against a stored curve).
    output
        Output it is measured on.
    over
        Output in the denominator of a ratio.
    of
        Measure whose spread between subjects is meant.
    curve
        Name of the stored curve that is compared.
    from_h, to_h
        Window, h; the whole simulation where None.
    sampled_at_h
        Times of the study's own samples, h, increasing; empty for a dense grid.
    """

    measure: Measure
    output: str
    over: str | None = None
    of: Measure | None = None
    curve: str | None = None
    from_h: float | None = None
    to_h: float | None = None
    sampled_at_h: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        needed = MEASURES[self.measure]
        for key in ("over", "of", "curve"):
            if (getattr(self, key) is not None) != (key in needed):
                verb = "needs" if key in needed else "takes no"
                raise DomainError(f"quantity: {self.measure} {verb} '{key}'")
        if self.from_h is not None and self.to_h is not None and not self.from_h < self.to_h:
            raise DomainError(
                f"quantity: window is {self.from_h:g} to {self.to_h:g} h; "
                "expected from before to"
            )
        times = self.sampled_at_h
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise DomainError(
                "quantity: sampled_at does not increase; expected increasing times"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTolerance:
    """How far a prediction may lie from the printed number, and why.

    Parameters
    ----------
    ratio
        Predicted over printed lies within 1/ratio and ratio, above 1.
    absolute
        Predicted minus printed lies within this, in the unit of the printed number, above 0.
    reason
        Why that much.
    """

    ratio: float | None = None
    absolute: float | None = None
    reason: str

    def __post_init__(self) -> None:
        if (self.ratio is None) == (self.absolute is None):
            raise DomainError("tolerance: expected either ratio or absolute")
        if self.ratio is not None and not 1.0 < self.ratio < math.inf:
            raise DomainError(f"tolerance: ratio is {self.ratio:g}; expected above 1")
        if self.absolute is not None and not 0.0 < self.absolute < math.inf:
            raise DomainError(f"tolerance: absolute is {self.absolute:g}; expected above 0")
        if not self.reason.strip():
            raise DomainError("tolerance: has no reason; say why that much")

    def holds(self, predicted: float, expected: float) -> bool:
        """Whether a prediction agrees; NaN never does.

        Examples
        --------
        >>> ClaimTolerance(ratio=1.25, reason="read from a figure").holds(80.0, 96.0)
        True
        """
        if self.absolute is not None:
            return abs(predicted - expected) <= self.absolute
        if self.ratio is None or predicted <= 0.0 or expected <= 0.0:
            return False
        return 1.0 / self.ratio <= predicted / expected <= self.ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A checkable sentence of a source.

    Parameters
    ----------
    id
        Name of the claim within its entry.
    sentence
        What the source says, in own words.
    regimen
        What is given: a short text or a structured regimen.
    covariates
        Who receives it, in the units of covariates: weight kg, age year; flags and levels.
    subjects
        Number of simulated subjects for a claim about spread, None for the typical subject.
    quantity
        What is measured.
    expected
        Number as printed, in `unit`.
    unit
        Unit of the printed number.
    tolerance
        How far off the prediction may be, and why.
    source
        Key of the source.
    locator
        Place in the source.
    expected_to_fail
        Why the model is known not to confirm it; None for a claim that must hold.
    """

    id: str
    sentence: str
    regimen: str | Mapping[str, Any]
    covariates: Mapping[str, float | bool | str]
    subjects: int | None
    quantity: ClaimQuantity
    expected: float
    unit: str
    tolerance: ClaimTolerance
    source: str
    locator: str
    expected_to_fail: str | None = None

    def __post_init__(self) -> None:
        about_spread = self.quantity.measure == "spread_cv"
        if about_spread != (self.subjects is not None):
            raise DomainError(
                f"subjects is {self.subjects}; expected "
                f"{'a number, the claim is about spread' if about_spread else 'none'}"
            )
        if self.subjects is not None and self.subjects < 2:
            raise DomainError(f"subjects is {self.subjects}; expected at least 2")
        if not math.isfinite(self.expected):
            raise DomainError(f"expected is {self.expected}; expected a finite number")
        for name in ("id", "sentence", "locator"):
            if not getattr(self, name).strip():
                raise DomainError(f"{name} is empty; expected text")
        if self.expected_to_fail is not None and not self.expected_to_fail.strip():
            raise DomainError("expected_to_fail is empty; expected the reason, or no such key")

"""`CovariateDistribution`: who was in the study, covariate by covariate."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from algesia.errors import DomainError, ModelError
from algesia.provenance import Reported

from .covariate_unit import COVARIATE_UNITS, FLAG_LEVELS

__all__ = ["CovariateDistribution", "DistributionKind"]

DistributionKind: TypeAlias = Literal[
    "normal", "log_normal", "uniform", "bernoulli", "categorical", "fixed"
]

_NUMBERS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "normal": (("mean", "sd"), ("low", "high")),
    "log_normal": (("median", "log_sd"), ("low", "high")),
    "uniform": (("low", "high"), ()),
    "bernoulli": (("probability",), ()),
    "categorical": ((), ()),
    "fixed": (("value",), ()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateDistribution:
    """Distribution of one covariate in the population a model was built on.

    Parameters
    ----------
    covariate
        Name of the covariate.
    kind
        `normal` (mean, sd, low, high), `log_normal` (median, log_sd, low, high), `uniform`
        (low, high), `bernoulli` (probability), `categorical` (levels) or `fixed` (value;
        1 or 0 of a flag).
    numbers
        The numbers of the kind, unit of the covariate; low and high of the first two optional.
    levels
        Share of each level of a `categorical` covariate; they add up to 1.
    reported
        The values as printed.
    """

    covariate: str
    kind: DistributionKind
    numbers: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)
    reported: tuple[Reported, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in _NUMBERS:
            raise ModelError(
                f"{self._what()} is '{self.kind}'; expected one of {', '.join(_NUMBERS)}"
            )
        needed, optional = _NUMBERS[self.kind]
        given = dict.fromkeys(self.numbers)
        if not set(needed) <= set(given) <= {*needed, *optional}:
            raise ModelError(
                f"{self._what()} is {self.kind} and gives {', '.join(given) or 'nothing'}; "
                f"expected {', '.join(needed) or 'levels'}"
                f"{' and optionally ' + ', '.join(optional) if optional else ''}"
            )
        if bool(self.levels) != (self.kind == "categorical"):
            raise ModelError(f"{self._what()} is {self.kind}; levels go with categorical only")
        self._check_covariate()
        self._check_shares()

    def _check_covariate(self) -> None:
        """Refuse shares for a number, numbers for a flag, levels for either."""
        number, flag = self.covariate in COVARIATE_UNITS, self.covariate in FLAG_LEVELS
        if number and self.kind in {"bernoulli", "categorical"}:
            expected = "normal, log_normal, uniform or fixed, it is a number"
        elif flag and self.kind not in {"bernoulli", "fixed"}:
            expected = "bernoulli or fixed, it is true or false"
        else:
            return
        raise ModelError(f"{self._what()} is {self.kind}; expected {expected}")

    def _check_shares(self) -> None:
        shares = [*self.levels.values(), self.numbers.get("probability", 0.0)]
        if not all(0.0 <= share <= 1.0 for share in shares):
            raise DomainError(f"{self._what()} has shares {shares}; expected 0 to 1")
        total = math.fsum(self.levels.values())
        if self.levels and not math.isclose(total, 1.0, rel_tol=1e-6, abs_tol=0.0):
            raise DomainError(f"{self._what()} has levels that add up to {total:g}; expected 1")

    def _what(self) -> str:
        return f"distribution of {self.covariate}"

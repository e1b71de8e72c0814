"""Distributions of covariates, each a quantile function of one uniform draw per subject."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import DomainError, InputError

from .covariate import Column
from .normal_quantile import normal_probability, normal_quantile

__all__ = [
    "Bernoulli",
    "Categorical",
    "Conditional",
    "Distribution",
    "Fixed",
    "LogNormal",
    "TruncatedNormal",
    "Uniform",
]

Level: TypeAlias = bool | str


class Distribution(Protocol):
    """Anything that turns probabilities into values of one covariate."""

    def quantile(self, probability: FloatArray) -> Column:
        """Values at the given probabilities, (S,), each strictly between 0 and 1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """The same value for everybody.

    Parameters
    ----------
    value
        Number in the unit of the covariate, truth value, or lower-case word.
    """

    value: float | bool | str

    def __post_init__(self) -> None:
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise DomainError(f"fixed value is {self.value}; expected a finite number")

    def quantile(self, probability: FloatArray) -> Column:
        """Repeat the value, (S,)."""
        value = float(self.value) if isinstance(self.value, int) else self.value
        kept = self.value if isinstance(self.value, bool) else value
        return np.full(probability.shape, kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruncatedNormal:
    """Normal distribution cut to a range, by the inverse of its distribution function.

    Parameters
    ----------
    mean, sd
        Of the distribution before it is cut, in the unit of the covariate; sd above 0.
    low, high
        Range kept; unbounded when not given.

    Examples
    --------
    >>> half = TruncatedNormal(mean=0.0, sd=1.0, low=0.0)
    >>> float(half.quantile(np.array([0.5])).round(4)[0])
    0.6745
    """

    mean: float
    sd: float
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        _require_finite("truncated normal", mean=self.mean)
        _require_positive("truncated normal", sd=self.sd)
        _require_range("truncated normal", self.low, self.high)
        bottom, top, _ = self._probabilities()
        if not top > bottom:
            raise DomainError(
                f"truncated normal: {self.low:g} to {self.high:g} holds no probability at "
                f"mean {self.mean:g} and sd {self.sd:g}; expected a range near the mean"
            )

    def quantile(self, probability: FloatArray) -> FloatArray:
        """Values at the given probabilities, (S,), in the unit of the covariate."""
        bottom, top, sign = self._probabilities()
        rank = probability if sign > 0 else 1.0 - probability
        values = self.mean + sign * self.sd * normal_quantile(bottom + rank * (top - bottom))
        # The inverse may overshoot an end by one rounding step.
        clipped: FloatArray = np.clip(values, self.low, self.high)
        return clipped

    def _probabilities(self) -> tuple[float, float, float]:
        """Lower and upper probability of the range, mirrored when it lies in the upper tail.

        Above the mean both probabilities crowd at 1 and lose their digits; below they do not.
        """
        bottom, top = (self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd
        if bottom > 0.0:
            return normal_probability(-top), normal_probability(-bottom), -1.0
        return normal_probability(bottom), normal_probability(top), 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """Log-normal distribution given by its median and the spread of its logarithm.

    Parameters
    ----------
    median
        In the unit of the covariate, above 0.
    log_sd
        Standard deviation of the natural logarithm, above 0; not a coefficient of variation.
    low, high
        Range kept; 0 to infinity when not given.

    Examples
    --------
    >>> float(LogNormal(median=72.0, log_sd=0.2).quantile(np.array([0.5])).round(9)[0])
    72.0
    """

    median: float
    log_sd: float
    low: float = 0.0
    high: float = math.inf

    def __post_init__(self) -> None:
        _require_positive("log-normal", median=self.median, log_sd=self.log_sd)
        _require_range("log-normal", self.low, self.high)
        if self.low < 0.0:
            raise DomainError(f"log-normal: low is {self.low:g}; expected 0 or above")
        self._logarithm()

    def quantile(self, probability: FloatArray) -> FloatArray:
        """Values at the given probabilities, (S,), in the unit of the covariate."""
        values = np.exp(self._logarithm().quantile(probability))
        clipped: FloatArray = np.clip(values, self.low, self.high)
        return clipped

    def _logarithm(self) -> TruncatedNormal:
        """Distribution of the natural logarithm."""
        return TruncatedNormal(
            mean=math.log(self.median),
            sd=self.log_sd,
            low=math.log(self.low) if self.low > 0.0 else -math.inf,
            high=math.log(self.high) if self.high < math.inf else math.inf,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform:
    """Every value of a range equally likely.

    Parameters
    ----------
    low, high
        Finite ends, in the unit of the covariate.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _require_finite("uniform", low=self.low, high=self.high)
        _require_range("uniform", self.low, self.high)

    def quantile(self, probability: FloatArray) -> FloatArray:
        """Values at the given probabilities, (S,), in the unit of the covariate."""
        return self.low + probability * (self.high - self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bernoulli:
    """True with a given probability.

    Parameters
    ----------
    probability
        From 0 to 1.
    """

    probability: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise DomainError(f"bernoulli: probability is {self.probability}; expected 0 to 1")

    def quantile(self, probability: FloatArray) -> Column:
        """Truth values, (S,)."""
        return probability < self.probability


@dataclass(frozen=True, slots=True, kw_only=True)
class Categorical:
    """One of several levels.

    Parameters
    ----------
    levels
        Probability of each level; they add up to 1.
    """

    levels: Mapping[str, float]

    def __post_init__(self) -> None:
        for level, probability in self.levels.items():
            if not 0.0 <= probability <= 1.0:
                raise DomainError(
                    f"categorical: probability of '{level}' is {probability}; expected 0 to 1"
                )
        total = math.fsum(self.levels.values())
        if not math.isclose(total, 1.0, rel_tol=1e-6, abs_tol=0.0):
            raise DomainError(f"categorical: probabilities add up to {total:g}; expected 1")

    def quantile(self, probability: FloatArray) -> Column:
        """Levels, (S,), in the order of the mapping along the probability."""
        edges = np.cumsum(list(self.levels.values()))
        # The last edge may fall short of 1 by rounding, so it is never compared with.
        place = np.searchsorted(edges[:-1], probability, side="right")
        return np.array(list(self.levels), dtype=np.str_)[place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """A distribution that depends on a flag or level of the same subject.

    All branches read the same draw, so a subject keeps the rank whatever the branch.

    Parameters
    ----------
    by
        Name of the flag or level covariate that decides.
    branches
        Distribution for each of its values.

    Examples
    --------
    >>> weight = Conditional(by="female", branches={
    ...     True: Fixed(value=65.0), False: Fixed(value=80.0)})
    >>> weight.quantile_given(np.array([0.3, 0.3]), np.array([True, False])).tolist()
    [65.0, 80.0]
    """

    by: str
    branches: Mapping[Level, Distribution]

    def __post_init__(self) -> None:
        if not self.branches:
            raise InputError(
                f"distribution by '{self.by}' has no branch; expected at least one"
            )

    def quantile_given(self, probability: FloatArray, given: Column) -> Column:
        """Values at the given probabilities, (S,), for the given deciders, (S,)."""
        missing = set(np.unique(given).tolist()) - set(self.branches)
        if missing:
            raise InputError(
                f"distribution by '{self.by}' has no branch for {min(map(repr, missing))}; "
                f"it has {', '.join(map(repr, self.branches))}"
            )
        values = [branch.quantile(probability) for branch in self.branches.values()]
        kinds = {column.dtype.kind for column in values}
        if len(kinds) > 1:
            raise InputError(
                f"branches of the distribution by '{self.by}' mix kinds; expected one kind"
            )
        chosen: Column = np.select([given == level for level in self.branches], values)
        return chosen


def _require_finite(kind: str, **parameters: float) -> None:
    for name, value in parameters.items():
        if not math.isfinite(value):
            raise DomainError(f"{kind}: {name} is {value}; expected a finite number")


def _require_positive(kind: str, **parameters: float) -> None:
    for name, value in parameters.items():
        if not (math.isfinite(value) and value > 0.0):
            raise DomainError(f"{kind}: {name} is {value}; expected a number above 0")


def _require_range(kind: str, low: float, high: float) -> None:
    if not low < high:
        raise DomainError(f"{kind}: low is {low} and high is {high}; expected low below high")

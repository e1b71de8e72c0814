"""How a covariate shifts the typical value of a parameter."""

from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from algesia.arrays import FloatArray
from algesia.errors import DomainError, ModelError, UnitError
from algesia.provenance import Reported
from algesia.units import DIMENSIONLESS, Dimension, dimension, to_canonical

from .covariate_unit import FLAG_LEVELS, covariate_dimension, covariate_unit, in_covariate_unit

__all__ = ["Allometry", "Categorical", "CovariateEffect", "LinearAbove"]

AnyArray: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allometry:
    """Parameters scale with a power of a covariate.

    Parameters
    ----------
    parameters
        Parameters it acts on.
    covariate
        Numeric covariate, usually `weight`.
    reference
        Value of the covariate at which the typical values hold, unit of the covariate, above 0.
    exponent
        Power, dimensionless.
    reported
        The values as printed.
    """

    parameters: tuple[str, ...]
    covariate: str = "weight"
    reference: float
    exponent: float
    reported: tuple[Reported, ...] = ()

    def __post_init__(self) -> None:
        covariate_unit(self.covariate)
        if not self.parameters:
            raise ModelError(f"allometry on {self.covariate} acts on no parameter")
        if not 0.0 < self.reference < float("inf"):
            raise DomainError(
                f"allometry on {self.covariate} has reference {self.reference:g}; "
                "expected above 0"
            )

    @classmethod
    def from_reported(
        cls,
        *,
        parameters: tuple[str, ...],
        covariate: str,
        reference: Reported,
        exponent: Reported,
    ) -> Self:
        """Build the effect from values as printed."""
        _require_dimensionless("exponent", exponent)
        return cls(
            parameters=parameters,
            covariate=covariate,
            reference=in_covariate_unit(covariate, reference.number(), reference.unit),
            exponent=exponent.canonical(),
            reported=(reference, exponent),
        )

    def adjust(self, values: FloatArray, column: AnyArray) -> FloatArray:
        """Values for subjects with the covariate given, each (S,).

        Examples
        --------
        >>> halved = Allometry(parameters=("volume",), reference=70.0, exponent=1.0)
        >>> halved.adjust(np.array([20.0]), np.array([35.0]))
        array([10.])
        """
        scaled: FloatArray = values * np.power(column / self.reference, self.exponent)
        return scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class Categorical:
    """A parameter is multiplied by a factor in subjects of one level.

    Parameters
    ----------
    parameter
        Parameter it acts on.
    covariate
        Covariate with levels, such as `ethnicity`, or a flag, such as `female`.
    level
        Level at which the factor applies; `true` or `false` of a flag.
    factor
        What the parameter is multiplied by, dimensionless, above 0.
    reported
        The factor as printed.
    """

    parameter: str
    covariate: str
    level: str
    factor: float
    reported: tuple[Reported, ...] = ()

    def __post_init__(self) -> None:
        levels = FLAG_LEVELS.get(self.covariate, (self.level,))
        if self.level not in levels:
            raise ModelError(
                f"effect of {self.covariate} on '{self.parameter}' has level '{self.level}'; "
                f"expected {' or '.join(levels)}"
            )
        if not 0.0 < self.factor < float("inf"):
            raise DomainError(
                f"effect of {self.covariate} {self.level} on '{self.parameter}' has factor "
                f"{self.factor:g}; expected above 0"
            )

    @classmethod
    def from_reported(
        cls, *, parameter: str, covariate: str, level: str, factor: Reported
    ) -> Self:
        """Build the effect from the factor as printed."""
        _require_dimensionless("factor", factor)
        return cls(
            parameter=parameter,
            covariate=covariate,
            level=level,
            factor=factor.canonical(),
            reported=(factor,),
        )

    @property
    def parameters(self) -> tuple[str, ...]:
        """Parameters it acts on."""
        return (self.parameter,)

    def adjust(self, values: FloatArray, column: AnyArray) -> FloatArray:
        """Values for subjects with the covariate given, each (S,).

        Examples
        --------
        >>> lower = Categorical(parameter="rate", covariate="female", level="true", factor=0.5)
        >>> lower.adjust(np.array([4.0, 4.0]), np.array([True, False]))
        array([2., 4.])
        """
        if self.covariate in FLAG_LEVELS:
            matches = column.astype(bool) == (self.level == "true")
        else:
            matches = column == self.level
        adjusted: FloatArray = np.where(matches, values * self.factor, values)
        return adjusted


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearAbove:
    """A parameter changes by a fixed amount per unit of a covariate above a threshold.

    Parameters
    ----------
    parameter
        Parameter it acts on.
    covariate
        Numeric covariate, such as `age`.
    threshold
        Value above which it acts, unit of the covariate.
    slope
        Change of the parameter, canonical unit, per unit of the covariate.
    slope_dimension
        Dimension of the slope as printed.
    reported
        The values as printed.
    """

    parameter: str
    covariate: str
    threshold: float
    slope: float
    slope_dimension: Dimension
    reported: tuple[Reported, ...] = ()

    def __post_init__(self) -> None:
        covariate_unit(self.covariate)
        if not (np.isfinite(self.threshold) and np.isfinite(self.slope)):
            raise DomainError(
                f"effect of {self.covariate} on '{self.parameter}' has threshold "
                f"{self.threshold:g} and slope {self.slope:g}; expected finite numbers"
            )

    @classmethod
    def from_reported(
        cls, *, parameter: str, covariate: str, threshold: Reported, slope: Reported
    ) -> Self:
        """Build the effect from values as printed."""
        unit = covariate_unit(covariate)
        per_unit = 1.0 if unit == "kg" else to_canonical(1.0, unit)
        return cls(
            parameter=parameter,
            covariate=covariate,
            threshold=in_covariate_unit(covariate, threshold.number(), threshold.unit),
            slope=slope.canonical() * per_unit,
            slope_dimension=dimension(slope.unit),
            reported=(threshold, slope),
        )

    @property
    def parameters(self) -> tuple[str, ...]:
        """Parameters it acts on."""
        return (self.parameter,)

    def adjust(self, values: FloatArray, column: AnyArray) -> FloatArray:
        """Values for subjects with the covariate given, each (S,).

        A parameter that the line would take below zero is left negative on purpose: the caller
        refuses it, naming the subject.
        """
        return values + self.slope * np.maximum(column - self.threshold, 0.0)

    def require_dimension(self, of_parameter: Dimension) -> None:
        """Refuse a slope that is not a change of the parameter per unit of the covariate."""
        expected = of_parameter / covariate_dimension(self.covariate)
        if self.slope_dimension != expected:
            raise UnitError(
                f"effect of {self.covariate} on '{self.parameter}' has a slope of dimension "
                f"{self.slope_dimension}; expected {expected}"
            )


CovariateEffect: TypeAlias = Allometry | Categorical | LinearAbove


def _require_dimensionless(what: str, reported: Reported) -> None:
    found = dimension(reported.unit)
    if found != DIMENSIONLESS:
        raise UnitError(
            f"{what} '{reported.name}' is in '{reported.unit}' ({found}); "
            "expected dimensionless"
        )

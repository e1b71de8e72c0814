"""The spread between people, on the scale that its name says."""

import math
from dataclasses import dataclass

from algesia.errors import DomainError

from .reported import Reported

__all__ = ["LogNormalSpread", "LogitNormalSpread"]

_PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormalSpread:
    """Spread of a quantity whose logarithm is normal.

    Parameters
    ----------
    log_variance
        Variance of the natural logarithm, dimensionless, 0 or above.
    """

    log_variance: float

    def __post_init__(self) -> None:
        _require_not_negative("log variance", self.log_variance)

    @classmethod
    def from_cv_percent(cls, cv_percent: float) -> "LogNormalSpread":
        """Spread from the exact coefficient of variation, %, 0 or above.

        The variance is ln(1 + CV^2). Many papers print 100 times the log SD and call it CV;
        that is `from_log_sd` of a hundredth of it.

        Examples
        --------
        >>> round(LogNormalSpread.from_cv_percent(30.0).log_variance, 6)
        0.086178
        """
        _require_not_negative("coefficient of variation", cv_percent)
        return cls(log_variance=math.log1p((cv_percent / _PERCENT) ** 2))

    @classmethod
    def from_log_sd(cls, log_sd: float) -> "LogNormalSpread":
        """Spread from the SD of the natural logarithm, dimensionless, 0 or above.

        Examples
        --------
        >>> round(LogNormalSpread.from_log_sd(0.30).log_variance, 6)
        0.09
        """
        _require_not_negative("log SD", log_sd)
        return cls(log_variance=log_sd**2)

    @classmethod
    def from_log_variance(cls, log_variance: float) -> "LogNormalSpread":
        """Spread from the variance of the natural logarithm, dimensionless, 0 or above."""
        return cls(log_variance=log_variance)

    @classmethod
    def from_reported(cls, reported: Reported) -> "LogNormalSpread":
        """Spread from a reported cv_percent, log_sd or log_variance; its form decides.

        Raises
        ------
        DomainError
            If the form is not a spread on the log scale.
        """
        if reported.form == "cv_percent":
            return cls.from_cv_percent(reported.number())
        if reported.form == "log_sd":
            return cls.from_log_sd(reported.canonical())
        if reported.form == "log_variance":
            return cls.from_log_variance(reported.canonical())
        raise DomainError(
            f"{reported.name} is a {reported.form}; "
            "expected cv_percent, log_sd or log_variance for a log-normal spread"
        )

    @property
    def log_sd(self) -> float:
        """SD of the natural logarithm, dimensionless."""
        return math.sqrt(self.log_variance)

    @property
    def cv_percent(self) -> float:
        """Exact coefficient of variation, %."""
        return _PERCENT * math.sqrt(math.expm1(self.log_variance))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogitNormalSpread:
    """Spread of a fraction whose logit is normal.

    Parameters
    ----------
    logit_variance
        Variance of ln(x / (1 - x)), dimensionless, 0 or above.
    """

    logit_variance: float

    def __post_init__(self) -> None:
        _require_not_negative("logit variance", self.logit_variance)

    @classmethod
    def from_logit_sd(cls, logit_sd: float) -> "LogitNormalSpread":
        """Spread from the SD of the logit, dimensionless, 0 or above.

        Examples
        --------
        >>> round(LogitNormalSpread.from_logit_sd(0.5).logit_variance, 6)
        0.25
        """
        _require_not_negative("logit SD", logit_sd)
        return cls(logit_variance=logit_sd**2)

    @classmethod
    def from_reported(cls, reported: Reported) -> "LogitNormalSpread":
        """Spread from a reported logit_sd.

        Raises
        ------
        DomainError
            If the form is not a spread on the logit scale.
        """
        if reported.form != "logit_sd":
            raise DomainError(
                f"{reported.name} is a {reported.form}; "
                "expected logit_sd for a logit-normal spread"
            )
        return cls.from_logit_sd(reported.canonical())

    @property
    def logit_sd(self) -> float:
        """SD of the logit, dimensionless."""
        return math.sqrt(self.logit_variance)


def _require_not_negative(what: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise DomainError(f"{what} is {value}; expected a finite number, 0 or above")

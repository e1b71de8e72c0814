"""The population a model was built on, as distributions to sample from."""

from algesia.errors import DomainError
from algesia.model import CovariateDistribution, Model

from .covariate import covariate
from .distribution import (
    Bernoulli,
    Categorical,
    Conditional,
    Distribution,
    Fixed,
    LogNormal,
    TruncatedNormal,
    Uniform,
)

__all__ = ["distribution_of", "study_population"]


def study_population(model: Model) -> dict[str, Distribution | Conditional]:
    """Return the covariate distributions of a model's study, ready for `Cohort.sample`.

    Parameters
    ----------
    model
        A model; its `population` may be empty.

    Returns
    -------
    dict
        Distribution of each covariate the study reports. A normal or log-normal without an end
        of its own is cut where the model's validity, or else the covariate, ends.
    """
    ranges = model.validity.ranges()
    return {
        reported.covariate: distribution_of(reported, within=ranges.get(reported.covariate))
        for reported in model.population
    }


def distribution_of(
    reported: CovariateDistribution, *, within: tuple[float, float] | None = None
) -> Distribution:
    """Turn one reported distribution into one that can be sampled.

    Parameters
    ----------
    reported
        Kind and numbers, in the unit of the covariate.
    within
        Range that cuts a normal or log-normal without ends of its own; that of the covariate
        where not given.

    Raises
    ------
    DomainError
        If the numbers cannot be. The message names the covariate.
    """
    held = covariate(reported.covariate)
    low, high = within or (held.low, held.high)
    numbers = dict(reported.numbers)
    if reported.kind in {"normal", "log_normal"}:
        numbers = {"low": low, "high": high} | numbers
    try:
        match reported.kind:
            case "normal":
                return TruncatedNormal(**numbers)
            case "log_normal":
                return LogNormal(**numbers)
            case "uniform":
                return Uniform(**numbers)
            case "bernoulli":
                return Bernoulli(**numbers)
            case "categorical":
                return Categorical(levels=reported.levels)
            case "fixed":
                value = numbers["value"]
                return Fixed(value=value != 0.0 if held.kind == "flag" else value)
    except DomainError as error:
        raise DomainError(f"{reported.covariate}: {error}") from None

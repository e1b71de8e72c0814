"""The population of a study becomes distributions, cut where its model stops holding."""

from types import SimpleNamespace

import numpy as np
import pytest

from algesia.errors import DomainError, UnknownNameError
from algesia.model import CovariateDistribution, Validity
from algesia.population import (
    Bernoulli,
    Categorical,
    Cohort,
    Fixed,
    LogNormal,
    TruncatedNormal,
    Uniform,
    check_validity,
    distribution_of,
    study_population,
)


def reported(covariate: str, kind: str, **numbers: float) -> CovariateDistribution:
    return CovariateDistribution(covariate=covariate, kind=kind, numbers=numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            reported("weight", "normal", mean=75.0, sd=14.0),
            TruncatedNormal(mean=75.0, sd=14.0, low=0.5, high=400.0),
        ),
        (
            reported("weight", "log_normal", median=75.0, log_sd=0.2, low=45.0),
            LogNormal(median=75.0, log_sd=0.2, low=45.0, high=400.0),
        ),
        (reported("age", "uniform", low=18.0, high=55.0), Uniform(low=18.0, high=55.0)),
        (reported("female", "bernoulli", probability=0.5), Bernoulli(probability=0.5)),
        (reported("age", "fixed", value=30.0), Fixed(value=30.0)),
        (reported("female", "fixed", value=1.0), Fixed(value=True)),
        (
            CovariateDistribution(
                covariate="ethnicity", kind="categorical", levels={"asian": 0.2, "white": 0.8}
            ),
            Categorical(levels={"asian": 0.2, "white": 0.8}),
        ),
    ],
)
def test_each_kind_becomes_its_distribution(
    given: CovariateDistribution, expected: object
) -> None:
    assert repr(distribution_of(given)) == repr(expected)


def test_a_sampled_study_population_lies_inside_the_domain_of_its_model(
    kit: SimpleNamespace,
) -> None:
    model = kit.model(
        validity=Validity(covariates={"age": (18.0, 55.0), "weight": (45.0, 120.0)}),
        population=(
            reported("age", "normal", mean=25.0, sd=12.0),
            reported("weight", "normal", mean=75.0, sd=30.0),
            reported("female", "bernoulli", probability=0.4),
        ),
    )
    cohort = Cohort.sample(5_000, study_population(model), 2)
    assert check_validity(model, cohort) == ()
    assert np.ptp(cohort.number("age")) > 30.0


def test_a_model_without_a_study_population_gives_no_distributions(
    kit: SimpleNamespace,
) -> None:
    assert study_population(kit.model()) == {}


def test_impossible_numbers_and_unknown_covariates_are_refused_by_name() -> None:
    with pytest.raises(DomainError, match="weight: truncated normal: sd is 0"):
        distribution_of(reported("weight", "normal", mean=75.0, sd=0.0))
    with pytest.raises(UnknownNameError, match="no covariate 'wieght'"):
        distribution_of(reported("wieght", "normal", mean=75.0, sd=1.0))

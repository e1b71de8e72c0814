"""Who receives: cohorts, keyed draws, individual parameters, plausibility, observation."""

from .cohort import Cohort
from .covariate import COVARIATES, Column, Covariate, covariate, is_level
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
from .draws import normal, normal_table, uniform, uniform_table
from .individual import individual_parameters, typical_parameters
from .observation import observe, outputs_without_error
from .plausibility import check_validity
from .study import distribution_of, study_population

__all__ = [
    "COVARIATES",
    "Bernoulli",
    "Categorical",
    "Cohort",
    "Column",
    "Conditional",
    "Covariate",
    "Distribution",
    "Fixed",
    "LogNormal",
    "TruncatedNormal",
    "Uniform",
    "check_validity",
    "covariate",
    "distribution_of",
    "individual_parameters",
    "is_level",
    "normal",
    "normal_table",
    "observe",
    "outputs_without_error",
    "study_population",
    "typical_parameters",
    "uniform",
    "uniform_table",
]

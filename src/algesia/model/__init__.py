"""What a drug or mechanism is: formulas, states, flows, spread, and what binds them."""

from .assembly import Assembly
from .covariance_block import CovarianceBlock, EffectPair, covariance_blocks
from .covariate_distribution import CovariateDistribution
from .covariate_effect import Allometry, Categorical, CovariateEffect, LinearAbove
from .covariate_unit import COVARIATE_UNITS, FLAG_LEVELS, covariate_unit, in_covariate_unit
from .data_column import DataColumn
from .definition import Definition
from .dose_input import Input, InputPart
from .dose_range import DOSE_RANGE_UNITS, DoseRange
from .expression import Expression, parse
from .flow import Flow
from .model import Model
from .mole_balance import MoleBalance
from .output import Output
from .parameter import Parameter
from .port import Port
from .random_effect import RandomEffect
from .residual_error import ResidualError
from .state import GIVEN, State
from .symbol import DOSE_ATTRIBUTES
from .validity import Validity

__all__ = [
    "COVARIATE_UNITS",
    "DOSE_ATTRIBUTES",
    "DOSE_RANGE_UNITS",
    "FLAG_LEVELS",
    "GIVEN",
    "Allometry",
    "Assembly",
    "Categorical",
    "CovarianceBlock",
    "CovariateDistribution",
    "CovariateEffect",
    "DataColumn",
    "Definition",
    "DoseRange",
    "EffectPair",
    "Expression",
    "Flow",
    "Input",
    "InputPart",
    "LinearAbove",
    "Model",
    "MoleBalance",
    "Output",
    "Parameter",
    "Port",
    "RandomEffect",
    "ResidualError",
    "State",
    "Validity",
    "covariance_blocks",
    "covariate_unit",
    "in_covariate_unit",
    "parse",
]

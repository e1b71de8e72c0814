"""The functions a formula may call, what they take and what they give."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

__all__ = ["FUNCTIONS", "DimensionRule", "ExpressionFunction"]

DimensionRule: TypeAlias = Literal["plain", "root", "same", "choice", "hill", "step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionFunction:
    """One function of the grammar.

    Parameters
    ----------
    arguments
        Names of what it takes, in order.
    compute
        The function on floats or arrays that broadcast, (S,).
    dimension
        How the dimension follows: `plain` takes and gives dimensionless; `root` halves the
        exponents; `same` gives what all arguments share; `choice` is `same` after a condition;
        `hill` and `step` give dimensionless from arguments of like dimension.
    """

    arguments: tuple[str, ...]
    compute: Callable[..., Any]
    dimension: DimensionRule


def _hill(x: Any, half: Any, n: Any) -> Any:
    # A concentration a hair below zero, as a solver may try, has no effect, not no value.
    raised = np.power(np.maximum(x, 0.0), n)
    return np.where(np.asarray(x) > 0.0, raised / (np.power(half, n) + raised), 0.0)


def _smooth_step(x: Any, at: Any, width: Any) -> Any:
    # The hyperbolic tangent is the logistic curve without overflow far from the step.
    return 0.5 * (1.0 + np.tanh(0.5 * (x - at) / width))


FUNCTIONS: Final[dict[str, ExpressionFunction]] = {
    "exp": ExpressionFunction(arguments=("x",), compute=np.exp, dimension="plain"),
    "log": ExpressionFunction(arguments=("x",), compute=np.log, dimension="plain"),
    "sqrt": ExpressionFunction(arguments=("x",), compute=np.sqrt, dimension="root"),
    "abs": ExpressionFunction(arguments=("x",), compute=np.abs, dimension="same"),
    "min": ExpressionFunction(arguments=("a", "b"), compute=np.minimum, dimension="same"),
    "max": ExpressionFunction(arguments=("a", "b"), compute=np.maximum, dimension="same"),
    "hill": ExpressionFunction(arguments=("x", "half", "n"), compute=_hill, dimension="hill"),
    "smooth_step": ExpressionFunction(
        arguments=("x", "at", "width"), compute=_smooth_step, dimension="step"
    ),
    "where": ExpressionFunction(
        arguments=("condition", "a", "b"), compute=np.where, dimension="choice"
    ),
}

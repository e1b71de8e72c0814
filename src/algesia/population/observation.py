"""What an assay would report: residual error and a limit of quantification on true values."""

from collections.abc import Mapping, Sequence

import numpy as np

from algesia.arrays import BoolArray, FloatArray
from algesia.errors import DomainError, InputError, unknown_name
from algesia.model import Model, ResidualError

from .cohort import Cohort
from .draws import normal_table

__all__ = ["observe", "outputs_without_error"]


def observe(
    model: Model,
    values: FloatArray,
    cohort: Cohort,
    *,
    limit_of_quantification: Mapping[str, float] | None = None,
    outputs: Sequence[str] | None = None,
) -> tuple[FloatArray, BoolArray]:
    """Simulate measured values; the true ones are left as they are.

    The draw of time k of an output is the draw of index k of the stream ``residual:<output>``,
    so another output, subject or later time changes no measured value. An output for which the
    model states no residual error is measured without error.

    Parameters
    ----------
    model
        The model that made the values.
    values
        True values, (S, T, O), in the unit of each output; NaN where a subject failed.
    cohort
        The subjects, S.
    limit_of_quantification
        Lowest measured value reported for an output, in the unit of the output, 0 or above.
    outputs
        Names of the outputs along the last axis; all of the model's, in its order, where None.

    Returns
    -------
    tuple
        Measured values, (S, T, O), NaN where below the limit or not simulated; and whether a
        value is below the limit, (S, T, O).

    Raises
    ------
    InputError
        If the shape does not fit, or a name or limit is not one the model has.

    Notes
    -----
    A proportional, additive or combined error may take a small value below zero; it is kept, as
    cutting it off would bias the mean. A log-additive error never does.
    """
    limits = limit_of_quantification or {}
    names = [output.name for output in model.outputs] if outputs is None else list(outputs)
    _require_known(model, names, limits)
    if values.ndim != 3 or values.shape[0] != cohort.size or values.shape[2] != len(names):
        raise InputError(
            f"values have shape {values.shape}; expected ({cohort.size} subjects, times, "
            f"{len(names)} outputs)"
        )
    errors = {residual.output: residual for residual in model.residuals}
    observed = np.array(values, dtype=np.float64)
    below = np.zeros(values.shape, dtype=np.bool_)
    for place, name in enumerate(names):
        if name in errors:
            draws = normal_table(
                cohort.seed, f"residual:{name}", cohort.subjects, count=values.shape[1]
            )
            observed[:, :, place] = _measured(errors[name], observed[:, :, place], draws)
        if name in limits:
            below[:, :, place] = observed[:, :, place] < limits[name]
    observed[below] = np.nan
    return observed, below


def outputs_without_error(model: Model) -> tuple[str, ...]:
    """Names of the outputs for which a model states no residual error, in its order."""
    stated = {residual.output for residual in model.residuals}
    return tuple(output.name for output in model.outputs if output.name not in stated)


def _measured(error: ResidualError, true: FloatArray, draws: FloatArray) -> FloatArray:
    """Measured values of one output, (S, T)."""
    if error.kind == "log_additive":
        factor: FloatArray = np.exp(error.log_sd * draws)
        return true * factor
    # Independent proportional and additive terms add up to one normal with this SD.
    measured: FloatArray = true + draws * np.hypot(
        error.proportional_sd * true, error.additive_sd
    )
    return measured


def _require_known(model: Model, names: Sequence[str], limits: Mapping[str, float]) -> None:
    known = [output.name for output in model.outputs]
    for name in (*names, *limits):
        if name not in known:
            raise unknown_name(f"output of model '{model.id}'", name, known)
    if len(set(names)) != len(names):
        raise InputError(f"outputs {', '.join(names)} name one twice; expected each once")
    for name, limit in limits.items():
        if not (np.isfinite(limit) and limit >= 0.0):
            raise DomainError(
                f"limit of quantification of '{name}' is {limit}; expected 0 or above"
            )

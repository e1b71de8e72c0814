"""Inputs of a model that bring in more than the dose they are given."""

from collections.abc import Mapping

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import ModelError
from algesia.model import Input, Model

from .layout import static_values

__all__ = ["handed_out_notes"]

_ROUNDING = 1e-8
_USUAL_DOSE_MG = 10.0


def handed_out_notes(model: Model, parameters: FloatArray) -> tuple[str, ...]:
    """One note for each input whose parts add up to more than one dose.

    The first dose and its first device are looked at, at the typical values; where a model has
    none, at those of the first subject. A model that declares the exemption `moles_conserved`
    says so itself.

    Parameters
    ----------
    model
        A checked model.
    parameters
        Individual parameters, (S, P), canonical units.
    """
    if "moles_conserved" in model.exemptions:
        return ()
    constants = _constants(model, parameters)
    shares = {each.name: _share(each, constants) for each in model.inputs}
    return tuple(
        f"input '{name}' of model '{model.id}' brings in {share:.4g} times the dose; molecules "
        "are made where its parts add up to more than 1"
        for name, share in shares.items()
        if share > 1.0 + _ROUNDING
    )


def _constants(model: Model, parameters: FloatArray) -> Mapping[str, float | FloatArray]:
    try:
        return model.typical_constants()
    except ModelError:
        row = parameters[:1]
        names = model.dynamic_parameters()
        values = {name: row[:, place] for place, name in enumerate(names)}
        return static_values(model, values)


def _share(given: Input, constants: Mapping[str, float | FloatArray]) -> float:
    symbols = {
        **constants,
        "device_number": 1.0,
        "dose_number": 1.0,
        "dose_amount": _USUAL_DOSE_MG,
    }
    return float(sum(np.max(part.fraction.evaluate(symbols)) for part in given.parts))

"""Which of several ways into a model a dose took, in words."""

from typing import Final

from algesia.model import Input, Model
from algesia.regimen import DoseRow, Regimen

from .dose_mark import whole_dose_mg
from .dose_member import inputs_for
from .dosing import given_drug
from .input_choice import input_of
from .scenario import Arm

__all__ = ["input_notes"]

# A dose written in another unit than the device must not miss its multiple by rounding.
_ROUNDING: Final = 1e-6


def input_notes(arm: Arm) -> tuple[str, ...]:
    """Name the input that doses went to where their route has several, and split devices.

    Parameters
    ----------
    arm
        The arm; its doses fit its model. An event table names its inputs itself.

    Returns
    -------
    tuple of str
        One line for each input that was chosen among several, and for each dose that is no
        multiple of what its device holds; doses per kg are those of a person of 70 kg.
    """
    if not isinstance(arm.regimen, Regimen):
        return ()
    lines: dict[str, None] = {}
    for row in arm.regimen.rows():
        drug = given_drug(arm.model, row, arm.drug)
        into = input_of(arm.model, row, drug=drug)
        others = _others(arm.model, row, drug, into)
        if others:
            lines[_choice(row, drug, into, others)] = None
        content_mg = _content_mg(arm.model, into)
        amount_mg = whole_dose_mg(row, drug)
        if content_mg is not None and not _is_multiple(amount_mg, content_mg):
            given = f"{drug} {row.route or into.routes[0]} {amount_mg:.4g} mg"
            lines[_partly_filled(given, content_mg)] = None
    return tuple(lines)


def _others(model: Model, row: DoseRow, drug: str, into: Input) -> list[Input]:
    """Inputs by the same route that take the same drug, the one taken apart."""
    route = row.route or into.routes[0]
    return [
        each
        for each in inputs_for(model, row, drug)
        if each.name != into.name and route in each.routes and drug in each.substances
    ]


def _choice(row: DoseRow, drug: str, into: Input, others: list[Input]) -> str:
    about = f" ({into.description})" if into.description else ""
    names = dict.fromkeys(name for each in others for name in each.formulations or (each.name,))
    return (
        f"{drug} {row.route or into.routes[0]} went into {into.name}{about}; "
        f"by this route there is also {', '.join(names)}"
    )


def _is_multiple(amount_mg: float, content_mg: float) -> bool:
    devices = amount_mg / content_mg
    return abs(devices - round(devices)) <= _ROUNDING * devices


def _partly_filled(given: str, content_mg: float) -> str:
    return (
        f"{given} is no multiple of the {content_mg:.4g} mg that one device holds; "
        "the last device is taken as partly filled"
    )


def _content_mg(model: Model, into: Input) -> float | None:
    if into.device_amount is None:
        return None
    return model.parameter(into.device_amount).reported.canonical()

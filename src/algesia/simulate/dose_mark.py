"""Doses outside what the source of a model studied: they are given, and marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.model import DoseRange, Input, Model
from algesia.regimen import DoseRow, Regimen
from algesia.units import substance

from .dosing import given_drug, moiety_share
from .event_records import EventRecords
from .input_choice import input_of
from .scenario import Arm

__all__ = ["OUTSIDE_VALIDITY", "outside_studied", "whole_dose_mg"]

OUTSIDE_VALIDITY: Final = "outside validity"
"""What every such mark begins with."""

_USUAL_WEIGHT_KG: Final = 70.0
# A dose written in another unit than the range must not fall out of it by rounding.
_ROUNDING: Final = 1e-6


def outside_studied(arm: Arm) -> tuple[str, ...]:
    """Mark the doses of an arm that its model's source did not study, one line per route.

    Doses and ranges per kg are compared with the others at 70 kg. An infusion is compared with
    the range of rates where there is one, any other dose with the range of amounts.

    Parameters
    ----------
    arm
        The arm; its doses fit its model.

    Returns
    -------
    tuple of str
        One line for each drug and route with a dose outside, empty where none is.
    """
    if isinstance(arm.regimen, EventRecords):
        return _record_marks(arm, arm.regimen)
    return _regimen_marks(arm, arm.regimen)


def _regimen_marks(arm: Arm, regimen: Regimen) -> tuple[str, ...]:
    outside: dict[tuple[str, str], tuple[_Studied, list[str]]] = {}
    for row in regimen.rows():
        drug = given_drug(arm.model, row, arm.drug)
        into = input_of(arm.model, row, drug=drug)
        studied = _studied(arm.model, into, row)
        follow = arm.follow if into.member is None else None
        share, _ = moiety_share(arm.model, into, drug, follow=follow)
        amount_mg = share * whole_dose_mg(row, drug)
        if studied.leaves_out(amount_mg, row.duration_h):
            key = (drug, row.route or into.routes[0])
            _, texts = outside.setdefault(key, (studied, []))
            texts.append(_shown(studied.ranges, amount_mg, row.duration_h))
    return tuple(
        studied.mark(f"{drug} {route} {_joined(texts)}")
        for (drug, route), (studied, texts) in outside.items()
    )


def _record_marks(arm: Arm, records: EventRecords) -> tuple[str, ...]:
    inputs = {each.name: each for each in arm.model.inputs}
    marked: dict[str, str] = {}
    for place, name in enumerate(records.compartment):
        amount_mg = float(records.amount_mg[place])
        if name not in inputs or name in marked or not amount_mg > 0.0:
            continue
        studied = _studied(arm.model, inputs[name])
        rate_mg_per_h = float(records.rate_mg_per_h[place])
        duration_h = amount_mg / rate_mg_per_h if rate_mg_per_h > 0.0 else 0.0
        if studied.leaves_out(amount_mg, duration_h):
            marked[name] = studied.mark(f"doses into {name}")
    return tuple(marked.values())


@dataclass(frozen=True, slots=True)
class _Studied:
    """Ranges of one input, or why none is known; neither where nothing is stated."""

    ranges: tuple[DoseRange, ...]
    unknown: str

    def leaves_out(self, amount_mg: float, duration_h: float) -> bool:
        """Whether a dose is outside what was studied."""
        if self.unknown:
            return True
        return bool(self.ranges) and not _inside(self.ranges, amount_mg, duration_h)

    def mark(self, given: str) -> str:
        """Say that something given is outside, and of what."""
        if self.unknown:
            return f"{OUTSIDE_VALIDITY}: {self.unknown}: {given}"
        return f"{OUTSIDE_VALIDITY}: {given}; studied: {_studied_text(self.ranges)}"


def _studied(model: Model, into: Input, row: DoseRow | None = None) -> _Studied:
    """What was studied of a dose's own formulation or route, else of its input.

    A companion brings its own.
    """
    if into.member is not None:
        return _Studied(into.studied, into.unknown_doses)
    asked = () if row is None else (row.formulation, row.route)
    ways = (*(each for each in asked if each), *into.formulations, *into.routes)
    return _Studied(*model.validity.studied(ways))


def whole_dose_mg(row: DoseRow, drug: str) -> float:
    """Whole dose of a person of 70 kg, mg of the base.

    Parameters
    ----------
    row
        The dose.
    drug
        What is given, where the dose does not say.
    """
    weight_kg = np.asarray([_USUAL_WEIGHT_KG])
    named = row if row.drug is not None else row.resolved(drug=substance(drug).name)
    return float(named.base_milligrams(weight_kg, weight_kg)[0])


def _compared(ranges: Sequence[DoseRange], duration_h: float) -> list[DoseRange]:
    """Ranges a dose is compared with: of rates for an infusion, otherwise of amounts."""
    rates = [each for each in ranges if each.of_rate]
    amounts = [each for each in ranges if not each.of_rate]
    return rates if duration_h > 0.0 and rates else amounts


def _inside(ranges: Sequence[DoseRange], amount_mg: float, duration_h: float) -> bool:
    return any(
        each.low * (1.0 - _ROUNDING)
        <= _in_unit_of(each, amount_mg, duration_h)
        <= each.high * (1.0 + _ROUNDING)
        for each in _compared(ranges, duration_h)
    )


def _in_unit_of(given: DoseRange, amount_mg: float, duration_h: float) -> float:
    value = amount_mg / _USUAL_WEIGHT_KG if given.per_kg else amount_mg
    return value / duration_h if given.of_rate else value


def _shown(ranges: Sequence[DoseRange], amount_mg: float, duration_h: float) -> str:
    """Show a dose in the unit it is compared in."""
    if not ranges:
        return f"{amount_mg:.4g} mg"
    compared = _compared(ranges, duration_h)
    if not compared:
        return f"{amount_mg:.4g} mg at once"
    value = _in_unit_of(compared[0], amount_mg, duration_h)
    return f"{value:.4g} {compared[0].unit}"


def _joined(texts: Sequence[str]) -> str:
    """Name the first few distinct doses."""
    distinct = list(dict.fromkeys(texts))
    more = len(distinct) - 3
    return ", ".join(distinct[:3]) + (f" and {more} more" if more > 0 else "")


def _studied_text(ranges: Sequence[DoseRange]) -> str:
    return " or ".join(f"infusions of {each}" if each.of_rate else str(each) for each in ranges)

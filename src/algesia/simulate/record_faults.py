"""Which column of an event table a dose that cannot be given is to blame on."""

from collections.abc import Mapping

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine.exact.linearity import names_behind
from algesia.model import Expression, Input, Model
from algesia.units import from_canonical

from .event_records import LONGEST_H, EventRecords

__all__ = ["faulty_column"]

_LASTING = ("lag", "duration", "modelled_duration")
_ASKED = {-1.0: "modelled_rate", -2.0: "modelled_duration"}


def faulty_column(
    model: Model, records: EventRecords, record: int, values: Mapping[str, FloatArray]
) -> tuple[str, str] | None:
    """Column that makes a formula of a dose impossible, and why, a phrase; None if none does.

    Parameters
    ----------
    model, records
        The model and the table.
    record
        The record that cannot be given.
    values
        Values of the record by name, each (1,), canonical units.
    """
    into = next(each for each in model.inputs if each.name == records.compartment[record])
    uses = {each.name: each.expression.names for each in model.definitions}
    symbols = {
        **values,
        **dict.fromkeys(("device_number", "dose_number"), np.ones(1)),
        "dose_amount": records.amount_mg[record : record + 1],
    }
    for what, formula in _formulas(into, float(records.rate_mg_per_h[record])):
        with np.errstate(all="ignore"):
            value = float(np.ravel(formula.evaluate(symbols))[0])
        positive = what in _ASKED.values() or what == "rate"
        most = LONGEST_H if what in _LASTING else np.inf
        if (0.0 < value <= most and value < np.inf) or (value == 0.0 and not positive):
            continue
        behind = names_behind(formula.names, uses)
        for each in model.data_columns:
            if each.name in behind:
                held = float(from_canonical(float(records.data[each.name][record]), each.unit))
                unit = "" if each.unit == "1" else f" {each.unit}"
                least = "above 0" if positive else "0 or more"
                least += f", up to {LONGEST_H:g} h" if what in _LASTING else ""
                return each.column, (
                    f"is {held:g}{unit}, which makes the {what.replace('_', ' ')} "
                    f"'{formula.text}' of input '{into.name}' {value:g}; expected {least}"
                )
    return None


def _formulas(into: Input, rate_mg_per_h: float) -> list[tuple[str, Expression]]:
    """Formulas a dose of an input follows, with what each is."""
    kinds = ["fraction", "lag", "rate", "duration"]
    if rate_mg_per_h in _ASKED:
        kinds.append(_ASKED[rate_mg_per_h])
    found = [(kind, getattr(part, kind)) for part in into.parts for kind in kinds]
    return [(kind, formula) for kind, formula in found if formula is not None]

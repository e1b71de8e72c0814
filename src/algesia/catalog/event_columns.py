"""What the columns of an event table mean to a model: inputs, data columns, missing values."""

from collections.abc import Mapping

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import DataError, ModelError, unknown_name
from algesia.formats.nonmem_data import EventTable
from algesia.model import Model
from algesia.units import to_canonical

__all__ = ["compartments_of", "data_of", "filled_forward", "given_inputs"]

_DOSES = (1, 4)


def compartments_of(model: Model) -> dict[int, str]:
    """Input that each CMT number means: the number it states, or its place in the model.

    Raises
    ------
    ModelError
        If two inputs have one number.
    """
    names: dict[int, str] = {}
    for place, each in enumerate(model.inputs, start=1):
        number = place if each.compartment is None else each.compartment
        if number in names:
            raise ModelError(
                f"inputs '{names[number]}' and '{each.name}' of model '{model.id}' are both "
                f"compartment {number}; expected one number each"
            )
        names[number] = each.name
    return names


def given_inputs(
    table: EventTable, model: Model, numbers: Mapping[int, str], origin: str
) -> tuple[str, ...]:
    """Name of the input each dose record acts on, (N,); empty for records without a dose.

    Parameters
    ----------
    table
        The table.
    model
        The model.
    numbers
        Inputs by CMT number; CMT 0, or none, is the lowest of them.
    origin
        Name of the file, for messages.

    Raises
    ------
    DataError
        If a record names a compartment that takes no dose, with its row.
    """
    known = {**numbers}
    if numbers:
        known[0] = numbers[min(numbers)]
    for number, name in table.compartment_names.items():
        found = _called(model, name)
        if found is not None:
            known[number] = found
    gives = np.isin(table.kind, _DOSES)
    for number in np.unique(table.compartment[gives]).tolist():
        if number not in known:
            row = table.row[np.argmax(gives & (table.compartment == number))]
            shown = table.compartment_names.get(number, str(number))
            takes = ", ".join(f"{key} = {name}" for key, name in numbers.items())
            raise DataError(
                f"{origin}, row {int(row)}: CMT is {shown}; expected one of {takes or 'none'}"
            )
    return tuple(
        known[number] if gives else ""
        for number, gives in zip(table.compartment.tolist(), gives.tolist(), strict=True)
    )


def _called(model: Model, name: str) -> str | None:
    """Input of a name, or the one input that enters the state of that name."""
    inputs = {each.name.upper(): each.name for each in model.inputs}
    if name.upper() in inputs:
        return inputs[name.upper()]
    entering = [
        each.name
        for each in model.inputs
        if any(part.into.upper() == name.upper() for part in each.parts)
    ]
    return entering[0] if len(entering) == 1 else None


def data_of(table: EventTable, model: Model, origin: str) -> dict[str, FloatArray]:
    """Data columns of a model by their symbols, each (N,), canonical units.

    Raises
    ------
    DataError
        If the table lacks a column, naming it, or has no value where one is needed.
    """
    columns = {name.upper(): name for name in table.covariates}
    found = {}
    for each in model.data_columns:
        if each.column.upper() not in columns:
            problem = unknown_name(f"column in {origin}", each.column, table.covariates)
            raise DataError(f"{problem}; model '{model.id}' needs it for '{each.name}'")
        name = columns[each.column.upper()]
        values = filled_forward(name, table.covariates[name], table, origin)
        found[each.name] = np.asarray(to_canonical(values, each.unit), dtype=np.float64)
    return found


def filled_forward(name: str, values: FloatArray, table: EventTable, origin: str) -> FloatArray:
    """A column with missing values replaced by the last known one of the subject, (N,).

    Raises
    ------
    DataError
        If a subject's first value is missing, with its row.
    """
    known = np.where(np.isnan(values), -1, np.arange(values.size))
    last = np.maximum.accumulate(known)
    first = np.repeat(table.first_row[:-1], np.diff(table.first_row))
    unknown = last < first
    if unknown.any():
        row = int(np.argmax(unknown))
        raise DataError(
            f"{origin}, row {int(table.row[row])}, column {name} is missing and subject "
            f"{int(table.subject[row])} has no value before; expected a number"
        )
    filled: FloatArray = values[last]
    return filled

"""What the columns of an event table mean to a model: inputs, data columns, missing values."""

from collections.abc import Mapping

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import DataError, ModelError, unknown_name
from algesia.formats.nonmem_data import EventTable
from algesia.model import Model
from algesia.population import covariate
from algesia.simulate.event_records import running_clock_h
from algesia.units import to_canonical

__all__ = ["compartments_of", "covariate_of", "data_of", "filled_forward", "given_inputs"]

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
                f"{origin}, row {int(row)}, column CMT is {shown}; "
                f"expected one of {takes or 'none'}"
            )
    called = (known[number] for number in table.compartment[gives].tolist())
    return tuple(next(called) if each else "" for each in gives.tolist())


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


def data_of(
    table: EventTable, model: Model, origin: str, rules: Mapping[str, str]
) -> dict[str, FloatArray]:
    """Data columns of a model by their symbols, each (N,), canonical units.

    Gaps are filled by the rule of each, see `covariate_of`.

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
        if rules.get(each.name) == "linear":
            values = _filled_along(table.covariates[name], values, table)
        found[each.name] = np.asarray(to_canonical(values, each.unit), dtype=np.float64)
    return found


def covariate_of(
    name: str, column: str, table: EventTable, origin: str, *, rule: str = "nocb"
) -> FloatArray:
    """A covariate from a column, gaps filled, each value one the covariate may have, (N,).

    A gap is filled with the last known value; by the rule `linear`, with that of the straight
    line to the next known one.

    Raises
    ------
    DataError
        If a subject's first value is missing, or a value is impossible, with row and column.
    """
    values = table.covariates[column]
    filled = filled_forward(column, values, table, origin)
    if rule == "linear":
        filled = _filled_along(values, filled, table)
    held = covariate(name)
    allowed = np.ones(filled.size, dtype=np.bool_)
    if held.kind == "number":
        allowed = (filled >= held.low) & (filled <= held.high)
    elif held.kind == "flag":
        allowed = np.isin(filled, (0.0, 1.0))
    if not allowed.all():
        row = int(np.argmin(allowed))
        expected = held.accepted() if held.kind == "number" else "0 or 1"
        raise DataError(
            f"{origin}, row {int(table.row[row])}, column {column} is {filled[row]:g}; "
            f"expected {held.name} as {expected}"
        )
    return filled


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


def _filled_along(values: FloatArray, filled: FloatArray, table: EventTable) -> FloatArray:
    """Gaps filled along the line from the last known value to the next, where there is one."""
    rows = np.arange(values.size)
    gap = np.isnan(values)
    last = np.maximum.accumulate(np.where(gap, -1, rows))
    following = np.where(gap, values.size, rows)
    following = np.minimum.accumulate(following[::-1])[::-1]
    stop = np.repeat(table.first_row[1:], np.diff(table.first_row))
    between = np.flatnonzero(gap & (following < stop))
    clock_h = running_clock_h(table.time_h, table.subject)
    before, after = last[between], following[between]
    length_h = clock_h[after] - clock_h[before]
    passed_h = clock_h[between] - clock_h[before]
    share = np.divide(passed_h, length_h, out=np.zeros(between.size), where=length_h > 0.0)
    along = filled.copy()
    along[between] = values[before] + share * (values[after] - values[before])
    return along

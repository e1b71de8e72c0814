"""A NONMEM-style event table of a scenario as records, and the patients it brings."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError, FileInputError, InputError, unknown_name
from algesia.formats.nonmem_data import EventTable, read_event_table
from algesia.model import Model
from algesia.population import COVARIATES, Cohort, Column, covariate, study_population
from algesia.simulate import EventRecords
from algesia.simulate.event_records import as_column

from .event_columns import compartments_of, data_of, filled_forward, given_inputs
from .scenario_schema import CohortFile, EventTableFile

__all__ = ["event_records", "patients_of", "records_of", "usual_covariates"]

# Column names people use without being asked.
_USUAL_COLUMNS = {
    "WT": "weight",
    "WEIGHT": "weight",
    "AGE": "age",
    "HT": "height",
    "HEIGHT": "height",
    "FEMALE": "female",
}


def event_records(given: EventTableFile, model: Model, *, folder: Path) -> EventRecords:
    """Read an event table as records of a model's inputs.

    Parameters
    ----------
    given
        File, meaning of CMT and of extra columns, covariate rule.
    model
        Its inputs are what CMT numbers mean, in their order where nothing else is said.
    folder
        Folder of the scenario.

    Raises
    ------
    InputError
        If the file cannot be read or a record cannot be given; with its row.
    """
    path = folder / given.table
    if not path.is_file():
        raise FileInputError(
            f"no file '{given.table}' in {folder}; expected an event table (CSV)"
        )
    table = read_event_table(path)
    taken = {each.column.upper() for each in model.data_columns}
    others = {
        name: each for name, each in table.covariates.items() if name.upper() not in taken
    }
    covariates = {
        name: filled_forward(column, values, table, path.name)
        for name, (column, values) in _covariates(given, others).items()
    }
    records = records_of(
        table, model, compartments=_compartments(given, model), covariates=covariates,
        origin=path.name,
    )  # fmt: skip
    rule: Any = (
        given.covariate_rule
    )  # A rule that cannot be followed is refused there, by name.
    return replace(records, covariate_rule=rule)


def records_of(
    table: EventTable,
    model: Model,
    *,
    compartments: Mapping[int, str],
    covariates: Mapping[str, FloatArray],
    origin: str,
) -> EventRecords:
    """Turn the rows of an event table into records of a model's inputs.

    Parameters
    ----------
    table
        The rows.
    model
        The model.
    compartments
        Input of each CMT number.
    covariates
        Covariates by name, each (N,), without gaps.
    origin
        Name of the file.

    Raises
    ------
    DataError
        If a record cannot be given or a data column is missing.
    """
    return EventRecords(
        subject=table.subject,
        time_h=table.time_h,
        kind=table.kind,
        amount_mg=table.amount,
        rate_mg_per_h=table.rate,
        compartment=given_inputs(table, model, compartments, origin),
        additional=table.additional,
        interval_h=table.interval_h,
        steady_state=table.steady_state,
        covariates=covariates,
        data=data_of(table, model, origin),
        row=table.row,
        origin=origin,
    )


def usual_covariates(table: EventTable, origin: str) -> dict[str, FloatArray]:
    """Covariates of the columns that have a usual name, each (N,), gaps filled."""
    found = {}
    for column, values in table.covariates.items():
        name = _USUAL_COLUMNS.get(column.upper(), column.lower())
        if name in COVARIATES:
            found[name] = filled_forward(column, values, table, origin)
    return found


def _compartments(given: EventTableFile, model: Model) -> dict[int, str]:
    if not given.compartments:
        return compartments_of(model)
    inputs = [each.name for each in model.inputs]
    names = {}
    for number, name in given.compartments.items():
        if not number.isdigit():
            raise InputError(f"compartments.{number}: expected a CMT number, such as 1")
        if name not in inputs:
            raise unknown_name(f"input of model '{model.id}'", name, inputs)
        names[int(number)] = name
    return names


def _covariates(
    given: EventTableFile, columns: Mapping[str, FloatArray]
) -> dict[str, tuple[str, FloatArray]]:
    """Covariate columns under the names models use; `ignore` leaves one out by name."""
    known = {
        **_USUAL_COLUMNS,
        **{key.upper(): value for key, value in given.covariates.items()},
    }
    used = {}
    for column, values in columns.items():
        name = known.get(column.upper())
        if name is None:
            raise DataError(
                f"{given.table}: column '{column}' is no event column and has no covariate; "
                f"expected an entry under covariates, such as {column}: weight, or "
                f"{column}: ignore"
            )
        if name != "ignore":
            covariate(name)
            used[name] = (column, values)
    return used


def patients_of(
    records: EventRecords, model: Model, wanted: CohortFile, *, where: str
) -> Cohort:
    """Patients of an event table: its covariates first, the study population for the rest.

    Raises
    ------
    InputError
        If the scenario asks for other patients.
    """
    if wanted.table is not None or wanted.typical is not None:
        raise InputError(f"{where}: an event table brings its own patients; expected none here")
    subjects = records.subjects()
    seed = 1 if wanted.seed is None else wanted.seed
    firsts = [low for low, _ in records.ranges()]
    given = {
        name: as_column(name, np.asarray(values)[firsts])
        for name, values in records.covariates.items()
    }
    return Cohort(
        seed=seed,
        subjects=subjects,
        covariates={**_drawn_covariates(model, subjects, seed), **given},
        notes=(f"{subjects.size} subjects of {records.origin}, seed {seed}",),
    )


def _drawn_covariates(model: Model, subjects: IntArray, seed: int) -> dict[str, Column]:
    """Covariates from the study population, keyed by subject number as in any cohort."""
    distributions = study_population(model)
    ordered = np.sort(subjects)
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1)
    drawn = [
        Cohort.sample(run.size, distributions, seed, first_subject=int(run[0])) for run in runs
    ]
    place = np.argsort(np.argsort(subjects))
    return {
        name: np.concatenate([part.column(name) for part in drawn])[place]
        for name in drawn[0].covariates
    }

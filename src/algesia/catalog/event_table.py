"""A NONMEM-style event table of a scenario as records, and the patients it brings."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError, FileInputError, InputError, unknown_name
from algesia.formats.nonmem_data import read_event_table
from algesia.model import Model
from algesia.population import Cohort, Column, covariate, study_population
from algesia.simulate import EventRecords
from algesia.simulate.event_records import as_column

from .scenario_schema import CohortFile, EventTableFile

__all__ = ["event_records", "patients_of"]

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
        Its inputs are what CMT numbers mean, in their order where the scenario does not say.
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
    names = _compartments(given, model)
    compartment = tuple(
        _compartment(names, int(number), int(kind), f"{path.name}, row {int(row)}")
        for number, kind, row in zip(table.compartment, table.kind, table.row, strict=True)
    )
    return EventRecords(
        subject=table.subject,
        time_h=table.time_h,
        kind=table.kind,
        amount_mg=table.amount,
        rate_mg_per_h=table.rate,
        compartment=compartment,
        additional=table.additional,
        interval_h=table.interval_h,
        steady_state=table.steady_state,
        covariates=_covariates(given, table.covariates),
        covariate_rule=given.covariate_rule,
        row=table.row,
        origin=path.name,
    )


def _compartments(given: EventTableFile, model: Model) -> dict[int, str]:
    inputs = [each.name for each in model.inputs]
    if not given.compartments:
        return dict(enumerate(inputs, start=1))
    names = {}
    for number, name in given.compartments.items():
        if not number.isdigit():
            raise InputError(f"compartments.{number}: expected a CMT number, such as 1")
        if name not in inputs:
            raise unknown_name(f"input of model '{model.id}'", name, inputs)
        names[int(number)] = name
    return names


def _compartment(names: Mapping[int, str], number: int, kind: int, where: str) -> str:
    """Input a dose record acts on; records without a dose act on none."""
    if kind not in (1, 4):
        return ""
    if number not in names:
        known = ", ".join(f"{key} = {name}" for key, name in names.items())
        raise DataError(f"{where}: CMT is {number}; expected one of {known}")
    return names[number]


def _covariates(
    given: EventTableFile, columns: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
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
            used[name] = values
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

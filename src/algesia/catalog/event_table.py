"""A NONMEM-style event table of a scenario as records, and the patients it brings."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DataError, FileInputError, InputError, unknown_name
from algesia.formats.nonmem_data import EventTable, read_event_table
from algesia.model import Model
from algesia.population import COVARIATES, Cohort, Column, covariate, study_population
from algesia.simulate import EventRecords
from algesia.simulate.event_records import CovariateRule, as_column

from .covariate_use import used_covariates
from .event_columns import compartments_of, covariate_of, data_of, given_inputs
from .scenario_schema import CohortFile, EventTableFile

__all__ = ["drawn_notes", "event_records", "patients_of", "records_of", "usual_covariates"]

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
    columns = _covariates(given, others)
    rule = given.covariate_rule
    known = (*columns, *(each.name for each in model.data_columns))
    rules = rule if isinstance(rule, dict) else dict.fromkeys(known, rule)
    covariates = {
        name: covariate_of(name, column, table, path.name, rule=rules.get(name, "nocb"))
        for name, column in columns.items()
    }
    records = records_of(
        table, model, compartments=_compartments(given, model), covariates=covariates,
        origin=path.name, rules=rules,
    )  # fmt: skip
    return replace(records, covariate_rule=rule)


def records_of(
    table: EventTable,
    model: Model,
    *,
    compartments: Mapping[int, str],
    covariates: Mapping[str, FloatArray],
    origin: str,
    rules: Mapping[str, CovariateRule] = MappingProxyType({}),
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
    rules
        What holds between two rows, of each covariate and data column; `nocb` for others.

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
        data=data_of(table, model, origin, rules),
        covariate_rule=dict(rules) if rules else "nocb",
        row=table.row,
        origin=origin,
    )


def usual_covariates(table: EventTable, origin: str) -> dict[str, FloatArray]:
    """Covariates of the columns that have a usual name, each (N,), gaps filled."""
    found = {}
    for column in table.covariates:
        name = _USUAL_COLUMNS.get(column.upper(), column.lower())
        if name in COVARIATES:
            found[name] = covariate_of(name, column, table, origin)
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


def _covariates(given: EventTableFile, columns: Mapping[str, FloatArray]) -> dict[str, str]:
    """Covariate columns under the names models use; `ignore` leaves one out by name."""
    known = {
        **_USUAL_COLUMNS,
        **{key.upper(): value for key, value in given.covariates.items()},
    }
    used = {}
    for column in columns:
        name = known.get(column.upper())
        if name is None:
            raise DataError(
                f"{given.table}: column '{column}' is no event column and has no covariate; "
                f"expected an entry under covariates, such as {column}: weight, or "
                f"{column}: ignore"
            )
        if name != "ignore":
            covariate(name)
            used[name] = column
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


def drawn_notes(records: EventRecords, model: Model, cohort: Cohort) -> tuple[str, ...]:
    """Say which covariates change the answer and are not in the table.

    Parameters
    ----------
    records, model
        The table and the model it is for.
    cohort
        The patients it brings.
    """
    used = used_covariates(model)
    return tuple(
        f"{name} is not in {records.origin}: drawn from the population of {model.id}, "
        f"seed {cohort.seed}"
        for name in cohort.covariates
        if name in used and name not in records.covariates
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

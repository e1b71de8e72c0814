"""Plan an arm whose doses are explicit records, subject by subject."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Tolerances
from algesia.errors import DataError
from algesia.model import LinearAbove, Model
from algesia.population import Cohort, individual_parameters, typical_parameters

from .covariate_levels import CovariateLevels, covariate_levels, line_column
from .covariate_lines import Equations, LineColumn
from .event_queue import QueuedEvents
from .event_records import EventRecords, as_column
from .plan import Plan
from .record_dosing import GivenRecords, RecordDoser
from .record_sequence import record_sequence
from .sample_grid import SampleGrid, events_before_samples
from .sampling import Sampling
from .scenario import Arm
from .steady_state import steady_tolerances
from .stepper_choice import where_not_linear

__all__ = ["plan_records"]


def plan_records(
    arm: Arm,
    records: EventRecords,
    sampling: Sampling | None,
    equations: Equations,
    tolerances: Tolerances,
) -> Plan:
    """Plan the records of every subject of an arm.

    Parameters
    ----------
    arm, records, sampling
        The arm, its records, and sampling times; the observation records where None.
    equations
        The lowered model.
    tolerances
        Tolerances for a largest dose of 1 mg.

    Raises
    ------
    InputError
        If a record asks for something the model cannot do; with its row.
    """
    model, cohort = arm.model, arm.cohort
    levels = covariate_levels(records)
    parameters = _level_parameters(arm, records, levels, equations.lines)
    usual_mg = max(records.usual_amount_mg(), 1e-9)
    doser = RecordDoser(
        model=model,
        equations=equations,
        records=records,
        levels=levels,
        parameters=parameters,
        drug=arm.drug,
        follow=arm.follow,
        tolerances=steady_tolerances(tolerances, usual_mg),
    )
    given = doser.give()
    time_h = records.observation_times_h() if sampling is None else sampling.times_h
    if time_h.size == 0:
        raise DataError(
            f"{records.origin} has no observation records (EVID 0) and the arm no sampling "
            "times; expected one of the two"
        )
    grid = SampleGrid(time_h=time_h, after=np.ones(time_h.size, dtype=np.bool_))
    sample_event = events_before_samples(given.events, grid, cohort.subjects.size)
    firsts_h = records.clock_h()[records.first_records()[:-1]]
    if sampling is None:
        _look_in_record_order(sample_event, given.events, records)
    else:
        firsts_h = np.minimum(firsts_h, time_h[0])
    return Plan(
        parameters=parameters,
        events=given.events,
        start_h=firsts_h,
        time_h=time_h,
        sample_event=sample_event,
        dose_mg=usual_mg,
        drug=arm.drug,
        regimen_text=records.describe(),
        notes=_notes(arm, records, given),
    )


def _notes(arm: Arm, records: EventRecords, given: GivenRecords) -> tuple[str, ...]:
    """What a reader of the answer must know."""
    notes = [records.describe()]
    if given.steady_states:
        notes.append(
            f"{given.steady_states} steady states solved; largest relative change over an "
            f"interval {given.residual:.1e}"
        )
    notes += _added_to_what_is_not_linear(arm.model, records)
    again = records.restarts()
    if again.size:
        row = int(again[0])
        notes.append(
            f"times start anew in {again.size} records; shown, they go on: row "
            f"{int(records.row[row])} with {records.time_h[row]:g} h is at "
            f"{records.clock_h()[row]:g} h"
        )
    if arm.sampling is None:
        looks_h = records.observation_times_h()
        if looks_h.size:
            notes.append(
                f"looked at where the table has observations, {looks_h[0]:g} to "
                f"{looks_h[-1]:g} h; exposure covers no more"
            )
    effects = arm.model.random_effects
    if any(effect.level == "occasion" for effect in effects) and arm.cohort.spread:
        notes.append("inter-occasion spread is held at the first occasion for event tables")
    return tuple(notes)


def _added_to_what_is_not_linear(model: Model, records: EventRecords) -> list[str]:
    """A note where a steady state is added to what is there, which only linear models allow."""
    added = np.flatnonzero(np.isin(records.kind, (1, 4)) & (records.steady_state == 2))
    bend = where_not_linear(model) if added.size else None
    if bend is None:
        return []
    more = f" and {added.size - 1} more" if added.size > 1 else ""
    return [
        f"{records.where(int(added[0]), 'SS')} is 2{more}: a steady state is added to what is "
        f"there, which is right for linear models only; '{model.id}' is {bend}"
    ]


def _level_parameters(
    arm: Arm, records: EventRecords, levels: CovariateLevels, lines: tuple[LineColumn, ...]
) -> FloatArray:
    """Parameters of each level of covariates and data, those of lines behind, (J, S, P)."""
    missing = [each for each in arm.model.data_columns if each.name not in records.data]
    if missing:
        raise DataError(
            f"{records.origin} has no column '{missing[0].column}', which model "
            f"'{arm.model.id}' needs for '{missing[0].name}'; expected one, {missing[0].unit}"
        )
    found = []
    for number in range(levels.count):
        values = {name: column[number] for name, column in levels.columns.items()}
        covariates = {name: as_column(name, values[name]) for name in records.covariates}
        cohort = arm.cohort
        if covariates:
            cohort = replace(cohort, covariates={**cohort.covariates, **covariates})
        data = {name: values[name] for name in records.data}
        own = individual_parameters(arm.model, cohort, data=data)
        found.append(np.concatenate([own, *_along(arm.model, cohort, own, values, lines)], -1))
    return np.concatenate(found)


def _along(
    model: Model,
    cohort: Cohort,
    own: FloatArray,
    values: Mapping[str, FloatArray],
    lines: tuple[LineColumn, ...],
) -> list[FloatArray]:
    """Columns of lines at one level, each (1, S, 1)."""
    found = []
    for line in lines:
        if line.holds == "gain":
            column = _gain(model, cohort, own, values, line.of)
        elif line.holds == "value":
            column = values[line.of]
        else:
            column = values[line_column(line.of, line.holds)]
        found.append(column[np.newaxis, :, np.newaxis])
    return found


def _gain(
    model: Model, cohort: Cohort, own: FloatArray, values: Mapping[str, FloatArray], name: str
) -> FloatArray:
    """Change of a parameter per change of what its `linear_above` effect adds, (S,)."""
    place = model.dynamic_parameters().index(name)
    data = {each.name: values[each.name] for each in model.data_columns}
    gain = own[0, :, place] / typical_parameters(model, cohort, data=data)[:, place]
    acting = [each for each in model.covariate_effects if name in each.parameters]
    first = next(at for at, each in enumerate(acting) if isinstance(each, LinearAbove))
    for each in acting[first + 1 :]:
        # What is added later adds the same to both values.
        if not isinstance(each, LinearAbove):
            gain = each.adjust(gain, cohort.column(each.covariate))
    return gain


def _look_in_record_order(
    sample_event: IntArray, events: QueuedEvents, records: EventRecords
) -> None:
    """Look at a subject, at its own times, after the records up to the one that looks."""
    looks, first = records.looks(), records.first_records()
    looking = np.flatnonzero(looks >= 0)
    subject = np.repeat(np.arange(first.size - 1), np.diff(first))[looking]
    owner = np.repeat(np.arange(first.size - 1), np.diff(events.offset))
    # Events and looks in one order; at one time a look follows what its record has done.
    who = np.concatenate([owner, subject])
    time_h = np.concatenate([events.time_h, records.clock_h()[looking]])
    sequence = np.concatenate([events.sequence, record_sequence(looking)])
    is_look = np.repeat([False, True], [owner.size, looking.size])
    order = np.lexsort((is_look, sequence, time_h, who))
    seen = np.empty(order.size, dtype=np.int64)
    seen[order] = np.cumsum(~is_look[order])
    sample_event[subject, looks[looking]] = seen[owner.size :] - events.offset[subject]

"""Plan an arm whose doses are explicit records, subject by subject."""

from dataclasses import replace

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Program, Tolerances
from algesia.errors import DataError
from algesia.population import individual_parameters

from .covariate_levels import CovariateLevels, covariate_levels
from .event_queue import QueuedEvents
from .event_records import EventRecords, as_column
from .plan import Plan
from .record_dosing import GivenRecords, RecordDoser
from .record_sequence import record_sequence
from .sample_grid import SampleGrid, events_before_samples
from .sampling import Sampling
from .scenario import Arm
from .steady_state import steady_tolerances

__all__ = ["plan_records"]


def plan_records(
    arm: Arm,
    records: EventRecords,
    sampling: Sampling | None,
    program: Program,
    tolerances: Tolerances,
) -> Plan:
    """Plan the records of every subject of an arm.

    Parameters
    ----------
    arm, records, sampling
        The arm, its records, and sampling times; the observation records where None.
    program
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
    parameters = _level_parameters(arm, records, levels)
    largest_mg = max(records.largest_amount_mg(), 1e-9)
    doser = RecordDoser(
        model=model,
        program=program,
        records=records,
        levels=levels,
        parameters=parameters,
        drug=arm.drug,
        follow=arm.follow,
        tolerances=steady_tolerances(tolerances, largest_mg),
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
    firsts_h = records.clock_h()[[low for low, _ in records.ranges()]]
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
        dose_mg=largest_mg,
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


def _level_parameters(arm: Arm, records: EventRecords, levels: CovariateLevels) -> FloatArray:
    """Individual parameters of each level of covariates and data columns, (J, S, P)."""
    missing = [each for each in arm.model.data_columns if each.name not in records.data]
    if missing:
        raise DataError(
            f"{records.origin} has no column '{missing[0].column}', which model "
            f"'{arm.model.id}' needs for '{missing[0].name}'; expected one, {missing[0].unit}"
        )
    found = []
    for number in range(levels.count):
        values = {name: column[number] for name, column in levels.columns.items()}
        covariates = {name: as_column(name, values.pop(name)) for name in records.covariates}
        cohort = arm.cohort
        if covariates:
            cohort = replace(cohort, covariates={**cohort.covariates, **covariates})
        found.append(individual_parameters(arm.model, cohort, data=values))
    return np.concatenate(found)


def _look_in_record_order(
    sample_event: IntArray, events: QueuedEvents, records: EventRecords
) -> None:
    """Look at a subject, at its own times, after the records up to the one that looks."""
    clock_h, looks = records.clock_h(), records.looks()
    for place, (low, high) in enumerate(records.ranges()):
        first, last = int(events.offset[place]), int(events.offset[place + 1])
        event_h, sequence = events.time_h[first:last], events.sequence[first:last]
        for record in np.flatnonzero(looks[low:high] >= 0) + low:
            at_h = clock_h[record]
            earlier = int(np.searchsorted(event_h, at_h, side="left"))
            until = int(np.searchsorted(event_h, at_h, side="right"))
            seen = np.count_nonzero(sequence[earlier:until] <= record_sequence(record))
            sample_event[place, looks[record]] = earlier + int(seen)

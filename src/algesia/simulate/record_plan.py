"""Plan an arm whose doses are explicit records, subject by subject."""

from dataclasses import replace

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Program, Tolerances
from algesia.errors import DataError
from algesia.population import Cohort, individual_parameters

from .event_queue import QueuedEvents
from .event_records import EventRecords, as_column
from .plan import Plan
from .record_dosing import RecordDoser, covariate_levels, record_sequence
from .sample_grid import SampleGrid, events_before_samples
from .sampling import Sampling
from .scenario import Arm

__all__ = ["plan_records"]

# Steady states are solved more exactly than the rest: their error stays in every later value.
_STEADY_RELATIVE = 1e-9


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
    parameters = np.concatenate(
        [individual_parameters(model, each) for each in _level_cohorts(cohort, levels.columns)]
    )
    largest_mg = max(records.largest_amount_mg(), 1e-9)
    doser = RecordDoser(
        model=model,
        program=program,
        records=records,
        levels=levels,
        parameters=parameters,
        parameter_names=model.dynamic_parameters(),
        drug=arm.drug,
        follow=arm.follow,
        tolerances=Tolerances(
            relative=min(tolerances.relative, _STEADY_RELATIVE),
            absolute=largest_mg * tolerances.absolute_of(len(model.states)),
        ),
    )
    events = doser.queue()
    time_h = records.observation_times_h() if sampling is None else sampling.times_h
    if time_h.size == 0:
        raise DataError(
            f"{records.origin} has no observation records (EVID 0) and the arm no sampling "
            "times; expected one of the two"
        )
    grid = SampleGrid(time_h=time_h, after=np.ones(time_h.size, dtype=np.bool_))
    sample_event = events_before_samples(events, grid, cohort.subjects.size)
    if sampling is None:
        _observe_in_record_order(sample_event, events, records, time_h)
    notes = [records.describe()]
    if any(effect.level == "occasion" for effect in model.random_effects) and cohort.spread:
        notes.append("inter-occasion spread is held at the first occasion for event tables")
    firsts = np.asarray([low for low, _ in records.ranges()])
    return Plan(
        parameters=parameters,
        events=events,
        start_h=np.minimum(records.time_h[firsts], time_h[0]),
        time_h=time_h,
        sample_event=sample_event,
        dose_mg=largest_mg,
        drug=arm.drug,
        regimen_text=records.describe(),
        notes=tuple(notes),
    )


def _level_cohorts(cohort: Cohort, columns: dict[str, FloatArray]) -> list[Cohort]:
    """The cohort once per covariate level."""
    if not columns:
        return [cohort]
    count = len(next(iter(columns.values())))
    return [
        replace(
            cohort,
            covariates={
                **cohort.covariates,
                **{name: as_column(name, values[number]) for name, values in columns.items()},
            },
        )
        for number in range(count)
    ]


def _observe_in_record_order(
    sample_event: IntArray, events: QueuedEvents, records: EventRecords, time_h: FloatArray
) -> None:
    """Look at a subject, at its own observation times, after the records that stand before."""
    for place, (low, high) in enumerate(records.ranges()):
        first, last = int(events.offset[place]), int(events.offset[place + 1])
        event_h, sequence = events.time_h[first:last], events.sequence[first:last]
        for record in range(low, high):
            if records.kind[record] == 0:
                at = int(np.searchsorted(time_h, records.time_h[record]))
                earlier = int(np.searchsorted(event_h, records.time_h[record], side="left"))
                until = int(np.searchsorted(event_h, records.time_h[record], side="right"))
                before = sequence[earlier:until] < record_sequence(record)
                sample_event[place, at] = earlier + int(np.count_nonzero(before))

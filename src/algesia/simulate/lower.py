"""Lowering: the one place where names become columns and units are erased."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Batch, Program, Tolerances
from algesia.errors import DataError, InputError
from algesia.model import GIVEN, Model
from algesia.population import Cohort, check_validity, individual_parameters
from algesia.regimen import DoseRow, Regimen, describe, ideal_weight_kg

from .dosing import DoseGiver, GivenDose, given_drug, input_of, moiety_share
from .event_queue import EventQueue, QueuedEvents
from .event_records import EventRecords
from .layout import (
    directly_sampled_states,
    output_factor,
    output_info,
    program_of,
    static_values,
)
from .occasions import occasion_numbers
from .output_info import OutputInfo
from .record_dosing import RecordDoser, covariate_levels, record_sequence
from .sample_grid import SampleGrid, events_before_samples, regimen_grid
from .sampling import Sampling
from .scenario import Arm, Tolerance

__all__ = ["Lowered", "lower"]

# Absolute tolerance per unit of relative tolerance, as a share of the largest dose: small enough
# that a tail of a millionth of the dose is still solved to full accuracy.
_NEGLIGIBLE_SHARE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """An arm as numbers, with what is needed to give the answer its names and units back.

    Parameters
    ----------
    program, batch, tolerances
        What the engine solves.
    outputs, factors
        What each output column is, (O,), and what turns its canonical value into its unit.
    time_h
        Sampling times, (T,), h.
    rows
        The doses as given, drug and route filled in.
    regimen_text
        The regimen in words.
    notes
        What lowering had to decide.
    """

    program: Program
    batch: Batch
    tolerances: Tolerances
    outputs: tuple[OutputInfo, ...]
    factors: FloatArray
    time_h: FloatArray
    rows: tuple[DoseRow, ...]
    regimen_text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Events, parameters and samples of an arm, before they become a batch."""

    parameters: FloatArray
    events: QueuedEvents
    start_h: FloatArray
    time_h: FloatArray
    sample_event: IntArray
    dose_mg: float
    rows: tuple[DoseRow, ...] = ()
    regimen_text: str
    notes: tuple[str, ...] = ()


def lower(arm: Arm, *, sampling: Sampling | None, tolerance: Tolerance) -> Lowered:
    """Turn an arm into numbers.

    Parameters
    ----------
    arm
        The arm.
    sampling
        When outputs are looked at; None takes the observation records of an event table.
    tolerance
        How exactly the equations are solved.

    Raises
    ------
    InputError
        If doses, patients and model do not fit together.
    """
    unchecked = check_validity(arm.model, arm.cohort)
    outputs = arm.output_names()
    program = program_of(arm.model, outputs)
    absolute_of = _absolute_tolerances(arm.model, tolerance)
    if isinstance(arm.regimen, Regimen):
        drug, plan = _plan_regimen(arm, arm.regimen, sampling)
    else:
        drug = arm.drug
        plan = _plan_records(arm, arm.regimen, sampling, program, tolerance)
    moiety = _followed(arm, drug)
    tolerances = Tolerances(
        relative=tolerance.relative, absolute=absolute_of * max(plan.dose_mg, 1e-9)
    )
    subjects = arm.cohort.subjects.size
    wanted = [arm.model.output(name) for name in outputs]
    batch = Batch(
        parameters=plan.parameters.reshape(-1, plan.parameters.shape[-1]),
        initial=_initial_states(arm.model, plan.parameters[0]),
        start_row=np.arange(subjects, dtype=np.int64),
        start_time_h=plan.start_h,
        event_offset=plan.events.offset,
        event_time_h=plan.events.time_h,
        event_kind=plan.events.kind,
        event_index=plan.events.index,
        event_value=plan.events.value,
        sample_time_h=np.broadcast_to(plan.time_h, plan.sample_event.shape),
        sample_event=plan.sample_event,
    )
    return Lowered(
        program=program,
        batch=batch,
        tolerances=tolerances,
        outputs=tuple(output_info(each, moiety) for each in wanted),
        factors=np.asarray([output_factor(arm.model, each, moiety) for each in wanted]),
        time_h=plan.time_h,
        rows=plan.rows,
        regimen_text=plan.regimen_text,
        notes=(*unchecked, *plan.notes),
    )


def _absolute_tolerances(model: Model, tolerance: Tolerance) -> FloatArray:
    """Absolute tolerance of each state per mg of dose, (X,)."""
    from algesia.units import convert_amount, substance

    scale = np.ones(len(model.states))
    for place, state in enumerate(model.states):
        if state.substance is not None and state.unit == "nmol":
            name = model.drug if state.substance == GIVEN else state.substance
            scale[place] = convert_amount(
                1.0, from_unit="mg", to_unit="nmol", substance=substance(name)
            )
    return tolerance.relative * _NEGLIGIBLE_SHARE * scale


def _followed(arm: Arm, drug: str | None) -> str | None:
    """Substance the model follows once the drug is given."""
    if drug is None or arm.follow is None:
        return drug
    for each in arm.model.inputs:
        try:
            return moiety_share(arm.model, each, drug, follow=arm.follow)[1]
        except InputError:
            continue
    return drug


def _initial_states(model: Model, parameters: FloatArray) -> FloatArray:
    """States before the first dose, (S, X), canonical units."""
    names = model.dynamic_parameters()
    symbols = static_values(
        model, {name: parameters[:, place] for place, name in enumerate(names)}
    )
    initial = np.zeros((parameters.shape[0], len(model.states)))
    for place, state in enumerate(model.states):
        initial[:, place] = state.initial.evaluate(symbols)
    return initial


def _plan_regimen(
    arm: Arm, regimen: Regimen, sampling: Sampling | None
) -> tuple[str | None, _Plan]:
    if sampling is None:
        raise DataError(f"arm '{arm.name}' has a regimen and no sampling times; expected some")
    model, cohort = arm.model, arm.cohort
    rows = _resolved_rows(arm, regimen)
    occasion, starts_h = occasion_numbers(
        [row.time_h for row in rows], [row.duration_h for row in rows], gap_h=arm.occasion_gap_h
    )
    varies = any(effect.level == "occasion" for effect in model.random_effects)
    if not (varies and cohort.spread):
        occasion, starts_h = np.zeros_like(occasion), starts_h[:1]
    parameters = individual_parameters(model, cohort, occasions=max(starts_h.size, 1))
    subjects = np.arange(cohort.subjects.size, dtype=np.int64)
    queue = EventQueue(subjects.size)
    for number, start_h in enumerate(starts_h[1:], start=1):
        at_h = np.full(subjects.size, start_h)
        queue.switch_parameters(subjects, at_h, subjects + number * subjects.size)
    names = model.dynamic_parameters()
    givers = [
        DoseGiver(
            model,
            static_values(model, {name: each[:, place] for place, name in enumerate(names)}),
            subjects,
            queue,
        )
        for each in parameters
    ]
    jumps_h = _give_rows(arm, rows, occasion, givers)
    events = queue.finish()
    edges = [row.time_h for row in rows] + [row.time_h + row.duration_h for row in rows]
    grid = regimen_grid(
        sampling.times_h,
        edges_h=np.asarray(edges) if sampling.at_doses else np.zeros(0),
        jumps_h=np.asarray(jumps_h) if sampling.at_doses else np.zeros(0),
    )
    late = sum(row.time_h >= sampling.times_h[-1] for row in rows)
    notes = (f"{late} of {len(rows)} doses fall after the last sampling time",) if late else ()
    drugs = sorted({row.drug for row in rows if row.drug is not None})
    plan = _Plan(
        parameters=parameters,
        events=events,
        start_h=np.zeros(subjects.size),
        time_h=grid.time_h,
        sample_event=events_before_samples(events, grid, subjects.size),
        dose_mg=_typical_total_mg(rows),
        rows=rows,
        regimen_text=describe(regimen),
        notes=notes,
    )
    return (drugs[0] if len(drugs) == 1 else arm.drug), plan


def _resolved_rows(arm: Arm, regimen: Regimen) -> tuple[DoseRow, ...]:
    """Rows of a regimen with drug and route filled in from the arm and its model."""
    resolved = []
    for row in regimen.rows():
        drug = given_drug(arm.model, row, arm.drug)
        into = input_of(arm.model, row)
        resolved.append(row.resolved(drug=drug, route=into.routes[0]))
    return tuple(resolved)


def _give_rows(
    arm: Arm, rows: tuple[DoseRow, ...], occasion: IntArray, givers: list[DoseGiver]
) -> list[float]:
    """Give every row to the queue; return the times at which a sampled state jumps."""
    cohort = arm.cohort
    weight_kg, ideal_kg = _weights(cohort, rows)
    sampled = directly_sampled_states(arm.model, arm.output_names())
    jumps_h = []
    ones = np.ones(cohort.subjects.size)
    for number, row in enumerate(rows, start=1):
        into = input_of(arm.model, row)
        share, moiety = moiety_share(arm.model, into, str(row.drug), follow=arm.follow)
        dose = GivenDose(
            input=into,
            amount_mg=share * row.base_milligrams(weight_kg, ideal_kg),
            time_h=row.time_h * ones,
            duration_h=row.duration_h * ones,
            number=number,
        )
        givers[int(occasion[number - 1])].give(dose, moiety)
        at_once = row.duration_h == 0.0
        if at_once and any(
            part.into in sampled and part.duration is None and part.lag is None
            for part in into.parts
        ):
            jumps_h.append(row.time_h)
    return jumps_h


def _weights(cohort: Cohort, rows: tuple[DoseRow, ...]) -> tuple[FloatArray, FloatArray | None]:
    """Actual weights, and ideal ones where a dose asks for them; (S,), kg."""
    per_kg = [row for row in rows if row.unit != "mg"]
    if not per_kg:
        return np.ones(cohort.subjects.size), None
    weight_kg = np.asarray(cohort.column("weight"), dtype=np.float64)
    if all(row.weight_basis != "ideal" for row in per_kg):
        return weight_kg, None
    ideal = ideal_weight_kg(
        height_cm=np.asarray(cohort.column("height"), dtype=np.float64),
        female=np.asarray(cohort.column("female"), dtype=np.bool_),
    )
    return weight_kg, ideal


def _typical_total_mg(rows: tuple[DoseRow, ...]) -> float:
    """Largest single dose of a 70 kg patient, mg: the scale of the absolute tolerance."""
    return max((row.amount * (1.0 if row.unit == "mg" else 70.0) for row in rows), default=1.0)


def _plan_records(
    arm: Arm,
    records: EventRecords,
    sampling: Sampling | None,
    program: Program,
    tolerance: Tolerance,
) -> _Plan:
    model, cohort = arm.model, arm.cohort
    levels = covariate_levels(records)
    parameters = np.concatenate(
        [individual_parameters(model, each) for each in _level_cohorts(cohort, levels.columns)]
    )
    scale = _absolute_tolerances(model, tolerance) * float(
        np.max(records.amount_mg, initial=1e-9)
    )
    doser = RecordDoser(
        model=model,
        program=program,
        records=records,
        levels=levels,
        parameters=parameters,
        parameter_names=model.dynamic_parameters(),
        drug=arm.drug,
        follow=arm.follow,
        tolerances=Tolerances(relative=min(tolerance.relative, 1e-9), absolute=scale),
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
    return _Plan(
        parameters=parameters,
        events=events,
        start_h=np.minimum(records.time_h[firsts], time_h[0]),
        time_h=time_h,
        sample_event=sample_event,
        dose_mg=float(np.max(records.amount_mg, initial=1e-9)),
        regimen_text=records.describe(),
        notes=tuple(notes),
    )


def _level_cohorts(cohort: Cohort, columns: dict[str, FloatArray]) -> list[Cohort]:
    """The cohort once per covariate level."""
    from dataclasses import replace

    if not columns:
        return [cohort]
    count = len(next(iter(columns.values())))
    return [
        replace(
            cohort,
            covariates={
                **cohort.covariates,
                **{name: values[number] for name, values in columns.items()},
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

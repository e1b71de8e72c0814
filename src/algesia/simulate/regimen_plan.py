"""Plan an arm whose doses follow a regimen: the same rows for every subject."""

from collections import Counter

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Program, Tolerances
from algesia.errors import DataError
from algesia.population import individual_parameters
from algesia.regimen import DoseRow, Regimen, describe

from .dosing import DoseGiver, given_drug, input_of
from .event_queue import EventQueue
from .given_row import dose_weights, given_row
from .layout import directly_sampled_states, static_values
from .occasions import occasion_numbers
from .plan import Plan
from .regimen_steady_state import RegimenStart, start_at_steady_state
from .sample_grid import events_before_samples, regimen_grid
from .sampling import Sampling
from .scenario import Arm
from .steady_state import steady_tolerances

__all__ = ["occasions_of", "plan_regimen"]


def plan_regimen(
    arm: Arm,
    regimen: Regimen,
    sampling: Sampling | None,
    program: Program,
    tolerances: Tolerances,
) -> Plan:
    """Plan the doses of a regimen for every subject of an arm.

    Parameters
    ----------
    arm, regimen, sampling
        The arm, its plan and its sampling times.
    program
        The lowered model.
    tolerances
        Tolerances for a largest dose of 1 mg.

    Raises
    ------
    InputError
        If there are no sampling times, or doses and model do not fit together.
    """
    if sampling is None:
        raise DataError(f"arm '{arm.name}' has a regimen and no sampling times; expected some")
    model, cohort = arm.model, arm.cohort
    rows = _resolved_rows(arm, regimen.rows())
    occasion, starts_h = occasions_of(arm, rows)
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
    largest_mg = _typical_total_mg(rows)
    start: RegimenStart | None = None
    if (cycle := regimen.steady_cycle()) is not None:
        filled = (cycle[0], _resolved_rows(arm, cycle[1]))
        solver = (program, steady_tolerances(tolerances, largest_mg))
        start = start_at_steady_state(arm, filled, queue, parameters[0], solver)
    events = queue.finish()
    edges = [row.time_h for row in rows] + [row.time_h + row.duration_h for row in rows]
    grid = regimen_grid(
        sampling.times_h,
        edges_h=np.asarray(edges) if sampling.at_doses else np.zeros(0),
        jumps_h=np.asarray(jumps_h) if sampling.at_doses else np.zeros(0),
    )
    late = sum(row.time_h >= sampling.times_h[-1] for row in rows)
    notes = [] if start is None else [start.note]
    if late:
        notes.append(f"{late} of {len(rows)} doses fall after the last sampling time")
    drugs = _drugs_of_main(arm, rows)
    return Plan(
        parameters=parameters,
        events=events,
        start_h=np.zeros(subjects.size),
        time_h=grid.time_h,
        sample_event=events_before_samples(events, grid, subjects.size),
        initial=None if start is None else start.initial,
        dose_mg=largest_mg,
        rows=rows,
        regimen_text=_in_words(regimen, rows),
        notes=tuple(notes),
        drug=drugs[0] if len(drugs) == 1 else arm.drug,
    )


def occasions_of(arm: Arm, rows: tuple[DoseRow, ...]) -> tuple[IntArray, FloatArray]:
    """Occasion of each dose, (D,), from 0; and the start of each occasion, h.

    There is one occasion unless parameters differ between occasions.
    """
    own = [row for row in rows if input_of(arm.model, row).member is None] or list(rows)
    _, starts_h = occasion_numbers(
        [row.time_h for row in own], [row.duration_h for row in own], gap_h=arm.occasion_gap_h
    )
    times_h = np.asarray([row.time_h for row in rows])
    # A companion is dosed within the occasions of the main member, or before the first of them.
    occasion = np.maximum(np.searchsorted(starts_h, times_h, side="right") - 1, 0)
    varies = any(effect.level == "occasion" for effect in arm.model.random_effects)
    if varies and arm.cohort.spread:
        return occasion, starts_h
    return np.zeros_like(occasion), starts_h[:1]


def _drugs_of_main(arm: Arm, rows: tuple[DoseRow, ...]) -> list[str]:
    """Drugs given to the model itself, those of companions aside."""
    own = [row for row in rows if input_of(arm.model, row).member is None]
    return sorted({row.drug for row in own if row.drug is not None})


def _in_words(regimen: Regimen, rows: tuple[DoseRow, ...]) -> str:
    """Regimen as a sentence that always says what its milligrams are of."""
    if all(row.form == "base" for row in rows):
        return f"{describe(regimen)}; doses are mg of free base"
    return describe(regimen)


def _resolved_rows(arm: Arm, rows: tuple[DoseRow, ...]) -> tuple[DoseRow, ...]:
    """Rows with drug and route filled in from the arm and its model."""
    resolved = []
    for row in rows:
        drug = given_drug(arm.model, row, arm.drug)
        into = input_of(arm.model, row, drug=drug)
        resolved.append(row.resolved(drug=drug, route=into.routes[0]))
    return tuple(resolved)


def _give_rows(
    arm: Arm, rows: tuple[DoseRow, ...], occasion: IntArray, givers: list[DoseGiver]
) -> list[float]:
    """Give every row to the queue; return the times at which a sampled state jumps."""
    weights = dose_weights(arm.cohort, rows)
    sampled = directly_sampled_states(arm.model, arm.output_names())
    jumps_h = []
    given = Counter[str | None]()
    for place, row in enumerate(rows):
        member = input_of(arm.model, row).member
        given[member] += 1
        dose, moiety = given_row(arm, row, given[member], weights)
        givers[int(occasion[place])].give(dose, moiety)
        at_once = row.duration_h == 0.0
        if at_once and any(
            part.into in sampled and not part.timed and part.lag is None
            for part in dose.input.parts
        ):
            jumps_h.append(row.time_h)
    return jumps_h


def _typical_total_mg(rows: tuple[DoseRow, ...]) -> float:
    """Largest single dose of a 70 kg patient, mg: the scale of the absolute tolerance."""
    return max((row.amount * (1.0 if row.unit == "mg" else 70.0) for row in rows), default=1.0)

"""A plan that begins as if it had always been followed."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Program, Tolerances
from algesia.errors import RegimenError
from algesia.model import Model
from algesia.regimen import DoseRow

from .arrivals import Arrival, ArrivalList
from .dosing import DoseGiver, input_of
from .event_queue import EventQueue
from .given_row import dose_weights, given_row
from .layout import initial_states, static_values
from .scenario import Arm
from .steady_state import SteadyStateRequest, depends_on_time, left_over, steady_states

__all__ = ["RegimenStart", "start_at_steady_state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenStart:
    """Where the subjects of an arm begin.

    Parameters
    ----------
    initial
        States at time 0, (S, X), just before the doses of that time.
    note
        What was solved, and how well it comes back.
    """

    initial: FloatArray
    note: str


def start_at_steady_state(
    arm: Arm,
    cycle: tuple[float, tuple[DoseRow, ...]],
    queue: EventQueue,
    parameters: FloatArray,
    solver: tuple[Program, Tolerances],
) -> RegimenStart:
    """Solve the steady state of a pattern of doses for every subject of an arm.

    Parameters
    ----------
    arm
        The arm.
    cycle
        Length of the pattern, h, and its doses, drug and route filled in.
    queue
        Gets what the doses before time 0 have left on its way.
    parameters
        Individual parameters, (S, P), canonical units.
    solver
        Program, and tolerances in the unit of the states.

    Raises
    ------
    RegimenError
        If the equations depend on the time, or an input counts doses.
    ConvergenceError
        If a subject has no steady state, naming it.
    """
    model, cohort = arm.model, arm.cohort
    period_h, rows = cycle
    _refuse_what_changes(model, rows)
    program, tolerances = solver
    arrivals = _arrivals(arm, rows, parameters)
    names = model.dynamic_parameters()
    columns = [names.index(name) for name in program.parameters]
    initial = initial_states(model, parameters)
    requests = [
        SteadyStateRequest(
            parameters=parameters[place, columns],
            arrivals=tuple(arrivals[place]),
            interval_h=period_h,
            initial=initial[place],
            what=f"arm '{arm.name}', subject {int(cohort.subjects[place])}",
        )
        for place in range(cohort.size)
    ]
    found = steady_states(program, requests, tolerances)
    pending = ArrivalList()
    for mine in arrivals:
        for each in mine:
            pending.items += left_over(each, at_h=0.0, interval_h=period_h)
    pending.queue(queue)
    return RegimenStart(
        initial=found.values,
        note=f"begins at steady state of {len(rows)} doses every {period_h:g} h; largest "
        f"relative change over that time {float(found.residual.max()):.1e}",
    )


def _refuse_what_changes(model: Model, rows: tuple[DoseRow, ...]) -> None:
    if depends_on_time(model):
        raise RegimenError(
            f"the equations of model '{model.id}' depend on the time, so it has no steady state"
        )
    for into in {input_of(model, row) for row in rows}:
        for part in into.parts:
            for _, formula, _ in part.expressions():
                if "dose_number" in formula.names:
                    raise RegimenError(
                        f"input '{into.name}' of model '{model.id}' treats doses by their "
                        "number, so it has no steady state"
                    )


def _arrivals(
    arm: Arm, rows: tuple[DoseRow, ...], parameters: FloatArray
) -> list[list[Arrival]]:
    """What one pattern brings to each subject, timed from its start."""
    model, cohort = arm.model, arm.cohort
    names = model.dynamic_parameters()
    values = static_values(model, {name: parameters[:, at] for at, name in enumerate(names)})
    collected = ArrivalList()
    giver = DoseGiver(model, values, np.arange(cohort.size, dtype=np.int64), collected)
    weights = dose_weights(cohort, rows)
    for row in rows:
        giver.give(*given_row(arm, row, 1, weights))
    by_subject: list[list[Arrival]] = [[] for _ in range(cohort.size)]
    for each in collected.items:
        by_subject[each.subject].append(each)
    return by_subject

"""A plan that begins as if it had always been followed."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Program, Tolerances
from algesia.errors import RegimenError
from algesia.model import Model
from algesia.regimen import DoseRow

from .arrivals import ArrivalList, Arrivals
from .dosing import DoseGiver, input_of
from .event_queue import EventQueue
from .given_row import dose_weights, given_row
from .layout import initial_states, static_values
from .scenario import Arm
from .steady_state import (
    MOST_AT_ONCE,
    SteadyStateRequests,
    depends_on_time,
    left_over,
    steady_states,
    too_many_at_once,
)

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
    requests = SteadyStateRequests(
        parameters=parameters[:, columns],
        arrivals=arrivals,
        interval_h=np.full(cohort.size, period_h),
        initial=initial_states(model, parameters),
        what=[f"arm '{arm.name}', subject {each}" for each in cohort.subjects.tolist()],
    )
    every_h = np.full(arrivals.who.size, period_h)
    _refuse_crowds(arm, arrivals, every_h)
    found = steady_states(program, requests, tolerances)
    left_over(arrivals, at_h=np.zeros(every_h.size), interval_h=every_h).queue(queue)
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


def _refuse_crowds(arm: Arm, arrivals: Arrivals, every_h: FloatArray) -> None:
    """Refuse a pattern of which too many are under way at once."""
    crowded = too_many_at_once(arrivals, every_h)
    if crowded.any():
        at = int(np.argmax(crowded))
        raise RegimenError(
            f"arm '{arm.name}': doses every {every_h[at]:g} h each last until "
            f"{arrivals.stop_h[at]:g} h; expected at most {MOST_AT_ONCE} at once"
        )


def _arrivals(arm: Arm, rows: tuple[DoseRow, ...], parameters: FloatArray) -> Arrivals:
    """What one pattern brings to each subject, timed from its start."""
    model, cohort = arm.model, arm.cohort
    names = model.dynamic_parameters()
    values = static_values(model, {name: parameters[:, at] for at, name in enumerate(names)})
    collected = ArrivalList()
    giver = DoseGiver(model, values, np.arange(cohort.size, dtype=np.int64), collected)
    weights = dose_weights(cohort, rows)
    for row in rows:
        giver.give(*given_row(arm, row, 1, weights))
    return collected.arrivals()

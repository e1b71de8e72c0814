"""The engine of this project, `algesia.engine.solve`, on one thread."""

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np
from peers.model_text import Model
from peers.segments import Floats, Result, timed
from problems.dosing_shapes import Shape

from algesia.engine import Batch, EventKind, Program, Tolerances, solve

PACKAGES = ("numba",)


def can_choose_lanes() -> bool:
    """Whether `solve` takes the number of lanes."""
    return "lanes" in inspect.signature(solve).parameters


def batch(shape: Shape, model: Model, parameters: Floats) -> Batch:
    """Every subject gets the shape's doses and samples."""
    subjects, driven = len(parameters), [model.states.index(name) for name in model.driven]
    events: list[tuple[float, int, int, float]] = []
    # Applied by the end of the segment before: what a sample at a border has seen.
    applied = [0]
    last = np.zeros(len(driven))
    for k, start in enumerate(shape.start_h):
        events += [
            (start, EventKind.ADD, index, dose)
            for index, dose in zip(model.fed_indices, shape.dose_mg[k], strict=True)
            if dose
        ]
        rates = shape.rate_mg_per_h[k]
        events += [
            (start, EventKind.RATE, index, rates[column])
            for column, index in enumerate(driven)
            if rates[column] != last[column]
        ]
        last = rates
        applied.append(len(events))
    at_start = shape.sample_h <= shape.start_h[0]
    seen = np.where(at_start, 0, np.array(applied)[shape.sample_segment + 1])
    time, kind, index, value = (np.array(column) for column in zip(*events, strict=True))
    return Batch(
        parameters=parameters,
        initial=np.tile(model.initial, (subjects, 1)),
        start_row=np.arange(subjects),
        start_time_h=np.zeros(subjects),
        event_offset=np.arange(subjects + 1) * len(events),
        event_time_h=np.tile(time, subjects),
        event_kind=np.tile(kind.astype(np.int64), subjects),
        event_index=np.tile(index.astype(np.int64), subjects),
        event_value=np.tile(value, subjects),
        sample_time_h=np.tile(shape.sample_h, (subjects, 1)),
        sample_event=np.tile(seen, (subjects, 1)),
    )


@dataclass
class Solver:
    """The program and the options it is solved with."""

    model: Model
    program: Program
    options: dict[str, Any]
    accepted: float = 0.0

    @property
    def lanes(self) -> int:
        """Subjects advanced at once."""
        if not can_choose_lanes():
            return 1
        from algesia.engine.lanes.width import best_width

        return self.options.get("lanes") or best_width()

    def run(self, shape: Shape, parameters: Floats, tolerance: float) -> Result:
        """Solve all patients in one call; failed ones are NaN."""
        tolerances = Tolerances(relative=tolerance, absolute=tolerance * 1e-3)

        def run() -> Floats:
            raw = solve(
                self.program,
                batch(shape, self.model, parameters),
                tolerances,
                threads=1,
                **self.options,
            )
            self.accepted = float(np.mean(raw.accepted))
            return raw.values

        return timed(run)


def prepare(model: Model, lanes: int | None = None) -> Solver:
    """Build the program; kernels are made at the first solve."""
    program = Program(
        states=model.states,
        parameters=model.parameters,
        definitions=model.definitions,
        derivatives=model.derivatives,
        outputs=tuple((name, name) for name in model.states),
    )
    # An engine without lanes is an engine with one.
    options = {"lanes": lanes} if lanes is not None and can_choose_lanes() else {}
    return Solver(model=model, program=program, options=options)

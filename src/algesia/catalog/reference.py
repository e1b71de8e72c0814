"""The slow path: a model solved by SciPy, its formulas evaluated by walking their trees.

Nothing of the engine's code generation, kernels or steppers is used; only the list of events is
shared. What leaves the system is counted beside the states, so that nothing vanishes unseen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Batch, EventKind
from algesia.errors import ConvergenceError, ModelError
from algesia.model import Definition, Expression, parse
from algesia.model.symbol import TIME

from .administration import Trial, trial_of
from .entry import Entry, entry_at, entry_hash

__all__ = ["Reference", "reference_of"]

_RELATIVE: Final = 1e-12
_NEGLIGIBLE_SHARE: Final = 1e-12
# With faster rates than this an explicit method would crawl through a day.
_STIFF_PER_H: Final = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What the slow path found for every dose of a trial.

    Parameters
    ----------
    states
        States, (A, T, X) for A doses, canonical units.
    sinks
        What has left by each sink since the start, (A, T, sinks), unit of its source.
    outputs
        Outputs, (A, T, O), canonical units.
    """

    states: FloatArray
    sinks: FloatArray
    outputs: FloatArray


def reference_of(entry: Entry) -> Reference:
    """Solve every dose of an entry's trial slowly; done once per content of its files.

    Raises
    ------
    ConvergenceError
        If SciPy gives up.
    """
    return _reference(entry.folder, entry_hash(entry.folder))


@lru_cache(maxsize=16)
def _reference(folder: Path, content: str) -> Reference:
    del content  # only there so that a changed file is read again
    trial = trial_of(entry_at(folder))
    equations = _Equations.of(trial)
    batches = [each.lowered.batch for each in trial.administrations]
    found = _solve(equations, batches, trial.time_h)
    states, sinks = np.split(found, [len(trial.model.states)], axis=2)
    return Reference(states=states, sinks=sinks, outputs=equations.outputs(found, trial.time_h))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Equations:
    """Formulas of a model with the numbers of one subject put in."""

    states: tuple[str, ...]
    constants: Mapping[str, float]
    definitions: tuple[Definition, ...]
    changes: tuple[Expression, ...]
    shown: tuple[Expression, ...]

    @classmethod
    def of(cls, trial: Trial) -> "_Equations":
        model = trial.model
        constant = {each.name for each in model.constant_definitions()}
        derivatives = [parse(text, where=name) for name, text in model.dynamics()]
        return cls(
            states=tuple(state.name for state in model.states),
            constants=trial.constants(),
            definitions=tuple(d for d in model.definitions if d.name not in constant),
            changes=(*derivatives, *(lost for _, lost in model.sinks())),
            shown=tuple(output.expression for output in model.outputs),
        )

    def symbols(self, time_h: Any, states: FloatArray) -> dict[str, Any]:
        """Value of every symbol; states (X, ...)."""
        values: dict[str, Any] = {TIME: time_h, **self.constants}
        values.update(zip(self.states, states, strict=False))
        for definition in self.definitions:
            values[definition.name] = definition.expression.evaluate(values)
        return values

    def rates(self, time_h: float, states: FloatArray) -> FloatArray:
        """Change of states and sinks per h, (X + sinks, A)."""
        values = self.symbols(time_h, states)
        changes = np.empty((len(self.changes), states.shape[1]))
        for place, change in enumerate(self.changes):
            changes[place] = change.evaluate(values)
        return changes

    def outputs(self, found: FloatArray, time_h: FloatArray) -> FloatArray:
        """Outputs, (A, T, O), of states (A, T, X + sinks)."""
        values = self.symbols(time_h, np.moveaxis(found, 2, 0))
        shape = found.shape[:2]
        return np.stack(
            [np.broadcast_to(each.evaluate(values), shape) for each in self.shown], axis=2
        )


def _solve(equations: _Equations, batches: list[Batch], time_h: FloatArray) -> FloatArray:
    """States and sinks of all doses side by side, (A, T, X + sinks)."""
    width, count = len(equations.changes), len(batches)
    values = np.zeros((width, count))
    for place, batch in enumerate(batches):
        values[: len(equations.states), place] = batch.initial[0]
    inflow = np.zeros((width, count))
    given = _Given(batches)
    found = np.full((count, time_h.size, width), np.nan)
    # Every sample ends a stretch: an interpolated value is far less exact than a computed one.
    stops = np.unique(np.concatenate([given.times_h(time_h[-1]), time_h]))
    stretch = _Stretch(equations)
    for place, stop_h in enumerate(stops):
        if place:
            values = stretch.solve(float(stops[place - 1]), float(stop_h), values, inflow)
        found[:, time_h == stop_h, :] = values.T[:, np.newaxis, :]
        given.apply(float(stop_h), values, inflow)
    return found


class _Given:
    """Events of several subjects in order; a sample is taken before the events of its time."""

    def __init__(self, batches: list[Batch]) -> None:
        self._batches = batches
        self._next = [0] * len(batches)
        for batch in batches:
            before = np.searchsorted(batch.event_time_h, batch.sample_time_h[0], side="left")
            if not np.array_equal(before, batch.sample_event[0]):
                raise ModelError("a sample lies after an event of its time; expected before it")

    def times_h(self, last_h: float) -> FloatArray:
        times = np.concatenate([batch.event_time_h for batch in self._batches])
        kept: FloatArray = times[times <= last_h]
        return kept

    def apply(self, until_h: float, values: FloatArray, inflow: FloatArray) -> None:
        for place, batch in enumerate(self._batches):
            while (
                self._next[place] < batch.event_time_h.size
                and batch.event_time_h[self._next[place]] <= until_h
            ):
                self._apply_one(batch, self._next[place], values[:, place], inflow[:, place])
                self._next[place] += 1

    def _apply_one(
        self, batch: Batch, event: int, values: FloatArray, inflow: FloatArray
    ) -> None:
        index, size = int(batch.event_index[event]), float(batch.event_value[event])
        match EventKind(int(batch.event_kind[event])):
            case EventKind.ADD:
                values[index] += size
            case EventKind.RATE:
                inflow[index] = size
            case EventKind.SET:
                values[index] = size
            case other:
                raise ModelError(f"a single dose brings a {other.name} event; expected none")


class _Stretch:
    """Solves from one stop to the next, between which nothing is given."""

    def __init__(self, equations: _Equations) -> None:
        self._equations = equations
        self._method: str | None = None
        self._scale = 0.0

    def solve(
        self, start_h: float, stop_h: float, values: FloatArray, inflow: FloatArray
    ) -> FloatArray:
        """States and sinks at the end of the stretch, (X + sinks, A)."""
        from scipy.integrate import solve_ivp

        shape, known = values.shape, len(self._equations.states)

        def change(time_h: float, flat: FloatArray) -> FloatArray:
            rates = self._equations.rates(time_h, flat.reshape(shape)[:known])
            return np.ravel(rates + inflow)

        flat = np.ravel(values)
        brought = np.abs(inflow) * (stop_h - start_h)
        self._scale = max(self._scale, float(np.max(np.abs(values) + brought)))
        if self._method is None:
            self._method = _method(change, start_h, flat)
        solved = solve_ivp(
            change,
            (start_h, stop_h),
            flat,
            method=self._method,
            t_eval=[stop_h],
            rtol=_RELATIVE,
            atol=_NEGLIGIBLE_SHARE * (self._scale or 1.0),
        )
        if not solved.success:
            raise ConvergenceError(
                f"the slow path stopped before {stop_h:g} h: {solved.message}"
            )
        ended: FloatArray = solved.y[:, -1].reshape(shape).copy()
        return ended


def _method(
    change: Callable[[float, FloatArray], FloatArray], time_h: float, values: FloatArray
) -> str:
    """Explicit unless the fastest time constant is too short for it."""
    step = np.maximum(np.abs(values), 1.0) * np.sqrt(np.finfo(np.float64).eps)
    base = change(time_h, values)
    jacobian = np.stack(
        [
            (change(time_h, values + step[place] * unit) - base) / step[place]
            for place, unit in enumerate(np.eye(values.size))
        ],
        axis=1,
    )
    fastest_per_h = float(np.max(np.abs(np.linalg.eigvals(jacobian)), initial=0.0))
    return "Radau" if fastest_per_h > _STIFF_PER_H else "DOP853"

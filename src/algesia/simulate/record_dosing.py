"""Give the records of an event table: doses, repeats, resets, steady states, covariates."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Program, Tolerances
from algesia.errors import DataError
from algesia.model import Input, Model

from .arrivals import Arrival, ArrivalList
from .dosing import DoseGiver, GivenDose, moiety_share
from .event_queue import EventQueue, QueuedEvents
from .event_records import EventRecords
from .scenario import Enantiomer
from .steady_state import SteadyStateRequest, left_over, steady_states

__all__ = ["CovariateLevels", "RecordDoser", "covariate_levels", "record_sequence"]

_DOSES, _RESETS = (1, 4), (3, 4)
# A series with AMT = 0 is an infusion without end; any interval gives its steady state.
_ENDLESS_INTERVAL_H = 24.0


def record_sequence(record: IntArray | int) -> IntArray | int:
    """Sequence number of a record's events; the odd one after it is for what follows."""
    return 2 * record


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateLevels:
    """Which set of covariates holds at each record.

    Parameters
    ----------
    level
        Level of each record, (N,), from 0, counted per subject.
    columns
        Covariates per level, each (J, S); a subject with fewer levels repeats its last.
    """

    level: IntArray
    columns: dict[str, FloatArray]


def covariate_levels(records: EventRecords) -> CovariateLevels:
    """Number the stretches of unchanged covariates of every subject."""
    level = np.zeros(records.subject.size, dtype=np.int64)
    if records.covariates:
        table = np.stack(list(records.covariates.values()), axis=1)
        changed = np.any(table[1:] != table[:-1], axis=1)
        for low, high in records.ranges():
            level[low + 1 : high] = np.cumsum(changed[low : high - 1])
    levels = int(level.max()) + 1
    ranges = records.ranges()
    columns = {name: np.zeros((levels, len(ranges))) for name in records.covariates}
    for place, (low, high) in enumerate(ranges):
        first = [low + int(np.argmax(level[low:high] >= number)) for number in range(levels)]
        last = int(level[high - 1])
        for name, values in records.covariates.items():
            for number in range(levels):
                columns[name][number, place] = values[first[min(number, last)]]
    return CovariateLevels(level=level, columns=columns)


class RecordDoser:
    """Turns the records of all subjects into event rows.

    Parameters
    ----------
    model, program
        The model and its lowered form.
    records
        The table.
    parameters
        Individual parameters, (J, S, P) for J covariate levels, canonical units.
    parameter_names
        Names along the last axis, (P,).
    drug, follow
        What the doses are, and which enantiomer the model follows.
    tolerances
        Tolerances of the steady states.
    """

    def __init__(  # noqa: PLR0913 - one value each, all needed
        self,
        *,
        model: Model,
        program: Program,
        records: EventRecords,
        levels: CovariateLevels,
        parameters: FloatArray,
        parameter_names: tuple[str, ...],
        drug: str | None,
        follow: Enantiomer | None,
        tolerances: Tolerances,
    ) -> None:
        self._model = model
        self._program = program
        self._records = records
        self._levels = levels
        self._parameters = parameters
        self._names = parameter_names
        self._drug = drug
        self._follow = follow
        self._tolerances = tolerances
        self._inputs = {each.name: each for each in model.inputs}
        self._arrivals = ArrivalList()
        self._waiting: list[tuple[SteadyStateRequest, int, int]] = []

    def queue(self) -> QueuedEvents:
        """Events of every subject in order.

        Raises
        ------
        DataError
            If a record asks for something the model cannot do, with its row.
        ConvergenceError
            If a steady state does not exist.
        """
        ranges = self._records.ranges()
        queue = EventQueue(len(ranges))
        for place, (low, high) in enumerate(ranges):
            self._queue_subject(queue, place, low, high)
        self._arrivals.queue(queue)
        states = steady_states(
            self._program, [request for request, _, _ in self._waiting], self._tolerances
        )
        for (_, place, record), values in zip(self._waiting, states, strict=True):
            self._place_steady_state(queue, place, record, values)
        return queue.finish()

    def _queue_subject(self, queue: EventQueue, place: int, low: int, high: int) -> None:
        records, mine = self._records, ArrivalList()
        session = 0
        for record in range(low, high):
            self._switch(queue, place, record, low, high)
            kind = int(records.kind[record])
            steady = int(records.steady_state[record]) if kind in _DOSES else 0
            if kind in _RESETS or steady == 1:
                session += 1
                mine.items = _cut(mine.items, float(records.time_h[record]))
            if kind in _RESETS or steady == 1:
                queue.reset(
                    np.asarray([place]),
                    records.time_h[record : record + 1],
                    sequence=record_sequence(record),
                )
            if kind in _DOSES:
                mine.items += self._dose(place, record, session)
        self._arrivals.items += mine.items

    def _switch(self, queue: EventQueue, place: int, record: int, low: int, high: int) -> None:
        """Switch parameters where the covariates change around a record."""
        level, records = self._levels.level, self._records
        later = records.covariate_rule == "nocb"
        other = record + 1 if later else record - 1
        if not low <= other < high or level[other] == level[record]:
            return
        next_level = int(level[max(record, other)])
        sequence = record_sequence(record) + (1 if later else 0)
        subjects = self._parameters.shape[1]
        queue.switch_parameters(
            np.asarray([place]),
            records.time_h[record : record + 1],
            np.asarray([next_level * subjects + place]),
            sequence=sequence,
        )

    def _dose(self, place: int, record: int, session: int) -> list[Arrival]:
        """All arrivals a dose record causes: itself, repeats, what a steady state left over."""
        records = self._records
        at_h, interval_h = float(records.time_h[record]), float(records.interval_h[record])
        base = self._base_arrivals(place, record)
        repeats = range(int(records.additional[record]) + 1)
        arrivals = [
            each.shifted(at_h + number * interval_h, session=session)
            for number in repeats
            for each in base
        ]
        if records.steady_state[record] == 0:
            return arrivals
        endless = records.amount_mg[record] == 0.0
        if endless:
            interval_h, arrivals = _ENDLESS_INTERVAL_H, []
        for each in base:
            if not endless:
                now = each.shifted(at_h, session=session)
                arrivals += left_over(now, at_h=at_h, interval_h=interval_h)
        row = self._parameters[self._levels.level[record], place]
        request = SteadyStateRequest(
            parameters=row[[self._names.index(name) for name in self._program.parameters]],
            arrivals=tuple(base),
            interval_h=interval_h,
            what=self._where(record),
        )
        self._waiting.append((request, place, record))
        return arrivals

    def _base_arrivals(self, place: int, record: int) -> list[Arrival]:
        """What one dose of a record brings, timed from the record."""
        records = self._records
        into = self._input(record)
        drug = self._drug or into.substances[0]
        share, moiety = moiety_share(self._model, into, drug, follow=self._follow)
        amount_mg, rate = (
            records.amount_mg[record] * share,
            records.rate_mg_per_h[record] * share,
        )
        if records.rate_mg_per_h[record] == -1.0:
            raise DataError(
                f"{self._where(record)}: RATE is -1; no input has a modelled rate yet"
            )
        if records.rate_mg_per_h[record] == -2.0 and into.parts[0].duration is None:
            raise DataError(
                f"{self._where(record)}: RATE is -2, but input '{into.name}' has no duration "
                "of its own; expected 0 or a rate above 0"
            )
        if amount_mg == 0.0 and rate > 0.0:
            amount_mg = rate * _ENDLESS_INTERVAL_H
        symbols = self._symbols(place, record)
        collected = ArrivalList()
        giver = DoseGiver(self._model, symbols, np.asarray([place]), collected)
        dose = GivenDose(
            input=into,
            amount_mg=np.asarray([amount_mg]),
            time_h=np.zeros(1),
            duration_h=np.zeros(1),
            number=record + 1,
            rate_mg_per_h=np.asarray([rate]) if rate > 0.0 else None,
            sequence=int(record_sequence(record)),
        )
        giver.give(dose, moiety)
        return collected.items

    def _symbols(self, place: int, record: int) -> dict[str, FloatArray]:
        row = self._parameters[self._levels.level[record], place]
        return {name: row[column : column + 1] for column, name in enumerate(self._names)}

    def _input(self, record: int) -> Input:
        name = self._records.compartment[record]
        if name not in self._inputs:
            raise DataError(
                f"{self._where(record)}: no input '{name}' in model '{self._model.id}'; "
                f"expected one of {', '.join(self._inputs)}"
            )
        return self._inputs[name]

    def _where(self, record: int) -> str:
        return f"{self._records.origin}, row {int(self._records.row[record])}"

    def _place_steady_state(
        self, queue: EventQueue, place: int, record: int, values: FloatArray
    ) -> None:
        at_h = self._records.time_h[record : record + 1]
        place_of: Callable[..., None] = (
            queue.set_state if self._records.steady_state[record] == 1 else queue.add_amount
        )
        for state, value in enumerate(values):
            place_of(
                np.asarray([place]),
                at_h,
                state,
                np.asarray([value]),
                sequence=record_sequence(record),
            )


def _cut(arrivals: list[Arrival], at_h: float) -> list[Arrival]:
    """Drop what has not arrived by a reset, and end what is running."""
    return [
        replace(each, stop_h=min(each.stop_h, at_h)) if each.lasting else each
        for each in arrivals
        if each.start_h < at_h
    ]

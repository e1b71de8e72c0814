"""Give the records of an event table: doses, repeats, resets, steady states."""

from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.engine import Tolerances
from algesia.errors import DataError
from algesia.model import Model

from .arrivals import Arrivals
from .covariate_levels import CovariateLevels, queue_switches
from .covariate_lines import Equations
from .event_queue import EventQueue, QueuedEvents
from .event_records import EventRecords
from .layout import initial_states, static_values
from .record_clock import aligned, cut
from .record_doses import ENDLESS_INTERVAL_H, DosePlace, RecordDoses
from .record_sequence import record_sequence
from .scenario import Enantiomer
from .steady_state import (
    MOST_AT_ONCE,
    SteadyStateRequests,
    depends_on_time,
    left_over,
    steady_states,
    too_many_at_once,
)

__all__ = ["GivenRecords", "RecordDoser"]

_DOSES, _RESETS = (1, 4), (3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRecords:
    """What the records of a table came to.

    Parameters
    ----------
    events
        Events of every subject in order.
    steady_states
        How many steady states were solved.
    residual
        Largest relative change of any of them over its interval.
    """

    events: QueuedEvents
    steady_states: int
    residual: float


class RecordDoser:
    """Turns the records of all subjects into event rows.

    Parameters
    ----------
    model, equations
        The model and its lowered form.
    records
        The table.
    levels
        Stretches of unchanged covariates.
    parameters
        Individual parameters, (J, S, P) for J covariate levels, canonical units.
    drug, follow
        What the doses are, and which enantiomer the model follows.
    tolerances
        Tolerances of the steady states.
    """

    def __init__(  # noqa: PLR0913 - one value each, all needed
        self,
        *,
        model: Model,
        equations: Equations,
        records: EventRecords,
        levels: CovariateLevels,
        parameters: FloatArray,
        drug: str | None,
        follow: Enantiomer | None,
        tolerances: Tolerances,
    ) -> None:
        self._model = model
        self._equations = equations
        self._records = records
        self._levels = levels
        self._tolerances = tolerances
        names = model.dynamic_parameters()
        self._parameters = parameters
        named = {name: parameters[:, :, place] for place, name in enumerate(names)}
        values = {
            name: np.broadcast_to(each, parameters.shape[:2])
            for name, each in static_values(model, named).items()
        }
        self._initial = initial_states(model, parameters[0])
        self._clock_h = records.clock_h()
        self._first = records.first_records()
        counts = np.diff(self._first)
        self._subject = np.repeat(np.arange(counts.size), counts)
        place = DosePlace(values=values, level=levels.level, subject=self._subject)
        self._giver = RecordDoses(model, records, place, drug=drug, follow=follow)
        self._gives = np.isin(records.kind, _DOSES)
        self._resets = np.isin(records.kind, _RESETS) | self._empties()

    def _empties(self) -> BoolArray:
        """Records whose steady state replaces what was there, (N,)."""
        found: BoolArray = self._gives & (self._records.steady_state == 1)
        return found

    def give(self) -> GivenRecords:
        """Events of every subject in order.

        Raises
        ------
        DataError
            If a record asks for something the model cannot do, with its row.
        ConvergenceError
            If a steady state does not exist.
        """
        self._refuse_clocks()
        queue = EventQueue(self._first.size - 1)
        queue_switches(queue, self._records, self._levels)
        self._queue_resets(queue)
        requests, waiting = self._queue_doses(queue)
        found = steady_states(self._equations.program, requests, self._tolerances)
        self._place_states(queue, waiting, found.values)
        return GivenRecords(
            events=queue.finish(),
            steady_states=waiting.size,
            residual=float(np.max(found.residual, initial=0.0)),
        )

    def _refuse_clocks(self) -> None:
        """Refuse records that have no meaning where the equations depend on the time."""
        if not depends_on_time(self._model):
            return
        steady = self._gives & (self._records.steady_state > 0)
        for what, column, rows in (
            ("a time that starts anew", "TIME", self._records.restarts()),
            ("a steady state", "SS", np.flatnonzero(steady)),
        ):
            if rows.size:
                where = self._records.where(int(rows[0]), column)
                raise DataError(
                    f"{where} asks for {what}, but the equations of model "
                    f"'{self._model.id}' depend on the time; expected neither"
                )

    def _queue_resets(self, queue: EventQueue) -> None:
        """Empty the body; what the model has of its own comes back unless it is set anyway."""
        resets = np.flatnonzero(self._resets)
        if resets.size:
            queue.reset(
                self._subject[resets], self._clock_h[resets], sequence=record_sequence(resets)
            )
        own = np.any(self._initial, axis=1)[self._subject]
        back = np.flatnonzero(self._resets & ~self._empties() & own)
        self._set_states(queue, back, self._initial[self._subject[back]])

    def _queue_doses(self, queue: EventQueue) -> tuple[SteadyStateRequests, IntArray]:
        """Queue all arrivals; give the steady states to be solved, and their records."""
        records = self._records
        doses = np.flatnonzero(self._gives)
        self._giver.refuse_unknown_inputs(doses)
        endless = self._endless(doses)
        dosed, numbers = doses[~endless], self._numbers(doses)[~endless]
        first = self._of_records(self._giver.single(dosed, numbers), dosed)
        steady = first.take(records.steady_state[first.who] > 0)
        self._refuse_crowds(steady)
        coming = Arrivals.joined(
            [
                self._repeated(first, dosed, numbers),
                left_over(
                    steady,
                    at_h=self._clock_h[steady.who],
                    interval_h=records.interval_h[steady.who],
                ),
            ]
        )
        self._finished(coming).queue(queue)
        flowing = doses[endless & (records.rate_mg_per_h[doses] != 0.0)]
        always = self._of_records(self._giver.endless(flowing), flowing)
        waiting = doses[records.steady_state[doses] > 0]
        return self._requests(Arrivals.joined([steady, always]), waiting), waiting

    def _endless(self, doses: IntArray) -> BoolArray:
        """Which doses, (M,), are steady states without an interval.

        A constant infusion is one, and so is nothing at all: what the model makes of its own.
        """
        records = self._records
        steady = records.steady_state[doses] > 0
        alone = records.interval_h[doses] == 0.0
        amount_mg = records.amount_mg[doses]
        wrong = doses[steady & alone & (amount_mg > 0.0)]
        if wrong.size:
            raise DataError(
                f"{records.where(int(wrong[0]), 'II')}: a steady state of a dose has II 0; "
                "expected above 0"
            )
        constant = (amount_mg == 0.0) & (records.rate_mg_per_h[doses] != 0.0)
        endless: BoolArray = steady & (alone | constant)
        return endless

    def _numbers(self, doses: IntArray) -> IntArray:
        """Which dose of its subject each record begins with, (M,), from 1."""
        given = self._records.additional[doses] + 1
        before = np.cumsum(given) - given
        first = np.searchsorted(self._subject[doses], self._subject[doses])
        numbers: IntArray = before - before[first] + 1
        return numbers

    def _of_records(self, given: Arrivals, records: IntArray) -> Arrivals:
        """Arrivals with the records themselves in the place of places among some of them."""
        who = records[given.who]
        return replace(
            given, who=who, sequence=record_sequence(who), session=self._sessions()[who]
        )

    def _sessions(self) -> IntArray:
        """How many resets came before or with each record, (N,)."""
        counted: IntArray = np.cumsum(self._resets)
        return counted

    def _repeated(self, first: Arrivals, dosed: IntArray, numbers: IntArray) -> Arrivals:
        """The first doses of records with those that follow them, each at its time."""
        repeats = self._records.additional + 1
        counted = self._giver.counting() & (repeats > 1)
        alike = first.take(~counted[first.who])
        which, further = _counted_off(repeats[alike.who])
        parts = [self._delayed(alike.take(which), further)]
        unlike = np.flatnonzero(counted[dosed])
        if unlike.size:
            which, further = _counted_off(repeats[dosed[unlike]])
            each = unlike[which]
            given = self._giver.single(dosed[each], numbers[each] + further)
            parts.append(
                self._delayed(self._of_records(given, dosed[each]), further[given.who])
            )
        return Arrivals.joined(parts)

    def _delayed(self, given: Arrivals, further: IntArray) -> Arrivals:
        """Doses at the time of their record, or so many intervals later."""
        interval_h = self._records.interval_h[given.who]
        return given.shifted(self._clock_h[given.who] + further * interval_h)

    def _finished(self, coming: Arrivals) -> Arrivals:
        """Arrivals of subjects in the place of records, ended by the resets that follow."""
        mine = replace(coming, who=self._subject[coming.who])
        # What arrives when its record stands is at a record's time already.
        apart = coming.lasting | (coming.start_h != self._clock_h[coming.who])
        mine = Arrivals.joined(
            [mine.take(~apart), aligned(mine.take(apart), self._clock_h, self._first)]
        )
        resets = np.flatnonzero(self._resets)
        if not resets.size:
            return mine
        # The reset after session k is the one that begins session k + 1, if of that subject.
        next_reset = np.append(resets, 0)[mine.session]
        ends = (mine.session < resets.size) & (self._subject[next_reset] == mine.who)
        return cut(mine, np.where(ends, self._clock_h[next_reset], np.inf))

    def _refuse_crowds(self, steady: Arrivals) -> None:
        """Refuse endless series of which too many doses are under way at once."""
        crowded = too_many_at_once(steady, self._records.interval_h[steady.who])
        if crowded.any():
            at = int(np.argmax(crowded))
            record = int(steady.who[at])
            raise DataError(
                f"{self._records.where(record, 'II')}: doses every "
                f"{self._records.interval_h[record]:g} h each last until "
                f"{steady.stop_h[at]:g} h; expected at most {MOST_AT_ONCE} at once"
            )

    def _requests(self, arrivals: Arrivals, waiting: IntArray) -> SteadyStateRequests:
        """Steady states of the records that ask for one."""
        records, subject = self._records, self._subject[waiting]
        rows = self._parameters[self._levels.level[waiting], subject]
        rows = rows[:, self._equations.columns]
        # A steady state is that of the record's own values, which it keeps.
        rows[:, self._equations.slopes()] = 0.0
        constant = self._endless(waiting)
        interval_h = np.where(constant, ENDLESS_INTERVAL_H, records.interval_h[waiting])
        return SteadyStateRequests(
            parameters=rows,
            arrivals=replace(arrivals, who=np.searchsorted(waiting, arrivals.who)),
            interval_h=interval_h,
            initial=self._initial[subject],
            what=[records.where(record, "SS") for record in waiting.tolist()],
            constant=constant,
        )

    def _place_states(self, queue: EventQueue, waiting: IntArray, values: FloatArray) -> None:
        """Set the states where a steady state is asked for, or add to them where it is SS 2."""
        added = self._records.steady_state[waiting] == 2
        self._set_states(queue, waiting[~added], values[~added])
        rows = waiting[added]
        for state in range(values.shape[1] if rows.size else 0):
            queue.add_amount(
                self._subject[rows],
                self._clock_h[rows],
                state,
                values[added, state],
                sequence=record_sequence(rows),
            )

    def _set_states(self, queue: EventQueue, rows: IntArray, values: FloatArray) -> None:
        """Set every state of the subjects of some records to values, (M, X)."""
        for state in range(values.shape[1] if rows.size else 0):
            queue.set_state(
                self._subject[rows],
                self._clock_h[rows],
                state,
                values[:, state],
                sequence=record_sequence(rows),
            )


def _counted_off(counts: IntArray) -> tuple[IntArray, IntArray]:
    """Each position as often as its count says, and which time it is, from 0."""
    which = np.repeat(np.arange(counts.size), counts)
    begins = np.cumsum(counts) - counts
    return which, np.arange(which.size) - begins[which]

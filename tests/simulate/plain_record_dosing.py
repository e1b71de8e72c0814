"""Record dosing one record and one dose at a time: slow, plain, and the oracle."""

from dataclasses import replace

import numpy as np

from algesia.errors import DataError, InputError
from algesia.simulate.covariate_levels import queue_switches
from algesia.simulate.dosing import DoseGiver, GivenDose, moiety_share
from algesia.simulate.event_queue import EventQueue
from algesia.simulate.layout import initial_states, static_values
from algesia.simulate.record_dosing import GivenRecords
from algesia.simulate.record_sequence import record_sequence

from .plain_arrivals import Arrival, ArrivalList, SteadyStateRequest, left_over, steady_states

DOSES, RESETS = ((1, 4), (3, 4))
ASKS = {-1.0: "rate", -2.0: "duration"}
ENDLESS_INTERVAL_H = 24.0
SAME_TIME = 1e-11


class PlainRecordDoser:
    """Turns the records of all subjects into event rows."""

    def __init__(  # noqa: PLR0913 - one value each, all needed
        self, *, model, equations, records, levels, parameters, drug, follow, tolerances
    ):
        self._model = model
        self._program = program = equations.program
        self._records = records
        self._levels = levels
        names = model.dynamic_parameters()
        self._columns = [names.index(name) for name in program.parameters]
        self._parameters = parameters
        named = {name: parameters[:, :, place] for place, name in enumerate(names)}
        self._values = {
            name: np.broadcast_to(values, parameters.shape[:2])
            for name, values in static_values(model, named).items()
        }
        self._initial = initial_states(model, parameters[0])
        self._clock_h = records.clock_h()
        self._drug = drug
        self._follow = follow
        self._tolerances = tolerances
        self._inputs = {each.name: each for each in model.inputs}
        self._arrivals = ArrivalList()
        self._waiting = []

    def give(self):
        """Events of every subject in order."""
        ranges = self._records.ranges()
        queue = EventQueue(len(ranges))
        queue_switches(queue, self._records, self._levels)
        for place, (low, high) in enumerate(ranges):
            self._queue_subject(queue, place, low, high)
        self._arrivals.queue(queue)
        requests = [request for request, _, _ in self._waiting]
        values_found, residual = steady_states(self._program, requests, self._tolerances)
        for (_, place, record), values in zip(self._waiting, values_found, strict=True):
            self._place_states(queue, place, record, values)
        return GivenRecords(
            events=queue.finish(),
            steady_states=len(requests),
            residual=float(np.max(residual, initial=0.0)),
        )

    def _queue_subject(self, queue, place, low, high):
        records, mine = (self._records, ArrivalList())
        session, number = (0, 0)
        acting = np.flatnonzero(np.isin(records.kind[low:high], (1, 3, 4))) + low
        for record in acting.tolist():
            kind = int(records.kind[record])
            steady = int(records.steady_state[record]) if kind in DOSES else 0
            if kind in RESETS or steady == 1:
                session += 1
                at_h = float(self._clock_h[record])
                mine.items = _cut(_aligned(mine.items, self._clock_h[low:high]), at_h)
                self._reset(queue, place, record, emptied=steady == 1)
            if kind in DOSES:
                mine.items += self._dose(place, record, session, number + 1)
                number += int(records.additional[record]) + 1
        self._arrivals.items += _aligned(mine.items, self._clock_h[low:high])

    def _reset(self, queue, place, record, *, emptied):
        """Empty the body; what the model has of its own comes back unless it is set anyway."""
        sequence = int(record_sequence(record))
        queue.reset(np.asarray([place]), self._clock_h[record : record + 1], sequence=sequence)
        if not emptied and np.any(self._initial[place]):
            self._place_states(queue, place, record, self._initial[place])

    def _dose(self, place, record, session, number):
        """All arrivals a dose record causes: itself, repeats, what a steady state left over."""
        records = self._records
        at_h, interval_h = (float(self._clock_h[record]), float(records.interval_h[record]))
        endless = self._is_endless(record)
        base = self._endless(place, record) if endless else self._one(place, record, number)
        arrivals = []
        if not endless:
            counted = self._counts_doses(record)
            for further in range(int(records.additional[record]) + 1):
                dose = base
                if counted and further:
                    dose = self._one(place, record, number + further)
                delay_h = at_h + further * interval_h
                arrivals += [each.shifted(delay_h, session=session) for each in dose]
        if records.steady_state[record] == 0:
            return arrivals
        if endless:
            interval_h = ENDLESS_INTERVAL_H
        else:
            for each in base:
                arrivals += left_over(each, at_h=at_h, interval_h=interval_h, session=session)
        row = self._parameters[self._levels.level[record], place]
        request = SteadyStateRequest(
            parameters=row[self._columns],
            arrivals=tuple(base),
            interval_h=interval_h,
            initial=self._initial[place],
            what=self._where(record),
        )
        self._waiting.append((request, place, record))
        return arrivals

    def _is_endless(self, record):
        """Whether a record is a steady state without an interval."""
        records = self._records
        if records.steady_state[record] == 0:
            return False
        alone = records.interval_h[record] == 0.0
        if alone and records.amount_mg[record] > 0.0:
            raise DataError(
                f"{self._where(record)}: a steady state of a dose has II 0; expected above 0"
            )
        return bool(
            alone or (records.amount_mg[record] == 0.0 and records.rate_mg_per_h[record] != 0.0)
        )

    def _counts_doses(self, record):
        """Whether the input of a record treats the first dose unlike the next."""
        return any(
            (
                "dose_number" in formula.names
                for part in self._input(record).parts
                for _, formula, _ in part.expressions()
            )
        )

    def _endless(self, place, record):
        """The input of an infusion that has always run, over one interval."""
        if self._records.rate_mg_per_h[record] == 0.0:
            return []
        giver, dose, moiety = self._given(place, record, 1, ArrivalList())
        try:
            state, rate_per_h = giver.endless_rate(dose, moiety)
        except InputError as error:
            raise DataError(f"{self._where(record)}: {error}") from None
        sequence = dose.sequence
        whole = Arrival(
            subject=place,
            state=state,
            start_h=0.0,
            stop_h=ENDLESS_INTERVAL_H,
            size=float(rate_per_h[0]),
            sequence=sequence,
        )
        return [whole]

    def _one(self, place, record, number):
        """What one dose of a record brings, timed from the record."""
        collected = ArrivalList()
        giver, dose, moiety = self._given(place, record, number, collected)
        try:
            giver.give(dose, moiety)
        except InputError as error:
            raise DataError(f"{self._where(record)}: {error}") from None
        return collected.items

    def _given(self, place, record, number, collected):
        """A dose of a record, and who gives it."""
        records, into = (self._records, self._input(record))
        drug = self._drug or into.substances[0]
        share, moiety = moiety_share(self._model, into, drug, follow=self._follow)
        stated = float(records.rate_mg_per_h[record])
        level = self._levels.level[record]
        symbols = {name: each[level, place : place + 1] for name, each in self._values.items()}
        dose = GivenDose(
            input=into,
            amount_mg=records.amount_mg[record : record + 1] * share,
            time_h=np.zeros(1),
            duration_h=np.zeros(1),
            number=number,
            rate_mg_per_h=np.asarray([stated * share]) if stated > 0.0 else None,
            asks_for=ASKS.get(stated),
            sequence=int(record_sequence(record)),
        )
        return (DoseGiver(self._model, symbols, np.asarray([place]), collected), dose, moiety)

    def _input(self, record):
        name = self._records.compartment[record]
        if name not in self._inputs:
            raise DataError(f"{self._where(record)}: no input '{name}'")
        return self._inputs[name]

    def _where(self, record):
        return f"{self._records.origin}, row {int(self._records.row[record])}"

    def _place_states(self, queue, place, record, values):
        """Set the states of a subject, or add to them where a record is SS 2."""
        added = self._records.steady_state[record] == 2 and self._records.kind[record] in DOSES
        at_h = self._clock_h[record : record + 1]
        sequence = int(record_sequence(record))
        for state, value in enumerate(values):
            where = np.asarray([place])
            if added:
                queue.add_amount(where, at_h, state, np.asarray([value]), sequence=sequence)
            else:
                queue.set_state(where, at_h, state, np.asarray([value]), sequence=sequence)


def _aligned(arrivals, times_h):
    """Move what starts or ends at the time of a record, rounding apart, to that very time."""
    if not arrivals:
        return []
    given = np.asarray([(each.start_h, each.stop_h) for each in arrivals])
    after = np.clip(np.searchsorted(times_h, given), 1, max(times_h.size - 1, 1))
    after = np.minimum(after, times_h.size - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(
        np.abs(times_h[after] - given) < np.abs(times_h[before] - given),
        times_h[after],
        times_h[before],
    )
    close = np.abs(nearest - given) <= SAME_TIME * np.maximum(1.0, np.abs(given))
    moved = np.where(close, nearest, given)
    changed = np.any(moved != given, axis=1)
    return [
        replace(each, start_h=float(at[0]), stop_h=float(at[1])) if new else each
        for each, at, new in zip(arrivals, moved, changed, strict=True)
    ]


def _cut(arrivals, at_h):
    """Drop what has not arrived by a reset, and end what is running."""
    return [
        replace(each, stop_h=min(each.stop_h, at_h)) if each.lasting else each
        for each in arrivals
        if each.start_h < at_h or (each.start_h == at_h and not each.lasting)
    ]

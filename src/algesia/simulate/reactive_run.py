"""Run an arm that reacts: from visit to visit, the state of every patient kept in arrays."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Batch, Raw, solve
from algesia.model import Model

from .arrivals import Arrivals
from .course_state import CourseState
from .decision import Decider, Visit
from .dose_log import DoseLog
from .dose_round import DoseRound
from .event_queue import EventQueue
from .layout import output_factor, static_values
from .ledger import DecisionColumns, Ledger
from .lift import lift
from .lower import Lowered
from .mass_balance import require_mass_balance
from .protocol import Protocol
from .reactive_notes import reactive_notes
from .reactive_plan import ReactivePlan, reactive_plan
from .regimen_plan import occasions_of
from .sample_grid import SampleGrid, events_before_samples
from .scenario import Arm
from .stretch import Leg, arrivals_before, planned_grid, samples_within
from .trajectories import ArmTrajectories

__all__ = ["solved_reactive_arm"]

Progress = Callable[[int, int], None]


def solved_reactive_arm(
    arm: Arm,
    numbers: Lowered,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ArmTrajectories:
    """Solve an arm with a protocol.

    Parameters
    ----------
    arm
        The arm, or some of its subjects.
    numbers
        What `lower` made of the arm with its plan as it stands.
    threads, progress, cancelled
        As in `run`.

    Returns
    -------
    ArmTrajectories
        Values as of any arm, looked at when the plan as it stands is; and the ledger.
    """
    course = _Course(arm, numbers)
    return course.run(threads, progress, cancelled)


class _Course:
    """One arm on its way from visit to visit."""

    def __init__(self, arm: Arm, numbers: Lowered) -> None:
        assert arm.protocol is not None
        self._arm = arm
        self._numbers = numbers
        self._protocol: Protocol = arm.protocol
        self._plan: ReactivePlan = reactive_plan(arm)
        subjects = arm.cohort.size
        self._state = CourseState(
            self._plan.lines,
            self._plan.drugs,
            stepped=self._plan.stepped,
            rules=len(self._plan.rules),
            subjects=subjects,
        )
        for dose in self._plan.beside.values():
            self._state.add_beside(str(dose.row.drug))
        _, self._occasions_h = occasions_of(arm, numbers.rows)
        self._round = DoseRound(
            arm, self._plan.beside, _values(arm, numbers), self._occasions_h
        )
        self._decider = Decider(self._plan.rules, arm.cohort)
        self._log = DoseLog()
        self._decisions: list[DecisionColumns] = []
        self._pending = Arrivals.none()
        self._states = numbers.batch.initial
        self._grid = planned_grid(numbers)
        outputs = len(numbers.columns)
        self._values = np.full((subjects, self._grid.time_h.size, outputs), np.nan)
        self._status = np.zeros(subjects, dtype=np.int64)
        self._failure_time_h = np.full(subjects, np.nan)
        self._failure_state = np.full(subjects, -1, dtype=np.int64)
        self._failure_event = np.full(subjects, -1, dtype=np.int64)
        self._events_before = np.zeros(subjects, dtype=np.int64)
        self._end_h = float(self._grid.time_h[-1])
        self._visits_h = self._protocol.visits.times_h
        self._visits_h = self._visits_h[self._visits_h <= self._end_h]
        shown = len(self._protocol.sights)
        self._start = np.full((subjects, shown), np.nan)
        self._seen = np.full((subjects, self._visits_h.size, shown), np.nan)
        self._looks = [
            _looked_at(arm.model, numbers, each.shows) for each in self._protocol.sights
        ]

    def run(
        self,
        threads: int | None,
        progress: Progress | None,
        cancelled: Callable[[], bool] | None,
    ) -> ArmTrajectories:
        """Go through all visits."""
        self._start = self._look(self._advance((0.0, 0.0), threads, cancelled), 0)
        edges_h = self._visits_h
        if not edges_h.size or edges_h[-1] < self._end_h:
            edges_h = np.append(edges_h, self._end_h)
        now_h, subjects = 0.0, self._arm.cohort.size
        for number, edge_h in enumerate(edges_h.tolist()):
            raw = (
                None if edge_h == now_h else self._advance((now_h, edge_h), threads, cancelled)
            )
            if number < self._visits_h.size:
                next_h = edges_h[number + 1] if number + 1 < edges_h.size else np.inf
                self._visit(number, (edge_h, float(next_h)), raw)
            now_h = edge_h
            if progress is not None:
                progress(int(subjects * (number + 1) / edges_h.size), subjects)
        return self._answer()

    def _visit(self, number: int, times_h: tuple[float, float], raw: Leg | None) -> None:
        """See the patients, decide, and begin what is given beside the plan."""
        seen = self._start if raw is None else self._look(raw, number + 1)
        self._seen[:, number] = seen
        before = self._start if number == 0 else self._seen[:, number - 1]
        known: dict[str, FloatArray | float] = {}
        for place, sight in enumerate(self._protocol.sights):
            known[sight.name] = seen[:, place]
            known[f"{sight.name}_before"] = before[:, place]
            known[f"{sight.name}_at_start"] = self._start[:, place]
        alive = self._status == 0
        visit = Visit(
            number=number, time_h=times_h[0], next_h=times_h[1], seen=known, alive=alive
        )
        fired, beside = self._decider.decide(self._state, visit)
        self._decisions.append(fired)
        for line, who in beside:
            drug = int(self._state.drug_numbers(np.asarray([line]))[0])
            held = self._state.held_until_h[drug, who] > times_h[0]
            free = who[~held & ~self._state.stopped[drug, who]]
            self._round.beside(self._state, line, free, times_h[0])

    def _advance(
        self,
        window_h: tuple[float, float],
        threads: int | None,
        cancelled: Callable[[], bool] | None,
    ) -> Leg:
        """Solve the stretch between two visits."""
        alive = self._status == 0
        people = np.flatnonzero(alive)
        lasting = window_h[1] > window_h[0]
        if lasting:
            self._pending = Arrivals.joined(
                [self._pending, self._round.give(self._state, window_h, alive, self._log)]
            )
        now, self._pending = arrivals_before(self._pending, window_h[1])
        looked = (
            samples_within(self._grid, window_h) if lasting else np.zeros(0, dtype=np.int64)
        )
        batch, told = self._batch(window_h, people, now, looked)
        require_mass_balance(self._arm.name, batch, told)
        numbers = self._numbers
        raw = solve(
            numbers.program, batch, numbers.tolerances, threads=threads, cancelled=cancelled
        )
        columns = list(numbers.columns)
        self._values[np.ix_(people, looked)] = raw.values[:, :-1][:, :, columns]
        if people.size == self._status.size:
            self._states = raw.final_state
        else:
            self._states = self._states.copy()
            self._states[people] = raw.final_state
        self._note_failures(people, raw)
        self._events_before[people] += np.diff(batch.event_offset)
        return Leg(people=people, raw=raw)

    def _batch(
        self, window_h: tuple[float, float], people: IntArray, now: Arrivals, looked: IntArray
    ) -> tuple[Batch, FloatArray]:
        """Arrays of a stretch; the last sample is the look of the visit."""
        subjects = self._arm.cohort.size
        place = np.full(subjects, -1, dtype=np.int64)
        place[people] = np.arange(people.size)
        now = now.take(place[now.who] >= 0)
        queue = EventQueue(people.size)
        replace(now, who=place[now.who]).queue(queue)
        occasion = max(
            int(np.searchsorted(self._occasions_h, window_h[0], side="right")) - 1, 0
        )
        coming = (self._occasions_h > window_h[0]) & (self._occasions_h < window_h[1])
        for number in np.flatnonzero(coming).tolist():
            at_h = np.full(people.size, self._occasions_h[number])
            own = np.arange(people.size, dtype=np.int64)
            queue.switch_parameters(own, at_h, people + (number - occasion) * subjects)
        events = queue.finish()
        grid = SampleGrid(
            time_h=np.append(self._grid.time_h[looked], window_h[1]),
            after=np.append(self._grid.after[looked], True),
        )
        states = self._states.shape[1]
        batch = Batch(
            # Rows of the occasions of this stretch only: all are checked each time.
            parameters=self._numbers.batch.parameters[
                occasion * subjects : (occasion + 1 + int(coming.sum())) * subjects
            ],
            initial=self._states[people],
            start_row=people,
            start_time_h=np.full(people.size, window_h[0]),
            event_offset=events.offset,
            event_time_h=events.time_h,
            event_kind=events.kind,
            event_index=events.index,
            event_value=events.value,
            sample_time_h=np.broadcast_to(grid.time_h, (people.size, grid.time_h.size)),
            sample_event=events_before_samples(events, grid, people.size),
        )
        return batch, np.pad(events.told, ((0, 0), (0, states - events.told.shape[1])))

    def _note_failures(self, people: IntArray, raw: Raw) -> None:
        """Keep the first failure of each subject."""
        failed = np.flatnonzero(raw.status)
        who = people[failed]
        self._status[who] = raw.status[failed]
        self._failure_time_h[who] = raw.failure_time_h[failed]
        self._failure_state[who] = raw.failure_state[failed]
        self._failure_event[who] = self._events_before[who] + raw.failure_event[failed]

    def _look(self, leg: Leg, look: int) -> FloatArray:
        """What is seen of every patient, (S, N); NaN where the equations failed."""
        cohort = self._arm.cohort
        seen = np.full((cohort.size, len(self._protocol.sights)), np.nan)
        failed = leg.raw.status != 0
        for place, (sight, (of_state, column, factor)) in enumerate(
            zip(self._protocol.sights, self._looks, strict=True)
        ):
            true = (leg.raw.final_state if of_state else leg.shown)[:, column] * factor
            seen[leg.people, place] = sight.seen(
                np.where(failed, np.nan, true),
                seed=cohort.seed,
                subjects=cohort.subjects[leg.people],
                look=look,
            )
        return seen

    def _answer(self) -> ArmTrajectories:
        """Give the numbers their units back, with ledger and notes."""
        raw = Raw(
            values=self._values,
            final_state=self._states,
            status=self._status,
            failure_time_h=self._failure_time_h,
            failure_state=self._failure_state,
            failure_event=self._failure_event,
            accepted=np.zeros_like(self._status),
            rejected=np.zeros_like(self._status),
        )
        ledger = self._ledger()
        true = [each.name for each in self._protocol.sights if each.oracle]
        oracle = (
            (f"rules see the truth, as no clinician does: {', '.join(true)}",) if true else ()
        )
        planned = self._protocol.visits.times_h.size
        numbers = replace(
            self._numbers,
            columns=tuple(range(len(self._numbers.columns))),
            notes=(*self._numbers.notes, *reactive_notes(ledger, planned), *oracle),
        )
        return replace(lift(self._arm, numbers, raw), ledger=ledger)

    def _ledger(self) -> Ledger:
        """What happened, in order."""
        plan, protocol = self._plan, self._protocol
        decisions = DecisionColumns.joined(self._decisions)
        order = np.lexsort((np.arange(len(decisions)), decisions.visit, decisions.who))
        planned = [(line.drug, line.plan_name, line.doses[0].into.name) for line in plan.lines]
        beside = [(str(each.row.drug), "", each.into.name) for each in plan.beside.values()]
        infos = {each.name: each.unit for each in self._arm.model.outputs}
        infos |= {
            each.name: each.unit for each in self._arm.model.states if each.name not in infos
        }
        return Ledger(
            subjects=self._arm.cohort.subjects,
            sights=tuple(each.name for each in protocol.sights),
            units=tuple(infos[each.shows] for each in protocol.sights),
            rules=tuple(each.rule.name for each in plan.rules),
            rule_drugs=tuple(plan.drugs[each.drug] for each in plan.rules),
            rule_texts=tuple(
                f"{each.rule.when.text}: {each.rule.then.words}" for each in plan.rules
            ),
            dose_units=tuple(plan.unit_of(each.drug) for each in plan.rules),
            plans=plan.plans,
            lines=(*planned, *beside),
            start=self._start,
            visits_h=self._visits_h,
            seen=self._seen,
            decisions=decisions.take(order),
            doses=self._log.columns(),
        )


def _values(arm: Arm, numbers: Lowered) -> list[dict[str, FloatArray]]:
    """Parameters and definitions made of them, for each occasion, each (S,)."""
    names = arm.model.dynamic_parameters()
    return [
        {
            name: np.broadcast_to(value, (arm.cohort.size,))
            for name, value in static_values(
                arm.model, {name: each[:, place] for place, name in enumerate(names)}
            ).items()
        }
        for each in numbers.individual
    ]


def _looked_at(model: Model, numbers: Lowered, name: str) -> tuple[bool, int, float]:
    """Whether a sight is of a state, its column, and what turns it into its unit."""
    outputs = [each.name for each in model.outputs]
    if name in outputs:
        place = outputs.index(name)
        return False, place, output_factor(model, model.outputs[place], numbers.moiety)
    return True, [each.name for each in model.states].index(name), 1.0

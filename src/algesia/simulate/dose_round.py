"""Give what is due between two visits, as every patient's course stands."""

from collections.abc import Mapping, Sequence

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.model import Input
from algesia.population import draws

from .adherence import Adherence
from .arrivals import ArrivalList, Arrivals
from .course_line import CourseLine, LineDose
from .course_state import CourseState
from .dose_log import DoseLog
from .dose_session import DoseKind, DoseSessions
from .dosing import DoseGiver, GivenDose
from .scenario import Arm

__all__ = ["DoseRound"]


class DoseRound:
    """Turns courses into arrivals, stretch by stretch.

    Parameters
    ----------
    arm
        The arm.
    beside
        Doses rules give beside the plan, by the number of their line.
    values
        Values formulas of inputs may ask for, for each occasion, each (S,).
    occasions_h
        Start of each occasion, (J,), h.
    """

    def __init__(
        self,
        arm: Arm,
        beside: Mapping[int, LineDose],
        values: Sequence[Mapping[str, FloatArray]],
        occasions_h: FloatArray,
    ) -> None:
        self._arm = arm
        self._beside = dict(beside)
        self._adherence = arm.protocol.adherence if arm.protocol else None
        used = _symbols(arm.model.inputs)
        self._values = [{name: each[name] for name in used & set(each)} for each in values]
        self._occasions_h = occasions_h
        self._everyone = np.arange(arm.cohort.size, dtype=np.int64)

    def give(
        self, state: CourseState, window_h: tuple[float, float], alive: BoolArray, log: DoseLog
    ) -> Arrivals:
        """What doses bring that are given from one visit to before the next.

        Parameters
        ----------
        state
            Where every course stands; doses begun and counted are noted in it.
        window_h
            The two visits, h.
        alive
            Whose equations still run, (S,).
        log
            Where every dose is noted.
        """
        begun = [state.sessions]
        for number, line in enumerate(state.lines):
            drug = state.drugs.index(line.drug)
            mine = alive & (state.plan == line.plan) & ~state.stopped[drug]
            if mine.any():
                give = self._stepped_doses if number in state.stepped else self._planned_doses
                begun += give(state, (number, drug), window_h, mine, log)
        running = DoseSessions.joined(begun)
        collected = ArrivalList()
        if running.who.size:
            self._give_pieces(state, running, window_h, collected, log)
        state.sessions = running.take(running.stop_h > window_h[1])
        return collected.arrivals()

    def beside(self, state: CourseState, number: int, who: IntArray, at_h: float) -> None:
        """Begin a dose beside the plan for some subjects."""
        dose = self._beside[number]
        drug = int(state.drug_numbers(np.asarray([number]))[0])
        new = self._sessions(
            (number, 0), who, np.full(who.size, at_h), dose.row.duration_h, DoseKind.BESIDE
        )
        state.sessions = DoseSessions.joined([state.sessions, self._counted(state, drug, new)])

    def _planned_doses(
        self,
        state: CourseState,
        numbers: tuple[int, int],
        window_h: tuple[float, float],
        mine: BoolArray,
        log: DoseLog,
    ) -> list[DoseSessions]:
        """Doses at the times of their plan."""
        line = state.lines[numbers[0]]
        starts_h = line.starts_h
        began_h = state.plan_start_h[mine]
        first = int(np.searchsorted(starts_h, window_h[0] - began_h.max() - 1e-6))
        stop = int(np.searchsorted(starts_h, window_h[1] - began_h.min() + 1e-6))
        found = []
        for place in range(first, stop):
            at_h = state.plan_start_h + starts_h[place]
            who = np.flatnonzero(mine & (at_h >= window_h[0]) & (at_h < window_h[1]))
            if who.size:
                due = self._sessions(
                    (numbers[0], place),
                    who,
                    at_h[who],
                    line.doses[place].row.duration_h,
                    DoseKind.PLANNED,
                )
                held = state.held_until_h[numbers[1], who] > at_h[who]
                if held.any():
                    log.left_out(due.take(held), DoseKind.HELD)
                    due = due.take(~held)
                found.append(self._taken(state, numbers, due, window_h[0], log))
        return found

    def _stepped_doses(
        self,
        state: CourseState,
        numbers: tuple[int, int],
        window_h: tuple[float, float],
        mine: BoolArray,
        log: DoseLog,
    ) -> list[DoseSessions]:
        """Doses of which each is due an interval after the one before; a hold delays them."""
        number, drug = numbers
        line = state.lines[number]
        last_h = state.plan_start_h + line.ends_h
        found: list[DoseSessions] = []
        while True:
            at_h = np.maximum(state.due_h[number], state.held_until_h[drug])
            # A dose that fell due while the drug was stopped is given when it goes on.
            at_h = np.maximum(at_h, window_h[0])
            who = np.flatnonzero(mine & (at_h < window_h[1]) & (at_h < last_h))
            if not who.size:
                return found
            due = self._sessions(
                (number, 0), who, at_h[who], line.doses[0].row.duration_h, DoseKind.PLANNED
            )
            state.due_h[number, who] = at_h[who] + state.interval_h[number, who]
            found.append(self._taken(state, numbers, due, window_h[0], log))

    def _taken(
        self,
        state: CourseState,
        numbers: tuple[int, int],
        due: DoseSessions,
        from_h: float,
        log: DoseLog,
    ) -> DoseSessions:
        """Doses that are due, as patients take them."""
        number, drug = numbers
        line = state.lines[number]
        turn = state.scheduled[number, due.who]
        state.scheduled[number, due.who] += 1
        if self._adherence is None or not self._adherence.about(line.drug):
            return self._counted(state, drug, due)
        at_once = due.stop_h == due.start_h
        if not at_once.all():
            return self._counted(state, drug, due)
        draw = self._draw(f"adherence:{line.plan_name}:{line.drug}", due.who, turn)
        missed, taken = _as_taken(self._adherence, due, draw, from_h)
        if missed.who.size:
            log.left_out(missed, DoseKind.MISSED)
        return self._counted(state, drug, taken)

    def _draw(self, stream: str, who: IntArray, turn: IntArray) -> FloatArray:
        """One uniform draw for each subject and turn, (N,)."""
        cohort = self._arm.cohort
        found = np.empty(who.size)
        for index in np.unique(turn).tolist():
            mine = turn == index
            found[mine] = draws.uniform(
                cohort.seed, stream, cohort.subjects[who[mine]], index=index
            )
        return found

    def _counted(self, state: CourseState, drug: int, new: DoseSessions) -> DoseSessions:
        """Number doses of a drug and note them."""
        state.doses_given[drug, new.who] += 1
        np.maximum.at(state.last_dose_h[drug], new.who, new.start_h)
        new.number[:] = state.doses_given[drug, new.who]
        return new

    def _sessions(
        self,
        dose: tuple[int, int],
        who: IntArray,
        at_h: FloatArray,
        duration_h: float,
        kind: DoseKind,
    ) -> DoseSessions:
        shape = who.shape
        return DoseSessions(
            who=who,
            line=np.full(shape, dose[0], dtype=np.int64),
            place=np.full(shape, dose[1], dtype=np.int64),
            start_h=at_h,
            stop_h=at_h + duration_h,
            factor=np.ones(shape),
            number=np.zeros(shape, dtype=np.int64),
            kind=np.full(shape, int(kind), dtype=np.int64),
        )

    def _give_pieces(
        self,
        state: CourseState,
        running: DoseSessions,
        window_h: tuple[float, float],
        collected: ArrivalList,
        log: DoseLog,
    ) -> None:
        """Give the part of every dose under way that lies between the visits."""
        drug = state.drug_numbers(running.line)
        held_h = state.held_until_h[drug, running.who]
        at_once = running.stop_h == running.start_h
        from_h = np.maximum(np.maximum(running.start_h, window_h[0]), held_h)
        from_h = np.where(at_once, running.start_h, from_h)
        to_h = np.where(at_once, running.start_h, np.minimum(running.stop_h, window_h[1]))
        given = np.flatnonzero(at_once | (from_h < to_h))
        keys = running.line[given] * (1 + int(running.place.max())) + running.place[given]
        for key in np.unique(keys).tolist():
            rows = given[keys == key]
            some = running.take(rows)
            dose, amount_mg = self._amounts(state, some)
            length_h = to_h[rows] - from_h[rows]
            whole_h = some.stop_h - some.start_h
            share = np.divide(length_h, whole_h, out=np.ones(rows.size), where=whole_h > 0.0)
            amount_mg = amount_mg * share
            kept = np.flatnonzero(amount_mg > 0.0)
            if kept.size:
                piece = (from_h[rows][kept], length_h[kept], amount_mg[kept])
                self._give_piece(dose, some.take(kept), piece, collected)
                log.given(some.take(kept), piece)
                np.add.at(
                    state.milligrams_given[int(drug[rows[0]])], some.who[kept], amount_mg[kept]
                )

    def _amounts(self, state: CourseState, some: DoseSessions) -> tuple[LineDose, FloatArray]:
        """Dose of some sessions of one line, and its whole amount, (N,), mg of base."""
        number = int(some.line[0])
        if number in self._beside:
            dose, ratio = self._beside[number], np.ones(some.who.size)
        else:
            line: CourseLine = state.lines[number]
            dose = line.doses[int(some.place[0])]
            ratio = state.level[number, some.who] / line.first_level
        amount_mg = np.minimum(ratio * dose.milligrams[some.who], dose.cap_mg) * some.factor
        return dose, amount_mg

    def _give_piece(
        self,
        dose: LineDose,
        some: DoseSessions,
        piece: tuple[FloatArray, FloatArray, FloatArray],
        collected: ArrivalList,
    ) -> None:
        """Give one piece of a dose to the input of the model, occasion by occasion."""
        from_h, length_h, amount_mg = piece
        occasion = np.searchsorted(self._occasions_h, from_h, side="right") - 1
        for number in np.unique(np.maximum(occasion, 0)).tolist():
            rows = np.flatnonzero(np.maximum(occasion, 0) == number)
            who = some.who[rows]
            values = self._values[number]
            if who.size != self._everyone.size or not np.array_equal(who, self._everyone):
                values = {name: each[who] for name, each in values.items()}
            giver = DoseGiver(self._arm.model, values, who, collected)
            giver.give(
                GivenDose(
                    input=dose.into,
                    amount_mg=dose.share * amount_mg[rows],
                    time_h=from_h[rows],
                    duration_h=length_h[rows],
                    number=some.number[rows],
                ),
                dose.moiety,
            )


def _as_taken(
    adherence: Adherence, due: DoseSessions, draw: FloatArray, from_h: float
) -> tuple[DoseSessions, DoseSessions]:
    """Doses that are missed, and the others, some doubled or early."""
    missed, doubled, early = adherence.outcome(draw)
    earlier_h = np.maximum(due.start_h - adherence.early_h, np.minimum(due.start_h, from_h))
    at_h = np.where(early, earlier_h, due.start_h)
    kind = np.where(doubled, int(DoseKind.DOUBLED), due.kind)
    changed = DoseSessions(
        who=due.who,
        line=due.line,
        place=due.place,
        start_h=at_h,
        stop_h=at_h,
        factor=np.where(doubled, 2.0, due.factor),
        number=due.number,
        kind=np.where(early, int(DoseKind.EARLY), kind),
    )
    return due.take(missed), changed.take(~missed)


def _symbols(inputs: Sequence[Input]) -> set[str]:
    """Symbols in the formulas of some inputs."""
    parts = (part for each in inputs for part in each.parts)
    return set().union(
        *(formula.names for part in parts for _, formula, _ in part.expressions())
    )

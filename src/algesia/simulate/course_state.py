"""Where the treatment of every patient of an arm stands; arrays that decisions change."""

from collections.abc import Sequence

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray

from .course_line import CourseLine
from .dose_session import DoseSessions

__all__ = ["CourseState"]

_NEVER_H = -np.inf


class CourseState:
    """Doses, holds and counts of S patients; changed in place, visit by visit.

    Parameters
    ----------
    lines
        Lines of all plans.
    drugs
        Names of all drugs.
    stepped
        Lines whose interval rules step.
    rules, subjects
        Number of rules, and of subjects, S.

    Attributes
    ----------
    plan, plan_start_h
        Present plan, (S,), and when it began, (S,), h.
    level
        Dose of each line in the unit of the line, (L, S).
    interval_h, due_h
        Time between doses and time of the next one, (L, S), h; used where rules step it.
    scheduled
        Doses of each line that were due so far, (L, S).
    held_until_h, stopped
        End of the hold of each drug, (G, S), h, and whether it was stopped, (G, S).
    doses_given, milligrams_given, last_dose_h
        Of each drug, (G, S).
    last_change_h
        Latest change of the plan of each drug, (G, S), h; minus infinity before the first.
    times_fired, last_fired_h, habit
        Of each rule, (Q, S).
    sessions
        Doses under way.
    """

    def __init__(
        self,
        lines: Sequence[CourseLine],
        drugs: Sequence[str],
        *,
        stepped: frozenset[int],
        rules: int,
        subjects: int,
    ) -> None:
        def table(rows: int, value: float) -> FloatArray:
            return np.full((rows, subjects), value)

        self.lines = tuple(lines)
        self.drugs = tuple(drugs)
        self.stepped = stepped
        self.plan: IntArray = np.zeros(subjects, dtype=np.int64)
        self.plan_start_h: FloatArray = np.zeros(subjects)
        firsts = np.asarray([line.first_level for line in lines])
        self.level: FloatArray = np.repeat(firsts[:, None], subjects, axis=1)
        intervals = np.asarray([line.interval_h for line in lines])
        self.interval_h: FloatArray = np.repeat(intervals[:, None], subjects, axis=1)
        starts = np.asarray([line.starts_h[0] for line in lines])
        self.due_h: FloatArray = np.repeat(starts[:, None], subjects, axis=1)
        self.scheduled: IntArray = np.zeros((len(lines), subjects), dtype=np.int64)
        self.held_until_h = table(len(drugs), _NEVER_H)
        self.stopped: BoolArray = np.zeros((len(drugs), subjects), dtype=np.bool_)
        self.doses_given: IntArray = np.zeros((len(drugs), subjects), dtype=np.int64)
        self.milligrams_given = table(len(drugs), 0.0)
        self.last_dose_h = table(len(drugs), _NEVER_H)
        self.last_change_h = table(len(drugs), _NEVER_H)
        self.times_fired: IntArray = np.zeros((rules, subjects), dtype=np.int64)
        self.last_fired_h = table(rules, _NEVER_H)
        self.habit = table(rules, 0.0)
        self.sessions = DoseSessions.none()
        self._drug_of_line = np.asarray([self.drugs.index(line.drug) for line in lines])
        self._line_at = {
            (line.plan, line.drug): number for number, line in enumerate(self.lines)
        }

    @property
    def subjects(self) -> int:
        """Number of subjects, S."""
        return int(self.plan.size)

    def line_number(self, plan: int, drug: str) -> int | None:
        """Number of the line of a drug in a plan, or None where the plan has no such drug."""
        return self._line_at.get((plan, drug))

    def line_of(self, drug: str) -> IntArray:
        """Line of a drug in the present plan of each subject, (S,), -1 where there is none."""
        if not self.plan.any():
            return np.full(self.subjects, self._line_at.get((0, drug), -1), dtype=np.int64)
        plans = int(self.plan.max()) + 1
        table = np.asarray([self._line_at.get((plan, drug), -1) for plan in range(plans)])
        found: IntArray = table[self.plan]
        return found

    def begin_plan(self, who: IntArray, plan: int, time_h: float) -> None:
        """Begin a plan anew for some subjects; doses of the one before end."""
        self.plan[who] = plan
        self.plan_start_h[who] = time_h
        for number, line in enumerate(self.lines):
            if line.plan == plan:
                self.level[number, who] = line.first_level
                self.interval_h[number, who] = line.interval_h
                self.due_h[number, who] = time_h + line.starts_h[0]

    def drop_ended(self) -> None:
        """Let go of doses under way whose drug was stopped or whose plan is over."""
        running = self.sessions
        if not running.who.size:
            return
        drug = self.drug_numbers(running.line)
        over = self.stopped[drug, running.who]
        planned = running.line < len(self.lines)
        plans = np.asarray([line.plan for line in self.lines])
        own_plan = plans[np.where(planned, running.line, 0)]
        over |= planned & (own_plan != self.plan[running.who])
        begun_before = running.start_h < self.plan_start_h[running.who]
        over |= planned & begun_before & (self.plan_start_h[running.who] > 0.0)
        if over.any():
            self.sessions = running.take(~over)

    def drug_numbers(self, line: IntArray) -> IntArray:
        """Drug of each of some lines, (N,); those beside the plan stand after the others."""
        found: IntArray = self._drug_of_line[line]
        return found

    def add_beside(self, drug: str) -> int:
        """Number of a further line for doses given beside the plan."""
        self._drug_of_line = np.append(self._drug_of_line, self.drugs.index(drug))
        return int(self._drug_of_line.size - 1)

"""Decisions of a visit: rules asked of all patients at once, and what they change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.population import Cohort, draws

from .course_state import CourseState
from .dose_step import LevelStep
from .ledger import DecisionColumns, Outcome
from .protocol import numeric_covariates
from .rule import Rule

__all__ = ["Decider", "PlacedRule", "Visit"]

HOURS_PER_DAY, HOURS_PER_WEEK = 24.0, 168.0
HABIT_H = HOURS_PER_WEEK
"""Time in which a habit of use forms and fades to 1/e, h: an assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRule:
    """A rule with the drug it is about and its steps in the units of the plans.

    Parameters
    ----------
    rule
        The rule.
    drug
        Number of the drug.
    steps
        Step of the dose or interval for each line it may change.
    switch
        Number of the plan it switches to, or None.
    beside
        Line of the dose it gives, or None.
    """

    rule: Rule
    drug: int
    steps: Mapping[int, LevelStep]
    switch: int | None
    beside: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit.

    Parameters
    ----------
    number
        Which visit, from 0.
    time_h, next_h
        When it is, and when the next one or the end is, h.
    seen
        What is known of the patients by name, each (S,) or a number.
    alive
        Whose equations still run, (S,).
    """

    number: int
    time_h: float
    next_h: float
    seen: Mapping[str, FloatArray | float]
    alive: BoolArray


class Decider:
    """Asks rules in their order and changes the courses.

    Parameters
    ----------
    rules
        The rules, the first to act first.
    cohort
        The patients.
    """

    def __init__(self, rules: Sequence[PlacedRule], cohort: Cohort) -> None:
        self._rules = tuple(rules)
        self._cohort = cohort
        self._covariates = {
            name: np.asarray(cohort.column(name), dtype=np.float64)
            for name in numeric_covariates(cohort)
        }
        self._fired: dict[int, list[tuple[float, BoolArray]]] = {}
        self._last_visit_h = 0.0

    def decide(
        self, state: CourseState, visit: Visit
    ) -> tuple[DecisionColumns, list[tuple[int, IntArray]]]:
        """Ask every rule.

        Parameters
        ----------
        state
            Where every course stands; changed.
        visit
            The visit.

        Returns
        -------
        tuple
            Rules that fired; and doses to be given beside the plan: line and subjects.
        """
        taken: dict[tuple[int, bool], BoolArray] = {}
        found: list[DecisionColumns] = []
        beside: list[tuple[int, IntArray]] = []
        lines_of = [state.line_of(drug) for drug in state.drugs]
        about: dict[int, dict[str, FloatArray | float]] = {}
        for number, placed in enumerate(self._rules):
            if placed.drug not in about:
                about[placed.drug] = self._of_drug(state, visit, placed.drug, lines_of)
            symbols = about[placed.drug] | {
                "times_fired": state.times_fired[number].astype(np.float64),
                "habit": state.habit[number],
            }
            fires = self._fires(state, visit, number, symbols)
            key = (placed.drug, placed.rule.then.course)
            blocked = taken.setdefault(key, np.zeros(state.subjects, dtype=np.bool_))
            acting = fires & ~blocked
            taken[key] = blocked | fires
            moved = np.zeros(state.subjects, dtype=np.bool_)
            if fires.any():
                line = lines_of[placed.drug]
                who = (np.flatnonzero(acting), np.flatnonzero(fires & blocked))
                acted = self._acted(state, visit, number, who[0], line)
                moved[acted.who[acted.outcome == Outcome.ACTED]] = True
                found += [acted, self._row(state, visit, number, who[1], line)]
                if placed.beside is not None and who[0].size:
                    beside.append((placed.beside, who[0]))
                if placed.switch is not None:
                    lines_of = [state.line_of(drug) for drug in state.drugs]
            self._remember(state, visit, number, moved)
        state.drop_ended()
        self._last_visit_h = visit.time_h
        return DecisionColumns.joined(found), beside

    def _of_drug(
        self, state: CourseState, visit: Visit, drug: int, lines_of: list[IntArray]
    ) -> dict[str, FloatArray | float]:
        """What rules may ask for, seen before anything is changed."""
        line = lines_of[drug]
        last_h = state.last_dose_h[drug]
        due_h = self._due_h(state, line, visit.time_h)
        return {
            **self._covariates,
            **visit.seen,
            "visit": float(visit.number + 1),
            "hours_since_start": visit.time_h,
            "days_since_start": visit.time_h / HOURS_PER_DAY,
            "dose": _chosen(state.level, line),
            "interval_days": _chosen(state.interval_h, line) / HOURS_PER_DAY,
            "days_since_dose": (visit.time_h - last_h) / HOURS_PER_DAY,
            "days_to_next_dose": (due_h - visit.time_h) / HOURS_PER_DAY,
            "days_since_change": (visit.time_h - state.last_change_h[drug]) / HOURS_PER_DAY,
            "doses_given": state.doses_given[drug].astype(np.float64),
            "milligrams_given": state.milligrams_given[drug].copy(),
            "held": (state.held_until_h[drug] > visit.time_h).astype(np.float64),
            "stopped": state.stopped[drug].astype(np.float64),
        }

    def _due_h(self, state: CourseState, line: IntArray, time_h: float) -> FloatArray:
        """Time of the next dose of the plan, (S,), h; infinite where there is none."""
        due_h = np.full(state.subjects, np.inf)
        for number in np.unique(line[line >= 0]).tolist():
            mine = np.flatnonzero(line == number)
            starts_h = np.append(state.lines[number].starts_h, np.inf)
            since_h = time_h - state.plan_start_h[mine]
            planned = starts_h[np.searchsorted(starts_h, since_h)] + state.plan_start_h[mine]
            stepped = state.due_h[number, mine]
            due_h[mine] = stepped if number in state.stepped else planned
        return due_h

    def _fires(
        self,
        state: CourseState,
        visit: Visit,
        number: int,
        symbols: Mapping[str, FloatArray | float],
    ) -> BoolArray:
        """For whom a rule fires, (S,)."""
        rule = self._rules[number].rule
        able = self._able(state, visit, number)
        if not able.any():
            return able
        able &= rule.when.holds(symbols, state.subjects)
        if rule.probability is not None:
            chance = np.asarray(rule.probability.evaluate(symbols))
            draw = draws.uniform(
                self._cohort.seed,
                f"rule:{rule.name}",
                self._cohort.subjects,
                index=visit.number,
            )
            able &= draw < chance
        return able

    def _able(self, state: CourseState, visit: Visit, number: int) -> BoolArray:
        """For whom a rule may fire, whatever is seen, (S,)."""
        placed = self._rules[number]
        rule, then, time_h = placed.rule, placed.rule.then, visit.time_h
        able: BoolArray = visit.alive & (
            time_h - state.last_fired_h[number] >= rule.not_within_h
        )
        if then.resume:
            able &= state.stopped[placed.drug] | (state.held_until_h[placed.drug] > time_h)
        else:
            able &= ~state.stopped[placed.drug]
        if then.heeds_hold:
            able &= ~(state.held_until_h[placed.drug] > time_h)
        if rule.at_most_times is not None:
            able &= state.times_fired[number] < rule.at_most_times
        for most, span_h in (
            (rule.at_most_per_day, HOURS_PER_DAY),
            (rule.at_most_per_week, HOURS_PER_WEEK),
        ):
            if most is not None:
                able &= self._within(number, time_h - span_h, state.subjects) < most
        return able

    def _within(self, number: int, since_h: float, subjects: int) -> IntArray:
        """How often a rule acted since a time, (S,)."""
        kept = [each for each in self._fired.get(number, []) if each[0] > since_h + 1e-9]
        count = np.zeros(subjects, dtype=np.int64)
        for _, who in kept:
            count += who
        return count

    def _remember(
        self, state: CourseState, visit: Visit, number: int, acting: BoolArray
    ) -> None:
        """Note who a rule acted on, and how its use becomes a habit."""
        rule = self._rules[number].rule
        state.times_fired[number] += acting
        state.last_fired_h[number, acting] = visit.time_h
        passed_h = max(visit.time_h - self._last_visit_h, 0.0)
        share = 1.0 - float(np.exp(-passed_h / HABIT_H))
        state.habit[number] += share * (acting - state.habit[number])
        if rule.at_most_per_day is not None or rule.at_most_per_week is not None:
            past = self._fired.setdefault(number, [])
            past.append((visit.time_h, acting))
            oldest_h = visit.time_h - HOURS_PER_WEEK
            self._fired[number] = [each for each in past if each[0] > oldest_h]

    def _acted(
        self, state: CourseState, visit: Visit, number: int, who: IntArray, line: IntArray
    ) -> DecisionColumns:
        """Change the courses of some subjects."""
        placed = self._rules[number]
        before = self._row(state, visit, number, who, line)
        changed = self._stepped(state, placed, who, line)
        then = placed.rule.then
        if then.hold or then.hold_h is not None:
            until_h = visit.next_h if then.hold_h is None else visit.time_h + then.hold_h
            held_h = state.held_until_h[placed.drug]
            held_h[who] = np.maximum(held_h[who], until_h)
        if then.resume:
            state.held_until_h[placed.drug, who] = -np.inf
            state.stopped[placed.drug, who] = False
        if then.stop:
            state.stopped[placed.drug, who] = True
        if placed.switch is not None:
            state.begin_plan(who, placed.switch, visit.time_h)
            line = line.copy()
            line[who] = state.line_of(state.drugs[placed.drug])[who]
        only_steps = bool(placed.steps) and not (
            then.hold or then.hold_h or then.resume or then.stop or then.switch or then.give
        )
        outcome = np.where(
            changed | (not only_steps), int(Outcome.ACTED), int(Outcome.AT_LIMIT)
        )
        moved = who[outcome == int(Outcome.ACTED)]
        if then.course:
            state.last_change_h[placed.drug, moved] = visit.time_h
        after = self._row(state, visit, number, who, line)
        return DecisionColumns(
            who=who,
            visit=before.visit,
            rule=before.rule,
            outcome=outcome.astype(np.int64),
            dose_before=before.dose_before,
            dose_after=after.dose_after,
            interval_before_h=before.interval_before_h,
            interval_after_h=after.interval_after_h,
            held_until_h=after.held_until_h,
            plan=after.plan,
        )

    def _stepped(
        self, state: CourseState, placed: PlacedRule, who: IntArray, line: IntArray
    ) -> BoolArray:
        """Step doses or intervals of some subjects; whose changed, (N,)."""
        changed = np.zeros(who.size, dtype=np.bool_)
        table = state.interval_h if placed.rule.then.interval else state.level
        for number, step in placed.steps.items():
            mine = line[who] == number
            old = table[number, who[mine]]
            new = step.applied(old)
            table[number, who[mine]] = new
            changed[mine] = new != old
        return changed

    def _row(
        self,
        state: CourseState,
        visit: Visit,
        number: int,
        who: IntArray,
        line: IntArray,
    ) -> DecisionColumns:
        """Rows of rules that gave way to others, as the courses of some subjects stand."""
        held_h = state.held_until_h[self._rules[number].drug, who]
        dose = _chosen(state.level, line)[who]
        interval_h = _chosen(state.interval_h, line)[who]
        shape = who.shape
        return DecisionColumns(
            who=who,
            visit=np.full(shape, visit.number, dtype=np.int64),
            rule=np.full(shape, number, dtype=np.int64),
            outcome=np.full(shape, int(Outcome.OVERRULED), dtype=np.int64),
            dose_before=dose,
            dose_after=dose,
            interval_before_h=interval_h,
            interval_after_h=interval_h,
            held_until_h=np.where(held_h > visit.time_h, held_h, np.nan),
            plan=state.plan[who].copy(),
        )


def _chosen(table: FloatArray, line: IntArray) -> FloatArray:
    """Value of the line of each subject, (S,); NaN where there is none."""
    picked: FloatArray = table[np.maximum(line, 0), np.arange(line.size)]
    return np.where(line >= 0, picked, np.nan)

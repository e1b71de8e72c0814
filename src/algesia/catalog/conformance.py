"""Compare a model's answers with those another program printed for the same event table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import ConvergenceError, DataError, DomainError, InputError
from algesia.formats.answer_table import AnswerColumn, AnswerTable, read_answer_table
from algesia.formats.nonmem_data import EventTable, read_event_table
from algesia.model import Model
from algesia.population import Cohort
from algesia.simulate import Arm, EventRecords, Scenario, Tolerance, run
from algesia.simulate.event_records import as_column

from .entry_file import read_single_file_model
from .event_columns import compartments_of
from .event_table import records_of, usual_covariates

__all__ = ["ConformanceReport", "RowCheck", "ScenarioCheck", "nonmem_conformance"]

# Answers below this share of the largest of a scenario are the noise of any solver.
_NOISE = 1e-9
# How much more exactly the equations are solved than answers are compared.
_FINER, _FINEST, _COARSEST = 1e-5, 1e-12, 1e-9
_SAME_TIME = 1e-6
_on_steady_states = re.compile("steady states solved|a steady state is added").search
# Columns that would change what a record means.
_MEANINGFUL = frozenset({"DATE", "DAT1", "DAT2", "DAT3", "CONT", "PCMT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCheck:
    """One answer that was compared.

    Parameters
    ----------
    row
        Line of the event table.
    time_h
        Its time, h.
    output
        Output of the model.
    got, want
        The model's answer and the one printed, in the unit of the output.
    allowed
        Largest difference that passes.
    """

    row: int
    time_h: float
    output: str
    got: float
    want: float
    allowed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioCheck:
    """What came of one subject of the event table.

    Parameters
    ----------
    scenario
        Its identifier in the table.
    observations, doses
        Answers compared in records that look (EVID 0, 2) and in those that give or reset.
    failed
        How many of them differ by more than is allowed.
    worst
        The answer that is furthest off, by what is allowed.
    problem
        Why it could not be answered, or None.
    """

    scenario: int
    observations: int
    doses: int
    failed: int
    worst: RowCheck | None
    problem: str | None = None

    @property
    def passed(self) -> bool:
        """Whether everything agrees and there was something to compare."""
        return self.problem is None and self.failed == 0 and self.observations + self.doses > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformanceReport:
    """A whole comparison.

    Parameters
    ----------
    model
        Name of the model.
    relative
        Difference allowed, relative to the answer printed.
    outputs
        Output of the model each column of answers was compared with.
    scenarios
        One check per subject, in the order of the table.
    notes
        What was decided on the way.
    """

    model: str
    relative: float
    outputs: Mapping[str, str]
    scenarios: tuple[ScenarioCheck, ...]
    notes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every scenario passed."""
        return all(each.passed for each in self.scenarios)


def nonmem_conformance(
    *,
    data: Path,
    expected: Path,
    model: Path,
    relative: float = 1e-4,
    covariate_rule: Literal["nocb", "locf"] = "nocb",
) -> ConformanceReport:
    """Run an event table through a model and compare with printed answers.

    An answer passes where it differs by no more than `relative` of what is printed, half a step
    of the last digit printed and 1e-9 of the largest answer of the scenario. Records that give
    or reset are compared as they are left, after what they do.

    Parameters
    ----------
    data
        Event table in the NONMEM layout.
    expected
        Answers: ID, TIME and one column per output, a row for each of the event table or for
        each of its observations, in the same order.
    model
        Model in one file, with its values.
    relative
        Difference allowed, above 0 and below 1.
    covariate_rule
        Which record's columns hold between two records.

    Raises
    ------
    InputError
        If a file cannot be used, or no scenario can be answered.
    """
    if not 0.0 < relative < 1.0:
        raise DomainError(f"relative is {relative:g}; expected above 0 and below 1")
    answering = read_single_file_model(model)
    table, answers = read_event_table(data, lenient=True), read_answer_table(expected)
    outputs = _outputs(answering, answers, expected.name)
    rows = _matched_rows(table, answers, data.name, expected.name)
    records = _records(table, answering, covariate_rule, data.name)
    question = _Question(
        model=answering,
        records=records,
        outputs=tuple(dict.fromkeys(outputs.values())),
        tolerance=Tolerance(relative=float(np.clip(relative * _FINER, _FINEST, _COARSEST))),
    )
    got, problems = _answers(question)
    wanted = {
        outputs[name]: _spread_out(column, rows, table.row.size)
        for name, column in answers.columns.items()
        if name in outputs
    }
    scenarios = tuple(
        _check(table, place, got, wanted, relative=relative, problem=problems.get(place))
        for place in range(len(table.subjects))
    )
    return ConformanceReport(
        model=answering.id,
        relative=relative,
        outputs=outputs,
        scenarios=scenarios,
        notes=(
            *_unused(table, answers, answering, records, outputs),
            records.describe(),
            *question.solved,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A model, the records it is given, what is asked of it, and how steady states went."""

    model: Model
    records: EventRecords
    outputs: tuple[str, ...]
    tolerance: Tolerance
    solved: list[str] = field(default_factory=list)

    def answer(self) -> dict[str, FloatArray]:
        """Each output at each record, (N,)."""
        records = self.records
        firsts = [low for low, _ in records.ranges()]
        cohort = Cohort(
            seed=1,
            subjects=records.subject[firsts],
            covariates={
                name: as_column(name, np.asarray(values)[firsts])
                for name, values in records.covariates.items()
            },
            spread=False,
        )
        arm = Arm(
            name="conformance",
            model=self.model,
            regimen=records,
            cohort=cohort,
            outputs=self.outputs,
        )
        scenario = Scenario(
            title="conformance", arms=(arm,), sampling=None, tolerance=self.tolerance
        )
        found = run(scenario).arms[0]
        self.solved.extend(filter(_on_steady_states, found.notes))
        who = np.repeat(np.arange(len(firsts)), [high - low for low, high in records.ranges()])
        values = found.values[who, records.looks()]
        return {each.name: values[:, place] for place, each in enumerate(found.outputs)}


def _outputs(model: Model, answers: AnswerTable, where: str) -> dict[str, str]:
    """Output of each column of answers: of the same name, or the only one there is."""
    names = {output.name.upper(): output.name for output in model.outputs}
    found = {name: names[name.upper()] for name in answers.columns if name.upper() in names}
    if not found and len(answers.columns) == len(names) == 1:
        return {next(iter(answers.columns)): next(iter(names.values()))}
    if not found:
        raise DataError(
            f"{where} has the columns {', '.join(answers.columns)}; expected one called as an "
            f"output of model '{model.id}': {', '.join(names.values())}"
        )
    return found


def _matched_rows(table: EventTable, answers: AnswerTable, data: str, where: str) -> IntArray:
    """Row of the event table each answer belongs to, (R,)."""
    # In the order of the file, which need not be that of the subjects.
    order = np.argsort(table.row)
    candidates = (order, order[table.kind[order] == 0])
    rows = next((each for each in candidates if each.size == answers.row.size), None)
    if rows is None:
        raise DataError(
            f"{where} has {answers.row.size} rows; expected {candidates[0].size}, one for each "
            f"row of {data}, or {candidates[1].size}, one for each observation"
        )
    apart = np.abs(table.time_h[rows] - answers.time_h) > _SAME_TIME * np.maximum(
        1.0, np.abs(answers.time_h)
    )
    wrong = np.flatnonzero((table.subject[rows] != answers.subject) | apart)
    if wrong.size:
        first, row = int(wrong[0]), int(rows[wrong[0]])
        raise DataError(
            f"{where}, row {int(answers.row[first])} is ID {answers.subject[first]:g} at "
            f"{answers.time_h[first]:g} h; expected ID {int(table.subject[row])} at "
            f"{table.time_h[row]:g} h, as row {int(table.row[row])} of {data}"
        )
    return rows


def _records(
    table: EventTable, model: Model, rule: Literal["nocb", "locf"], origin: str
) -> EventRecords:
    """Records of the table, subjects by their places, each of them looked at."""
    for name in table.covariates:
        if name.upper() in _MEANINGFUL:
            raise DataError(
                f"{origin} has the column {name}, which would change what a record means and "
                "is not supported; expected a table without it, times in hours"
            )
    wanted = {effect.covariate for effect in model.covariate_effects}
    covariates = {
        name: values
        for name, values in usual_covariates(table, origin).items()
        if name in wanted
    }
    records = records_of(
        table,
        model,
        compartments=compartments_of(model),
        covariates=covariates,
        origin=origin,
    )
    places = np.repeat(np.arange(len(table.subjects)), np.diff(table.first_row))
    return replace(records, subject=places, looked_at="records", covariate_rule=rule)


def _answers(question: _Question) -> tuple[dict[str, FloatArray], dict[int, str]]:
    """Each output at each record, (N,), NaN where it failed, and why by scenario.

    Raises
    ------
    InputError
        If every scenario fails by a mistake in what was given.
    """
    try:
        return question.answer(), {}
    except (InputError, ConvergenceError):
        pass
    records = question.records
    got = {name: np.full(records.subject.size, np.nan) for name in question.outputs}
    problems: dict[int, str] = {}
    mistakes: list[InputError] = []
    for place, (low, high) in enumerate(records.ranges()):
        alone = replace(question, records=records.part(place, place + 1))
        try:
            for name, values in alone.answer().items():
                got[name][low:high] = values
        except InputError as error:
            problems[place] = str(error)
            mistakes.append(error)
        except ConvergenceError as error:
            problems[place] = str(error)
    if len(mistakes) == len(records.ranges()):
        raise mistakes[0]
    return got, problems


def _spread_out(column: AnswerColumn, rows: IntArray, size: int) -> AnswerColumn:
    """A column of answers with one value for each row of the event table."""
    values, error = np.full(size, np.nan), np.zeros(size)
    values[rows], error[rows] = column.values, column.error
    return AnswerColumn(values=values, error=error)


def _check(
    table: EventTable,
    place: int,
    got: Mapping[str, FloatArray],
    wanted: Mapping[str, AnswerColumn],
    *,
    relative: float,
    problem: str | None,
) -> ScenarioCheck:
    """Compare every answer of one subject."""
    rows = table.rows_of(place)
    looking = np.isin(table.kind[rows], (0, 2))
    compared = np.zeros(looking.size, dtype=np.int64)
    failed, furthest, worst = 0, -1.0, None
    for name, column in wanted.items():
        want, mine = column.values[rows], got[name][rows]
        known = ~np.isnan(want)
        largest = np.max(np.abs(want[known]), initial=0.0)
        allowed = relative * np.abs(want) + column.error[rows] + _NOISE * largest
        off = np.where(np.isnan(mine), np.inf, np.abs(mine - want))
        outside = known & ~(off <= allowed)
        compared += known
        failed += int(np.count_nonzero(outside))
        share = np.where(known, off / np.maximum(allowed, np.finfo(float).tiny), -1.0)
        at = int(np.argmax(share))
        if share[at] > furthest:
            furthest = float(share[at])
            worst = RowCheck(
                row=int(table.row[rows][at]),
                time_h=float(table.time_h[rows][at]),
                output=name,
                got=float(mine[at]),
                want=float(want[at]),
                allowed=float(allowed[at]),
            )
    return ScenarioCheck(
        scenario=int(table.subjects[place]),
        observations=int(compared[looking].sum()),
        doses=int(compared[~looking].sum()),
        failed=failed,
        worst=worst,
        problem=problem,
    )


def _unused(
    table: EventTable,
    answers: AnswerTable,
    model: Model,
    records: EventRecords,
    outputs: Mapping[str, str],
) -> tuple[str, ...]:
    """Which columns played no part."""
    taken = {each.column.upper() for each in model.data_columns}
    usual = [
        name
        for name, values in table.covariates.items()
        if name.upper() not in taken
        and not any(np.array_equal(values, each) for each in records.covariates.values())
    ]
    notes = [f"columns not used: {', '.join(usual)}"] if usual else []
    rest = [name for name in answers.columns if name not in outputs]
    if rest:
        notes.append(f"columns of answers not compared: {', '.join(rest)}")
    return tuple(notes)

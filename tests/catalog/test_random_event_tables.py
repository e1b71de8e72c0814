"""Thousands of event tables at random: each is followed, or refused by row and column."""

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from algesia.catalog.event_columns import compartments_of
from algesia.catalog.event_table import records_of, usual_covariates
from algesia.engine import solve
from algesia.errors import ConvergenceError, InputError
from algesia.formats.nonmem_data import read_event_table
from algesia.population import Cohort
from algesia.simulate import Arm, EventRecords, Tolerance
from algesia.simulate.lower import lower
from algesia.simulate.mass_balance import require_mass_balance

from .random_event_tables import random_table
from .table_models import linear, saturable

MODELS = (linear(), saturable())
RULES = ("nocb", "locf", "linear")
RELATIVE = 1e-6
PER_RUN = 200
AVAILABLE = 0.6
# Rows of a table in a run begin at a multiple of this, so that a row tells its table.
ROWS_APART = 1_000
COLUMNS = ("subject", "time_h", "kind", "amount_mg", "rate_mg_per_h", "additional",
           "interval_h", "steady_state", "row")  # fmt: skip


@dataclass(slots=True)
class Count:
    """What came of the tables."""

    refused: int = 0
    without_steady_state: int = 0
    simulated: int = 0
    subjects: int = 0
    failed: int = 0


def read(path, number, model):
    """Records of a table by its number, or the refusal of it."""
    path.write_text(random_table(number).text, encoding="utf-8")
    try:
        table = read_event_table(path)
        numbers = compartments_of(model)
        return records_of(
            table,
            model,
            compartments=numbers,
            covariates=usual_covariates(table, path.name),
            origin=path.name,
        )
    except InputError as refusal:
        assert_names_place(refusal, path.name)
        return refusal


def assert_names_place(refusal, origin):
    """A refusal is one line that names the row, and the column where there is one."""
    text = str(refusal)
    assert "\n" not in text
    assert re.search(rf"{re.escape(origin)}, row \d+", text), text
    shape = r"has \d+ fields|column without a name|has no column|names the column"
    assert re.search(r", column \w+", text) or re.search(shape, text), text


def merged(tables, rule):
    """Many tables as subjects of one."""
    columns = {
        name: np.concatenate([getattr(each, name) for each in tables]) for name in COLUMNS
    }
    columns["row"] = np.concatenate(
        [place * ROWS_APART + np.arange(each.row.size) for place, each in enumerate(tables)]
    )
    subject = np.cumsum(
        np.concatenate(
            [
                np.append(place > 0, np.diff(each.subject) != 0)
                for place, each in enumerate(tables)
            ]
        )
    )
    columns["subject"] = subject
    seventy = [each.covariates.get("weight", np.full(each.row.size, 70.0)) for each in tables]
    return EventRecords(
        **columns,
        compartment=sum((each.compartment for each in tables), ()),
        covariates={"weight": np.concatenate(seventy)},
        covariate_rule=rule,
        looked_at="records",
        origin="doses.csv",
    )


def lowered(model, tables, rule, count):
    """One run of as many tables as can be given; the others are counted."""
    while tables:
        records = merged(tables, rule)
        subjects = records.subjects()
        first = records.first_records()[:-1]
        weights = {"weight": records.covariates["weight"][first]}
        cohort = Cohort(seed=1, subjects=subjects, covariates=weights, spread=False)
        arm = Arm(name="arm", model=model, regimen=records, cohort=cohort)
        try:
            found = lower(arm, sampling=None, tolerance=Tolerance(relative=RELATIVE))
            assert_every_dose_is_given(records, found.told)
            return found
        except ConvergenceError as refusal:
            count.without_steady_state += 1
            gone = refusal
        except InputError as refusal:
            assert_names_place(refusal, "doses.csv")
            count.refused += 1
            gone = refusal
        row = int(re.search(r"doses\.csv, row (\d+)", str(gone))[1])
        tables = [each for place, each in enumerate(tables) if place != row // ROWS_APART]
    return None


def assert_every_dose_is_given(records, told):
    """Where nothing resets and nothing is steady, the doses add up to what enters."""
    first = records.first_records()[:-1]
    doses = np.isin(records.kind, (1, 4))
    plain = (records.kind < 3) & ((records.steady_state == 0) | ~doses)
    number = records.additional + 1.0
    into = np.asarray(records.compartment)
    counts = np.cumsum(doses)
    before = np.repeat((counts - doses)[first], np.diff(records.first_records()))
    # Of the patch a subject's first dose counts in full and every other by half.
    sticking = np.where(counts - before == 1, 0.5, 0.0)
    share = np.where(into == "patch", 0.5 * number + sticking, AVAILABLE * number)
    expected = np.add.reduceat(np.where(doses, records.amount_mg * share, 0.0), first)
    kept = np.logical_and.reduceat(plain, first)
    assert kept.any()
    assert_allclose(told.sum(axis=1)[kept], expected[kept], rtol=1e-8, atol=1e-12)


def assert_alike(numbers, draw, count):
    """One answer for any lanes, threads and company."""
    program, batch, tolerances = numbers.program, numbers.batch, numbers.tolerances
    require_mass_balance("arm", batch, numbers.told)
    wide = solve(program, batch, tolerances, lanes=8, threads=2)
    if program.stepper == "exact":
        program = replace(program, stepper="rodas5p")
        eight = solve(program, batch, tolerances, lanes=8, threads=1)
        assert_close(wide, eight, numbers)
    some = np.sort(draw.choice(batch.subjects, size=min(9, batch.subjects), replace=False))
    again = solve(numbers.program, batch.take(some), tolerances, lanes=8, threads=1)
    assert_array_equal(again.values, wide.values[some])
    one = solve(program, batch, tolerances, lanes=1, threads=1)
    assert_close(wide, one, numbers)
    count.subjects += batch.subjects
    count.failed += int(np.count_nonzero(wide.status))


def assert_close(one, other, numbers):
    """Values within ten tolerances, of each or of the largest value of its subject."""
    assert_array_equal(one.status, other.status)
    done = one.status == 0
    first, second = one.values[done], other.values[done]
    assert np.isfinite(first).all()
    largest = np.abs(first).max(axis=(1, 2), keepdims=True, initial=0.0)
    apart = np.abs(first - second) - 10.0 * RELATIVE * np.abs(first)
    assert (apart <= 1e-3 * RELATIVE * largest).all()


def follow(path, numbers):
    """Read, lower and solve the tables of some numbers."""
    count, draw = Count(), np.random.default_rng(7)
    for start in range(0, len(numbers), PER_RUN):
        model = MODELS[start // PER_RUN % len(MODELS)]
        found = [read(path, number, model) for number in numbers[start : start + PER_RUN]]
        tables = [each for each in found if isinstance(each, EventRecords)]
        count.refused += len(found) - len(tables)
        before = count.refused + count.without_steady_state
        rule = RULES[start // PER_RUN // len(MODELS) % len(RULES)]
        batch = lowered(model, tables, rule, count)
        gone = count.refused + count.without_steady_state - before
        count.simulated += len(tables) - gone
        if batch is not None:
            assert_alike(batch, draw, count)
    return count


def test_every_random_table_is_followed_or_refused_by_row_and_column(tmp_path):
    count = follow(tmp_path / "doses.csv", range(10_000))
    assert count.refused + count.without_steady_state + count.simulated == 10_000
    assert count.simulated > 4_000
    assert count.refused > 2_500
    assert count.without_steady_state < 300
    assert count.failed < 0.02 * count.subjects

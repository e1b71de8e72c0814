"""The 29 public dosing scenarios with NONMEM's own answers, where they lie beside us."""

import csv
from pathlib import Path

import numpy as np
import pytest

from algesia.population import Cohort
from algesia.simulate import Arm, EventRecords, Scenario, Tolerance, run

from .small_models import one_compartment

FOLDER = Path(__file__).parents[3] / "shared" / "conformance" / "nmtests"
SCENARIOS = range(1, 30)
# NONMEM prints five digits, so its own rounding is up to 5e-5 of the value.
PRINTED = 1e-4
MODELLED_DURATION = 2.0

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the comparison set does not lie beside this checkout"
)


@pytest.fixture(scope="module")
def table():
    with (FOLDER / "data.csv").open() as data, (FOLDER / "nonmem.csv").open() as answers:
        rows = list(csv.DictReader(data))
        for row, answer in zip(rows, csv.DictReader(answers), strict=True):
            row["CP"] = answer["CP"]
        return rows


def records_of(rows):
    def column(name, kind=float):
        return np.asarray([kind(float(row[name])) for row in rows])

    into = {"1": "oral", "2": "intravenous"}
    return EventRecords(
        subject=column("ID", int),
        time_h=column("time"),
        kind=column("evid", int),
        amount_mg=column("amt"),
        rate_mg_per_h=column("rate"),
        compartment=tuple(
            into[row["cmt"]] if row["evid"] in ("1", "4") else "" for row in rows
        ),
        additional=column("addl", int),
        interval_h=column("ii"),
        steady_state=column("ss", int),
        covariates={},
        row=np.arange(2, len(rows) + 2),
        origin="data.csv",
    )


@pytest.mark.parametrize("number", SCENARIOS)
def test_every_dosing_scenario_agrees_with_nonmem_to_its_printed_digits(table, number):
    rows = [row for row in table if int(row["ID"]) == number]
    dose = next(row for row in rows if row["evid"] in ("1", "4"))
    timed = float(dose["MODE"]) == MODELLED_DURATION
    model = one_compartment(
        lag_h=float(dose["LAGT"]),
        fraction=float(dose["BIOAV"]),
        duration_h=float(dose["DUR2"]) if timed else None,
    )
    cohort = Cohort(seed=1, subjects=np.array([number]), covariates={}, spread=False)
    arm = Arm(name="arm", model=model, regimen=records_of(rows), cohort=cohort)
    answer = run(
        Scenario(title="t", arms=(arm,), sampling=None, tolerance=Tolerance(relative=1e-10))
    ).arms[0]
    expected = {float(row["time"]): float(row["CP"]) for row in rows if row["evid"] == "0"}
    assert len(expected) > 100
    found = {
        time: answer.values[0, int(np.searchsorted(answer.time_h, time)), 0]
        for time in expected
    }
    np.testing.assert_allclose(
        list(found.values()), list(expected.values()), rtol=PRINTED, atol=1e-3
    )

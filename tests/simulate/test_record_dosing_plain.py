"""The fast record dosing gives the very events of the plain one."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algesia.errors import DataError
from algesia.population import Cohort
from algesia.simulate import Arm, EventRecords, Tolerance
from algesia.simulate import record_plan as record_plan_room
from algesia.simulate.lower import lower
from tests.catalog.table_models import linear

from .plain_record_dosing import PlainRecordDoser

INTO = ("oral", "intravenous", "patch")


def random_records(seed, subjects):
    """Legal records of many subjects, in every shape a table can ask for."""
    draw = np.random.default_rng(seed)
    count = draw.integers(2, 9, size=subjects)
    total = int(count.sum())
    kind = draw.choice(5, size=total, p=(0.3, 0.5, 0.05, 0.05, 0.1))
    dosing = np.isin(kind, (1, 4))
    into = draw.integers(3, size=total)
    amount_mg = np.where(dosing, draw.choice((5.0, 20.0, 40.0), size=total), 0.0)
    rate = draw.choice((0.0, -1.0, -2.0, 0.4, 1.0, 5.0), size=total)
    rate = np.where(dosing & (into == 1), rate, 0.0)
    steady = np.where(dosing, draw.choice(3, size=total, p=(0.7, 0.15, 0.15)), 0)
    endless = (steady > 0) & (rate != 0.0) & (rate != -2.0) & (draw.random(total) < 0.2)
    amount_mg[endless] = 0.0
    interval_h = draw.choice((4.0, 8.0, 0.3), size=total)
    additional = np.where(dosing & ~endless, draw.integers(0, 6, size=total), 0)
    step_h = draw.choice((0.0, 0.1, 0.8, 4.0, 12.0), size=total)
    times_h = np.split(step_h, np.cumsum(count)[:-1])
    time_h = np.concatenate([np.cumsum(each) for each in times_h])
    # A reset may start the clock anew; from there the times are counted from 0.
    anew = np.isin(kind, (3, 4)) & (draw.random(total) < 0.3)
    for low, high in pairwise([0, *np.cumsum(count)]):
        for place in np.flatnonzero(anew[low:high]) + low:
            time_h[place:high] -= time_h[place]
    return EventRecords(
        subject=np.repeat(np.arange(subjects), count),
        time_h=np.maximum(time_h, 0.0),
        kind=kind,
        amount_mg=amount_mg,
        rate_mg_per_h=rate,
        compartment=tuple(
            INTO[each] if gives else "" for each, gives in zip(into, dosing, strict=True)
        ),
        additional=additional,
        interval_h=np.where(endless, 0.0, interval_h),
        steady_state=steady,
        covariates={"weight": draw.choice((60.0, 70.0, 80.0), size=total)},
        looked_at="records",
        row=np.arange(total),
        origin="doses.csv",
    )


def lowered(records):
    first = records.first_records()[:-1]
    cohort = Cohort(
        seed=1,
        subjects=records.subjects(),
        covariates={"weight": records.covariates["weight"][first]},
        spread=False,
    )
    arm = Arm(name="arm", model=linear(), regimen=records, cohort=cohort)
    return lower(arm, sampling=None, tolerance=Tolerance()).batch


def in_one_order(batch):
    """Events with those that commute in one order: same subject, time and kind."""
    owner = np.repeat(np.arange(batch.subjects), np.diff(batch.event_offset))
    stretch = np.cumsum(np.append(0, (np.diff(batch.event_kind) != 0)))
    columns = (batch.event_value, batch.event_index, stretch, batch.event_time_h, owner)
    order = np.lexsort(columns)
    return [column[order] for column in (*columns, batch.event_kind)]


@pytest.mark.parametrize("seed", range(6))
def test_the_events_are_those_of_one_dose_at_a_time(seed, monkeypatch):
    records = random_records(seed, 120)
    fast = lowered(records)
    monkeypatch.setattr(record_plan_room, "RecordDoser", PlainRecordDoser)
    plain = lowered(records)
    for one, other in zip(in_one_order(fast), in_one_order(plain), strict=True):
        assert_array_equal(one, other)
    assert_array_equal(fast.sample_event, plain.sample_event)
    assert fast.event_time_h.size > 2_000


def test_of_many_doses_that_cannot_be_given_the_first_is_named():
    table = random_records(1, 40)
    dosing = np.flatnonzero(np.isin(table.kind, (1, 4)) & (table.steady_state == 0))
    rate = table.rate_mg_per_h.copy()
    into = list(table.compartment)
    for record in dosing[[7, 20, 21]]:
        into[record], rate[record] = "patch", 5.0
    columns = {name: getattr(table, name) for name in table.__slots__}
    faulty = EventRecords(**{**columns, "rate_mg_per_h": rate, "compartment": tuple(into)})
    with pytest.raises(DataError, match=f"row {dosing[7]}, column RATE: .*single doses only"):
        lowered(faulty)

"""A run in chunks is the run: the same bits, the same exposure, the same receipt."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from algesia.catalog.entry import entry
from algesia.engine import Status
from algesia.engine.solve import Cancelled
from algesia.errors import DomainError, RouteError
from algesia.population import Cohort, Uniform
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, EventRecords, Sampling, Scenario, Trajectories, run
from algesia.simulate import stream as stream_module
from algesia.simulate.stream import run_in_chunks

from .small_models import one_compartment
from .test_run import cohort

HOURLY = Sampling.every(1.0, until_h=30.0)


@dataclass(frozen=True, repr=False)
class Case:
    """A scenario and its whole answer; too long to be shown when a property fails."""

    scenario: Scenario
    whole: Trajectories


class Memory:
    """A sink that keeps what it is given."""

    def __init__(self):
        self.answers = {}
        self.opened = self.closed = 0

    def open(self, plan):
        self.opened += 1

    def finished(self, chunk):
        return self.answers.get(chunk)

    def take(self, chunk, answer):
        assert chunk not in self.answers
        self.answers[chunk] = answer

    def close(self, summary):
        self.closed += 1

    def joined(self, name, what):
        arms = [each.arms[0] for each in self.answers.values()]
        return np.concatenate([getattr(arm, what) for arm in arms if arm.name == name])


def assert_chunks_are_the_run(case, size):
    scenario, whole = case.scenario, case.whole
    sink = Memory()
    summary = run_in_chunks(scenario, sink, chunk_subjects=size)
    for arm in whole.arms:
        for what in ("values", "observed", "below_limit", "status", "subjects"):
            if getattr(arm, what) is not None:
                assert_array_equal(sink.joined(arm.name, what), getattr(arm, what))
    assert summary.receipt == whole.receipt
    # As text, where a measure that does not exist equals itself.
    assert str(summary.exposure) == str(whole.exposure())
    assert summary.warnings == whole.warnings
    assert (sink.opened, sink.closed) == (1, 1)


@pytest.fixture(scope="module")
def infusions():
    people = Cohort.sample(33, {"weight": Uniform(low=45.0, high=110.0)}, 3)
    arm = Arm(
        name="per kg",
        model=one_compartment(spread=0.09, occasion=0.04),
        regimen=parse_regimen("0.5 mg/kg esketamine IV over 40 min every 24 h for 2 days"),
        cohort=people,
    )
    other = replace(
        arm, name="fixed", regimen=parse_regimen("25 mg esketamine PO"), cohort=cohort(20)
    )
    scenario = Scenario(title="t", arms=(arm, other), sampling=HOURLY)
    return Case(scenario, run(scenario))


@given(size=st.integers(1, 40))
def test_any_size_of_the_chunks_gives_the_bits_exposure_and_receipt_of_the_run(size, infusions):
    assert_chunks_are_the_run(infusions, size)


@pytest.fixture(scope="module")
def sprays():
    """Dose per kg into devices of fixed content: how many are used differs between subjects."""
    model = entry("perezruixo_2021_nasal").model
    people = Cohort.sample(14, {"weight": Uniform(low=50.0, high=110.0)}, 3)
    columns = {
        "age": np.full(14, 40.0),
        "ethnicity": np.full(14, "other"),
        "female": np.arange(14) % 2 == 0,
    }
    people = replace(people, covariates={**people.covariates, **columns})
    arm = Arm(
        name="spray",
        model=model,
        regimen=parse_regimen("esketamine 0.6 mg/kg nasal"),
        cohort=people,
        observations=True,
        limits_of_quantification={"plasma_esketamine": 5.0},
    )
    scenario = Scenario(title="t", arms=(arm,), sampling=Sampling.every(2.0, until_h=24.0))
    return Case(scenario, run(scenario))


@settings(max_examples=6)
@given(size=st.integers(1, 14))
def test_devices_and_simulated_observations_do_not_depend_on_the_chunk(size, sprays):
    assert_chunks_are_the_run(sprays, size)


@pytest.fixture(scope="module")
def table():
    """Records of five subjects who differ in doses, times and a covariate that changes."""
    rows = []
    for subject in range(5):
        steady = int(subject == 3)
        rows.append((subject, 0.0, 1, 10.0 * (subject + 1), 0.0, steady, 60.0 + subject))
        rows.append((subject, 1.0 + subject, 0, 0.0, 0.0, 0, 60.0 + subject))
        rows.append((subject, 8.0, 1, 20.0, 10.0, 0, 70.0))
        rows.append((subject, 9.0, 0, 0.0, 0.0, 0, 70.0))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    kind = columns[2].astype(np.int64)
    return EventRecords(
        subject=columns[0].astype(np.int64),
        time_h=columns[1],
        kind=kind,
        amount_mg=columns[3],
        rate_mg_per_h=columns[4],
        compartment=tuple("intravenous" if each else "" for each in kind),
        additional=np.zeros(20, dtype=np.int64),
        interval_h=np.where(columns[5] > 0, 12.0, 0.0),
        steady_state=columns[5].astype(np.int64),
        covariates={"weight": columns[6]},
        row=np.arange(20),
        origin="records.csv",
    )


@pytest.mark.parametrize("size", [1, 2, 4, 5])
def test_an_event_table_in_chunks_is_the_event_table(size, table):
    people = Cohort(seed=1, subjects=np.arange(5), covariates={"weight": 60.0 + np.arange(5.0)})
    arm = Arm(name="a", model=one_compartment(spread=0.09), regimen=table, cohort=people)
    scenario = Scenario(title="t", arms=(arm,), sampling=None)
    whole, sink = run(scenario), Memory()
    summary = run_in_chunks(scenario, sink, chunk_subjects=size)
    assert whole.arms[0].time_h.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 9.0]
    assert_array_equal(sink.joined("a", "values"), whole.arms[0].values)
    assert summary.receipt == whole.receipt


def test_a_part_of_an_event_table_keeps_what_the_whole_table_decides(table):
    part = table.part(1, 3)
    assert part.subjects().tolist() == [1, 2]
    assert_array_equal(part.observation_times_h(), table.observation_times_h())
    assert part.usual_amount_mg() == table.usual_amount_mg() == 20.0
    assert part.describe() == table.describe()
    assert part.part(1, 2).observation_times_h().size == table.observation_times_h().size


def test_draws_and_curves_do_not_move_with_arms_covariates_threads_or_company(infusions):
    scenario, whole = infusions.scenario, infusions.whole
    reference = whole.arm("per kg").values
    first, second = scenario.arms
    extra = {**first.cohort.covariates, "age": np.linspace(20.0, 60.0, 33)}
    changes = {
        "order of arms": replace(scenario, arms=(second, first)),
        "fewer arms": replace(scenario, arms=(first,)),
        "one more arm": replace(scenario, arms=(replace(first, name="new"), first, second)),
        "one more covariate": replace(
            scenario, arms=(replace(first, cohort=replace(first.cohort, covariates=extra)),)
        ),
        "title": replace(scenario, title="another"),
        "coarser sampling elsewhere": replace(
            scenario,
            arms=(first, replace(second, sampling=Sampling.every(5.0, until_h=20.0))),
        ),
    }
    for what, changed in changes.items():
        assert_array_equal(run(changed).arm("per kg").values, reference, err_msg=what)
    for threads in (1, 2, 3, 7):
        assert_array_equal(run(scenario, threads=threads).arm("per kg").values, reference)


@given(places=st.lists(st.integers(0, 32), min_size=1, max_size=33, unique=True))
def test_any_subset_in_any_order_has_the_bits_of_the_whole(places, infusions):
    scenario, whole = infusions.scenario, infusions.whole
    first = scenario.arms[0]
    few = replace(first, cohort=first.cohort.subset(places))
    found = run(replace(scenario, arms=(few,))).arms[0].values
    assert_array_equal(found, whole.arms[0].values[places])


def test_a_chunk_that_a_sink_has_already_is_not_solved_again(infusions, monkeypatch):
    scenario, whole = infusions.scenario, infusions.whole
    sink = Memory()
    run_in_chunks(scenario, sink, chunk_subjects=10)
    lost = list(sink.answers)[2]
    del sink.answers[lost]
    solved = []
    real = stream_module.solved_arm

    def counted(arm, *arguments, **options):
        solved.append(arm.cohort.subjects.tolist())
        return real(arm, *arguments, **options)

    monkeypatch.setattr(stream_module, "solved_arm", counted)
    summary = run_in_chunks(scenario, sink, chunk_subjects=10)
    assert solved == [list(range(20, 30))]
    assert summary.receipt == whole.receipt


def test_cancelling_keeps_the_chunks_that_were_handed_over(infusions):
    scenario = infusions.scenario
    sink = Memory()
    with pytest.raises(Cancelled):
        run_in_chunks(
            scenario, sink, chunk_subjects=10, cancelled=lambda: len(sink.answers) > 1
        )
    assert len(sink.answers) == 2
    assert sink.closed == 0


def test_progress_counts_subjects_over_all_chunks_and_arms(infusions):
    told = []
    run_in_chunks(
        infusions.scenario,
        chunk_subjects=7,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (53, 53)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_failed_subjects_are_counted_over_the_chunks(infusions, monkeypatch):
    real = stream_module.solved_arm

    def failing(arm, *arguments, **options):
        answer = real(arm, *arguments, **options)
        status, values = answer.status.copy(), answer.values.copy()
        status[0], values[0] = int(Status.TOO_MANY_STEPS), np.nan
        line = f"subject {int(answer.subjects[0])} failed"
        return replace(answer, status=status, values=values, failures=(line,))

    monkeypatch.setattr(stream_module, "solved_arm", failing)
    summary = run_in_chunks(infusions.scenario, chunk_subjects=10)
    assert (summary.failed, [arm.failed for arm in summary.arms]) == (6, [4, 2])
    assert summary.arms[0].failures[1] == "subject 10 failed"
    assert summary.warnings[0] == "arm 'per kg': 4 of 33 subjects did not run to the end"
    peak = next(row for row in summary.exposure if row.measure == "cmax")
    assert (peak.n, peak.failed) == (29, 4)


def test_what_cannot_be_run_is_refused_before_a_sink_is_opened(infusions):
    scenario = infusions.scenario
    sink = Memory()
    wrong = replace(scenario.arms[1], regimen=parse_regimen("20 mg esketamine nasal"))
    with pytest.raises(RouteError, match="it has oral, intravenous"):
        run_in_chunks(replace(scenario, arms=(scenario.arms[0], wrong)), sink)
    model = entry("perezruixo_2021_nasal").model
    child = replace(cohort(9), covariates={"weight": np.full(9, 70.0), "age": np.full(9, 9.0)})
    young = replace(wrong, model=model, cohort=child)
    with pytest.raises(DomainError, match="age of subject 0 is 9 year"):
        run_in_chunks(replace(scenario, arms=(young,)), sink)
    assert sink.opened == 0


def test_an_arm_looked_at_once_has_no_exposure(infusions):
    scenario = replace(
        infusions.scenario, sampling=Sampling(times_h=np.array([6.0]), at_doses=False)
    )
    assert run_in_chunks(scenario, chunk_subjects=9).exposure == ()

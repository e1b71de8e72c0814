"""Chunks cover every subject of every arm once, and the usual size follows the scenario."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import DomainError
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, run
from algesia.simulate.chunk import arm_chunk, chunks_of, usual_chunk_subjects, values_bytes

from .small_models import one_compartment
from .test_run import cohort


def two_arms(first, second):
    arm = Arm(
        name="a",
        model=one_compartment(spread=0.09),
        regimen=parse_regimen("20 mg esketamine IV over 1 h"),
        cohort=cohort(first),
    )
    return Scenario(
        title="t",
        arms=(arm, replace(arm, name="b", cohort=cohort(second))),
        sampling=Sampling.every(1.0, until_h=4.0),
    )


@given(first=st.integers(1, 40), second=st.integers(1, 40), size=st.integers(1, 50))
def test_chunks_hold_each_subject_of_each_arm_once_in_order(first, second, size):
    scenario = two_arms(first, second)
    chunks = chunks_of(scenario, size)
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    assert {chunk.of for chunk in chunks} == {len(chunks)}
    assert max(chunk.subjects for chunk in chunks) <= size
    for arm in scenario.arms:
        parts = [arm_chunk(arm, chunk) for chunk in chunks if chunk.arm == arm.name]
        found = np.concatenate([part.cohort.subjects for part in parts])
        assert np.array_equal(found, arm.cohort.subjects)


def test_a_chunk_of_nobody_is_refused():
    with pytest.raises(DomainError, match="chunk is 0 subjects; expected at least 1"):
        chunks_of(two_arms(1, 1), 0)


def test_the_size_of_the_values_is_known_before_the_run():
    scenario = two_arms(7, 2)
    found = sum(arm.values.nbytes for arm in run(scenario).arms)
    # Start and end of the dose are sampled as well; here both fall on the grid.
    assert found == 9 * 5 * 8
    assert values_bytes(scenario) == 9 * (5 + 2) * 8


def test_the_usual_size_does_not_depend_on_the_number_of_subjects():
    assert usual_chunk_subjects(two_arms(3, 3)) == usual_chunk_subjects(two_arms(40, 1))
    long = replace(two_arms(1, 1), sampling=Sampling.every(0.01, until_h=4000.0))
    assert usual_chunk_subjects(long) < usual_chunk_subjects(two_arms(1, 1)) / 100
    assert usual_chunk_subjects(long) >= 1

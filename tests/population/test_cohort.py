"""A cohort is columns of covariates; each subject is the same in whatever company."""

from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from algesia.errors import DomainError, InputError, UnknownNameError
from algesia.population import (
    Bernoulli,
    Categorical,
    Cohort,
    Conditional,
    Fixed,
    TruncatedNormal,
    Uniform,
)

ADULTS = {
    "age": Uniform(low=18.0, high=65.0),
    "weight": Conditional(
        by="female",
        branches={
            True: TruncatedNormal(mean=65.0, sd=10.0, low=45.0, high=120.0),
            False: TruncatedNormal(mean=80.0, sd=12.0, low=45.0, high=120.0),
        },
    ),
    "female": Bernoulli(probability=0.5),
    "ethnicity": Categorical(levels={"asian": 0.2, "white": 0.8}),
}


def same(first: Cohort, second: Cohort) -> bool:
    return np.array_equal(first.subjects, second.subjects) and all(
        np.array_equal(first.column(name), second.column(name)) for name in first.covariates
    )


@settings(deadline=None)
@given(
    size=st.integers(1, 300),
    first=st.integers(0, 10_000),
    seed=st.integers(0, 5),
    cut=st.data(),
)
def test_a_subject_is_the_same_in_a_smaller_larger_or_shifted_cohort(
    size: int, first: int, seed: int, cut: st.DataObject
) -> None:
    whole = Cohort.sample(size, ADULTS, seed, first_subject=first)
    chosen = cut.draw(st.lists(st.sampled_from(range(first, first + size)), min_size=1))
    numbers = list(dict.fromkeys(chosen))
    part = whole.subset(numbers)
    alone = [Cohort.sample(1, ADULTS, seed, first_subject=number) for number in numbers]
    for name in ADULTS:
        assert part.column(name).tolist() == [one.column(name)[0] for one in alone]


def test_another_covariate_changes_none_of_the_others() -> None:
    fewer = Cohort.sample(200, {"age": ADULTS["age"], "female": ADULTS["female"]}, 4)
    more = Cohort.sample(200, ADULTS, 4)
    assert np.array_equal(fewer.column("age"), more.column("age"))
    assert np.array_equal(fewer.column("female"), more.column("female"))


def test_covariates_are_independent_of_each_other() -> None:
    both = {"age": Uniform(low=18.0, high=65.0), "height": Uniform(low=150.0, high=190.0)}
    cohort = Cohort.sample(40_000, both, 1)
    correlation = np.corrcoef(cohort.number("age"), cohort.number("height"))[0, 1]
    # Four standard errors of a correlation of nothing.
    assert abs(correlation) < 4.0 / np.sqrt(40_000)


def test_the_order_of_the_distributions_does_not_matter() -> None:
    backwards = dict(reversed(ADULTS.items()))
    assert same(Cohort.sample(50, ADULTS, 1), Cohort.sample(50, backwards, 1))


def test_another_seed_gives_other_subjects() -> None:
    first, second = Cohort.sample(50, ADULTS, 1), Cohort.sample(50, ADULTS, 2)
    assert (first.column("age") != second.column("age")).all()


def test_women_and_men_are_sampled_from_their_own_weights() -> None:
    cohort = Cohort.sample(40_000, ADULTS, 9)
    female = cohort.column("female")
    weight = cohort.number("weight")
    women = stats.truncnorm(-2.0, 5.5, 65.0, 10.0)
    men = stats.truncnorm(-35.0 / 12.0, 40.0 / 12.0, 80.0, 12.0)
    # Four standard errors of a mean of about 20 000.
    assert_allclose(weight[female].mean(), women.mean(), rtol=0, atol=0.3)
    assert_allclose(weight[~female].mean(), men.mean(), rtol=0, atol=0.35)


def test_columns_have_the_types_promised() -> None:
    cohort = Cohort.sample(3, ADULTS, 1)
    kinds = {name: cohort.column(name).dtype.kind for name in ADULTS}
    assert kinds == {"age": "f", "weight": "f", "female": "b", "ethnicity": "U"}


def test_a_typical_subject_is_one_without_spread() -> None:
    cohort = Cohort.typical({"weight": 70, "female": True, "ethnicity": "asian"})
    assert (cohort.size, cohort.spread) == (1, False)
    assert cohort.number("weight").tolist() == [70.0]
    assert cohort.number("female").tolist() == [1.0]


def test_a_cohort_of_nobody_is_refused() -> None:
    with pytest.raises(DomainError, match="the cohort has 0 subjects; expected at least 1"):
        Cohort(seed=1, subjects=np.array([], dtype=np.int64), covariates={})
    with pytest.raises(DomainError, match="cohort size is 0; expected at least 1 subject"):
        Cohort.sample(0, ADULTS, 1)
    with pytest.raises(DomainError, match="0 subjects"):
        Cohort.sample(3, ADULTS, 1).subset([])


@pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf])
def test_a_weight_that_cannot_be_names_the_first_subject(bad: float) -> None:
    with pytest.raises(DomainError, match="weight of subject 8 is"):
        Cohort(seed=1, subjects=np.array([7, 8, 9]), covariates={"weight": [70.0, bad, bad]})


def test_a_distribution_without_limits_that_leaves_the_range_is_refused() -> None:
    wild = {"weight": TruncatedNormal(mean=20.0, sd=15.0)}
    with pytest.raises(
        DomainError, match=r"weight of subject \d+ is .*; expected 0.5 to 400 kg"
    ):
        Cohort.sample(1000, wild, 1)


def test_repeated_negative_and_fractional_subjects_are_refused() -> None:
    with pytest.raises(InputError, match="subject 4 appears 2 times; expected once"):
        Cohort(seed=1, subjects=np.array([4, 5, 4]), covariates={})
    with pytest.raises(DomainError, match="subject -1 is negative"):
        Cohort(seed=1, subjects=np.array([-1]), covariates={})
    with pytest.raises(InputError, match="expected a row of whole numbers"):
        Cohort(seed=1, subjects=np.array([0.5]), covariates={})


def test_an_impossible_seed_is_refused() -> None:
    with pytest.raises(DomainError, match="seed is -1"):
        Cohort(seed=-1, subjects=np.array([1]), covariates={})


def test_an_unknown_covariate_is_refused_and_a_missing_one_is_named() -> None:
    with pytest.raises(UnknownNameError, match="no covariate 'wight'; close names: weight"):
        Cohort.typical({"wight": 70.0})
    with pytest.raises(UnknownNameError, match="no covariate of this cohort 'age'"):
        Cohort.typical({"weight": 70.0}).column("age")
    with pytest.raises(InputError, match="'ethnicity' holds words"):
        Cohort.typical({"ethnicity": "asian"}).number("ethnicity")


def test_a_conditional_distribution_needs_its_decider() -> None:
    with pytest.raises(InputError, match="'weight' rests on 'female', which is not sampled"):
        Cohort.sample(2, {"weight": ADULTS["weight"]}, 1)


def test_a_subset_of_strangers_is_refused_and_the_order_asked_for_is_kept() -> None:
    cohort = Cohort.sample(5, {"age": Fixed(value=40)}, 1, first_subject=10)
    with pytest.raises(InputError, match="subject 3 is not in the cohort"):
        cohort.subset([11, 3])
    assert cohort.subset([13, 11]).subjects.tolist() == [13, 11]


def test_columns_and_numbers_of_a_cohort_cannot_be_changed() -> None:
    subjects = np.array([1, 2])
    cohort = Cohort(seed=1, subjects=subjects, covariates={"weight": [60.0, 70.0]})
    subjects[0] = 99
    assert cohort.subjects.tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        cohort.column("weight")[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        cohort.subjects[0] = 1


def test_a_cohort_survives_a_trip_to_another_process() -> None:
    cohort = Cohort.sample(20, ADULTS, 3)
    assert same(cohort, ForkingPickler.loads(ForkingPickler.dumps(cohort)))


@given(first=st.integers(0, 9), more=st.integers(1, 10))
def test_a_part_is_the_subset_of_the_same_places(first: int, more: int) -> None:
    whole = Cohort.sample(10, {"age": Uniform(low=18.0, high=65.0)}, 3, first_subject=40)
    part = whole.part(first, first + more)
    subset = whole.subset(whole.subjects[first : first + more])
    assert part.subjects.tolist() == subset.subjects.tolist()
    assert part.column("age").tolist() == subset.column("age").tolist()
    assert (part.seed, part.spread, part.notes) == (whole.seed, whole.spread, whole.notes)

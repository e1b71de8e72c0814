"""Every covariate has a unit and a range, and a column outside it names the first subject."""

import numpy as np
import pytest

from algesia.errors import DomainError, InputError, UnknownNameError
from algesia.population import COVARIATES, covariate, is_level

SUBJECTS = np.array([11, 12, 13])


@pytest.mark.parametrize(
    ("name", "unit"), [("weight", "kg"), ("height", "cm"), ("age", "year"), ("female", "1")]
)
def test_the_common_covariates_are_held_in_everyday_units(name: str, unit: str) -> None:
    assert covariate(name).unit == unit


def test_every_number_has_a_finite_range_and_every_covariate_its_own_name() -> None:
    for name, row in COVARIATES.items():
        assert row.name == name
        assert (row.kind == "number") == bool(np.isfinite(row.low) and np.isfinite(row.high))


def test_an_unknown_covariate_is_refused_with_the_closest_name() -> None:
    with pytest.raises(UnknownNameError, match="no covariate 'wieght'; close names: weight"):
        covariate("wieght")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -70.0, 0.0, 401.0])
def test_an_impossible_weight_names_the_first_subject_and_the_range(bad: float) -> None:
    with pytest.raises(
        DomainError, match=r"weight of subject 12 is .* kg; expected 0.5 to 400"
    ):
        covariate("weight").column([70.0, bad, bad], SUBJECTS)


def test_both_ends_of_a_range_are_inside() -> None:
    column = covariate("age").column([0.0, 60.0, 120.0], SUBJECTS)
    assert column.tolist() == [0.0, 60.0, 120.0]


def test_whole_numbers_become_floats_and_the_column_is_a_copy_that_cannot_be_written() -> None:
    given = np.array([18, 40, 65])
    column = covariate("age").column(given, SUBJECTS)
    given[0] = 99
    assert column.dtype == np.float64
    assert column[0] == 18.0
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 99.0


@pytest.mark.parametrize("bad", [[1, 0, 1], ["yes", "no", "yes"], [0.0, 1.0, 0.0]])
def test_a_flag_is_true_or_false_and_not_a_number_code(bad: list[object]) -> None:
    with pytest.raises(
        DomainError, match=r"female of subject 11 is .*; expected true or false"
    ):
        covariate("female").column(bad, SUBJECTS)


@pytest.mark.parametrize("bad", ["Asian", "a@b.org", "", "1970/01/01", "x" * 41])
def test_a_level_is_a_short_lower_case_word(bad: str) -> None:
    with pytest.raises(DomainError, match="ethnicity of subject 13 is"):
        covariate("ethnicity").column(["asian", "asian", bad], SUBJECTS)
    assert not is_level(bad)


def test_numbers_where_words_belong_and_words_where_numbers_belong_are_refused() -> None:
    with pytest.raises(DomainError, match="ethnicity of subject 11 is 1"):
        covariate("ethnicity").column([1, 2, 3], SUBJECTS)
    with pytest.raises(DomainError, match="weight of subject 11 is 70"):
        covariate("weight").column(["70", "80", "90"], SUBJECTS)


def test_one_value_for_several_subjects_is_refused() -> None:
    with pytest.raises(InputError, match="covariate 'weight' has shape"):
        covariate("weight").column([70.0], SUBJECTS)

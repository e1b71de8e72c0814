"""A model refuses the subjects it was not made for, and says what it could not check."""

from types import SimpleNamespace

import numpy as np
import pytest

from algesia.errors import DomainError
from algesia.model import COVARIATE_UNITS, FLAG_LEVELS, Model, Validity
from algesia.population import COVARIATES, Cohort, Uniform, check_validity

ADULTS = Validity(
    covariates={
        "age": (18.0, 55.0),
        "weight": (45.0, 120.0),
        "ethnicity": ("asian", "white"),
        "female": ("false",),
    }
)


def cohort(**columns: object) -> Cohort:
    given = {
        "age": [18.0, 40.0, 55.0],
        "weight": [45.0, 70.0, 120.0],
        "ethnicity": ["asian", "white", "white"],
        "female": [False, False, False],
    }
    return Cohort(seed=1, subjects=np.array([7, 8, 9]), covariates={**given, **columns})


def model(kit: SimpleNamespace, validity: Validity = ADULTS) -> Model:
    return kit.model(validity=validity)


def test_models_and_cohorts_hold_covariates_in_the_same_units() -> None:
    numbers = {name: row.unit for name, row in COVARIATES.items() if row.kind == "number"}
    flags = {name for name, row in COVARIATES.items() if row.kind == "flag"}
    assert numbers == COVARIATE_UNITS
    assert flags == set(FLAG_LEVELS)


def test_subjects_on_the_edges_of_the_domain_are_inside(kit: SimpleNamespace) -> None:
    assert check_validity(model(kit), cohort()) == ()


def test_children_are_refused_unless_the_model_holds_for_them(kit: SimpleNamespace) -> None:
    young = cohort(age=[40.0, 17.9, 3.0])
    with pytest.raises(DomainError) as caught:
        check_validity(model(kit, Validity()), young)
    assert str(caught.value) == (
        "age of subject 8 is 17.9 year; model 'small' holds for adults of 18 years and above "
        "(2 of 3 subjects are outside)"
    )
    assert check_validity(model(kit, Validity(children=True)), young) == ()


def test_pregnancy_is_refused_unless_the_model_holds_for_it(kit: SimpleNamespace) -> None:
    pregnant = cohort(pregnant=[False, False, True])
    with pytest.raises(DomainError, match=r"pregnant of subject 9 is true; .*1 of 3"):
        check_validity(model(kit), pregnant)
    assert check_validity(model(kit, Validity(pregnancy=True)), pregnant) == ()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"age": [40.0, 56.0, 57.0]},
            "age of subject 8 is 56 year; model 'small' holds for 18 to 55 year "
            "(2 of 3 subjects are outside)",
        ),
        (
            {"weight": [44.9, 70.0, 70.0]},
            "weight of subject 7 is 44.9 kg; model 'small' holds for 45 to 120 kg "
            "(1 of 3 subjects are outside)",
        ),
        (
            {"ethnicity": ["asian", "white", "martian"]},
            "ethnicity of subject 9 is martian; model 'small' holds for "
            "ethnicity asian or white (1 of 3 subjects are outside)",
        ),
        (
            {"female": [False, True, True]},
            "female of subject 8 is true; model 'small' holds for female false "
            "(2 of 3 subjects are outside)",
        ),
    ],
)
def test_a_subject_outside_the_domain_is_named_with_the_domain_and_the_count(
    kit: SimpleNamespace, columns: dict[str, object], message: str
) -> None:
    with pytest.raises(DomainError) as caught:
        check_validity(model(kit), cohort(**columns))
    assert str(caught.value) == message


def test_a_covariate_that_is_not_given_is_reported_as_unchecked(kit: SimpleNamespace) -> None:
    lines = check_validity(model(kit), Cohort.typical({"weight": 70.0, "female": False}))
    assert lines == (
        "age is not given; the range 18 to 55 year is unchecked",
        "ethnicity is not given; asian or white is unchecked",
    )


def test_a_sampled_cohort_outside_is_told_which_block_keeps_it_inside(
    kit: SimpleNamespace,
) -> None:
    wide = Cohort.sample(50, {"age": Uniform(low=20.0, high=90.0)}, 1)
    block = (
        r"`cohort: \{covariates: \{age: \{distribution: uniform, low: 18 year, high: 55 year"
    )
    with pytest.raises(DomainError, match=block):
        check_validity(model(kit), wide)
    with pytest.raises(DomainError) as refused:
        check_validity(model(kit), Cohort.typical({"age": 90.0}))
    assert "covariates:" not in str(refused.value)

import pytest

from algesia.errors import DomainError, ModelError, UnknownNameError
from algesia.model import CovariateDistribution, Validity
from algesia.model.validity_overlap import overlap


def test_ranges_and_levels_are_told_apart():
    validity = Validity(covariates={"age": (18.0, 55.0), "ethnicity": ("white", "asian")})
    assert validity.ranges() == {"age": (18.0, 55.0)}
    assert validity.levels() == {"ethnicity": ("white", "asian")}


def test_a_model_is_for_adults_who_are_not_pregnant_unless_it_says_otherwise():
    validity = Validity()
    assert (validity.children, validity.pregnancy) == (False, False)


def test_a_range_that_runs_backwards_is_refused():
    with pytest.raises(DomainError, match="validity of age is"):
        Validity(covariates={"age": (55.0, 18.0)})
    with pytest.raises(DomainError, match="validity of the dose in mg"):
        Validity(dose_mg=(100.0, 10.0))


def test_a_number_has_no_levels_and_a_word_no_range():
    with pytest.raises(ModelError, match="expected a range"):
        Validity(covariates={"age": ("old",)})
    with pytest.raises(UnknownNameError, match="no numeric covariate 'ethnicity'"):
        Validity(covariates={"ethnicity": (0.0, 1.0)})


def test_two_models_hold_together_where_both_hold():
    joint, notes = overlap(
        {
            "pk": Validity(
                covariates={"age": (18.0, 55.0), "ethnicity": ("white", "asian")},
                population="volunteers",
                children=True,
                dose_mg=(10.0, 50.0),
            ),
            "pd": Validity(covariates={"age": (30.0, 80.0), "ethnicity": ("white",)}),
        }
    )
    assert joint.covariates == {"age": (30.0, 55.0), "ethnicity": ("white",)}
    assert joint.population == "pk: volunteers"
    assert not joint.children
    assert joint.dose_mg is None
    assert notes == ("pk was studied at 10 to 50 mg",)


def test_models_for_different_people_cannot_be_joined():
    with pytest.raises(
        DomainError, match=r"in 'pk' and .* in 'pd'; expected domains that overlap"
    ):
        overlap(
            {
                "pk": Validity(covariates={"age": (18.0, 30.0)}),
                "pd": Validity(covariates={"age": (40.0, 80.0)}),
            }
        )
    with pytest.raises(DomainError, match="expected domains that overlap"):
        overlap(
            {
                "pk": Validity(covariates={"ethnicity": ("white",)}),
                "pd": Validity(covariates={"ethnicity": ("asian",)}),
            }
        )


def test_a_distribution_gives_exactly_the_numbers_of_its_kind():
    weight = CovariateDistribution(
        covariate="weight", kind="normal", numbers={"mean": 73.0, "sd": 12.0, "low": 50.0}
    )
    assert weight.numbers["mean"] == 73.0
    with pytest.raises(ModelError, match="is normal and gives mean; expected mean, sd and opt"):
        CovariateDistribution(covariate="weight", kind="normal", numbers={"mean": 73.0})
    with pytest.raises(ModelError, match="gives mean, sd, median"):
        CovariateDistribution(
            covariate="weight", kind="normal", numbers={"mean": 7.0, "sd": 1.0, "median": 7.0}
        )


@pytest.mark.parametrize(
    ("covariate", "kind", "content"),
    [
        ("weight", "bernoulli", {"numbers": {"probability": 0.5}}),
        ("weight", "categorical", {"levels": {"light": 0.5, "heavy": 0.5}}),
        ("female", "categorical", {"levels": {"true": 0.5, "false": 0.5}}),
        ("female", "uniform", {"numbers": {"low": 0.0, "high": 1.0}}),
    ],
)
def test_a_distribution_suits_the_kind_of_its_covariate(covariate, kind, content):
    with pytest.raises(ModelError, match=f"distribution of {covariate} is {kind}; expected"):
        CovariateDistribution(covariate=covariate, kind=kind, **content)


def test_shares_of_levels_add_up_to_one():
    with pytest.raises(DomainError, match=r"add up to 0\.9; expected 1"):
        CovariateDistribution(
            covariate="ethnicity", kind="categorical", levels={"white": 0.6, "asian": 0.3}
        )
    with pytest.raises(DomainError, match="expected 0 to 1"):
        CovariateDistribution(
            covariate="female", kind="bernoulli", numbers={"probability": 1.5}
        )
    with pytest.raises(ModelError, match="levels go with categorical only"):
        CovariateDistribution(covariate="ethnicity", kind="categorical")

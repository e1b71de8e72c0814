"""Results, scenarios and models told apart."""

import pytest

from algesia.catalog.entry import entry
from algesia.cli.target import basis_of_model, kind_of
from algesia.errors import FileInputError


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("a/run.parquet", "result"), ("run.ZARR", "result"), ("trial.yml", "scenario"),
        ("trial.yaml", "scenario"), ("kamp_2020_general", "model"),
    ],
)  # fmt: skip
def test_a_target_is_told_by_its_name(target, kind):
    assert kind_of(target) == kind


@pytest.mark.parametrize("target", ["curves.svg", "result.csv", "folder/thing", "."])
def test_another_file_is_refused(target):
    with pytest.raises(FileInputError, match="expected one of them"):
        kind_of(target)


def test_a_borrowed_spread_is_among_the_numbers_and_its_source_among_the_sources():
    lender, model = entry("simons_2022_film").model, entry("kamp_2020_general").model
    effect = lender.random_effects[0]
    borrower = model.with_spread_from(lender, {model.dynamic_parameters()[0]: effect.name})
    basis = basis_of_model(borrower, name="arm")
    name = f"simons_2022_film_{effect.reported.name}"
    assert name in {value.name for value in basis.values}
    assert "simons_2022" in {source.key for source in basis.sources}

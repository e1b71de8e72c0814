import pytest

from algesia.catalog.vocabulary_names import dimension_fits, vocabulary


@pytest.mark.parametrize(
    ("accepted", "unit", "fits"),
    [
        ("amount or mass", "mg", True),
        ("amount or mass", "nmol", True),
        ("amount or mass", "L", False),
        ("body_weight", "kg", True),
        ("volume/time", "mL/min", True),
        ("dimensionless", "%", True),
    ],
)
def test_a_unit_fits_where_its_dimension_is_accepted_and_a_kilogram_is_of_the_body(
    accepted: str, unit: str, fits: bool
) -> None:
    assert dimension_fits(accepted, unit) is fits


def test_values_that_describe_differences_need_no_row_of_their_own() -> None:
    names = vocabulary()
    assert names.describes_differences("volume_central_variance")
    assert names.describes_differences("residual_proportional_esketamine")
    assert not names.describes_differences("volume_central")

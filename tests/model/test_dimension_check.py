import pytest

from algesia.errors import UnitError, UnknownNameError
from algesia.model import parse
from algesia.model.dimension_check import require_dimension
from algesia.units import dimension

KNOWN = {
    "central": dimension("nmol"),
    "volume": dimension("L"),
    "clearance": dimension("L/h"),
    "weight": dimension("kg_body"),
    "fraction": dimension("1"),
    "area": dimension("m^2"),
    "drug": dimension("mg"),
}


def dimension_of(text):
    return parse(text).dimension(KNOWN)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("clearance * central / volume", "nmol/h"),
        ("-central", "nmol"),
        ("2 * central + 0.5 * central", "nmol"),
        ("sqrt(area)", "m"),
        ("area ** 0.5", "m"),
        ("area ** (1 / 2)", "m"),
        ("area ** -1", "1/m^2"),
        ("fraction ** fraction", "1"),
        ("exp(-fraction)", "1"),
        ("hill(central, 2 * central, fraction)", "1"),
        ("smooth_step(central, central, central)", "1"),
        ("where(central > 0, volume, 2 * volume)", "L"),
        ("max(central, 0)", "nmol"),
        ("drug / weight", "mg/kg"),
        ("0", "1"),
    ],
)
def test_a_formula_has_the_dimension_its_parts_give(text, unit):
    assert dimension_of(text) == dimension(unit)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            "central + volume",
            r"'central \+ volume' joins 'central' \(amount\) with 'volume' \(volume\)",
        ),
        ("fraction * (central - clearance)", r"'central - clearance' joins"),
        ("central + 2", r"with '2' \(dimensionless\)"),
        (
            "exp(central)",
            r"'central' in 'exp\(central\)' has dimension amount; expected dimensionless",
        ),
        ("fraction ** volume", r"'volume' in 'fraction \*\* volume' has dimension volume"),
        (
            "volume ** fraction",
            r"expected a literal number as exponent or a dimensionless base",
        ),
        ("hill(central, volume, 1)", r"joins 'central' \(amount\) with 'volume' \(volume\)"),
        ("where(central > volume, 1, 2)", r"'central > volume' joins"),
        ("where(central > 0, 1, volume)", r"with 'volume' \(volume\)"),
        ("min(central, volume)", r"'min\(central, volume\)' joins"),
        ("smooth_step(central, volume, central)", r"joins 'central' \(amount\)"),
        ("drug + central", r"joins 'drug' \(mass\) with 'central' \(amount\)"),
        ("drug + weight", r"joins 'drug' \(mass\) with 'weight' \(body_weight\)"),
    ],
)
def test_parts_that_do_not_fit_are_quoted_with_their_dimensions(text, quoted):
    with pytest.raises(UnitError, match=quoted):
        dimension_of(text)


def test_another_dimension_than_expected_is_named_with_the_place():
    with pytest.raises(UnitError) as refusal:
        require_dimension(
            parse("clearance * central"), KNOWN, dimension("nmol/h"), where="flows.out.rate"
        )
    assert str(refusal.value) == (
        "flows.out.rate: 'clearance * central' has dimension amount*volume/time; "
        "expected amount/time"
    )


def test_zero_fits_where_any_dimension_is_expected():
    require_dimension(parse("0"), KNOWN, dimension("nmol"), where="initial")
    with pytest.raises(UnitError, match="has dimension dimensionless; expected amount"):
        require_dimension(parse("1"), KNOWN, dimension("nmol"), where="initial")


def test_a_symbol_without_a_dimension_is_unknown():
    with pytest.raises(UnknownNameError, match="close names: volume"):
        dimension_of("volum")

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.errors import UnitError
from algesia.units import (
    canonical_unit,
    conversion_factor,
    dimension,
    from_canonical,
    to_canonical,
)

unit_texts = st.sampled_from(
    [
        "mg",
        "ng/mL",
        "nmol/L",
        "h",
        "min",
        "year",
        "L/h/70 kg",
        "ug/kg/min",
        "%",
        "mmHg",
        "1/min",
    ]
)
values = st.floats(-1e12, 1e12, allow_subnormal=False)


@pytest.mark.parametrize(
    ("text", "canonical", "number"),
    [
        ("µg/kg/min", "mg/h/kg_body", 0.06),
        ("ng/mL", "mg/L", 1e-3),
        ("nmol/mL", "nmol/L", 1e3),
        ("ng*min/mL", "mg*h/L", 1e-3 / 60),
        ("ug*h/L", "mg*h/L", 1e-3),
        ("L/h/70kg", "L/h/kg_body", 1 / 70),
        ("L/70kg", "L/kg_body", 1 / 70),
        ("mL/min/kg", "L/h/kg_body", 0.06),
        ("mg/h/70 kg", "mg/h/kg_body", 1 / 70),
        ("mg/24 h", "mg/h", 1 / 24),
        ("mg/day", "mg/h", 1 / 24),
        ("%", "1", 0.01),
        ("kg", "mg", 1e6),
    ],
)
def test_a_published_unit_has_this_canonical_unit_and_size(text, canonical, number):
    assert canonical_unit(text) == canonical
    assert_allclose(to_canonical(1.0, text), number, rtol=1e-15, atol=0)


def test_decimal_prefixes_convert_to_the_nearest_float():
    assert conversion_factor("ng/mL", "mg/L") == 0.001
    assert conversion_factor("ug", "mg") == 0.001
    assert conversion_factor("mL", "L") == 0.001
    assert conversion_factor("nmol/mL", "nmol/L") == 1000.0


def test_a_year_is_365_and_a_quarter_days():
    assert conversion_factor("year", "day") == 365.25


def test_millimetres_of_mercury_convert_to_pascals_by_the_conventional_factor():
    # 13595.1 kg/m^3 * 9.80665 m/s^2 * 1 mm, the conventional millimetre of mercury.
    assert_allclose(
        conversion_factor("mmHg", "Pa"), 13595.1 * 9.80665 * 1e-3, rtol=1e-14, atol=0
    )


@given(value=values, text=unit_texts)
def test_a_value_returns_from_the_canonical_unit_unchanged(value, text):
    # The absolute tolerance covers numbers whose canonical value is subnormal.
    returned = from_canonical(to_canonical(value, text), text)
    assert_allclose(returned, value, rtol=1e-15, atol=1e-290)


@given(first=unit_texts, second=unit_texts)
def test_the_size_of_a_product_of_units_is_the_product_of_their_sizes(first, second):
    product, quotient = f"({first})*({second})", f"({first})/(({second})*h)"
    size_first, size_second = to_canonical(1.0, first), to_canonical(1.0, second)
    assert dimension(product) == dimension(first) * dimension(second)
    assert_allclose(to_canonical(1.0, product), size_first * size_second, rtol=1e-14, atol=0)
    if "kg" not in second:
        assert dimension(quotient) == dimension(first) / dimension(second) / dimension("h")
        assert_allclose(
            to_canonical(1.0, quotient), size_first / size_second, rtol=1e-14, atol=0
        )


@given(text=unit_texts)
def test_a_canonical_unit_is_its_own_canonical_unit_and_measures_one(text):
    canonical = canonical_unit(text)
    assert canonical_unit(canonical) == canonical
    assert to_canonical(1.0, canonical) == 1.0


def test_an_array_converts_element_by_element_and_keeps_nan():
    given_ng_per_ml = np.array([0.0, 96.0, np.nan])
    mg_per_l = to_canonical(given_ng_per_ml, "ng/mL")
    assert_allclose(mg_per_l, [0.0, 0.096, np.nan], rtol=1e-15, atol=0)
    assert_allclose(from_canonical(mg_per_l, "ng/mL"), given_ng_per_ml, rtol=1e-15, atol=0)
    assert_allclose(given_ng_per_ml[1], 96.0, rtol=0, atol=0)


def test_an_empty_array_stays_empty():
    assert to_canonical(np.empty(0), "ng/mL").shape == (0,)


@pytest.mark.parametrize(
    ("given_unit", "wanted", "hint"),
    [
        ("mg", "nmol", "give the Substance to convert mass to amount"),
        ("ng/mL", "nmol/L", "give the Substance to convert mass to amount"),
        ("mg/kg", "mg", "multiply or divide by a body weight"),
        ("mg/kg", "mg/mg", "a body weight above the line is written kg_body"),
        ("kg", "kg_body", "a body weight above the line is written kg_body"),
    ],
)
def test_units_that_something_else_joins_are_refused_with_what_it_is(given_unit, wanted, hint):
    with pytest.raises(UnitError, match=hint) as refusal:
        conversion_factor(given_unit, wanted)
    assert str(refusal.value).startswith(f"cannot convert {given_unit} (")
    assert f" to {wanted} (" in str(refusal.value)


def test_hours_do_not_convert_to_litres():
    with pytest.raises(UnitError, match=r"^cannot convert h \(time\) to L \(volume\)$"):
        conversion_factor("h", "L")

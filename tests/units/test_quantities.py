import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.errors import DomainError, UnitError
from algesia.units import (
    body_weight,
    canonical_unit,
    conversion_factor,
    parse_quantity,
    quantity,
    to_canonical,
    unit,
    unit_registry,
)

UNITS = (
    *("mg/kg", "mg/h/70 kg", "mg/h/70kg", "µg/kg/min", "μg/kg/min", "ug/kg/min"),
    *(
        "microgram/kg/min",
        "mcg",
        "ng/mL",
        "nmol/mL",
        "nmol/L",
        "ng*min/mL",
        "ng*h/mL",
        "ug*h/L",
    ),
    *("L/h/70kg", "L/70kg", "mL/min/kg", "1/h", "1/min", "%", "1", "fraction", "mg/24h"),
    *("mg/day", "year", "y", "mg/24 h", "mL/min/1.73 m2", "mmHg", "L/h/kg^0.75", "kg_body"),
)


@pytest.mark.parametrize("text", UNITS)
def test_pint_and_the_factors_agree_on_the_size_of_a_unit(text):
    registry = unit_registry()
    in_root_units = registry.Quantity(1.0, unit(text)).to_root_units()
    canonical_number = to_canonical(1.0, text)
    canonical = registry.Quantity(canonical_number, unit(canonical_unit(text))).to_root_units()
    assert canonical.units == in_root_units.units
    assert_allclose(canonical.magnitude, in_root_units.magnitude, rtol=1e-13, atol=0)


def test_milligrams_per_kilogram_are_not_a_ratio_of_masses():
    assert not quantity(1.0, "mg/kg").dimensionless
    assert quantity(1.0, "mg/g").dimensionless
    times_mass = quantity(1.0, "mg/kg") * quantity(70.0, "kg")
    assert not times_mass.check("[mass]")


def test_a_dose_per_kilogram_times_a_body_weight_is_a_mass():
    dose = quantity(0.5, "mg/kg") * body_weight("70 kg")
    assert dose.check("[mass]")
    assert_allclose(float(dose.to("mg").magnitude), 35.0, rtol=1e-14, atol=0)


def test_a_rate_per_seventy_kilograms_given_to_seventy_kilograms_is_the_rate():
    rate = parse_quantity("5 mg/h/70 kg") * body_weight("70 kg")
    assert_allclose(float(rate.to("mg/h").magnitude), 5.0, rtol=1e-14, atol=0)


@pytest.mark.parametrize(
    ("text", "value", "unit_text"),
    [
        ("0.5 mg/kg", 0.5, "mg/kg"),
        ("5mg", 5.0, "mg"),
        ("1e-3 mg", 1e-3, "mg"),
        (".5 h", 0.5, "h"),
        ("-40 mV", -40.0, "mV"),
        ("−40 mV", -40.0, "mV"),
        ("40\u00a0min", 40.0, "min"),
        ("2d", 2.0, "day"),
        ("50 %", 50.0, "%"),
        ("0.3 fraction", 0.3, "1"),
        ("0.3 1", 0.3, "1"),
    ],
)
def test_a_number_with_its_unit_is_read_as_written(text, value, unit_text):
    read = parse_quantity(text)
    assert read.units == unit(unit_text)
    assert_allclose(float(read.magnitude), value, rtol=0, atol=0)


@pytest.mark.parametrize(
    "text", ["nan mg", "NaN mg", "inf mg", "-inf mg", "infinity h", "1e999 mg"]
)
def test_a_number_that_is_not_finite_is_refused(text):
    with pytest.raises(DomainError, match="expected a finite number"):
        parse_quantity(text)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, True])
def test_a_quantity_holds_a_finite_number_only(value):
    with pytest.raises(DomainError, match="expected a finite number"):
        quantity(value, "mg")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5", "quantity is '5' without a unit; expected one after it"),
        ("mg", "quantity is 'mg'; expected a number with its unit"),
        ("", "quantity is ''; expected a number"),
        ("1,000 mg", "write the number with a decimal point only"),
        ("5 mgg", "no unit 'mgg'; close names: mg"),
        ("5 / 2 mg", "'/' is out of place"),
    ],
)
def test_a_quantity_without_a_readable_unit_is_refused(text, message):
    with pytest.raises(UnitError, match=message):
        parse_quantity(text)


@given(value=st.floats(-1e9, 1e9), text=st.sampled_from(UNITS))
def test_a_quantity_survives_its_own_text(value, text):
    read = parse_quantity(f"{value!r} {text}")
    assert read == quantity(value, text)


def test_a_body_weight_may_be_written_in_any_unit_of_mass():
    assert_allclose(float(body_weight("3500 g").magnitude), 3.5, rtol=1e-14, atol=0)
    assert_allclose(float(body_weight("70 kg_body").magnitude), 70.0, rtol=0, atol=0)
    # One avoirdupois pound is 0.45359237 kg by definition.
    assert_allclose(float(body_weight("100 lb").magnitude), 45.359237, rtol=1e-12, atol=0)


@pytest.mark.parametrize("text", ["0 kg", "-70 kg"])
def test_a_body_weight_is_above_zero(text):
    with pytest.raises(DomainError, match="expected a weight above 0 kg"):
        body_weight(text)


def test_a_body_weight_in_litres_is_refused():
    with pytest.raises(UnitError, match="body weight is '70 L'; expected a unit of mass"):
        body_weight("70 L")


def test_a_multiple_of_a_square_metre_is_squared_once():
    per_area = unit_registry().Quantity(1.0, unit("mL/min/1.73 m2"))
    expected = conversion_factor("mL/min/1.73 m2", "mL/min/m2")
    assert_allclose(expected, 1 / 1.73, rtol=1e-15, atol=0)
    assert_allclose(
        float(per_area.to(unit("mL/min/m2")).magnitude), expected, rtol=1e-13, atol=0
    )

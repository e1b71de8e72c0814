from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import InputError, UnitError
from algesia.units import dimension
from algesia.units.unit_text import read_unit_text, tidy


def factors(text):
    return [(f.multiple, f.name, f.exponent) for f in read_unit_text(text)]


def test_kilograms_below_the_line_are_body_weight_and_above_it_are_mass():
    assert factors("mg/kg") == [(1, "mg", 1), (1, "kg_body", -1)]
    assert factors("kg/L") == [(1, "kg", 1), (1, "L", -1)]
    assert factors("mL*kg^-1") == [(1, "mL", 1), (1, "kg_body", -1)]
    assert factors("mg/kg^-1") == [(1, "mg", 1), (1, "kg", 1)]


def test_seventy_kilograms_keep_their_seventy():
    expected = [(1, "mg", 1), (1, "h", -1), (70, "kg_body", -1)]
    assert factors("mg/h/70 kg") == expected
    assert factors("mg/h/70kg") == expected


def test_division_reads_from_left_to_right():
    assert factors("mg/kg*h") == [(1, "mg", 1), (1, "kg_body", -1), (1, "h", 1)]


def test_a_bracket_below_the_line_divides_by_all_it_holds():
    assert factors("mg/(L*h)") == factors("mg/L/h")
    assert factors("mg/(L/h)") == factors("mg/L*h")
    assert factors("mg/(L/(h*kg))") == [
        (1, "mg", 1),
        (1, "L", -1),
        (1, "h", 1),
        (1, "kg", 1),
    ]


@pytest.mark.parametrize("text", ["m2", "m²", "m^2", "m**2", "m ^ 2", "m^(2)"])
def test_a_square_may_be_written_in_several_ways(text):
    assert factors(text) == [(1, "m", 2)]


@pytest.mark.parametrize("text", ["h-1", "h⁻¹", "h^-1", "h**-1", "1/h"])
def test_an_inverse_may_be_written_in_several_ways(text):
    assert [(f.name, f.exponent) for f in read_unit_text(text)] == [("h", -1)]


def test_an_allometric_power_is_exact():
    assert factors("L/kg^0.75") == [(1, "L", 1), (1, "kg_body", Fraction(-3, 4))]


def test_typographic_signs_have_plain_spellings():
    micro, greek = "\u00b5", "\u03bc"
    assert tidy(f"{micro}g") == tidy(f"{greek}g") == "ug"
    assert tidy("ng\u00b7h/mL") == "ng*h/mL"
    assert tidy("h^\u22121") == "h^-1"
    assert tidy("70\u00a0kg") == tidy(" 70  kg ") == "70 kg"
    assert tidy("mg per kg") == "mg/kg"


@pytest.mark.parametrize("text", ["1", "fraction", "dimensionless", "points"])
def test_a_pure_number_has_no_factors(text):
    assert read_unit_text(text) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unit is missing"),
        ("  ", "unit is missing"),
        ("mg kg", "write \\* or / before 'kg'"),
        ("mg 70 kg", "write \\* or / before '70'"),
        ("mg(h)", "write \\* or / before '\\('"),
        ("mg/", "ends too early"),
        ("(mg", "ends too early"),
        ("mg)", "'\\)' is out of place"),
        ("()", "'\\)' is out of place"),
        ("/h", "'/' is out of place"),
        ("mg//h", "'/' is out of place"),
        ("mg/24", "no unit follows the number 24"),
        ("mg/24/h", "no unit follows the number 24"),
        ("5 mg", "a number before 'mg' is allowed below the line only"),
        ("mg/0 kg", "number 0 is not between"),
        ("mg^0", "power 0 is 0 or beyond 9"),
        ("mg^10", "power 10 is 0 or beyond 9"),
        ("mg;rm", "';rm' is not understood"),
        ("m" * 200, "200 characters; expected at most 120"),
    ],
)
def test_a_text_outside_the_grammar_is_refused_with_its_reason(text, reason):
    with pytest.raises(UnitError, match=reason) as refusal:
        read_unit_text(text)
    assert "\n" not in str(refusal.value)


def test_a_number_is_not_a_unit_text():
    with pytest.raises(UnitError, match=r"unit is 5.0; expected text"):
        read_unit_text(5.0)


def reads_or_is_refused_in_one_line(text):
    try:
        measured = dimension(text)
    except InputError as error:
        return "\n" not in str(error)
    return dimension(measured.canonical_unit) == measured


@given(text=st.text(max_size=30))
def test_any_text_is_either_a_unit_or_refused_in_one_line(text):
    assert reads_or_is_refused_in_one_line(text)


@given(text=st.text(alphabet="mgLhk/*^()-10. %µdye", max_size=14))
def test_any_text_of_unit_letters_is_either_a_unit_or_refused_in_one_line(text):
    assert reads_or_is_refused_in_one_line(text)

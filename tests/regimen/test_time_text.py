import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import RegimenError
from algesia.regimen import parse_length_h
from algesia.regimen.time_text import clock_text, hours_of, number_text, time_text


@pytest.mark.parametrize(
    ("value", "unit", "hours"),
    [
        (90, "s", 0.025),
        (40, "min", 40 / 60),
        (1.5, "h", 1.5),
        (2, "days", 48),
        (4, "weeks", 672),
    ],
)
def test_lengths_convert_to_hours(value, unit, hours):
    assert hours_of(value, unit) == pytest.approx(hours, rel=1e-15, abs=0)


@pytest.mark.parametrize("unit", ["month", "months", "year"])
def test_months_and_years_are_refused_because_their_length_varies(unit):
    with pytest.raises(RegimenError, match="no fixed length; expected days or weeks"):
        hours_of(1, unit)


def test_an_unknown_unit_of_time_lists_close_ones():
    with pytest.raises(RegimenError, match="no unit of time 'hous'; close names: hour"):
        hours_of(1, "hous")


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_a_length_written_as_text_reads_back_to_the_same_double(hours):
    assert parse_length_h(time_text(hours)) == hours


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_as_text_reads_back_to_the_same_double(value):
    assert float(number_text(value)) == value


def test_times_of_day_have_four_digits():
    assert clock_text(8.5) == "08:30"
    assert clock_text(0.0) == "00:00"

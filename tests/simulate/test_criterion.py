"""Conditions say what they say, and nothing else is a condition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import ExpressionError, UnknownNameError
from algesia.simulate.criterion import parse_criterion

NUMBERS = st.floats(-10.0, 10.0, allow_nan=False)


@given(pain=NUMBERS, dose=NUMBERS)
def test_and_or_and_not_join_comparisons_as_python_does(pain, dose):
    criterion = parse_criterion(
        "pain > 4 and not (dose >= 2 * pain or dose < -1)", where="a test"
    )
    expected = pain > 4 and not (dose >= 2 * pain or dose < -1)
    values = {"pain": np.array([pain]), "dose": np.array([dose])}
    assert criterion.holds(values, 1).tolist() == [expected]
    assert criterion.names == {"pain", "dose"}


def test_what_is_not_a_number_makes_a_comparison_false():
    criterion = parse_criterion("pain > 4 or pain <= 4", where="a test")
    assert criterion.holds({"pain": np.array([np.nan, 1.0])}, 2).tolist() == [False, True]


def test_one_number_for_all_counts_for_every_subject():
    assert parse_criterion("visit >= 2", where="a test").holds({"visit": 3.0}, 3).all()


def test_a_name_without_a_value_is_refused():
    with pytest.raises(UnknownNameError, match="pian"):
        parse_criterion("pian > 4", where="a test").holds({"pain": 1.0}, 1)


@pytest.mark.parametrize(
    "text",
    ["", "pain", "pain = 4", "pain == 4", "1 < pain < 4", "pain > 4 if dose else 1", "pain >",
     "__import__('os').system('x') > 1", "not pain", "pain > [1]", "x" * 1001 + " > 1",
     "not " * 40 + "(a > 1)", "lambda: 1", "pain > 4; dose > 1", "pain.real > 1"],
)  # fmt: skip
def test_what_is_no_condition_is_refused_in_one_line(text):
    with pytest.raises(ExpressionError) as caught:
        parse_criterion(text, where="rules.0.when")
    assert str(caught.value).startswith("rules.0.when")
    assert "\n" not in str(caught.value)

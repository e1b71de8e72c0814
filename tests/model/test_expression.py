import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.engine.expression import names_in
from algesia.engine.expression import parse as parse_for_the_engine
from algesia.errors import UnknownNameError
from algesia.model import parse
from algesia.units import dimension

VALUES = {"x": 1.7, "y": 0.4, "z": 2.5}

leaves = st.one_of(
    st.sampled_from(list(VALUES.items())),
    st.floats(0.0, 1e6).map(lambda number: (repr(number), number)),
    st.integers(0, 1000).map(lambda number: (str(number), float(number))),
)


def _binary(sign, operate):
    def join(pair):
        (left, a), (right, b) = pair
        return f"(({left}) {sign} ({right}))", operate(a, b)

    return join


def _grown(inner):
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(_binary("+", lambda a, b: a + b)),
        pairs.map(_binary("-", lambda a, b: a - b)),
        pairs.map(_binary("*", lambda a, b: a * b)),
        pairs.map(_binary("/", lambda a, b: a / b if b else math.nan)),
        inner.map(lambda part: (f"-({part[0]})", -part[1])),
        inner.map(lambda part: (f"abs({part[0]})", abs(part[1]))),
        inner.map(lambda part: (f"sqrt(abs({part[0]}))", math.sqrt(abs(part[1])))),
        inner.map(lambda part: (f"exp(-abs({part[0]}))", math.exp(-abs(part[1])))),
        inner.map(lambda part: (f"log(1 + abs({part[0]}))", math.log(1.0 + abs(part[1])))),
        inner.map(lambda part: (f"(abs({part[0]})) ** 1.5", abs(part[1]) ** 1.5)),
        pairs.map(lambda p: (f"min({p[0][0]}, {p[1][0]})", min(p[0][1], p[1][1]))),
        pairs.map(lambda p: (f"max({p[0][0]}, {p[1][0]})", max(p[0][1], p[1][1]))),
        pairs.map(
            lambda p: (
                f"where({p[0][0]} <= {p[1][0]}, {p[0][0]}, x)",
                p[0][1] if p[0][1] <= p[1][1] else VALUES["x"],
            )
        ),
    )


trees = st.recursive(leaves, _grown, max_leaves=12)


def _within_reach(number):
    return math.isfinite(number) and abs(number) < 1e200


@given(tree=trees)
def test_a_formula_has_the_value_plain_arithmetic_gives(tree):
    text, expected = tree
    assume(_within_reach(expected))
    assert_allclose(parse(text).evaluate(VALUES), expected, rtol=1e-9, atol=1e-300)


@given(tree=trees)
def test_the_canonical_text_reads_back_as_the_same_formula(tree):
    formula = parse(tree[0])
    again = parse(formula.text)
    assert again == formula
    assert again.text == formula.text


@given(tree=trees)
def test_the_engine_reads_the_canonical_text_with_the_same_symbols(tree):
    formula = parse(tree[0])
    assert names_in(parse_for_the_engine(formula.text, what="formula")) == formula.names


@given(tree=trees)
def test_brackets_left_out_of_the_canonical_text_change_no_value(tree):
    text, expected = tree
    assume(_within_reach(expected))
    assert parse(parse(text).text).evaluate(VALUES) == parse(text).evaluate(VALUES)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a/(b*c)", "a / (b * c)"),
        ("(a/b)*c", "a / b * c"),
        ("(-a)**2", "(-a) ** 2"),
        ("-(a**2)", "-a ** 2"),
        ("(a**b)**c", "(a ** b) ** c"),
        ("a**(b**c)", "a ** b ** c"),
        ("2.0*a + 1e-7", "2 * a + 1e-07"),
        ("where(a+b<c,a,b)", "where(a + b < c, a, b)"),
        ("a +\n  b", "a + b"),
    ],
)
def test_the_canonical_text_keeps_only_the_brackets_that_matter(text, canonical):
    assert parse(text).text == canonical


def test_a_minus_before_a_power_binds_less_than_the_power():
    assert parse("-x ** 2").evaluate({"x": 3.0}) == -9.0


def test_a_formula_of_arrays_gives_one_value_per_subject():
    volume = np.array([10.0, 20.0, 40.0])
    result = parse("amount / volume").evaluate({"amount": 100.0, "volume": volume})
    assert_allclose(result, [10.0, 5.0, 2.5], rtol=1e-15, atol=0)


def test_a_formula_of_numbers_gives_a_plain_float():
    assert type(parse("2 * x").evaluate({"x": 1.0})) is float


def test_a_branch_is_chosen_subject_by_subject():
    formula = parse("where(device_number > 1, factor, 1)")
    chosen = formula.evaluate({"device_number": np.array([1.0, 2.0, 3.0]), "factor": 0.62})
    assert_allclose(chosen, [1.0, 0.62, 0.62], rtol=1e-15, atol=0)


def test_half_of_the_effect_is_reached_at_the_half_point_whatever_the_exponent():
    result = parse("hill(x, half, n)").evaluate(
        {"x": 71.0, "half": 71.0, "n": np.array([0.5, 1.0, 4.0])}
    )
    assert_allclose(result, 0.5, rtol=1e-14, atol=0)


def test_nothing_or_less_has_no_effect_in_a_hill_function():
    result = parse("hill(x, 2, 1.5)").evaluate({"x": np.array([0.0, -1e-9])})
    assert_allclose(result, 0.0, rtol=0, atol=0)


def test_the_smooth_step_is_the_logistic_curve_and_never_overflows():
    x = np.array([-1e6, 0.0, 1.0, 2.0, 1e6])
    result = parse("smooth_step(x, 1, 0.5)").evaluate({"x": x})
    expected = [0.0, 1.0 / (1.0 + math.exp(2.0)), 0.5, 1.0 / (1.0 + math.exp(-2.0)), 1.0]
    assert_allclose(result, expected, rtol=1e-12, atol=1e-15)


def test_outside_its_domain_a_formula_is_not_a_number_and_does_not_warn():
    assert math.isnan(parse("log(x)").evaluate({"x": -1.0}))
    assert math.isnan(parse("x ** 0.5").evaluate({"x": -1.0}))
    assert parse("1 / x").evaluate({"x": 0.0}) == math.inf


def test_a_missing_value_is_named_with_its_closest_relative():
    with pytest.raises(UnknownNameError, match="'clearence'; close names: clearance"):
        parse("clearence * 2").evaluate({"clearance": 1.0})


def test_symbols_are_listed_without_the_functions():
    assert parse("where(a < b, exp(c), d)").names == {"a", "b", "c", "d"}


def test_renaming_swaps_symbols_at_once():
    assert parse("a - b").renamed({"a": "b", "b": "a"}).text == "b - a"


def test_the_dimension_of_a_quotient_is_the_quotient_of_dimensions():
    found = parse("amount / volume").dimension(
        {"amount": dimension("nmol"), "volume": dimension("L")}
    )
    assert found == dimension("nmol/L")


def test_a_number_reads_as_a_formula():
    assert parse(0.25).text == "0.25"
    assert parse(1).evaluate({}) == 1.0

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import ExpressionError
from algesia.model import parse


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.real",
        "a[0]",
        "lambda: 1",
        "'text'",
        "b'bytes'",
        "True",
        "None",
        "...",
        "1j",
        "[a, b]",
        "{a: b}",
        "(a, b)",
        "a if b else c",
        "a and b",
        "not a",
        "a // b",
        "a % b",
        "a @ b",
        "a & b",
        "~a",
        "+a",
        "a := 1",
        "(a := 1)",
        "f'{a}'",
        "await a",
        "a < b",
        "a < b < c",
        "a + (b < c)",
        "exp(x=1)",
        "exp(*a)",
        "exp(**a)",
        "(exp)(a)(b)",
        "min(a for a in b)",
        "a; b",
        "a = b",
        "a) + (b",
        "a # a remark",
        "a b",
        "1if x else 2",
        "",
        "   ",
        "_hidden",
        "__class__",
        "lambda",
        "µ * a",
        "ﬁ",
        "a\x00b",
        "1e999",
        "1e13",
        "9" * 3000,
        "0x" + "f" * 3900,
        "(" * 500 + "a" + ")" * 500,
        "-" * 2000 + "a",
        "a + " * 900 + "a",
        "a" * 101,
        "a" + " " * 5000,
    ],
)
def test_whatever_is_no_formula_is_refused_in_one_line(text):
    with pytest.raises(ExpressionError) as refusal:
        parse(text, where="flows.elimination.rate")
    message = str(refusal.value)
    assert message.startswith("flows.elimination.rate: ")
    assert "\n" not in message
    assert len(message) < 400


def test_an_unsupported_function_is_refused_with_the_closest_one():
    with pytest.raises(ExpressionError, match=r"no function 'sqr'; close names: sqrt"):
        parse("sqr(a)")


def test_a_function_without_its_brackets_is_refused_with_its_arguments():
    with pytest.raises(
        ExpressionError, match=r"'hill' is a function; expected hill\(x, half, n\)"
    ):
        parse("hill * 2")


def test_a_function_with_too_few_arguments_is_refused_with_their_names():
    with pytest.raises(ExpressionError, match=r"'hill\(a\)' .* expected hill\(x, half, n\)"):
        parse("hill(a)")


def test_the_condition_of_where_is_one_comparison():
    with pytest.raises(ExpressionError, match="expected one comparison"):
        parse("where(a, b, c)")
    with pytest.raises(ExpressionError, match="expected one comparison"):
        parse("where(a < b < c, b, c)")
    with pytest.raises(ExpressionError, match="expected one comparison"):
        parse("where(a == b, b, c)")


def test_a_hundred_terms_fit_and_more_ask_for_definitions():
    assert parse(" + ".join(["a"] * 99)).names == {"a"}
    with pytest.raises(ExpressionError, match="split it into definitions"):
        parse(" + ".join(["a"] * 102))


def outcome(text):
    """The formula that was read, or the refusal as text."""
    try:
        return parse(text)
    except ExpressionError as refusal:
        return str(refusal)


def reads_back_or_is_refused_in_one_line(text):
    found = outcome(text)
    if isinstance(found, str):
        return found.startswith("expression: ") and "\n" not in found
    return parse(found.text) == found


@given(text=st.text(max_size=60))
def test_no_text_does_anything_but_parse_or_be_refused(text):
    assert reads_back_or_is_refused_in_one_line(text)


@given(text=st.text(alphabet="ab019+-*/(). ,<>=", max_size=40))
def test_no_string_of_operators_does_anything_but_parse_or_be_refused(text):
    assert reads_back_or_is_refused_in_one_line(text)

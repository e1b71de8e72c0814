import pytest

from algesia.engine.expression import names_in, parse


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b",
        "a[0]",
        "lambda: 1",
        "a if b else c",
        "a and b",
        "'text'",
        "True",
        "sin(a)",
        "exp(a, b)",
        "hill(a, b)",
        "where(a, b, c)",
        "where(a < b < c, 1, 2)",
        "a < b",
        "max(a)",
        "exp(x=a)",
        "a // b",
        "a =",
        "",
        "1j",
    ],
)
def test_text_outside_the_grammar_is_refused(text):
    with pytest.raises(ValueError, match="expected"):
        parse(text, what="derivative of central")


def test_a_refusal_names_the_owner_and_the_part():
    with pytest.raises(ValueError, match=r"derivative of central has 'sin\(a\)'"):
        parse("1 + sin(a)", what="derivative of central")


def test_names_are_those_of_values_and_not_of_functions():
    tree = parse("where(a < 2 * b, hill(c, d, 2), max(e, 1, f)) ** -g", what="x")
    assert names_in(tree) == frozenset("abcdefg")


def test_an_absurdly_deep_expression_is_refused_and_not_a_crash():
    with pytest.raises(ValueError, match="expected one arithmetic expression"):
        parse("(" * 5000 + "a" + ")" * 5000, what="x")

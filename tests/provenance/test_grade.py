import itertools

import pytest

from algesia.errors import UnknownNameError
from algesia.provenance import CERTAINTIES, KINDS, Grade


def test_every_grade_survives_its_own_text():
    for kind, certainty in itertools.product(KINDS, CERTAINTIES):
        grade = Grade(kind=kind, certainty=certainty)
        assert Grade.from_text(str(grade)) == grade


def test_a_grade_says_what_its_letter_stands_for():
    assert [Grade(kind=k, certainty="low").evidence for k in "ABCD"] == [
        "human",
        "animal",
        "in vitro",
        "assumption",
    ]


def test_an_unknown_letter_is_refused_with_those_that_exist():
    with pytest.raises(UnknownNameError, match="no grade 'E'; known: A, B, C, D"):
        Grade(kind="E", certainty="low")


@pytest.mark.parametrize("text", ["A", "A, good", "A moderate", ""])
def test_a_text_without_both_axes_is_refused(text):
    with pytest.raises(UnknownNameError):
        Grade.from_text(text)

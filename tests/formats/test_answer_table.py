import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.errors import DataError, FileInputError
from algesia.formats.answer_table import read_answer_table


@pytest.fixture
def answers_of(tmp_path):
    def read(text):
        path = tmp_path / "answers.csv"
        path.write_text(text, encoding="utf-8")
        return read_answer_table(path)

    return read


def test_numbers_are_read_in_the_ways_programs_print_them(answers_of):
    table = answers_of("id,Time,CP,C\n1.0000E+00,0,1.5D+01,.\n2,.5,.,.\n2,1,-3,.\n2,2,NA,C\n")
    assert_array_equal(table.subject, [1, 2, 2, 2])
    assert_array_equal(table.time_h, [0, 0.5, 1, 2])
    assert_array_equal(table.columns["CP"].values, [15, np.nan, -3, np.nan])
    assert list(table.columns) == ["CP"]
    assert_array_equal(table.row, [2, 3, 4, 5])


def test_the_step_of_the_last_digit_is_that_of_the_whole_column(answers_of):
    rounded = answers_of("ID,TIME,CP\n1,0,0\n1,1,12.345\n1,2,4100\n1,3,0.2\n").columns["CP"]
    assert_allclose(rounded.error, [0, 5e-4, 5e-2, 5e-6], rtol=1e-12, atol=0)
    fixed = answers_of("ID,TIME,CP\n1,0,0.00\n1,1,12.34\n1,2,4100.10\n").columns["CP"]
    assert_allclose(fixed.error, [5e-3] * 3, rtol=1e-12, atol=0)
    few = answers_of("ID,TIME,CP\n1,0,2\n").columns["CP"]
    assert_allclose(few.error, [5e-4], rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rows"),
        ("ID,TIME,CP\n", "no rows"),
        ("ID,CP\n1,2\n", "no column TIME; expected it beside ID, CP"),
        ("ID,TIME\n1,2\n", "expected a column of answers"),
        ("ID,TIME,CP\n1,2\n", "row 2 has 2 fields; expected 3"),
        ("ID,TIME,CP\n1,2,high\n", "row 2, column CP is 'high'"),
        ("ID,TIME,CP\n1,2,inf\n", "row 2, column CP is 'inf'"),
        ("ID,TIME,CP\n1,.,3\n", "row 2: TIME is missing"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(text, message, answers_of):
    with pytest.raises(DataError, match=message):
        answers_of(text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileInputError, match="cannot be read"):
        read_answer_table(tmp_path / "none.csv")

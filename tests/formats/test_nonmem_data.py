from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algesia.errors import DataError, FileInputError
from algesia.formats.nonmem_data import EVENT_COLUMNS, read_event_table

CONFORMANCE = Path(__file__).resolve().parents[2].parent / "shared" / "conformance"


@pytest.fixture
def table_of(tmp_path):
    def read(text, encoding="utf-8"):
        path = tmp_path / "events.csv"
        path.write_bytes(text.encode(encoding))
        return read_event_table(path)

    return read


@pytest.fixture
def refusal(table_of):
    def read(text):
        with pytest.raises(DataError) as caught:
            table_of(text)
        message = str(caught.value)
        assert "\n" not in message
        assert message.startswith("events.csv")
        return message

    return read


def test_columns_are_found_by_name_in_any_case_and_order(table_of):
    table = table_of("wt,Time,id,amt,EVID,dv\n70,0,3,100,1,.\n70,1.5,3,.,0,4.25\n")
    assert_array_equal(table.subject, [3, 3])
    assert_array_equal(table.time_h, [0.0, 1.5])
    assert_array_equal(table.amount, [100.0, 0.0])
    assert_array_equal(table.kind, [1, 0])
    assert_array_equal(table.observed, [np.nan, 4.25])
    assert_array_equal(table.missing_observation, [1, 0])
    assert list(table.covariates) == ["wt"]
    assert_array_equal(table.row, [2, 3])


def test_every_event_column_is_read(table_of):
    table = table_of(
        "ID,TIME,AMT,RATE,EVID,CMT,ADDL,II,SS,DV,MDV\n"
        "1,0,100,50,1,2,3,12,1,.,1\n"
        "1,2,100,-2,4,1,.,24,2,.,1\n"
        "1,2,.,.,3,.,.,.,.,.,1\n"
        "1,4,0,0,0,1,0,0,0,7,0\n"
    )
    assert_array_equal(table.rate, [50, -2, 0, 0])
    assert_array_equal(table.kind, [1, 4, 3, 0])
    assert_array_equal(table.compartment, [2, 1, 0, 1])
    assert_array_equal(table.additional, [3, 0, 0, 0])
    assert_array_equal(table.interval_h, [12, 24, 0, 0])
    assert_array_equal(table.steady_state, [1, 2, 0, 0])
    assert_array_equal(table.missing_observation, [1, 1, 1, 0])
    assert table.covariates == {}


def test_without_evid_a_row_with_an_amount_is_a_dose(table_of):
    table = table_of("ID,TIME,AMT\n1,0,100\n1,1,.\n1,2,0\n")
    assert_array_equal(table.kind, [1, 0, 0])


def test_rows_of_a_subject_are_found_in_the_order_of_the_file(table_of):
    table = table_of("ID,TIME\n7,0\n7,1\n2,0\n9,0\n9,5\n9,5\n")
    assert_array_equal(table.subjects, [7, 2, 9])
    assert [table.rows_of(index) for index in range(3)] == [
        slice(0, 2),
        slice(2, 3),
        slice(3, 6),
    ]


def test_dots_and_empty_fields_are_missing_covariates(table_of):
    table = table_of("ID,TIME,WT,AGE\n1,0,70,\n1,1, . ,40\n")
    assert_array_equal(table.covariates["WT"], [70, np.nan])
    assert_array_equal(table.covariates["AGE"], [np.nan, 40])


def test_comment_rows_blank_lines_and_a_byte_order_mark_are_left_out(table_of):
    table = table_of("C,ID,TIME\n.,1,0\nC,1,abc\n\n.,1,2\n", encoding="utf-8-sig")
    assert_array_equal(table.time_h, [0, 2])
    assert_array_equal(table.row, [2, 5])


def test_a_reset_may_start_the_clock_anew(table_of):
    table = table_of("ID,TIME,EVID,AMT\n1,10,0,.\n1,0,3,.\n1,5,0,.\n1,1,4,50\n")
    assert_array_equal(table.time_h, [10, 0, 5, 1])


def test_without_evid_a_row_without_dose_or_observation_is_another_event(table_of):
    table = table_of("ID,TIME,AMT,RATE,SS,MDV\n1,0,0,10,1,1\n1,1,.,.,.,1\n1,2,.,.,.,0\n")
    assert_array_equal(table.kind, [1, 2, 0])


def test_a_dose_of_nothing_is_a_dose(table_of):
    table = table_of("ID,TIME,AMT,EVID\n1,0,0,1\n1,1,.,4\n")
    assert_array_equal(table.kind, [1, 4])
    assert_array_equal(table.amount, [0, 0])


def test_compartments_may_be_called_by_name(table_of):
    table = table_of("ID,TIME,AMT,cmt\n1,0,5,depot\n1,1,5,Central\n1,2,.,.\n1,3,5,depot\n")
    names = [table.compartment_names.get(number) for number in table.compartment.tolist()]
    assert names == ["depot", "Central", None, "depot"]


def test_a_constant_infusion_at_steady_state_has_a_rate_and_no_amount(table_of):
    table = table_of("ID,TIME,AMT,RATE,EVID,SS,II\n1,0,0,100,1,1,0\n")
    assert_array_equal(table.steady_state, [1])


def test_rows_that_stand_apart_are_put_together_and_words_are_missing_where_asked(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("ID,TIME,NOTE\n9,0,start\n2,0,1\n9,1,\n2,3,end\n9,1,4\n", encoding="utf-8")
    table = read_event_table(path, lenient=True)
    assert_array_equal(table.subject, [9, 9, 9, 2, 2])
    assert_array_equal(table.row, [2, 4, 6, 3, 5])
    assert_array_equal(table.covariates["NOTE"], [np.nan, np.nan, 4, 1, np.nan])
    with pytest.raises(DataError, match="column NOTE is 'start'"):
        read_event_table(path)


HEADER = "ID,TIME,AMT,RATE,EVID,CMT,ADDL,II,SS,DV,MDV\n"


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("1,0,100,0,5,1,0,0,0,.,1", "EVID", "5"),
        ("1,0,100,0,-1,1,0,0,0,.,1", "EVID", "-1"),
        ("1,0,100,0,1.5,1,0,0,0,.,1", "EVID", "1.5"),
        ("1,0,-100,0,1,1,0,0,0,.,1", "AMT", "-100"),
        ("1,0,100,0,0,1,0,0,0,.,1", "AMT", "100"),
        ("1,0,100,0,2,1,0,0,0,.,1", "AMT", "100"),
        ("1,0,0,-2,1,1,0,12,1,.,1", "RATE", "-2"),
        ("1,0,0,10,1,1,2,12,1,.,1", "ADDL", "2"),
        ("1,0,100,0,1,in one,0,0,0,.,1", "CMT", "in one"),
        ("1,0,100,-3,1,1,0,0,0,.,1", "RATE", "-3"),
        ("1,0,100,-1.5,1,1,0,0,0,.,1", "RATE", "-1.5"),
        ("1,0,100,0,1,1,3,0,0,.,1", "ADDL", "3"),
        ("1,0,100,0,1,1,-1,0,0,.,1", "ADDL", "-1"),
        ("1,0,100,0,1,1,1.5,12,0,.,1", "ADDL", "1.5"),
        ("1,0,100,0,1,1,0,0,1,.,1", "SS", "1"),
        ("1,0,100,0,1,1,0,12,3,.,1", "SS", "3"),
        ("1,0,100,0,1,1,0,-12,0,.,1", "II", "-12"),
        ("1,0,100,0,1,-1,0,0,0,.,1", "CMT", "-1"),
        ("1,0,100,0,1,1.5,0,0,0,.,1", "CMT", "1.5"),
        ("1,0,100,0,1,1,0,0,0,.,2", "MDV", "2"),
        ("1,0,nan,0,1,1,0,0,0,.,1", "AMT", "nan"),
        ("1,0,inf,0,1,1,0,0,0,.,1", "AMT", "inf"),
        ("1,0,1e999,0,1,1,0,0,0,.,1", "AMT", "1e999"),
        ("1,0,ten,0,1,1,0,0,0,.,1", "AMT", "ten"),
        ("1,08:00,100,0,1,1,0,0,0,.,1", "TIME", "08:00"),
        ("1,.,100,0,1,1,0,0,0,.,1", "TIME", "missing"),
        (".,0,100,0,1,1,0,0,0,.,1", "ID", "missing"),
        ("1.5,0,100,0,1,1,0,0,0,.,1", "ID", "1.5"),
        ("1e17,0,100,0,1,1,0,0,0,.,1", "ID", "1e+17"),
        ("1,0,100,0,1,1,0,0,0,BLQ,1", "DV", "BLQ"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_column_and_value(refusal, row, column, value):
    message = refusal(f"{HEADER}1,0,100,0,1,1,0,0,0,.,1\n{row}\n")
    assert f"row 3, column {column} is '{value}'; expected " in message


def test_time_may_not_run_backwards_within_a_subject(refusal, table_of):
    message = refusal("ID,TIME\n1,0\n1,2\n1,1\n2,0\n")
    expected = "a time not before that of the row above"
    assert message == f"events.csv, row 4, column TIME is '1'; expected {expected}"
    assert_array_equal(table_of("ID,TIME\n1,2\n2,0\n").time_h, [2, 0])


def test_the_rows_of_a_subject_stand_together(refusal):
    assert "row 4, column ID is '1'" in refusal("ID,TIME\n1,0\n2,0\n1,1\n")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is empty"),
        ("ID,TIME\n", "has no rows"),
        ("C,ID,TIME\nC,1,2\n", "has no rows"),
        ("TIME,AMT\n0,1\n", "no column ID"),
        ("ID,AMT\n0,1\n", "no column TIME"),
        ("ID,TIME,time\n1,0,0\n", "names the column 'TIME' twice"),
        ("ID,TIME,WT,wt\n1,0,70,70\n", "names the column 'wt' twice"),
        ("ID,TIME,\n1,0,2\n", "a column without a name"),
        ("ID,TIME\n1,0,5\n", "row 2 has 3 fields; expected 2"),
        ("ID,TIME\n1\n", "row 2 has 1 fields; expected 2"),
        ("ID,TIME,WT\n1,0,heavy\n", "row 2, column WT is 'heavy'"),
        ("ID,TIME,WT\n1,0," + "x" * 99 + "\n", "column WT is 'xxxxx"),
    ],
)
def test_a_table_of_the_wrong_shape_is_refused(refusal, text, part):
    assert part in refusal(text)


def test_a_bad_value_far_down_keeps_its_row_number(refusal):
    rows = "".join(f"1,{time},70\n" for time in range(70_000))
    assert "row 70002, column WT is 'x'" in refusal(f"ID,TIME,WT\n{rows}1,70000,x\n")


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "events.csv").write_bytes(b"ID,TIME\n1,\xff\n")
    with pytest.raises(FileInputError, match="not UTF-8 text"):
        read_event_table(tmp_path / "events.csv")
    with pytest.raises(FileInputError, match=r"close names: events\.csv"):
        read_event_table(tmp_path / "event.csv")
    with pytest.raises(FileInputError, match="cannot be read"):
        read_event_table(tmp_path)
    (tmp_path / "events.csv").write_bytes(b'ID,TIME\n1,"0\n')
    with pytest.raises(FileInputError, match="cannot be read"):
        read_event_table(tmp_path / "events.csv")


def test_the_table_of_the_comparison_with_nonmem_is_read_whole():
    path = CONFORMANCE / "nmtests" / "data.csv"
    if not path.is_file():
        pytest.skip("no folder shared/conformance/nmtests beside the checkout")
    table = read_event_table(path)
    assert (len(table.row), len(table.subjects)) == (3837, 29)
    assert set(table.covariates) == {"LAGT", "MODE", "DUR2", "RAT2", "BIOAV"}
    assert not set(table.covariates) & set(EVENT_COLUMNS)
    assert int(np.count_nonzero((table.kind == 1) | (table.kind == 4))) == 36

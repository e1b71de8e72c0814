"""Tables of patients: what is read, and that nobody can be recognised in one."""

from pathlib import Path

import pytest

from algesia.errors import DataError, FileInputError
from algesia.formats.patient_table import UNITS, parse_patient_table, read_patient_table
from algesia.population import COVARIATES

TABLE = "id,weight_kg,age_year,female,ethnicity\n12,70.5,41,yes,Asian\n3,82,29,no,white\n"


def refusal(text: str) -> str:
    with pytest.raises(DataError) as caught:
        parse_patient_table(text, "patients.csv", seed=1)
    return str(caught.value)


def test_rows_become_subjects_in_order_with_their_own_numbers() -> None:
    cohort = parse_patient_table(TABLE, "patients.csv", seed=5)
    assert cohort.seed == 5
    assert cohort.subjects.tolist() == [12, 3]
    assert cohort.column("weight").tolist() == [70.5, 82.0]
    assert cohort.column("age").tolist() == [41.0, 29.0]
    assert cohort.column("female").tolist() == [True, False]
    assert cohort.column("ethnicity").tolist() == ["asian", "white"]
    assert cohort.notes == ("2 patients from patients.csv",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
def test_delimiters_line_endings_and_a_byte_order_mark_do_not_matter(
    delimiter: str, ending: str, start: str
) -> None:
    text = start + TABLE.replace(",", delimiter).replace("\n", ending)
    assert parse_patient_table(text, "t", seed=1).column("weight").tolist() == [70.5, 82.0]


def test_quoted_cells_and_spaces_around_cells_are_read() -> None:
    cohort = parse_patient_table('"id", weight_kg \n"1"," 70 "\n\n', "t", seed=1)
    assert cohort.column("weight").tolist() == [70.0]


def test_other_units_are_converted_by_their_exact_factors() -> None:
    text = "id,weight_lb,height_m,age_month\n1,100,1.75,18\n"
    cohort = parse_patient_table(text, "t", seed=1)
    assert cohort.column("weight").tolist() == [45.359237]
    assert cohort.column("height").tolist() == [175.0]
    assert cohort.column("age").tolist() == [1.5]


def test_every_numeric_covariate_has_a_heading_in_its_own_unit() -> None:
    for name, covariate in COVARIATES.items():
        if covariate.kind == "number":
            suffix = covariate.unit.lower().replace("/", "_per_")
            assert UNITS[name][suffix] == 1.0


@pytest.mark.parametrize(
    "heading",
    [
        "name", "Name", "surname", "FirstName", "patient_name", "initials", "nickname",
        "birth_date", "DOB", "date of birth", "birthYear", "address", "street", "post_code",
        "zip", "email", "E-mail", "phone", "mobile", "tel", "MRN", "patientMRN",
        "medical record", "hospital number", "nhs_number", "ssn", "insurance_id",
        "health_insurer", "passport", "Vorname", "Geburtsdatum", "Straße", "prénom",
        "Versicherungsnummer", "national_id",
    ],
)  # fmt: skip
def test_a_column_that_could_identify_a_person_is_refused_without_its_content(
    heading: str,
) -> None:
    message = refusal(f"id,weight_kg,{heading}\n1,70,Secret Person\n")
    assert message.startswith(f"patients.csv has a column '{heading}' that could identify")
    assert "Secret" not in message
    assert "\n" not in message


def test_no_accepted_heading_is_taken_for_an_identifying_one() -> None:
    flags = [name for name, row in COVARIATES.items() if row.kind != "number"]
    numbers = [f"{name}_{unit}" for name, units in UNITS.items() for unit in units]
    for heading in flags + numbers:
        message = refusal(f"id,{heading}\n")
        assert "holds 0 patients" in message


@pytest.mark.parametrize("text", ["id,weight_kg\n", "id,weight_kg\n\n , \n"])
def test_a_table_without_patients_is_refused(text: str) -> None:
    assert "holds 0 patients; expected at least one row" in refusal(text)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_table_is_refused(text: str) -> None:
    assert refusal(text) == (
        "patients.csv is empty; expected a heading row such as 'id,weight_kg'"
    )


@pytest.mark.parametrize(
    "cell", ["", "NaN", "inf", "-70", "0", "4000", "1_0", "seventy", "NA", "7e400", "٧٠"]
)
def test_a_weight_that_cannot_be_is_refused_with_its_row(cell: str) -> None:
    message = refusal(f"id,weight_kg\n1,70\n2,{cell}\n")
    shown = repr(cell) if cell else "empty"
    assert message == (f"patients.csv row 3: weight_kg is {shown}; expected 0.5 to 400 kg")


def test_a_decimal_comma_is_named_as_such() -> None:
    message = refusal("id;weight_kg\n1;70,5\n")
    assert message.endswith("weight_kg is '70,5'; expected 0.5 to 400 kg, with a decimal point")


@pytest.mark.parametrize("cell", ["", "maybe", "2", "f"])
def test_a_flag_that_is_neither_yes_nor_no_is_refused(cell: str) -> None:
    assert "row 2: female is" in refusal(f"id,female\n1,{cell}\n")


@pytest.mark.parametrize("cell", ["", "a@b.org", "12/05/1970", "x" * 60])
def test_a_level_that_is_not_a_short_word_is_refused(cell: str) -> None:
    message = refusal(f"id,ethnicity\n1,{cell}\n")
    assert "row 2: ethnicity is" in message
    assert len(message) < 160


def test_a_repeated_id_names_both_rows() -> None:
    message = refusal("id,weight_kg\n1,70\n2,71\n1,72\n")
    assert message == "patients.csv row 4: id 1 is already in row 2; expected each once"


@pytest.mark.parametrize("cell", ["", "A12", "-1", "1.5", "1" * 19])
def test_an_id_that_is_not_a_whole_number_is_refused(cell: str) -> None:
    assert "row 2: id is" in refusal(f"id,weight_kg\n{cell},70\n")


def test_blank_lines_count_in_row_numbers() -> None:
    assert "row 4: weight_kg is '-1'" in refusal("id,weight_kg\n1,70\n\n2,-1\n")


def test_a_row_of_the_wrong_length_is_refused() -> None:
    assert refusal("id,weight_kg\n1,70,5\n").endswith("row 2 has 3 cells; expected 2")


def test_a_heading_without_its_unit_is_told_the_unit() -> None:
    assert refusal("id,weight\n1,70\n").endswith(
        "column 'weight' has no unit; expected weight_kg or weight_g or weight_lb"
    )


def test_an_unknown_heading_is_refused_with_close_ones() -> None:
    assert "no patient column 'wieght_kg'; close names: weight_kg" in refusal(
        "id,wieght_kg\n1,7\n"
    )
    assert "no patient column 'notes'" in refusal("id,notes\n1,7\n")


def test_repeated_and_missing_headings_are_refused() -> None:
    assert "has 0 columns 'id'" in refusal("weight_kg\n70\n")
    assert "has 2 columns 'id'" in refusal("id,id\n1,1\n")
    assert "columns 'weight_kg' and 'weight_lb' for one covariate" in refusal(
        "id,weight_kg,weight_lb\n1,70,150\n"
    )
    assert "columns 'female' and 'female'" in refusal("id,female,female\n1,yes,yes\n")


def test_broken_quotation_marks_are_refused_with_their_row() -> None:
    assert "row 2 is not delimited text" in refusal('id,weight_kg\n1,"70"5\n')


def test_a_file_is_read_and_one_in_another_encoding_or_place_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "patients.csv"
    file.write_bytes(b"\xef\xbb\xbf" + TABLE.encode())
    assert read_patient_table(file, seed=2).size == 2
    file.write_bytes(TABLE.encode("utf-16"))
    with pytest.raises(FileInputError, match="is not UTF-8 text; save it as UTF-8"):
        read_patient_table(file, seed=2)
    with pytest.raises(FileInputError, match=r"absent\.csv cannot be read"):
        read_patient_table(tmp_path / "absent.csv", seed=2)
    with pytest.raises(FileInputError, match="is not a file"):
        read_patient_table(tmp_path, seed=2)

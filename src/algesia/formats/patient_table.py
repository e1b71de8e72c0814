"""A table of patients as delimited text: one row each, a study number and covariates.

Columns are `id` and any of the covariates, with the unit in the name of a number: `weight_kg`,
`height_cm`, `age_year`, `female`, `ethnicity`. A column that could identify a person is refused
before any row is read, and no message repeats what such a column holds.
"""

import csv
import io
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from algesia.errors import DataError, FileInputError, unknown_name
from algesia.population import COVARIATES, Cohort, Covariate, is_level

__all__ = ["SIZE_LIMIT_BYTES", "identifies_people", "parse_patient_table", "read_patient_table"]

SIZE_LIMIT_BYTES: Final = 64_000_000
DELIMITERS: Final = (",", ";", "\t")
LONGEST_QUOTE: Final = 40

MONTHS_PER_YEAR: Final = 12.0
KILOGRAMS_PER_POUND: Final = 0.45359237
KILOGRAMS_PER_GRAM: Final = 1e-3
CENTIMETRES_PER_METRE: Final = 100.0
UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "weight": {"kg": 1.0, "g": KILOGRAMS_PER_GRAM, "lb": KILOGRAMS_PER_POUND},
    "height": {"cm": 1.0, "m": CENTIMETRES_PER_METRE},
    "age": {"year": 1.0, "month": 1.0 / MONTHS_PER_YEAR},
    "creatinine_clearance": {"ml_per_min": 1.0},
    "hepatic_function": {"fraction": 1.0},
}

NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\Z")
DECIMAL_COMMA: Final = re.compile(r"[-+]?[0-9]+,[0-9]+\Z")
# Eighteen digits always fit a 64-bit number.
STUDY_NUMBER: Final = re.compile(r"[0-9]{1,18}\Z")
FLAGS: Final = {
    "true": True, "yes": True, "y": True, "1": True,
    "false": False, "no": False, "n": False, "0": False,
}  # fmt: skip

# Found anywhere in the letters of a heading, in the languages clinics most often export.
IDENTIFYING_PARTS: Final = (
    "name", "naam", "initials", "prenom", "apellido", "cognome",
    "birth", "geburt", "geboorte", "naissance", "nacimiento", "nascita",
    "address", "adresse", "street", "strasse", "postcode", "postal", "zipcode",
    "email", "phone", "telefon", "mobile", "insur", "versicher", "krankenkasse",
    "medicalrecord", "recordnumber", "hospitalnumber", "socialsecurity", "national",
    "passport", "licence", "license",
)  # fmt: skip
# Too short to look for inside other words.
IDENTIFYING_WORDS: Final = frozenset(
    {
        "dob",
        "born",
        "mrn",
        "ehr",
        "nhs",
        "ssn",
        "bsn",
        "nir",
        "tel",
        "fax",
        "mail",
        "zip",
        "nom",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """One covariate column: its heading, its place, and the factor to the cohort's unit."""

    heading: str
    place: int
    covariate: Covariate
    factor: float


def read_patient_table(path: Path, *, seed: int) -> Cohort:
    """Read a file of patients as a cohort.

    Parameters
    ----------
    path
        Delimited UTF-8 text with a heading row, at most 64 MB.
    seed
        Seed of every later draw for these patients, 0 or above.

    Returns
    -------
    Cohort
        The patients in the order of the rows.

    Raises
    ------
    FileInputError
        If the file is missing, too large or not UTF-8 text.
    DataError
        If a column or row cannot be used. The message numbers the row; the heading is row 1.
    """
    file = Path(path)
    try:
        information = file.stat()
        if not stat.S_ISREG(information.st_mode):
            raise FileInputError(f"{file} is not a file; expected a table of patients")
        if information.st_size > SIZE_LIMIT_BYTES:
            raise FileInputError(
                f"{file} is {information.st_size} bytes; at most {SIZE_LIMIT_BYTES} are read"
            )
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileInputError(
            f"{file} cannot be read: {error.strerror}; expected a table of patients"
        ) from error
    except UnicodeDecodeError as error:
        raise FileInputError(f"{file} is not UTF-8 text; save it as UTF-8") from error
    return parse_patient_table(text, str(file), seed=seed)


def parse_patient_table(text: str, where: str, *, seed: int) -> Cohort:
    r"""Read the text of a table of patients as a cohort.

    Parameters
    ----------
    text
        Heading row and one row per patient; commas, semicolons or tabs between cells.
    where
        What to call the text in messages, usually its file name.
    seed
        Seed of every later draw for these patients, 0 or above.

    Returns
    -------
    Cohort
        The patients in the order of the rows.

    Raises
    ------
    DataError
        If a column could identify a person, is unknown or has no unit; if an id is missing,
        repeated or not a whole number; if a cell is empty or outside its range.

    Examples
    --------
    >>> cohort = parse_patient_table("id;weight_kg;female\n7;61.5;yes\n", "example", seed=1)
    >>> cohort.subjects.tolist(), cohort.column("weight").tolist()
    ([7], [61.5])
    """
    rows = _rows(text.removeprefix("\ufeff"), where)
    _, headings = next(rows, (1, []))
    fields, id_place = _fields(headings, where)
    row_of_id: dict[int, int] = {}
    values: dict[str, list[float | bool | str]] = {field.covariate.name: [] for field in fields}
    for number, cells in rows:
        at = f"{where} row {number}"
        if len(cells) != len(headings):
            raise DataError(f"{at} has {len(cells)} cells; expected {len(headings)}")
        subject = _study_number(cells[id_place], at)
        if subject in row_of_id:
            raise DataError(
                f"{at}: id {subject} is already in row {row_of_id[subject]}; expected each once"
            )
        row_of_id[subject] = number
        for field in fields:
            values[field.covariate.name].append(_cell(field, cells[field.place].strip(), at))
    if not row_of_id:
        raise DataError(
            f"{where} holds 0 patients; expected at least one row below the heading"
        )
    return Cohort(
        seed=seed,
        subjects=np.array(list(row_of_id), dtype=np.int64),
        covariates={name: np.array(column) for name, column in values.items()},
        notes=(f"{len(row_of_id)} patients from {where}",),
    )


def _rows(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, each with the number of its last line in the file."""
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(
            f"{where} row {reader.line_num} is not delimited text: {error}; "
            "check its quotation marks"
        ) from error


def _fields(headings: Sequence[str], where: str) -> tuple[list[_Field], int]:
    """Covariate columns and the place of the id."""
    names = [heading.strip() for heading in headings]
    if not any(names):
        raise DataError(f"{where} is empty; expected a heading row such as 'id,weight_kg'")
    for name in names:
        if identifies_people(name):
            raise DataError(
                f"{where} has a column '{name}' that could identify a person; remove it, only "
                "a study number and covariates are read"
            )
    if names.count("id") != 1:
        raise DataError(
            f"{where} has {names.count('id')} columns 'id'; expected one, a study number"
        )
    fields: dict[str, _Field] = {}
    for place, name in enumerate(names):
        if name == "id":
            continue
        field = _field(name, place, where)
        if field.covariate.name in fields:
            earlier = fields[field.covariate.name].heading
            raise DataError(
                f"{where} has columns '{earlier}' and '{name}' for one covariate; expected one"
            )
        fields[field.covariate.name] = field
    return list(fields.values()), names.index("id")


def _field(heading: str, place: int, where: str) -> _Field:
    """Meaning of one heading."""
    accepted: dict[str, tuple[Covariate, float]] = {}
    for covariate in COVARIATES.values():
        if covariate.kind == "number":
            for suffix, factor in UNITS[covariate.name].items():
                accepted[f"{covariate.name}_{suffix}"] = (covariate, factor)
        else:
            accepted[covariate.name] = (covariate, 1.0)
    if heading in accepted:
        covariate, factor = accepted[heading]
        return _Field(heading=heading, place=place, covariate=covariate, factor=factor)
    if heading in UNITS:
        spellings = " or ".join(f"{heading}_{suffix}" for suffix in UNITS[heading])
        raise DataError(f"{where}: column '{heading}' has no unit; expected {spellings}")
    hint = unknown_name("patient column", heading, ["id", *accepted])
    raise DataError(f"{where}: {hint}")


def identifies_people(heading: str) -> bool:
    """Whether a heading names something that could identify a person."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    spread = unicodedata.normalize("NFKD", apart.casefold())
    words = re.findall(r"[a-z]+", "".join(c for c in spread if not unicodedata.combining(c)))
    letters = "".join(words)
    return any(part in letters for part in IDENTIFYING_PARTS) or any(
        word in IDENTIFYING_WORDS for word in words
    )


def _study_number(cell: str, at: str) -> int:
    """Whole number that stands for the patient."""
    text = cell.strip()
    if not STUDY_NUMBER.match(text):
        raise DataError(
            f"{at}: id is {_quote(text)}; expected a study number, whole and 0 or above"
        )
    return int(text)


def _cell(field: _Field, text: str, at: str) -> float | bool | str:
    """Value of one cell in the unit of the cohort."""
    covariate = field.covariate
    if covariate.kind == "flag" and text.casefold() in FLAGS:
        return FLAGS[text.casefold()]
    if covariate.kind == "level" and is_level(text.casefold()):
        return text.casefold()
    if covariate.kind == "number" and NUMBER.match(text):
        value = float(text) * field.factor
        if covariate.low <= value <= covariate.high:
            return value
    hint = ", with a decimal point" if DECIMAL_COMMA.match(text) else ""
    raise DataError(
        f"{at}: {field.heading} is {_quote(text)}; expected {covariate.accepted()}{hint}"
    )


def _quote(text: str) -> str:
    """Cell as given, shortened."""
    if not text:
        return "empty"
    return repr(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…")

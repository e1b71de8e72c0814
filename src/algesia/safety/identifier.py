"""What would tell who a person is; such data is refused before anything else is read."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from algesia.errors import FileInputError

__all__ = ["refuse_identifiers"]

# Compared without case, spaces, dashes and underscores.
KEYS: Final = frozenset(
    {
        "name", "firstname", "forename", "givenname", "lastname", "surname", "familyname",
        "fullname", "initials", "patientname", "patient", "patientid", "patientnumber", "id",
        "identifier", "personid", "mrn", "medicalrecordnumber", "recordnumber", "chartnumber",
        "hospitalnumber", "casenumber", "nhsnumber", "nhs", "chi", "chinumber", "ssn",
        "socialsecuritynumber", "nationalid", "insurancenumber", "medicarenumber", "passport",
        "birthdate", "birthday", "dateofbirth", "dob", "born", "address", "street", "city",
        "postcode", "postalcode", "zip", "zipcode", "phone", "telephone", "mobile", "fax",
        "email", "mail", "photo", "nextofkin",
    }
)  # fmt: skip
PATTERNS: Final = (
    ("a date", re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")),
    ("an e-mail address", re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")),
    ("a number as long as an identifier", re.compile(r"\d(?:[ -]?\d){7,}")),
)
MEDICINES: Final = "medicines"


def refuse_identifiers(data: object, *, where: str) -> None:
    """Refuse names, identifiers, birth dates and contact details.

    Parameters
    ----------
    data
        What a patient file holds, nested at any depth.
    where
        What to call the file in messages.

    Raises
    ------
    FileInputError
        If a key or a text may tell who the person is. The message names the key and shows
        nothing of its value.
    """
    for path, key, value in _walk(data, ()):
        place = ".".join(path)
        squeezed = re.sub(r"[\s_-]", "", key).lower()
        # The name of a medicine is not the name of a person.
        of_medicine = squeezed == "name" and path[:1] == (MEDICINES,)
        if squeezed in KEYS and not of_medicine:
            raise FileInputError(
                f"{where} has the key '{place}', which may tell who the person is; leave it out"
                " (age in years and a label without a name are enough)"
            )
        for what, pattern in PATTERNS:
            if isinstance(value, str | int) and pattern.search(str(value)):
                raise FileInputError(
                    f"{where}: the value of '{place}' looks like {what}; leave it out, "
                    "patient files hold nothing that may tell who the person is"
                )


def _walk(
    data: object, path: tuple[str, ...], key: str = ""
) -> Iterator[tuple[tuple[str, ...], str, object]]:
    """Every place with its key and value."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _walk(value, (*path, str(name)), str(name))
            if isinstance(value, Mapping | list):
                yield (*path, str(name)), str(name), None
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _walk(value, (*path, str(place)))
    elif path:
        yield path, key, data

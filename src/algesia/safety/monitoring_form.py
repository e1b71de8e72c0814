"""The blank form on thinking, bladder and liver: what is asked, on which days of the plan."""

from functools import cache
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.provenance import NOTICE

from .fact_file import read_data
from .screening import Screening

__all__ = ["FormDomain", "FormField", "form_domains", "form_record", "form_visits"]

FILE_NAME: Final = "monitoring_form.yaml"
VISITS_OF: Final = ("urinary_before", "urinary_after")


class FormField(BaseModel):
    """One line of the form.

    Parameters
    ----------
    id
        Its name.
    asks
        What is asked.
    answer
        What kind of answer is expected.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str
    asks: str
    answer: str


class FormDomain(BaseModel):
    """One kind of toxicity.

    Parameters
    ----------
    id
        Its name.
    title
        Its heading.
    fields
        Its lines.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Literal["neuropsychiatric", "urinary", "hepatobiliary"]
    title: str
    fields: list[FormField] = Field(min_length=1)


class _File(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    version: Literal["algesia/monitoring_form/1"] = Field(alias="schema")
    domains: list[FormDomain]


@cache
def form_domains() -> tuple[FormDomain, ...]:
    """The three parts of the form.

    Examples
    --------
    >>> [domain.id for domain in form_domains()]
    ['neuropsychiatric', 'urinary', 'hepatobiliary']
    """
    return tuple(validated(_File, read_data(FILE_NAME), where=FILE_NAME).domains)


def form_visits(screening: Screening) -> tuple[tuple[int, str], ...]:
    """Days of the plan at which the form is filled, with what they are.

    Parameters
    ----------
    screening
        The screening whose calendar is used; day 1 is the first dose.
    """
    visits = [
        (day, entry.moment)
        for entry in screening.calendar
        if entry.id in VISITS_OF
        for day in entry.days
    ]
    return tuple(sorted(visits, key=lambda visit: visit[0]))


def form_record(screening: Screening) -> dict[str, Any]:
    """The form as data with every answer blank.

    Parameters
    ----------
    screening
        The screening whose calendar is used.
    """
    return {
        "schema": "algesia/monitoring_form_answers/1",
        "notice": NOTICE,
        "regimen": screening.regimen_text,
        "visits": [
            {
                "day": day,
                "moment": moment,
                "answers": {
                    domain.id: {each.id: None for each in domain.fields}
                    for domain in form_domains()
                },
            }
            for day, moment in form_visits(screening)
        ],
    }

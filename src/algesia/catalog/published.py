"""Published models that were looked for, and which of them are entries."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from algesia.formats import read_yaml

from .strict_file import validated

__all__ = ["PublishedModel", "published_models"]

Completeness: TypeAlias = Literal["yes", "partly", "no"]

_FILE = "published_models.yaml"


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PublishedRow(_Strict):
    """One published model."""

    drug: str
    citation: str
    doi: str | None = None
    complete: Completeness | None
    entry: str | None
    why: str


class PublishedFile(_Strict):
    """The whole of `published_models.yaml`."""

    version: Literal["algesia/published/1"] = Field(alias="schema")
    ketamine: dict[str, PublishedRow]
    found_besides: dict[str, PublishedRow]
    companions: dict[str, PublishedRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedModel:
    """A published model and what became of it.

    Parameters
    ----------
    id
        Short name of the publication; not that of an entry.
    group
        `ketamine`, `found_besides` or `companions`.
    drug
        What the model describes.
    citation
        The publication in one line.
    doi
        Its DOI; None where it has none or none could be confirmed.
    complete
        Whether every value of at least one route could be read; None where nobody judged it.
    entry
        Entry that carries it, None where none does.
    why
        What is missing, or what the entry leaves out.
    """

    id: str
    group: str
    drug: str
    citation: str
    doi: str | None
    complete: Completeness | None
    entry: str | None
    why: str


@cache
def published_models() -> tuple[PublishedModel, ...]:
    """Every published model of the list, in its order.

    Raises
    ------
    FileInputError
        If the list does not hold together.

    Examples
    --------
    >>> {each.id: each.entry for each in published_models()}["fanta_2015"]
    'otto_2021_intravenous'
    """
    path = Path(str(files("algesia.catalog"))) / _FILE
    file = validated(PublishedFile, read_yaml(path), where=_FILE)
    groups = {
        "ketamine": file.ketamine,
        "found_besides": file.found_besides,
        "companions": file.companions,
    }
    return tuple(
        PublishedModel(
            id=name,
            group=group,
            drug=row.drug,
            citation=row.citation,
            doi=row.doi,
            complete=row.complete,
            entry=row.entry,
            why=row.why,
        )
        for group, rows in groups.items()
        for name, row in rows.items()
    )

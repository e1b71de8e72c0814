"""What claims and conflicts cite, and how far each was read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError, unknown_name
from algesia.formats import read_yaml

__all__ = ["LiteratureSource", "cited", "literature_sources", "literature_sources_of"]

FILE_NAME = "literature_sources.yaml"
Reading: TypeAlias = Literal["seen", "second_hand", "recalled"]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Source(_Strict):
    cite: str
    read: Reading
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    note: str | None = None


class _Sources(_Strict):
    version: Literal["algesia/literature_sources/1"] = Field(alias="schema")
    sources: dict[str, _Source]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteratureSource:
    """A text that a claim or a conflict cites.

    Parameters
    ----------
    id
        Its name here.
    cite
        How it is cited, short.
    read
        `seen` (mostly an abstract, a record or a label), `second_hand`, or `recalled`.
    doi, pmid, url
        Where it stands, or None.
    note
        What a reader must know; where there is no identifier, why.
    """

    id: str
    cite: str
    read: Reading
    doi: str | None
    pmid: str | None
    url: str | None
    note: str | None

    @property
    def line(self) -> str:
        """Citation, identifier and how far it was read, on one line."""
        place = self.url
        if self.pmid is not None:
            place = f"PMID {self.pmid}"
        if self.doi is not None:
            place = f"doi {self.doi}"
        known = None if self.read == "seen" else self.read.replace("_", " ")
        return "; ".join(part for part in (self.cite, place, known, self.note) if part)


@cache
def literature_sources() -> Mapping[str, LiteratureSource]:
    """All sources by name, in the order of the file.

    Examples
    --------
    >>> literature_sources()["dahan_2011"].doi
    '10.1016/j.ejpain.2010.06.016'
    """
    path = Path(str(files("algesia.evidence"))) / FILE_NAME
    return literature_sources_of(read_yaml(path), where=path.name)


def literature_sources_of(data: object, *, where: str) -> Mapping[str, LiteratureSource]:
    """Build sources from the data of a file.

    Parameters
    ----------
    data
        What the YAML holds.
    where
        What to call it in messages.

    Raises
    ------
    FileInputError
        If the data does not fit, or a source has neither an identifier nor a note.
    """
    found = {}
    for id, row in validated(_Sources, data, where=where).sources.items():
        if row.doi is row.pmid is row.url is row.note is None:
            raise FileInputError(
                f"{where}: source '{id}' has no place; expected doi, pmid, url, or a note that "
                "says why there is none"
            )
        found[id] = LiteratureSource(id=id, **row.model_dump())
    return found


def cited(names: Iterable[str], *, place: str) -> tuple[LiteratureSource, ...]:
    """Sources by their names.

    Parameters
    ----------
    names
        Names of sources.
    place
        What cites them, for the message.

    Raises
    ------
    UnknownNameError
        If there is no such source; the message lists close names.
    """
    known = literature_sources()
    wanted = tuple(names)
    for name in wanted:
        if name not in known:
            raise unknown_name(f"source in {place}", name, known)
    return tuple(known[name] for name in wanted)

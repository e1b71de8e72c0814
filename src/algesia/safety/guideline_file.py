"""The documents and rules, read from their file once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError, unknown_name

from .condition_file import ConditionRow, condition_of
from .fact_file import read_data
from .guideline import Disagreement, Document, Rule, Severity, Verification

__all__ = ["Guidelines", "disagreements", "documents", "guidelines_of", "rules"]

FILE_NAME = "guidelines.yaml"


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Scope(_Strict):
    says: str
    when: ConditionRow


class _Document(_Strict):
    cite: str
    title: str
    scope: _Scope
    doi: str | None = None
    full_text: str | None = None
    bodies: list[str] = Field(default_factory=list)
    review_planned: int | None = None
    sources: list[str] = Field(default_factory=list)
    note: str | None = None


class _Rule(_Strict):
    document: str
    topic: str
    says: str
    verification: Verification
    grade: Literal["A", "B", "C", "D"] | None = None
    certainty: Literal["low", "low to moderate", "moderate"] | None = None
    severity: Severity | None = None
    conflicts_with: list[str] = Field(default_factory=list)
    note: str | None = None
    reading: str | None = None
    printed: str | None = None
    when: ConditionRow | None = None
    expect: ConditionRow | None = None


class _Conflict(_Strict):
    between: list[str] = Field(min_length=1)
    beside: str | None = None
    about: str


class _File(_Strict):
    version: Literal["algesia/guidelines/1"] = Field(alias="schema")
    documents: dict[str, _Document]
    rules: dict[str, _Rule]
    conflicts: list[_Conflict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidelines:
    """Everything one file of rules says.

    Parameters
    ----------
    documents, rules
        By id, in the order of the file.
    disagreements
        Where documents differ.
    """

    documents: Mapping[str, Document]
    rules: Mapping[str, Rule]
    disagreements: tuple[Disagreement, ...]


def documents() -> Mapping[str, Document]:
    """All documents by id.

    Examples
    --------
    >>> len(documents())
    12
    """
    return _shipped().documents


def rules() -> Mapping[str, Rule]:
    """All rules by id.

    Examples
    --------
    >>> len(rules()), sum(rule.checkable for rule in rules().values())
    (103, 64)
    """
    return _shipped().rules


def disagreements() -> tuple[Disagreement, ...]:
    """Matters on which documents differ, in the order of the file."""
    return _shipped().disagreements


@cache
def _shipped() -> Guidelines:
    return guidelines_of(read_data(FILE_NAME), where=FILE_NAME)


def guidelines_of(data: object, *, where: str) -> Guidelines:
    """Build documents and rules from the data of a file.

    Parameters
    ----------
    data
        What the YAML holds.
    where
        What to call it in messages.

    Raises
    ------
    InputError
        If a key is unknown, a name does not exist, or a check and its printed text do not come
        together.
    """
    file = validated(_File, data, where=where)
    known = {id: _document(id, row, where) for id, row in file.documents.items()}
    found = {id: _rule(id, row, known, where) for id, row in file.rules.items()}
    named = [(id, other) for id, rule in found.items() for other in rule.conflicts_with]
    named += [("conflicts", id) for row in file.conflicts for id in row.between]
    for place, other in named:
        if other not in found:
            raise unknown_name(f"rule in {where}, {place}", other, found)
    for row in file.conflicts:
        if len(row.between) + (row.beside is not None) < 2:
            raise FileInputError(
                f"{where}: conflict about '{row.about}' has one side; expected two"
            )
    return Guidelines(
        documents=known,
        rules=found,
        disagreements=tuple(
            Disagreement(between=tuple(row.between), beside=row.beside, about=row.about)
            for row in file.conflicts
        ),
    )


def _document(id: str, row: _Document, where: str) -> Document:
    place = f"{where}, documents.{id}"
    return Document(
        id=id,
        cite=row.cite,
        title=row.title,
        doi=row.doi,
        full_text=row.full_text,
        bodies=tuple(row.bodies),
        review_planned=row.review_planned,
        sources=tuple(row.sources),
        note=row.note,
        about=row.scope.says,
        scope=condition_of(row.scope.when, place, exists=True),
    )


def _rule(id: str, row: _Rule, known: Mapping[str, Document], where: str) -> Rule:
    place = f"{where}, rules.{id}"
    if row.document not in known:
        raise unknown_name(f"document of {place}", row.document, known)
    checked = row.when is not None or row.expect is not None
    if checked != (row.printed is not None):
        raise FileInputError(
            f"{place} has {'no ' if row.printed is None else ''}printed text and "
            f"{'a' if checked else 'no'} check; expected both or neither"
        )
    when = None if row.when is None else condition_of(row.when, place, exists=True)
    expect = None if row.expect is None else condition_of(row.expect, place, exists=False)
    return Rule(
        id=id,
        document=row.document,
        topic=row.topic,
        says=row.says,
        grade=row.grade,
        certainty=row.certainty,
        severity=row.severity or "info",
        severity_stated=row.severity is not None,
        verification=row.verification,
        conflicts_with=tuple(row.conflicts_with),
        note=row.note,
        reading=row.reading,
        printed=row.printed,
        when=when,
        expect=expect,
    )

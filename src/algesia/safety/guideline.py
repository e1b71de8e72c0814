"""What published documents say: documents, their rules, and where they disagree."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from .condition import Condition

__all__ = ["Disagreement", "Document", "Rule", "Severity", "Verification"]

Severity: TypeAlias = Literal["info", "warn", "block"]
Verification: TypeAlias = Literal[
    "checked", "partly", "secondary", "source_document", "recalled"
]

SEVERITIES: Final[tuple[Severity, ...]] = ("block", "warn", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A guideline, a label or a protocol.

    Parameters
    ----------
    id
        Its name here.
    cite
        How it is cited.
    title
        What it is, in a few words.
    doi, full_text
        Where it stands, or None.
    bodies
        Who issued it.
    review_planned
        Year in which its authors meant to look at it again, or None.
    sources
        Addresses that were read.
    note
        What a reader must know, or None.
    about
        What it is about, in words.
    scope
        When it applies.
    """

    id: str
    cite: str
    title: str
    doi: str | None
    full_text: str | None
    bodies: tuple[str, ...]
    review_planned: int | None
    sources: tuple[str, ...]
    note: str | None
    about: str
    scope: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A sentence of a document, and the check of it where there is one.

    Parameters
    ----------
    id
        Its name.
    document
        Id of its document.
    topic
        What it is about, such as `dose`.
    says
        The sentence in own words.
    grade
        Grade the document gives, or None; not a grade of this project.
    certainty
        Certainty the document gives, or None.
    severity
        How much it weighs when it fires.
    severity_stated
        Whether the encoding states the severity; where not, it is shown as `info`.
    verification
        How far it was checked against the document.
    conflicts_with
        Ids of rules that say otherwise.
    note, reading
        What a reader must know of the source, and of the encoding; or None.
    printed
        The check as it was noted, or None.
    when
        Condition under which it applies; None where always.
    expect
        What must hold; None where applying is enough to fire.
    """

    id: str
    document: str
    topic: str
    says: str
    grade: str | None
    certainty: str | None
    severity: Severity
    severity_stated: bool
    verification: Verification
    conflicts_with: tuple[str, ...]
    note: str | None
    reading: str | None
    printed: str | None
    when: Condition | None
    expect: Condition | None

    @property
    def checkable(self) -> bool:
        """Whether there is a check; a rule without one is text."""
        return self.when is not None or self.expect is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A matter on which documents differ; it is shown, never settled.

    Parameters
    ----------
    between
        Ids of the rules concerned.
    beside
        The other side where it is no rule, in words, or None.
    about
        What it is about.
    """

    between: tuple[str, ...]
    beside: str | None
    about: str

"""Statements of documents that can be tested, and what the literature says of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.entry import entry_ids
from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError, unknown_name
from algesia.formats import read_yaml

from .additive_potency import PotencyCheck, potency_check
from .literature_source import LiteratureSource, cited

__all__ = [
    "OUTSIDE",
    "VERDICTS",
    "ClaimNumber",
    "ClinicalClaim",
    "Speaker",
    "clinical_claim",
    "clinical_claims",
    "clinical_claims_of",
]

FILE_NAME = "clinical_claims.yaml"
OUTSIDE: Final = "outside the model"
Verdict: TypeAlias = Literal[
    "supported", "partly", "contradicted", "unsupported", "retracted", "unverified"
]
Standing: TypeAlias = Literal["single_account", "outdated"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
_OVER_R: Final = "S over R"
_OVER_RACEMATE: Final = "S over racemate"


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Number(_Strict):
    what: str
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


class _Speaker(_Strict):
    entry: str
    output: str


class _Claim(_Strict):
    id: str
    document: str
    topic: str
    claim: str
    verdict: Verdict
    literature: str | None = None
    sources: list[str] = Field(default_factory=list)
    standing: Standing | None = None
    note: str | None = None
    arithmetic: Literal["additive_potency"] | None = None
    numbers: list[_Number] = Field(default_factory=list)
    answerable_by: list[_Speaker] = Field(default_factory=list)
    how: str | None = None
    outside: str | None = None


class _File(_Strict):
    version: Literal["algesia/clinical_claims/1"] = Field(alias="schema")
    documents: dict[str, str]
    claims: list[_Claim]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNumber:
    """A number as the document prints it.

    Parameters
    ----------
    what
        What it measures.
    value, low, high
        The number, or its bounds; None where not printed.
    unit
        Unit of the numbers.
    """

    what: str
    value: float | None
    low: float | None
    high: float | None
    unit: str

    @property
    def text(self) -> str:
        """The number in words."""
        unit = "" if self.unit == "1" else f" {'%' if self.unit == 'percent' else self.unit}"
        if self.value is not None:
            return f"{self.what} {self.value:g}{unit}"
        if self.low is not None and self.high is not None:
            return f"{self.what} {self.low:g} to {self.high:g}{unit}"
        if self.low is not None:
            return f"{self.what} at least {self.low:g}{unit}"
        return f"{self.what} at most {self.high:g}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """An entry of the catalogue that could speak to a claim.

    Parameters
    ----------
    entry
        Name of the entry.
    output
        Its output that would be looked at.
    """

    entry: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalClaim:
    """A statement of a document and what was found of it.

    Parameters
    ----------
    id
        Its name.
    document, about_document
        Name of its document, and what that document is.
    topic
        What it is about.
    claim
        The statement, in own words.
    literature
        What the literature says, or None where nothing was found.
    sources
        Where the literature says it.
    verdict
        What it comes to.
    standing
        `single_account`, `outdated`, or None.
    note
        What a reader must know, or None.
    numbers
        Numbers the document prints.
    potency
        Its potencies held against each other, or None.
    answerable_by
        Entries that could speak; empty where it is outside the model.
    how
        What would be compared, or None.
    outside
        Why it is outside the model, or None.
    """

    id: str
    document: str
    about_document: str
    topic: str
    claim: str
    literature: str | None
    sources: tuple[LiteratureSource, ...]
    verdict: Verdict
    standing: Standing | None
    note: str | None
    numbers: tuple[ClaimNumber, ...]
    potency: PotencyCheck | None
    answerable_by: tuple[Speaker, ...]
    how: str | None
    outside: str | None

    def record(self) -> dict[str, Any]:
        """Everything about it as plain data, for `--json`."""
        potency = None
        if self.potency is not None:
            potency = {
                "implied_over_racemate": self.potency.implied_over_racemate,
                "printed_over_racemate": self.potency.over_racemate,
                "consistent": self.potency.consistent,
                "sentence": self.potency.sentence,
            }
        return {
            "id": self.id,
            "document": self.document,
            "about_document": self.about_document,
            "topic": self.topic,
            "claim": self.claim,
            "literature": self.literature,
            "verdict": self.verdict,
            "standing": self.standing,
            "note": self.note,
            "numbers": self.numbers,
            "arithmetic": potency,
            "answerable_by": self.answerable_by or OUTSIDE,
            "how": self.how,
            "outside": self.outside,
            "sources": self.sources,
        }


def clinical_claim(name: str) -> ClinicalClaim:
    """One claim by its name, in capitals or not.

    Raises
    ------
    UnknownNameError
        If there is no such claim; the message lists close names.

    Examples
    --------
    >>> clinical_claim("S2_01").potency.implied_over_racemate
    1.6
    """
    known = clinical_claims()
    found = known.get(name.upper())
    if found is None:
        raise unknown_name("claim", name, known)
    return found


@cache
def clinical_claims() -> Mapping[str, ClinicalClaim]:
    """All claims by name, in the order of the file.

    Examples
    --------
    >>> len(clinical_claims())
    77
    """
    path = Path(str(files("algesia.evidence"))) / FILE_NAME
    return clinical_claims_of(read_yaml(path), where=path.name)


def clinical_claims_of(data: object, *, where: str) -> Mapping[str, ClinicalClaim]:
    """Build claims from the data of a file.

    Parameters
    ----------
    data
        What the YAML holds.
    where
        What to call it in messages.

    Raises
    ------
    InputError
        If the data does not fit, a name does not exist or stands twice, a verdict has no
        source, or a claim is both answerable and outside the model, or neither.
    """
    file = validated(_File, data, where=where)
    found: dict[str, ClinicalClaim] = {}
    for row in file.claims:
        place = f"{where}, {row.id}"
        if row.id in found:
            raise FileInputError(f"{place} stands twice; expected every name once")
        if row.document not in file.documents:
            raise unknown_name(f"document of {place}", row.document, file.documents)
        _check_speakers(row, place)
        _check_evidence(row, place)
        found[row.id] = ClinicalClaim(
            id=row.id,
            document=row.document,
            about_document=file.documents[row.document],
            topic=row.topic,
            claim=row.claim,
            literature=row.literature,
            sources=cited(row.sources, place=place),
            verdict=row.verdict,
            standing=row.standing,
            note=row.note,
            numbers=tuple(_number(each, place) for each in row.numbers),
            potency=_potency(row, place),
            answerable_by=tuple(
                Speaker(entry=each.entry, output=each.output) for each in row.answerable_by
            ),
            how=row.how,
            outside=row.outside,
        )
    return found


def _check_speakers(row: _Claim, place: str) -> None:
    """A claim is answerable by known entries, or outside the model with a reason."""
    if bool(row.answerable_by) == bool(row.outside):
        both = "both" if row.outside else "neither"
        raise FileInputError(
            f"{place} has {both} of answerable_by and outside; expected one of them"
        )
    if bool(row.answerable_by) != bool(row.how):
        raise FileInputError(f"{place}: answerable_by and how come together; one is missing")
    for each in row.answerable_by:
        if each.entry not in entry_ids():
            raise unknown_name(f"model in {place}", each.entry, entry_ids())


def _check_evidence(row: _Claim, place: str) -> None:
    """A verdict other than unverified says what the literature says."""
    if row.verdict != "unverified" and row.literature is None:
        raise FileInputError(
            f"{place} is called {row.verdict} and has no literature; expected what it says"
        )


def _number(row: _Number, place: str) -> ClaimNumber:
    if (row.value is None) == (row.low is row.high is None):
        raise FileInputError(
            f"{place}: number '{row.what}' has {'no' if row.value is None else 'a'} value "
            f"{'and no' if row.value is None else 'beside'} bounds; expected value, or low and "
            "high, or one of these"
        )
    return ClaimNumber(**row.model_dump())


def _potency(row: _Claim, place: str) -> PotencyCheck | None:
    if row.arithmetic is None:
        return None
    values = {each.what: each.value for each in row.numbers}
    over_r, over_racemate = values.get(_OVER_R), values.get(_OVER_RACEMATE)
    if over_r is None or over_racemate is None:
        raise FileInputError(
            f"{place} asks for {row.arithmetic}; expected numbers '{_OVER_R}' and "
            f"'{_OVER_RACEMATE}'"
        )
    return potency_check(over_distomer=over_r, over_racemate=over_racemate)

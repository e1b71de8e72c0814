"""Where sources contradict each other, with the evidence of each side; nothing is settled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError, unknown_name
from algesia.formats import read_yaml
from algesia.safety.guideline import Disagreement
from algesia.safety.guideline_file import disagreements, documents, rules
from algesia.safety.wording import VERIFICATION

from .clinical_claim import clinical_claims
from .conflict import conflicts
from .literature_source import cited

__all__ = [
    "CONFLICT_KINDS",
    "LiteratureConflict",
    "LiteratureSide",
    "conflicts_about",
    "literature_conflicts",
    "literature_conflicts_of",
]

FILE_NAME = "literature_conflicts.yaml"
ConflictKind: TypeAlias = Literal["kinetics", "mechanism", "outcome", "harm", "guideline"]
Evidence: TypeAlias = Literal["A", "B", "C", "D"]
CONFLICT_KINDS: Final[tuple[ConflictKind, ...]] = get_args(ConflictKind)
_EVIDENCE: Final[Mapping[Evidence, str]] = {
    "A": "measured in people",
    "B": "measured in animals",
    "C": "in vitro",
    "D": "assumed, recalled or a bare claim",
}


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Side(_Strict):
    says: str
    evidence: Evidence
    sources: list[str] = Field(min_length=1)
    n: int | None = Field(default=None, ge=1)
    claims: list[str] = Field(default_factory=list)
    retracted: bool = False
    note: str | None = None


class _Conflict(_Strict):
    id: str
    kind: Literal["kinetics", "mechanism", "outcome", "harm"]
    what: str
    carried: str
    sides: list[_Side] = Field(min_length=2)


class _File(_Strict):
    version: Literal["algesia/literature_conflicts/1"] = Field(alias="schema")
    conflicts: list[_Conflict]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteratureSide:
    """What one side says and what stands behind it.

    Parameters
    ----------
    says
        What it says.
    sources
        Who says it, a line each.
    evidence
        Kind of evidence, number of people where printed, and what a reader must know of it.
    claims
        Names of listed claims that say it.
    retracted
        Whether its paper is retracted.
    """

    says: str
    sources: tuple[str, ...]
    evidence: str
    claims: tuple[str, ...] = ()
    retracted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteratureConflict:
    """A matter on which sources contradict each other.

    Parameters
    ----------
    id
        Its name.
    kind
        One of `CONFLICT_KINDS`.
    what
        What it is about.
    sides
        What each says, two or more.
    carried
        How it is carried along; never a verdict.
    """

    id: str
    kind: ConflictKind
    what: str
    sides: tuple[LiteratureSide, ...]
    carried: str

    def record(self) -> dict[str, Any]:
        """Everything about it as plain data, for `--json`."""
        return {
            "id": self.id,
            "kind": self.kind,
            "what": self.what,
            "carried": self.carried,
            "sides": self.sides,
        }


@cache
def literature_conflicts() -> Mapping[str, LiteratureConflict]:
    """All conflicts by name: of kinetics, of mechanisms, outcomes and harm, of guidelines.

    Raises
    ------
    InputError
        If a file does not fit, or two conflicts have one name.

    Examples
    --------
    >>> [side.retracted for side in literature_conflicts()["ultra_low_naltrexone_site"].sides]
    [True, False]
    """
    path = Path(str(files("algesia.evidence"))) / FILE_NAME
    own = literature_conflicts_of(read_yaml(path), where=path.name)
    return _by_name((*_kinetics(), *own, *map(_guideline, disagreements())), where=path.name)


def conflicts_about(topic: str) -> tuple[LiteratureConflict, ...]:
    """Conflicts of a name, of a kind, or with a word in their name, matter or sides.

    Parameters
    ----------
    topic
        Name, kind or word; capitals do not matter.

    Raises
    ------
    UnknownNameError
        If nothing is about it; the message lists close names.

    Examples
    --------
    >>> [each.id for each in conflicts_about("p38")]
    ['late_p38']
    """
    known = literature_conflicts()
    wanted = topic.strip().lower()
    if wanted in known:
        return (known[wanted],)
    found = tuple(each for each in known.values() if each.kind == wanted)
    if not found and wanted:
        found = tuple(each for each in known.values() if wanted in _words(each))
    if not found:
        raise unknown_name("conflict about", topic, [*CONFLICT_KINDS, *known])
    return found


def literature_conflicts_of(data: object, *, where: str) -> tuple[LiteratureConflict, ...]:
    """Build conflicts from the data of a file.

    Parameters
    ----------
    data
        What the YAML holds.
    where
        What to call it in messages.

    Raises
    ------
    InputError
        If the data does not fit, or a source or a claim does not exist.
    """
    found = []
    for row in validated(_File, data, where=where).conflicts:
        place = f"{where}, {row.id}"
        sides = tuple(_side(each, place) for each in row.sides)
        found.append(
            LiteratureConflict(
                id=row.id, kind=row.kind, what=row.what, sides=sides, carried=row.carried
            )
        )
    return tuple(found)


def _side(row: _Side, place: str) -> LiteratureSide:
    for name in row.claims:
        if name not in clinical_claims():
            raise unknown_name(f"claim in {place}", name, clinical_claims())
    people = None if row.n is None else f"{row.n} people"
    state = "retracted" if row.retracted else None
    known = (_EVIDENCE[row.evidence], people, state, row.note)
    return LiteratureSide(
        says=row.says,
        sources=tuple(each.line for each in cited(row.sources, place=place)),
        evidence="; ".join(part for part in known if part),
        claims=tuple(row.claims),
        retracted=row.retracted,
    )


def _kinetics() -> tuple[LiteratureConflict, ...]:
    """Conflicts of kinetics, which the validation of concentrations carries."""
    return tuple(
        LiteratureConflict(
            id=each.id,
            kind="kinetics",
            what=each.what,
            sides=tuple(
                LiteratureSide(
                    says=side.says,
                    sources=(side.source,),
                    evidence=_scored(len(side.observations), counts=side.counts),
                )
                for side in each.sides
            ),
            carried=each.carried,
        )
        for each in conflicts()
    )


def _scored(observations: int, *, counts: bool) -> str:
    if not observations:
        return "no observation of the validation"
    return "counts in the validation" if counts else "shown in the validation and set apart"


def _guideline(matter: Disagreement) -> LiteratureConflict:
    """A matter on which documents with rules differ."""
    sides = []
    for rule in (rules()[id] for id in matter.between):
        document = documents()[rule.document]
        grades = (
            None if rule.grade is None else f"grade {rule.grade} of the document",
            None if rule.certainty is None else f"certainty {rule.certainty}",
            VERIFICATION[rule.verification],
        )
        place = None if document.doi is None else f"doi {document.doi}"
        sides.append(
            LiteratureSide(
                says=rule.says,
                sources=("; ".join(part for part in (document.cite, place) if part),),
                evidence="; ".join(part for part in grades if part),
            )
        )
    if matter.beside is not None:
        sides.append(
            LiteratureSide(
                says=matter.about, sources=(matter.beside,), evidence="named beside the rule"
            )
        )
    return LiteratureConflict(
        id="_against_".join((*matter.between, *(("other",) if matter.beside else ()))),
        kind="guideline",
        what=matter.about,
        sides=tuple(sides),
        carried="Both are shown when a plan is screened; neither overrules the other.",
    )


def _by_name(
    found: Iterable[LiteratureConflict], *, where: str
) -> Mapping[str, LiteratureConflict]:
    by_name: dict[str, LiteratureConflict] = {}
    for each in found:
        if each.id in by_name:
            raise FileInputError(f"{where}: '{each.id}' stands twice; expected every name once")
        by_name[each.id] = each
    return by_name


def _words(conflict: LiteratureConflict) -> str:
    """Everything of a conflict that a word may be looked for in."""
    sides = (text for side in conflict.sides for text in (side.says, *side.sources))
    return " ".join((conflict.id.replace("_", " "), conflict.id, conflict.what, *sides)).lower()

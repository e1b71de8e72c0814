"""Medicines beside ketamine, found by name, with what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError, nearest_names, unknown_name
from algesia.provenance import Grade

from .fact_file import fact, read_data
from .guideline import Verification
from .guideline_file import rules
from .patient import Medicine

__all__ = ["Interaction", "MedicineMatch", "is_opioid", "match_medicines"]

FILE_NAME: Final = "medicines.yaml"
Basis: TypeAlias = Literal["observed", "document"]
ClassName: TypeAlias = Literal["opioid", "benzodiazepine", "opioid_antagonist"]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Class(_Strict):
    names: list[str] = Field(min_length=1)
    note: str
    aliases: dict[str, str] = Field(default_factory=dict)


class _Grade(_Strict):
    kind: Literal["A", "B", "C", "D"]
    certainty: Literal["high", "moderate", "low"]


class _Interaction(_Strict):
    id: str
    acts_on: str
    says: str
    basis: Basis
    grade: _Grade
    source: str
    verification: Verification
    medicine: str | None = None
    class_name: ClassName | None = Field(default=None, alias="class")
    entry: str | None = None
    routes: list[str] = Field(default_factory=list)
    rule: str | None = None


class _File(_Strict):
    version: Literal["algesia/medicines/1"] = Field(alias="schema")
    classes: dict[ClassName, _Class]
    interactions: list[_Interaction]
    aliases: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """What is known of a medicine, or of a class, beside ketamine.

    Parameters
    ----------
    id
        Its name.
    about
        The medicine or the class it is known of.
    acts_on
        What changes.
    says
        What is known.
    basis
        `observed` in people on ketamine, or a sentence of a `document`.
    grade
        How far it can be trusted.
    source
        Where it stands.
    verification
        How far it was checked.
    entry
        Catalogue entry that can be simulated beside ketamine, or None.
    routes
        Routes of ketamine that it was seen with; empty where that does not matter.
    rule
        Rule it repeats, or None.
    """

    id: str
    about: str
    acts_on: str
    says: str
    basis: Basis
    grade: Grade
    source: str
    verification: Verification
    entry: str | None
    routes: tuple[str, ...]
    rule: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineMatch:
    """A medicine of the patient and what is known of it.

    Parameters
    ----------
    given
        The medicine as given.
    found
        Its name in the list, or None where it is not there.
    classes
        Classes it belongs to.
    interactions
        What is known, for the routes of the plan.
    other_routes
        What is known for routes that the plan does not use.
    remarks
        What a reader must know.
    """

    given: Medicine
    found: str | None
    classes: tuple[str, ...]
    interactions: tuple[Interaction, ...]
    other_routes: tuple[Interaction, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The list by name."""

    names: Mapping[str, str]
    classes: Mapping[str, tuple[str, ...]]
    interactions: tuple[Interaction, ...]


def match_medicines(
    medicines: tuple[Medicine, ...], *, routes: tuple[str, ...]
) -> tuple[MedicineMatch, ...]:
    """Find medicines in the list.

    Parameters
    ----------
    medicines
        Medicines beside ketamine.
    routes
        Routes by which ketamine is given.

    Examples
    --------
    >>> (match,) = match_medicines((Medicine(name="Naltrexone"),), routes=("intravenous",))
    >>> match.interactions[0].acts_on
    'antidepressant effect'
    """
    return tuple(_match(each, routes) for each in medicines)


def is_opioid(name: str) -> bool:
    """Whether a name, spelt in any case, is that of an opioid in the list.

    Examples
    --------
    >>> is_opioid("Morphine"), is_opioid("ketamine")
    (True, False)
    """
    return "opioid" in _classes(_known().names.get(_key(name), ""))


def _match(given: Medicine, routes: tuple[str, ...]) -> MedicineMatch:
    known = _known()
    found = known.names.get(_key(given.name))
    if found is None:
        close = nearest_names(_key(given.name), known.names)
        hint = f"; close names: {', '.join(close)}" if close else ""
        remark = f"'{given.name}' is not in the list, which does not mean no interaction{hint}"
        return MedicineMatch(
            given=given,
            found=None,
            classes=(),
            interactions=(),
            other_routes=(),
            remarks=(remark,),
        )
    classes = _classes(found)
    about = [each for each in known.interactions if each.about in (found, *classes)]
    here = [each for each in about if not each.routes or set(each.routes) & set(routes)]
    return MedicineMatch(
        given=given,
        found=found,
        classes=classes,
        interactions=tuple(here),
        other_routes=tuple(each for each in about if each not in here),
        remarks=_remarks(given, found, classes),
    )


def _remarks(given: Medicine, found: str, classes: tuple[str, ...]) -> tuple[str, ...]:
    """What can be said of the dose of a benzodiazepine."""
    if "benzodiazepine" not in classes:
        return ()
    if found != "diazepam":
        return (
            "no table of equivalents is encoded; compare the daily dose with 8 mg diazepam",
        )
    if given.milligrams_per_day is None:
        return ("the daily dose is not given as per_day; 8 mg is the dose to compare it with",)
    side = "above" if given.milligrams_per_day > _CUT_MG else "not above"
    return (f"{given.milligrams_per_day:g} mg a day is {side} the 8 mg of the cohort",)


_CUT_MG: Final = 8.0


def _key(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").split())


def _classes(name: str) -> tuple[str, ...]:
    return tuple(label for label, names in _known().classes.items() if name in names)


@cache
def _known() -> _Known:
    file = validated(_File, read_data(FILE_NAME), where=FILE_NAME)
    classes: dict[str, tuple[str, ...]] = {
        str(label): tuple(row.names) for label, row in file.classes.items()
    }
    interactions = tuple(_interaction(row) for row in file.interactions)
    names = {name: name for members in classes.values() for name in members}
    names |= {row.medicine: row.medicine for row in file.interactions if row.medicine}
    aliases: dict[str, Any] = dict(file.aliases)
    for row in file.classes.values():
        aliases |= row.aliases
    for alias, name in aliases.items():
        if name not in names:
            raise unknown_name(f"medicine behind the alias '{alias}'", name, names)
    names |= {_key(alias): name for alias, name in aliases.items()}
    return _Known(names=names, classes=classes, interactions=interactions)


def _interaction(row: _Interaction) -> Interaction:
    about = row.medicine or row.class_name
    if about is None or (row.medicine and row.class_name):
        raise FileInputError(f"{FILE_NAME}: {row.id} is about no or two; expected one")
    if row.rule is not None and row.rule not in rules():
        raise unknown_name(f"rule of {row.id}", row.rule, rules())
    for route in row.routes:
        if route not in fact("route").levels:
            raise unknown_name(f"route of {row.id}", route, fact("route").levels)
    return Interaction(
        id=row.id,
        about=about,
        acts_on=row.acts_on,
        says=row.says,
        basis=row.basis,
        grade=Grade(kind=row.grade.kind, certainty=row.grade.certainty),
        source=row.source,
        verification=row.verification,
        entry=row.entry,
        routes=tuple(row.routes),
        rule=row.rule,
    )

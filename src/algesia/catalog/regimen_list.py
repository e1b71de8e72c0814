"""The listed dosing plans: what trials, guidelines and practices gave, by id. Never advice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from algesia.errors import FileInputError, RegimenError, unknown_name
from algesia.formats.yaml_text import parse_yaml
from algesia.regimen import Regimen, parse_regimen

from .strict_file import validated

__all__ = ["Expressed", "OperatorNeeded", "RegimenEntry", "regimen_entry", "regimen_ids"]

FILE_NAME: Final = "regimens.yaml"

Expressed: TypeAlias = Literal["exact", "range", "bounds", "none"]
Mark: TypeAlias = Literal["specialist", "single account", "home use"]
Verification: TypeAlias = Literal[
    "checked", "partly", "secondary", "recalled", "single account"
]


class OperatorNeeded(BaseModel):
    """Something that a plan does and the plan language cannot say yet.

    Parameters
    ----------
    operator
        Name of the missing operator, such as `titrate_on_effect`.
    reason
        What the source does with it.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    operator: str
    reason: str


class _Record(BaseModel):
    """One record of the file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    label: str
    drug: str
    verification: Verification
    sources: list[str] = Field(min_length=1)
    expressed: Expressed
    plans: dict[str, str] = Field(default_factory=dict)
    marks: list[Mark] = Field(default_factory=list)
    assumptions: list[str] = Field(default_factory=list)
    operators_needed: list[OperatorNeeded] = Field(default_factory=list)
    hazard: str | None = None


class _RegimenFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    schema_name: Literal["algesia/regimens/1"] = Field(alias="schema")
    regimens: dict[str, _Record]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenEntry:
    """A listed dosing plan and what is known about it.

    Parameters
    ----------
    id
        Name in the list.
    label
        What it is, in a few words.
    drug
        Name of the drug it is about.
    verification
        How far its figures were checked: `checked` in the source itself, `partly`, in a
        `secondary` account, `recalled`, or told by a `single account`.
    sources
        Where it stands: `doi:`, `pmid:`, `pmc:`, `nct:` or `text:`.
    expressed
        `exact`; `range`, a printed range at its ends; `bounds`, the printed limits of a plan
        that reacts to the patient or an event; or `none`.
    plans
        Texts by the name of the variant.
    marks
        Why it stays out of default lists, if it does.
    assumptions
        What was taken where the source leaves something open.
    operators_needed
        What the plan language cannot say yet.
    hazard
        A harm that its source reports, or None.
    """

    id: str
    label: str
    drug: str
    verification: Verification
    sources: tuple[str, ...]
    expressed: Expressed
    plans: Mapping[str, str]
    marks: tuple[Mark, ...] = ()
    assumptions: tuple[str, ...] = ()
    operators_needed: tuple[OperatorNeeded, ...] = field(default=())
    hazard: str | None = None

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants, empty where nothing can be given."""
        return tuple(self.plans)

    def regimen(
        self, variant: str | None = None, *, events: Mapping[str, str] | None = None
    ) -> Regimen:
        """Build the plan of a variant.

        Parameters
        ----------
        variant
            One of `variants`; may be left out where there is only one.
        events
            Times of events that the plan refers to, such as `{"closure": "3 h"}`, where they
            are others than those it states.

        Raises
        ------
        RegimenError
            If nothing can be given, or the variant is left open. The message says why.
        UnknownNameError
            If there is no such variant.
        """
        if not self.plans:
            why = "; ".join(f"{each.operator}: {each.reason}" for each in self.operators_needed)
            raise RegimenError(f"regimen '{self.id}' cannot be given; it needs {why}")
        if variant is None and len(self.plans) > 1:
            raise RegimenError(
                f"regimen '{self.id}' has several variants; expected one of"
                f" {', '.join(self.plans)}"
            )
        if variant is not None and variant not in self.plans:
            raise unknown_name(f"variant of regimen '{self.id}'", variant, self.plans)
        return parse_regimen(self.plans[variant or self.variants[0]], events=events)


def regimen_ids(*, marked: bool = False) -> tuple[str, ...]:
    """Ids of the listed plans.

    Parameters
    ----------
    marked
        Whether plans of specialist settings, of single accounts and of use at home are listed
        too. They stay out by default.

    Examples
    --------
    >>> len(regimen_ids(marked=True))
    75
    """
    return tuple(id for id, entry in _entries().items() if marked or not entry.marks)


def regimen_entry(id: str) -> RegimenEntry:
    """Find a listed plan.

    Parameters
    ----------
    id
        Its name, marked or not.

    Raises
    ------
    UnknownNameError
        If there is no such plan. The message lists close names.

    Examples
    --------
    >>> regimen_entry("iv_0p5_x6_12d").regimen().total_milligrams(weight_kg=70.0)
    210.0
    """
    if id not in _entries():
        raise unknown_name("regimen", id, _entries())
    return _entries()[id]


@cache
def _entries() -> dict[str, RegimenEntry]:
    """Read the list once."""
    text = (files("algesia.catalog") / "regimens" / FILE_NAME).read_text(encoding="utf-8")
    return _entries_of(text, FILE_NAME)


def _entries_of(text: str, where: str) -> dict[str, RegimenEntry]:
    """Read the entries of a list, and refuse a record that contradicts itself."""
    read = validated(_RegimenFile, parse_yaml(text, where), where=where)
    for id, record in read.regimens.items():
        if (record.expressed == "none") == bool(record.plans):
            raise FileInputError(
                f"{where}, regimens.{id}: expressed is {record.expressed} with"
                f" {len(record.plans)} plans; expected plans unless it is none"
            )
        if record.expressed in ("bounds", "none") and not record.operators_needed:
            raise FileInputError(
                f"{where}, regimens.{id}: expressed is {record.expressed} without"
                " operators_needed; expected what is missing"
            )
    return {id: _entry(id, record) for id, record in read.regimens.items()}


def _entry(id: str, record: _Record) -> RegimenEntry:
    """Build the entry of one record."""
    return RegimenEntry(
        id=id,
        label=record.label,
        drug=record.drug,
        verification=record.verification,
        sources=tuple(record.sources),
        expressed=record.expressed,
        plans=dict(record.plans),
        marks=tuple(record.marks),
        assumptions=tuple(record.assumptions),
        operators_needed=tuple(record.operators_needed),
        hazard=record.hazard,
    )

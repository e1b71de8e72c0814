"""The list of facts, read from its file once."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError, unknown_name
from algesia.formats.yaml_text import parse_yaml

from .fact import About, Fact, FactKind

__all__ = ["fact", "facts", "purposes", "read_data"]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Row(_Strict):
    kind: FactKind
    about: About
    question: str
    unit: str | None = None
    levels: list[str] = Field(default_factory=list)
    many: bool = False
    derived: bool = False
    statable: bool = False
    lowest: float = 0
    highest: float | None = None


class _File(_Strict):
    version: Literal["algesia/facts/1"] = Field(alias="schema")
    facts: dict[str, _Row]
    purposes: dict[str, list[str]]


def read_data(name: str) -> object:
    """Plain data of a file that lies beside this one."""
    text = (files("algesia.safety") / name).read_text(encoding="utf-8")
    return parse_yaml(text, name)


def facts() -> Mapping[str, Fact]:
    """All facts by name.

    Examples
    --------
    >>> facts()["systolic_pressure"].unit
    'mmHg'
    """
    return _read()[0]


def fact(name: str, *, kind: str = "fact") -> Fact:
    """Find a fact.

    Raises
    ------
    UnknownNameError
        If there is no such fact. The message lists close names.
    """
    if name not in facts():
        raise unknown_name(kind, name, facts())
    return facts()[name]


def purposes() -> Mapping[str, tuple[str, ...]]:
    """Conditions that belong to each purpose."""
    return _read()[1]


@cache
def _read() -> tuple[Mapping[str, Fact], Mapping[str, tuple[str, ...]]]:
    file = validated(_File, read_data("facts.yaml"), where="facts.yaml")
    known = {name: _fact(name, row) for name, row in file.facts.items()}
    for purpose, conditions in file.purposes.items():
        for level, name in (
            (purpose, "purpose"),
            *((each, "condition") for each in conditions),
        ):
            if level not in known[name].levels:
                raise unknown_name(f"level of {name}", level, known[name].levels)
    return known, {name: tuple(levels) for name, levels in file.purposes.items()}


def _fact(name: str, row: _Row) -> Fact:
    if (row.kind == "choice") != bool(row.levels) or (row.kind == "number") != bool(row.unit):
        raise FileInputError(
            f"facts.yaml: {name} is a {row.kind}; expected levels for a choice, a unit for a "
            "number, neither for a flag"
        )
    return Fact(
        name=name,
        kind=row.kind,
        about=row.about,
        question=row.question,
        unit=row.unit or "1",
        levels=tuple(row.levels),
        many=row.many,
        derived=row.derived,
        statable=row.statable,
        lowest=row.lowest,
        highest=float("inf") if row.highest is None else row.highest,
    )

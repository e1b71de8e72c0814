"""Conditions: sets of values that turn mechanism entries into those of one kind of patient."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.errors import FileInputError, ModelError, UnknownNameError, unknown_name
from algesia.formats import read_yaml
from algesia.model import Model, Parameter
from algesia.provenance import Source
from algesia.units import dimension

from .entry_schema import SourceFile, ValueFile, ValuesFile
from .entry_values import EntryValues, located
from .strict_file import validated

__all__ = ["Condition", "Responders", "condition", "condition_ids"]

_FILE = "conditions.yaml"
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _RespondersFile(_Strict):
    ketamine: Share
    placebo: Share
    source: str
    locator: str


class _ConditionFile(_Strict):
    title: str
    note: str = ""
    no_data: str | None = None
    responders: _RespondersFile | None = None
    values: dict[str, dict[str, ValueFile]] = Field(default_factory=dict)


class _ConditionsFile(_Strict):
    version: Literal["algesia/conditions/1"] = Field(alias="schema")
    sources: dict[str, SourceFile] = Field(default_factory=dict)
    conditions: dict[str, _ConditionFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Responders:
    """Shares of patients that respond, of one trial.

    Parameters
    ----------
    ketamine, placebo
        Share that responds to each, 0 to 1.
    source, locator
        Where the shares were read.
    """

    ketamine: float
    placebo: float
    source: str
    locator: str

    def mean_difference(self, gain: float) -> float:
        """Difference of arm means when responders of both arms gain the same, others nothing.

        Parameters
        ----------
        gain
            What a responder gains, in any unit.

        Examples
        --------
        >>> shares = Responders(ketamine=0.67, placebo=0.23, source="dahan", locator="abstract")
        >>> round(shares.mean_difference(6.3), 2)
        2.77
        """
        return (self.ketamine - self.placebo) * gain


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One kind of patient.

    Parameters
    ----------
    id, title, note
        Its name, what it is, and what a reader must know.
    values
        By entry, the values that differ from the entry's own.
    sources
        What they were read in.
    responders
        Shares of patients that respond, None where none are known.
    """

    id: str
    title: str
    note: str
    values: Mapping[str, Mapping[str, Parameter]]
    sources: tuple[Source, ...]
    responders: Responders | None = None

    def applied(self, model: Model) -> Model:
        """Model of an entry with the values of this condition; as it is where there are none.

        Parameters
        ----------
        model
            Model of a catalogue entry, not yet joined to others.

        Raises
        ------
        UnknownNameError
            If the model has no such value; the message lists close names.
        ModelError
            If a value has another dimension than that of the model.
        """
        mine = self.values.get(model.id)
        if mine is None:
            return model
        known = {parameter.name: parameter for parameter in model.parameters}
        for name, value in mine.items():
            if name not in known:
                problem = unknown_name("value", name, known)
                raise UnknownNameError(f"condition {self.id}, {model.id}: {problem}")
            if dimension(value.reported.unit) != dimension(known[name].reported.unit):
                raise ModelError(
                    f"condition {self.id}, {model.id}: {name} is in {value.reported.unit}; "
                    f"expected the dimension of {known[name].reported.unit}"
                )
        cited = {value.reported.source for value in mine.values()}
        held = {source.key for source in model.sources}
        return replace(
            model,
            parameters=tuple(mine.get(each.name, each) for each in model.parameters),
            sources=(
                *model.sources,
                *(s for s in self.sources if s.key in cited and s.key not in held),
            ),
            notes=(*model.notes, f"condition: {self.title}. {self.note}".strip()),
        )


def condition_ids(*, with_data: bool = True) -> tuple[str, ...]:
    """Names of the conditions, in alphabetical order.

    Parameters
    ----------
    with_data
        Whether only those that can be simulated are meant; all that are named otherwise.

    Examples
    --------
    >>> "fibromyalgia" in condition_ids()
    True
    """
    rows = _file().conditions
    return tuple(sorted(k for k, row in rows.items() if not with_data or row.no_data is None))


@cache
def condition(name: str) -> Condition:
    """Look up a condition.

    Parameters
    ----------
    name
        Its name.

    Raises
    ------
    UnknownNameError
        If there is no such condition; the message lists close names.
    ModelError
        If it is named without data; the message says why.

    Examples
    --------
    >>> condition("fibromyalgia").values["dorsal_horn"]["nmda_share"].reported.canonical()
    0.7
    """
    file = _file()
    if name not in file.conditions:
        raise unknown_name("condition", name, file.conditions)
    row = file.conditions[name]
    if row.no_data is not None:
        raise ModelError(
            f"condition '{name}' is named without data: {row.no_data} "
            f"Expected one of {', '.join(condition_ids())}"
        )
    sources: tuple[Source, ...] = ()
    values = {}
    for model, rows in row.values.items():
        with located(f"{_FILE}: conditions.{name}.values.{model}"):
            read = EntryValues.from_file(ValuesFile(sources=file.sources, values=rows))
        sources, values[model] = read.sources, read.parameters
    shares = row.responders
    return Condition(
        id=name,
        title=row.title,
        note=row.note,
        values=values,
        sources=sources,
        responders=None if shares is None else Responders(**shares.model_dump()),
    )


@cache
def _file() -> _ConditionsFile:
    path = Path(str(files("algesia.catalog"))) / _FILE
    file = validated(_ConditionsFile, read_yaml(path), where=_FILE)
    for name, row in file.conditions.items():
        if (row.no_data is None) == (not row.values):
            raise FileInputError(
                f"{_FILE}: conditions.{name} expected either values or a reason for no_data"
            )
    return file

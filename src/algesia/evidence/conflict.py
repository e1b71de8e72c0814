"""Conflicts between sources: shown side by side, never averaged."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError
from algesia.formats import read_yaml

from .observation import Observation
from .observation_file import studies

__all__ = ["Conflict", "ConflictSide", "conflicts", "observation_conflicts"]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Side(_Strict):
    says: str
    source: str
    observations: list[str] = Field(default_factory=list)
    counts: bool = False


class _Conflict(_Strict):
    id: str
    what: str
    sides: list[_Side] = Field(min_length=2)
    carried: str


class _Conflicts(_Strict):
    version: Literal["algesia/conflicts/1"] = Field(alias="schema")
    conflicts: list[_Conflict]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSide:
    """What one side says.

    Parameters
    ----------
    says
        What it says.
    source
        Who says it.
    observations
        Names of the observations concerned, as `study/arm/id`.
    counts
        Whether its observations stay in the scores.
    """

    says: str
    source: str
    observations: tuple[str, ...]
    counts: bool

    def names(self, observation: Observation) -> bool:
        """Whether the side is about an observation."""
        return any(_matches(name, observation.name) for name in self.observations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A matter on which sources disagree.

    Parameters
    ----------
    id
        Its name.
    what
        What it is about.
    sides
        What each says, two or more.
    carried
        How it is carried along.
    """

    id: str
    what: str
    sides: tuple[ConflictSide, ...]
    carried: str


@cache
def conflicts() -> tuple[Conflict, ...]:
    """All conflicts, in the order of the file.

    Raises
    ------
    FileInputError
        If the file does not fit or names an observation that does not exist.

    Examples
    --------
    >>> any(conflict.id == "nasal_fraction" for conflict in conflicts())
    True
    """
    path = Path(str(files("algesia.evidence"))) / "pk_conflicts.yaml"
    file = validated(_Conflicts, read_yaml(path), where=path.name)
    known = {each.name for study in studies().values() for each in study.observations}
    found = []
    for row in file.conflicts:
        for name in (name for side in row.sides for name in side.observations):
            if not any(_matches(name, each) for each in known):
                raise FileInputError(
                    f"{path.name}: conflict '{row.id}' names observation {name}; "
                    "expected study/arm/id, or study/arm/* for all of an arm"
                )
        sides = tuple(
            ConflictSide(
                says=side.says,
                source=side.source,
                observations=tuple(side.observations),
                counts=side.counts,
            )
            for side in row.sides
        )
        found.append(Conflict(id=row.id, what=row.what, sides=sides, carried=row.carried))
    return tuple(found)


def observation_conflicts(observation: Observation) -> tuple[str, ...]:
    """Conflicts that set an observation apart from the scores.

    Parameters
    ----------
    observation
        The observation.
    """
    return tuple(
        conflict.id
        for conflict in conflicts()
        for side in conflict.sides
        if not side.counts and side.names(observation)
    )


def _matches(pattern: str, name: str) -> bool:
    """Whether a name is meant by `study/arm/id` or `study/arm/*`."""
    return name == pattern or (
        pattern.endswith("/*") and name.startswith(pattern.removesuffix("*"))
    )

"""The names that all entries share, with their dimensions: `vocabulary/names.yaml`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.formats import read_yaml
from algesia.units import dimension

from .strict_file import validated

__all__ = ["Vocabulary", "vocabulary"]

_BODY_WEIGHT = "body_weight"
_BODY_WEIGHT_UNITS: Mapping[str, str] = MappingProxyType({"kg": "kg_body"})


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NameFile(_Strict):
    """One name: dimension of what it stands for, and what it means."""

    dimension: str
    meaning: str


class Vocabulary(_Strict):
    """The whole of `names.yaml`.

    Attributes
    ----------
    states, outputs, covariates, parameters
        Names with dimension and meaning.
    ports
        Names where models are joined that are none of those: handles one model turns and
        another feels.
    endings, prefixes
        What a value's name ends or begins with when it only describes differences between
        people or errors of measurement.
    """

    version: Literal["algesia/names/1"] = Field(alias="schema")
    states: dict[str, NameFile]
    outputs: dict[str, NameFile]
    covariates: dict[str, NameFile]
    parameters: dict[str, NameFile]
    ports: dict[str, NameFile] = Field(default_factory=dict)
    endings: dict[str, str]
    prefixes: dict[str, str]

    def joints(self) -> dict[str, NameFile]:
        """Every name a port may bear: its own, or that of what it shows.

        Examples
        --------
        >>> vocabulary().joints()["cyp3a4_gut_activity"].dimension
        'dimensionless'
        """
        return {**self.parameters, **self.states, **self.outputs, **self.ports}

    def describes_differences(self, name: str) -> bool:
        """Whether a value's name needs no row of its own.

        Examples
        --------
        >>> vocabulary().describes_differences("volume_central_variance")
        True
        """
        return name.startswith(tuple(self.prefixes)) or name.endswith(tuple(self.endings))


def dimension_fits(accepted: str, unit: str) -> bool:
    """Whether a unit has one of the dimensions a row accepts.

    Examples
    --------
    >>> dimension_fits("amount or mass", "nmol"), dimension_fits("volume/time", "L")
    (True, False)
    """
    wanted = accepted.split(" or ")
    if _BODY_WEIGHT in wanted:
        unit = _BODY_WEIGHT_UNITS.get(unit, unit)
    return str(dimension(unit)) in wanted


@cache
def vocabulary() -> Vocabulary:
    """Read the shared names.

    Raises
    ------
    FileInputError
        If the file does not hold together.
    """
    path = Path(str(files("algesia.catalog"))) / "vocabulary" / "names.yaml"
    return validated(Vocabulary, read_yaml(path), where=f"vocabulary/{path.name}")

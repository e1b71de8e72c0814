"""Targets of ketamine beside the NMDA channel: constants where one was read, no effect."""

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.errors import DomainError, unknown_name
from algesia.formats import read_yaml
from algesia.provenance import Reported, Source
from algesia.units import convert_amount, substance

from .entry_schema import SourceFile, ValueFile, ValuesFile
from .entry_values import EntryValues, located
from .strict_file import validated

__all__ = ["OtherTarget", "TargetMeasure", "other_target", "other_targets"]

TargetMeasure = Literal["inhibition_constant", "half_inhibition"]
_FILE = "other_targets.yaml"


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _TargetFile(_Strict):
    target: str
    substance: str
    measure: TargetMeasure
    constant: ValueFile
    conflict: str = ""
    conflict_source: str | None = None


class _TargetsFile(_Strict):
    version: Literal["algesia/other_targets/1"] = Field(alias="schema")
    sources: dict[str, SourceFile]
    targets: dict[str, _TargetFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTarget:
    """One target and what binds to it.

    Parameters
    ----------
    id, target
        Its name, and what it is in words.
    substance
        What binds.
    measure
        Whether the constant is one of inhibition or a concentration of half inhibition.
    constant
        The constant; declared unknown where none was read.
    conflict
        What another source says; empty where none was read.
    sources
        What it was read in; empty where it is unknown.
    """

    id: str
    target: str
    substance: str
    measure: TargetMeasure
    constant: Reported
    conflict: str
    sources: tuple[Source, ...]

    @property
    def known(self) -> bool:
        """Whether a constant was read."""
        return self.constant.known

    def concentration_ratio(self, *, plasma_ng_per_ml: float, fraction_unbound: float) -> float:
        """Unbound plasma concentration over the constant; NaN where that is unknown.

        Parameters
        ----------
        plasma_ng_per_ml
            Total concentration of the substance in plasma, ng/mL of base, 0 or above.
        fraction_unbound
            Unbound share in plasma, 0 to 1.

        Raises
        ------
        DomainError
            If a number is outside its range.

        Examples
        --------
        >>> ratio = other_target("opioid_mu").concentration_ratio(
        ...     plasma_ng_per_ml=250.0, fraction_unbound=0.56)
        >>> round(ratio, 3)
        0.014
        """
        if not 0.0 <= plasma_ng_per_ml < math.inf:
            raise DomainError(f"plasma is {plasma_ng_per_ml} ng/mL; expected 0 or above")
        if not 0.0 <= fraction_unbound <= 1.0:
            raise DomainError(f"fraction unbound is {fraction_unbound}; expected 0 to 1")
        if not self.known:
            return math.nan
        # One ng/mL is one µg/L.
        total_nmol_per_l = convert_amount(
            plasma_ng_per_ml,
            from_unit="µg",
            to_unit="nmol",
            substance=substance(self.substance),
        )
        return fraction_unbound * total_nmol_per_l / self.constant.canonical()


@cache
def other_targets() -> tuple[OtherTarget, ...]:
    """Every target of the table, in its order.

    Raises
    ------
    FileInputError
        If the table does not hold together.

    Examples
    --------
    >>> [each.id for each in other_targets() if not each.known][:2]
    ['ampa', 'sigma_1']
    """
    path = Path(str(files("algesia.catalog"))) / _FILE
    file = validated(_TargetsFile, read_yaml(path), where=_FILE)
    values = {name: row.constant for name, row in file.targets.items()}
    with located(_FILE):
        read = EntryValues.from_file(ValuesFile(sources=file.sources, values=values))
    return tuple(
        OtherTarget(
            id=name,
            target=row.target,
            substance=substance(row.substance).name,
            measure=row.measure,
            constant=read.parameters[name].reported,
            conflict=row.conflict,
            sources=tuple(
                source
                for source in read.sources
                if source.key in {row.constant.source, row.conflict_source}
            ),
        )
        for name, row in file.targets.items()
    )


def other_target(name: str) -> OtherTarget:
    """Target of a name.

    Raises
    ------
    UnknownNameError
        If there is none; the message lists close names.
    """
    known = {each.id: each for each in other_targets()}
    if name not in known:
        raise unknown_name("other target", name, known)
    return known[name]

"""Measured curves that claims compare with: `observations/*.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from algesia.arrays import FloatArray
from algesia.errors import FileInputError, unknown_name
from algesia.formats import read_yaml
from algesia.units import conversion_factor

from .entry_schema import GradeFile, SourceFile
from .strict_file import validated

__all__ = ["Curve", "curve", "curve_names"]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ColumnFile(_Strict):
    """Numbers with their unit."""

    unit: str
    values: list[float]


class CurveFile(_Strict):
    """One curve."""

    substance: str
    arm: str
    site: str
    statistic: str
    origin: str
    grade: GradeFile
    source: str
    locator: str
    note: str
    time: ColumnFile
    concentration: ColumnFile


class CurvesFile(_Strict):
    """The whole of a file of curves."""

    version: Literal["algesia/curves/1"] = Field(alias="schema")
    source: dict[str, SourceFile]
    subjects: dict[str, Any]
    arms: dict[str, Any]
    curves: dict[str, CurveFile]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """A measured curve.

    Parameters
    ----------
    name
        Its name.
    substance
        What was measured.
    time_h
        Times, (T,), h, increasing.
    concentration
        What was found, (T,), in `unit`, 0 or above.
    unit
        Unit of the concentrations.
    """

    name: str
    substance: str
    time_h: FloatArray
    concentration: FloatArray
    unit: str


def curve(name: str) -> Curve:
    """Curve of a name.

    Raises
    ------
    UnknownNameError
        If there is no such curve; the message lists close names.

    Examples
    --------
    >>> curve("kamp_esketamine_after_esketamine").unit
    'nmol/mL'
    """
    known = _curves()
    if name not in known:
        raise unknown_name("curve", name, known)
    return known[name]


def curve_names() -> tuple[str, ...]:
    """Names of all curves.

    Examples
    --------
    >>> "kamp_esketamine_after_esketamine" in curve_names()
    True
    """
    return tuple(_curves())


@cache
def _curves() -> Mapping[str, Curve]:
    folder = Path(str(files("algesia.catalog"))) / "observations"
    found: dict[str, Curve] = {}
    for path in sorted(folder.glob("*.yaml")):
        file = validated(CurvesFile, read_yaml(path), where=f"observations/{path.name}")
        for name, row in file.curves.items():
            found[name] = _curve(name, row, f"observations/{path.name}: curves.{name}")
    return found


def _curve(name: str, row: CurveFile, where: str) -> Curve:
    times, levels = row.time.values, row.concentration.values
    if len(times) != len(levels):
        raise FileInputError(
            f"{where} has {len(times)} times and {len(levels)} concentrations; "
            "expected as many of both"
        )
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise FileInputError(f"{where}.time does not increase; expected increasing times")
    return Curve(
        name=name,
        substance=row.substance,
        time_h=conversion_factor(row.time.unit, "h") * np.asarray(times),
        concentration=np.asarray(levels),
        unit=row.concentration.unit,
    )

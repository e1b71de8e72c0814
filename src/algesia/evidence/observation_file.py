"""Studies as files: `pk_observations/<study>.yaml`, read and held against their own words."""

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.quantity_text import hours, number_and_unit
from algesia.catalog.strict_file import validated
from algesia.errors import FileInputError, InputError, unknown_name
from algesia.formats import read_yaml
from algesia.regimen import parse_regimen
from algesia.units import substance

from .observation import (
    MEASURES,
    Observation,
    ObservedCurve,
    ObservedValue,
    Perpetrator,
    Printed,
    Study,
    StudyArm,
    Use,
)
from .printed import printed_measure, printed_moieties, printed_unit, printed_value

__all__ = ["read_study", "studies", "study_paths"]

Origin = Literal["printed", "assumed"]
_CLOSE: Final = 1e-6


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Source(_Strict):
    citation: str
    doi: str | None
    url: str | None


class _Use(_Strict):
    entry: str
    value: str
    what: str
    observations: list[str] = Field(default_factory=list)


class _PrintedArm(_Strict):
    dose: str
    route: str
    population: str | None
    n: str | None


class _PrintedRow(_Strict):
    analyte: str
    quantity: str
    number: str | None
    unit: str


class _Settled(_Strict):
    value: str
    origin: Origin


class _Window(_Strict):
    start: str | None = Field(default=None, alias="from")
    to: str | None = None
    origin: Origin


class _Value(_Strict):
    central: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    geometric_sd: float | None = None
    cv_percent: float | None = None
    confidence: list[float] | None = None
    range: list[float] | None = None
    approximate: bool = False
    unknown: bool = False


class _Observation(_Strict):
    id: str
    printed: _PrintedRow
    printed_arm: int = 0
    moieties: list[str] = Field(min_length=1)
    over: str | None = None
    measure: str
    window: _Window | None = None
    value: _Value
    unit: str
    clock: Literal["last_device"] | None = None
    verified: bool
    second_hand: bool = False
    not_predicted: str | None = None
    trivial: str | None = None
    note: str | None = None


class _Perpetrator(_Strict):
    entry: str
    printed: str
    regimen: str
    origin: Origin
    victim_at: str


class _Arm(_Strict):
    printed: list[_PrintedArm] = Field(min_length=1)
    trial: str | None = None
    route: str
    product: str
    regimens: list[str]
    regimen_origin: Origin
    form: _Settled
    weight: _Settled
    site: _Settled
    n: int | None
    perpetrator: _Perpetrator | None = None
    categories: dict[str, str] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)
    observations: list[_Observation] = Field(default_factory=list)
    curves: list[str] = Field(default_factory=list)


class _Study(_Strict):
    version: Literal["algesia/pk_observations/1"] = Field(alias="schema")
    study: str
    source: _Source
    same_trial_as: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    used_by: list[_Use]
    arms: dict[str, _Arm]


def study_paths() -> tuple[Path, ...]:
    """Files of all studies, by name."""
    folder = Path(str(files("algesia.evidence"))) / "pk_observations"
    return tuple(sorted(folder.glob("*.yaml")))


@cache
def studies() -> Mapping[str, Study]:
    """All studies by their name.

    Raises
    ------
    FileInputError
        If a file does not hold together, or two studies have one name.

    Examples
    --------
    >>> studies()["simons_2022"].doi
    '10.3389/fpain.2022.946486'
    """
    return {study.id: study for study in map(read_study, study_paths())}


def read_study(path: Path) -> Study:
    """Read one study.

    Parameters
    ----------
    path
        Its file, named after it.

    Raises
    ------
    InputError
        If the file does not fit, or its structured numbers are not those it prints.
    """
    where = f"pk_observations/{path.name}"
    file = validated(_Study, read_yaml(path), where=where)
    if file.study != path.stem:
        raise FileInputError(
            f"{where}: study is '{file.study}'; expected the file's name, '{path.stem}'"
        )
    arms = {name: _arm(file, name, f"{where}: arms.{name}") for name in file.arms}
    observations = [
        _observation(arms[name], file.arms[name], row, f"{where}: arms.{name}.{row.id}")
        for name in file.arms
        for row in file.arms[name].observations
    ]
    names = [each.name for each in observations]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise FileInputError(f"{where}: observation {doubled} stands twice; expected once")
    _require_places(file, where)
    return Study(
        id=file.study,
        citation=file.source.citation,
        doi=file.source.doi,
        url=file.source.url,
        same_trial_as=tuple(file.same_trial_as),
        used_by=tuple(
            Use(
                entry=use.entry,
                value=use.value,
                what=use.what,
                observations=tuple(use.observations),
            )
            for use in file.used_by
        ),
        observations=tuple(observations),
        curves=tuple(
            ObservedCurve(arm=arms[name], curve=curve)
            for name in file.arms
            for curve in file.arms[name].curves
        ),
        notes=tuple(file.notes),
    )


def _require_places(file: _Study, where: str) -> None:
    """Refuse a use that names an observation or curve that is not there."""
    known = {f"{name}/*" for name in file.arms}
    for name, arm in file.arms.items():
        known |= {f"{name}/{row.id}" for row in arm.observations}
        known |= {f"{name}/{curve}" for curve in arm.curves}
    for place in (place for use in file.used_by for place in use.observations):
        if place not in known:
            raise unknown_name(f"observation of {where}", place, known)


def _arm(file: _Study, name: str, where: str) -> StudyArm:
    arm = file.arms[name]
    for text in arm.regimens:
        try:
            parse_regimen(text)
        except InputError as error:
            raise type(error)(f"{where}.regimens: '{text}': {error}") from None
    weight, unit = number_and_unit(arm.weight.value, f"{where}.weight")
    if unit != "kg":
        raise FileInputError(f"{where}.weight is in {unit}; expected kg")
    settled = {
        f"weight {arm.weight.value}": arm.weight.origin,
        f"{arm.site.value}": arm.site.origin,
        f"dose as {arm.form.value}": arm.form.origin,
        "regimen": arm.regimen_origin,
    }
    if arm.perpetrator is not None:
        settled[f"regimen of {arm.perpetrator.entry}"] = arm.perpetrator.origin
    return StudyArm(
        name=name,
        study=file.study,
        trial=arm.trial or min((file.study, *file.same_trial_as)),
        route=arm.route,
        product=arm.product,
        regimens=tuple(arm.regimens),
        weight_kg=weight,
        weight_printed=arm.weight.origin == "printed",
        site=arm.site.value,
        subjects=arm.n,
        perpetrator=_perpetrator(arm.perpetrator, where),
        categories=tuple(sorted(arm.categories.items())),
        assumptions=tuple(what for what, origin in settled.items() if origin == "assumed"),
        notes=tuple(arm.notes),
    )


def _perpetrator(given: _Perpetrator | None, where: str) -> Perpetrator | None:
    if given is None:
        return None
    return Perpetrator(
        entry=given.entry,
        regimen=given.regimen,
        printed=given.printed,
        victim_at_h=hours(given.victim_at, f"{where}.perpetrator.victim_at"),
    )


def _observation(arm: StudyArm, file: _Arm, row: _Observation, where: str) -> Observation:
    if row.measure not in MEASURES:
        raise unknown_name(f"measure in {where}", row.measure, MEASURES)
    for name in (*row.moieties, *([] if row.over is None else [row.over])):
        substance(name)
    window = row.window or _Window(origin="printed")
    printed = file.printed[row.printed_arm]
    found = Observation(
        id=row.id,
        arm=arm,
        printed=Printed(
            dose=printed.dose,
            route=printed.route,
            population=printed.population,
            analyte=row.printed.analyte,
            quantity=row.printed.quantity,
            number=row.printed.number,
            unit=row.printed.unit,
        ),
        moieties=tuple(row.moieties),
        over=row.over,
        measure=row.measure,
        from_h=None if window.start is None else hours(window.start, f"{where}.window.from"),
        to_h=None if window.to is None else hours(window.to, f"{where}.window.to"),
        value=_value(row.value),
        unit=row.unit,
        after_last_device=row.clock is not None,
        verified=row.verified,
        second_hand=row.second_hand,
        not_predicted=row.not_predicted,
        trivial=row.trivial,
        note=_note(row),
    )
    _hold_against_words(found, where)
    if not found.value.known and found.not_predicted is None:
        raise FileInputError(f"{where} has no number; expected not_predicted to say so")
    return found


def _note(row: _Observation) -> str | None:
    """What a reader must know; a window that the source does not print is told."""
    window = row.window
    if window is None or window.origin == "printed":
        return row.note
    told = f"window {window.start or '0 h'} to {window.to or 'the end'} assumed"
    return told if row.note is None else f"{told}; {row.note}"


def _value(given: _Value) -> ObservedValue:
    numbers: dict[str, Any] = given.model_dump(exclude={"confidence", "range", "unknown"})
    return ObservedValue(
        **numbers,
        confidence=_pair(given.confidence),
        extent=_pair(given.range),
    )


def _pair(given: list[float] | None) -> tuple[float, float] | None:
    if given is None:
        return None
    low, high = given
    return low, high


def _hold_against_words(found: Observation, where: str) -> None:
    """Refuse an observation whose structure is not what its words say."""
    words = found.printed
    measure = printed_measure(words.quantity)
    read = {
        "measure": (found.measure, measure.measure),
        "moieties": (
            (found.moieties, found.over),
            printed_moieties(words.analyte, words.quantity),
        ),
        "unit": (found.unit, printed_unit(words.unit)),
        "clock": (found.after_last_device, "after last spray" in words.unit),
        "number": (_numbers(found.value), _numbers(_printed_value(found, measure.relative))),
    }
    if measure.to_h is not None:
        read["window"] = ((found.from_h or 0.0, found.to_h), (measure.from_h, measure.to_h))
    for key, (structured, printed) in read.items():
        if structured != printed:
            raise FileInputError(
                f"{where}: {key} is {structured}, the printed words say {printed}; "
                "expected the same"
            )


def _printed_value(found: Observation, relative: bool) -> ObservedValue:
    value = printed_value(found.printed.number, relative=relative)
    if "approx" in found.printed.unit and not value.approximate:
        raise FileInputError(f"{found.name}: the unit says approx., the number does not")
    return value


def _numbers(value: ObservedValue) -> tuple[object, ...]:
    """Everything a value says, rounded so that a third may be written with some digits."""

    def rounded(number: float | None) -> float | None:
        return None if number is None else round(number, -math.floor(math.log10(_CLOSE)))

    return (
        *map(rounded, (value.central, value.low, value.high, value.sd)),
        *map(rounded, (value.geometric_sd, value.cv_percent)),
        value.confidence,
        value.extent,
        value.approximate,
    )

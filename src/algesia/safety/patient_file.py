"""Patient files, `algesia/patient/1`: facts with units, nothing that tells who it is.

```yaml
schema: algesia/patient/1
label: invented person with CRPS
age: 47 year
weight: 68 kg
conditions: [crps]
facts: {pregnant: no, hepatic_disease: none, active_psychosis: unknown}
measurements: {systolic_pressure: 128 mmHg}
medicines: [{name: morphine, per_day: 60 mg, pause: 5 day, after_pause: same}]
setting: {setting: outpatient, observation_after_dose: 2 h}
```
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import DomainError, InputError, unknown_name
from algesia.formats.yaml_text import read_yaml

from .fact import About, FactValue, number_in
from .fact_file import fact, facts
from .identifier import refuse_identifiers
from .patient import Medicine, Patient, Sex

__all__ = ["patient_of", "read_patient", "stated_facts"]

MOST_LETTERS: Final = 200


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Medicine(_Strict):
    name: str = Field(min_length=1, max_length=MOST_LETTERS)
    dose: str | None = Field(default=None, max_length=MOST_LETTERS)
    per_day: str | None = None
    pause: str | None = None
    after_pause: Literal["same", "reduced", "unknown"] | None = None


class _File(_Strict):
    version: Literal["algesia/patient/1"] = Field(alias="schema")
    label: str = Field(min_length=1, max_length=MOST_LETTERS)
    age: str | None = None
    weight: str | None = None
    height: str | None = None
    sex: Literal["female", "male", "unknown"] | None = None
    conditions: list[str] | Literal["unknown"] | None = None
    purpose: list[str] | str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    measurements: dict[str, Any] = Field(default_factory=dict)
    medicines: list[_Medicine] | Literal["none", "unknown"] | None = None
    setting: dict[str, Any] = Field(default_factory=dict)
    outcome: dict[str, Any] = Field(default_factory=dict)


def read_patient(path: Path) -> Patient:
    """Read a patient file.

    Parameters
    ----------
    path
        The file, YAML.

    Raises
    ------
    InputError
        If it cannot be read, names an unknown fact, lacks a unit, or may tell who it is.
    """
    return patient_of(read_yaml(Path(path)), where=Path(path).name)


def patient_of(data: object, *, where: str = "patient") -> Patient:
    """Build a patient from the data of a file.

    Parameters
    ----------
    data
        What the YAML holds.
    where
        What to call it in messages.

    Examples
    --------
    >>> someone = patient_of({"schema": "algesia/patient/1", "label": "A", "weight": "70 kg",
    ...     "facts": {"pregnant": "no", "epilepsy": "unknown"}})
    >>> someone.weight_kg, dict(someone.stated), someone.said_unknown
    (70.0, {'pregnant': (False,)}, ('epilepsy',))
    """
    refuse_identifiers(data, where=where)
    file = validated(_File, data, where=where)
    stated: dict[str, tuple[FactValue, ...]] = {}
    unknown: list[str] = []
    for place, name, given, about in _given(file):
        values = _checked(name, given, f"{where}, {place}", about)
        if name in stated or name in unknown:
            raise InputError(f"{where}, {place} says {name} a second time; expected it once")
        if values is None:
            unknown.append(name)
        else:
            stated[name] = values
    return Patient(
        label=" ".join(file.label.split()),
        age_year=_size(file.age, "year", f"{where}: age", 120.0),
        weight_kg=_size(file.weight, "kg", f"{where}: weight", 400.0),
        height_cm=_size(file.height, "cm", f"{where}: height", 250.0),
        sex=_sex(file.sex),
        stated=stated,
        said_unknown=tuple(unknown),
        medicines=_medicines(file.medicines, where),
    )


def stated_facts(
    given: Mapping[str, object], *, where: str, about: tuple[About, ...]
) -> dict[str, tuple[FactValue, ...]]:
    """Read facts given beside a patient file; those said to be unknown are left out.

    Parameters
    ----------
    given
        Values by fact.
    where
        What to call the place in messages.
    about
        What the facts may be about.

    Raises
    ------
    InputError
        If a fact does not exist, is about something else, or its value does not fit.
    """
    read = {name: _checked(name, value, where, about) for name, value in given.items()}
    return {name: values for name, values in read.items() if values is not None}


def _given(file: _File) -> Iterator[tuple[str, str, object, tuple[About, ...]]]:
    """Place, fact, value and what it may be about, of everything that the file states."""
    own: tuple[About, ...] = ("patient", "regimen")
    if file.conditions is not None:
        yield "conditions", "condition", file.conditions, own
    if file.purpose is not None:
        yield "purpose", "purpose", file.purpose, own
    for name, value in file.facts.items():
        yield "facts", name, value, own
    for name, value in file.measurements.items():
        yield "measurements", name, value, own
    for name, value in file.setting.items():
        yield "setting", name, value, ("setting", "regimen")
    for name, value in file.outcome.items():
        yield "outcome", name, value, ("outcome",)


def _checked(
    name: str, given: object, where: str, about: tuple[About, ...]
) -> tuple[FactValue, ...] | None:
    allowed = [each for each, known in facts().items() if known.about in about]
    if name not in facts():
        raise unknown_name(f"fact for {where},", name, allowed)
    known = fact(name)
    if known.about not in about:
        raise InputError(
            f"{where} states {name}, which is about the {known.about}; expected facts about "
            f"the {' or the '.join(about)}"
        )
    return known.read(given, where)


def _size(text: str | None, unit: str, where: str, highest: float) -> float | None:
    if text is None or text.strip().lower() == "unknown":
        return None
    value = number_in(text, unit, where)
    if not 0.0 < value <= highest:
        raise DomainError(
            f"{where} is '{text}'; expected above 0 and at most {highest:g} {unit}"
        )
    return value


def _sex(text: str | None) -> Sex | None:
    return text if text in ("female", "male") else None  # type: ignore[return-value]  # checked


def _medicines(
    rows: list[_Medicine] | Literal["none", "unknown"] | None, where: str
) -> tuple[Medicine, ...] | None:
    if rows is None or isinstance(rows, str):
        return () if rows == "none" else None
    return tuple(
        _medicine(row, f"{where}, medicines.{place}") for place, row in enumerate(rows)
    )


def _medicine(row: _Medicine, where: str) -> Medicine:
    if row.after_pause is not None and row.pause is None:
        raise InputError(f"{where} has after_pause without a pause; expected its length")
    return Medicine(
        name=" ".join(row.name.split()),
        dose=row.dose,
        milligrams_per_day=None
        if row.per_day is None
        else _size(row.per_day, "mg", f"{where}.per_day", 1e5),
        paused_days=None
        if row.pause is None
        else _size(row.pause, "day", f"{where}.pause", 36_600.0),
        after_pause=None if row.after_pause == "unknown" else row.after_pause,
    )

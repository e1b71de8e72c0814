"""The second reading: another reader's values beside those of the entry.

Readings are kept outside the package, in `reviews/` of a checkout: they are written by a reader
who has the source and the list of names only, and an installed copy does not hold them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from algesia.errors import FileInputError, UnitError, unknown_name
from algesia.formats import read_yaml
from algesia.provenance import FORMS, LogNormalSpread, Reported
from algesia.units import conversion_factor, dimension, to_canonical

from .entry import Entry
from .entry_file import read_entry_values
from .strict_file import validated

__all__ = [
    "Reading",
    "ReviewCheck",
    "ReviewFile",
    "check_review",
    "read_review",
    "reading_of",
    "reviews_folder",
    "settled_names",
]

Outcome: TypeAlias = Literal["agrees", "settled", "differs", "unread", "assumed"]

_ACCEPTED_SHARE: Final = 0.005
_SECTION: Final = "## second reading"
_LOG_SPREADS: Final = frozenset({"log_sd", "log_variance", "cv_percent"})
_SQUARED: Final = frozenset({"variance", "log_variance"})
_SDS: Final = frozenset({"sd", "variance"})


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReadingFile(_Strict):
    """One value as the second reader found it, or why it could not be read."""

    value: float | None = None
    unit: str | None = None
    form: str | None = None
    locator: str | None = None
    note: str | None = None
    unread: str | None = None


class ReviewFile(_Strict):
    """The whole of `reviews/<id>.yaml`."""

    version: Literal["algesia/review/1"] = Field(alias="schema")
    entry: str
    read_in: str
    reader: str
    notes: list[str] | str | None = None
    values: dict[str, ReadingFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of an entry beside the second reading of it.

    Parameters
    ----------
    name
        Name of the value.
    outcome
        `agrees`; `settled`: differs or unread and the README says why; `assumed`: nobody can
        read what no source prints; `differs`; `unread`.
    detail
        Both numbers, or why there is only one.
    """

    name: str
    outcome: Outcome
    detail: str = ""

    @property
    def passed(self) -> bool:
        """Whether it stands in nobody's way."""
        return self.outcome in {"agrees", "settled", "assumed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCheck:
    """The second reading of an entry, value by value.

    Parameters
    ----------
    readings
        One per value of the entry, in its order.
    """

    readings: tuple[Reading, ...]

    @property
    def agrees(self) -> bool:
        """Whether every value agrees, is settled or was never printed."""
        return all(reading.passed for reading in self.readings)

    def counts(self) -> dict[str, int]:
        """How many values came out how, those that occur only."""
        outcomes = [reading.outcome for reading in self.readings]
        return {name: outcomes.count(name) for name in sorted(set(outcomes))}


def reviews_folder(entry: Entry) -> Path | None:
    """Folder of second readings beside the `src` an entry lies in, None outside a checkout."""
    above = entry.folder.resolve().parents
    if len(above) < 5 or above[3].name != "src":
        return None
    folder = above[4] / "reviews"
    return folder if folder.is_dir() else None


def check_review(entry: Entry, folder: Path) -> ReviewCheck | None:
    """Compare an entry with its second reading; None where there is none.

    Parameters
    ----------
    entry
        The entry.
    folder
        Folder of second readings.

    Raises
    ------
    FileInputError
        If the reading cannot be read, or names a value the entry does not have.
    """
    file = read_review(entry.id, folder)
    if file is None:
        return None
    values = {
        name: parameter.reported
        for name, parameter in read_entry_values(entry.folder).parameters.items()
    }
    for name in file.values:
        if name not in values:
            problem = unknown_name("value", name, values)
            raise FileInputError(f"reviews/{entry.id}.yaml: values.{name}: {problem}")
    settled = settled_names(entry.readme(), values)
    return ReviewCheck(
        readings=tuple(
            reading_of(reported, file, settled=name in settled)
            for name, reported in values.items()
        )
    )


def read_review(name: str, folder: Path) -> ReviewFile | None:
    """Read the second reading of an entry; None where there is none.

    Parameters
    ----------
    name
        Name of the entry.
    folder
        Folder of second readings.

    Raises
    ------
    FileInputError
        If the file cannot be read, has an unknown key, or is of another entry.
    """
    path = folder / f"{name}.yaml"
    if not path.is_file():
        return None
    file = validated(ReviewFile, read_yaml(path), where=f"reviews/{path.name}")
    if file.entry != name:
        raise FileInputError(f"reviews/{path.name}: entry is '{file.entry}'; expected '{name}'")
    return file


def settled_names(readme: str, values: Mapping[str, Any]) -> frozenset[str]:
    """Names of values that the section on the second reading talks about.

    Examples
    --------
    >>> lines = ["## Second reading", "`volume_central` was rounded.", "## Checks", "clearance"]
    >>> sorted(settled_names(chr(10).join(lines), {"volume_central": 1, "clearance": 2}))
    ['volume_central']
    """
    inside, words = False, set[str]()
    for line in readme.splitlines():
        if line.startswith("## "):
            inside = line.strip().lower() == _SECTION
        elif inside:
            words |= set(re.findall(r"[a-z][a-z0-9_]*", line))
    return frozenset(words & set(values))


def reading_of(reported: Reported, file: ReviewFile, *, settled: bool) -> Reading:
    """Compare one value with what the second reader found.

    Parameters
    ----------
    reported
        The value of the entry.
    file
        The second reading.
    settled
        Whether the README says why the two differ.
    """
    outcome, detail = _compared(reported, file.values.get(reported.name))
    if settled and outcome in {"differs", "unread"}:
        outcome = "settled"
    return Reading(name=reported.name, outcome=outcome, detail=detail)


def _compared(reported: Reported, read: ReadingFile | None) -> tuple[Outcome, str]:
    """How one value came out, and both numbers."""
    if read is None or read.value is None:
        why = "not in the reading" if read is None else read.unread or "declared unknown"
        if not reported.known and read is not None:
            return "agrees", f"neither reader found a number: {why}"
        return ("assumed" if reported.origin == "assumed" else "unread"), why
    shown = f"{read.value:g} {read.unit or '1'} ({read.form or 'no form'})"
    if not reported.known:
        return "differs", f"the entry has no number, the second reader {shown}"
    detail = f"{reported.number():g} {reported.unit} ({reported.form}); second reader {shown}"
    if read.form is not None and read.form not in FORMS:
        return "differs", f"{detail}; '{read.form}' is no form"
    try:
        pair = _comparable(reported, read.value, read.unit or "1", read.form or reported.form)
    except UnitError as error:
        return "differs", f"{detail}; {error}"
    if pair is None:
        return "differs", f"{detail}; the forms cannot be compared"
    ours, theirs = pair
    close = abs(ours - theirs) <= _ACCEPTED_SHARE * max(abs(ours), abs(theirs))
    return ("agrees" if close else "differs"), detail


def _comparable(
    reported: Reported, value: float, unit: str, form: str
) -> tuple[float, float] | None:
    """Both numbers in one unit and form; None where the forms say different things."""
    kinds = {reported.form, form}
    if kinds <= _LOG_SPREADS:
        return (
            _log_sd(reported.number(), reported.unit, reported.form),
            _log_sd(value, unit, form),
        )
    if kinds <= _SDS and len(kinds) == 2:
        return (
            _sd(reported.number(), reported.unit, reported.form),
            _sd(value, unit, form),
        )
    if (
        kinds & (_LOG_SPREADS | {"logit_sd", "covariance_log", "correlation"})
        and len(kinds) > 1
    ):
        return None
    return reported.number(), value * _factor(unit, reported.unit)


def _log_sd(value: float, unit: str, form: str) -> float:
    if form == "cv_percent":
        return LogNormalSpread.from_cv_percent(value * conversion_factor(unit, "%")).log_sd
    plain = to_canonical(value, unit)
    return plain**0.5 if form in _SQUARED else plain


def _sd(value: float, unit: str, form: str) -> float:
    """SD in canonical units; a variance of a dimensionless value has none to convert."""
    plain = to_canonical(value, unit)
    return plain**0.5 if form in _SQUARED else plain


def _factor(unit: str, wanted: str) -> float:
    """Factor between two units; a volume per 70 kg is the volume of the 70 kg reference."""
    if dimension(unit) == dimension(wanted):
        return conversion_factor(unit, wanted)
    return conversion_factor(unit, f"{wanted}/70 kg")

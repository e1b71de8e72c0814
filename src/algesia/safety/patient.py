"""One person as far as rules ask: no name, no identifier, unknown said as unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .fact import FactValue

__all__ = ["Medicine", "Patient", "Sex"]

Sex: TypeAlias = Literal["female", "male"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """A medicine that a person takes beside ketamine.

    Parameters
    ----------
    name
        Generic name as given.
    dose
        Dose as given, or None.
    milligrams_per_day
        Daily dose, mg/day, or None where it was not given as one.
    paused_days
        Length of a pause that is planned or has been, days, or None.
    after_pause
        Whether the dose after the pause is the `same` as before or `reduced`; None unknown.
    """

    name: str
    dose: str | None = None
    milligrams_per_day: float | None = None
    paused_days: float | None = None
    after_pause: Literal["same", "reduced"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Someone whose plan is looked at.

    Parameters
    ----------
    label
        What to call the case; never a person's name.
    age_year
        Age, year, or None where unknown.
    weight_kg
        Actual body weight, kg, or None.
    height_cm
        Height, cm, or None.
    sex
        `female` or `male`, or None.
    stated
        Values of facts about patient, setting and outcome that are known.
    said_unknown
        Facts that were said to be unknown.
    medicines
        Medicines taken; None where nothing is said about them.
    """

    label: str
    age_year: float | None = None
    weight_kg: float | None = None
    height_cm: float | None = None
    sex: Sex | None = None
    stated: Mapping[str, tuple[FactValue, ...]] = field(default_factory=dict)
    said_unknown: tuple[str, ...] = ()
    medicines: tuple[Medicine, ...] | None = None

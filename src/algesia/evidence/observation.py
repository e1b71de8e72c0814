"""`Observation`: a number that a study reported, and all that is needed to predict it."""

import math
from dataclasses import dataclass
from typing import Final

from algesia.errors import DomainError

__all__ = [
    "CHANGES",
    "MEASURES",
    "Observation",
    "ObservedCurve",
    "ObservedValue",
    "Perpetrator",
    "Printed",
    "Study",
    "StudyArm",
    "Use",
]

CHANGES: Final = {
    "auc_change": "auc",
    "cmax_change": "cmax",
    "half_life_change": "half_life",
    "clearance_change": "clearance",
    "ratio_change": "auc_ratio",
    "steady_state_change": "steady_state",
}
"""Measures with a perpetrator over the same without it, and what is measured twice."""

MEASURES: Final = (
    "cmax", "tmax", "auc", "auc_ratio", "fraction_absorbed", "clearance", "half_life",
    "volume_steady_state", "volume_beta", "steady_state", "urinary_recovery",
    "faecal_recovery", "fraction_bound", "brain_ratio", "measured_level", *CHANGES,
)  # fmt: skip
"""What a study may have reported."""

_PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedValue:
    """A reported number with what is said about its spread, in the unit of the observation.

    Parameters
    ----------
    central
        The number, mean or geometric mean; None where a range or nothing is reported.
    low, high
        Ends of a reported range; one of them alone is a bound.
    sd, geometric_sd, cv_percent
        Spread between subjects, in the form that was printed.
    confidence, extent
        Confidence interval and range beside a central number.
    approximate
        Whether the source says "about".
    """

    central: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    geometric_sd: float | None = None
    cv_percent: float | None = None
    confidence: tuple[float, float] | None = None
    extent: tuple[float, float] | None = None
    approximate: bool = False

    def __post_init__(self) -> None:
        numbers = (self.central, self.low, self.high, self.sd, self.geometric_sd)
        for number in (*numbers, self.cv_percent):
            if number is not None and not (math.isfinite(number) and number >= 0.0):
                raise DomainError(f"observed value holds {number}; expected 0 or above")

    @property
    def known(self) -> bool:
        """Whether there is a number at all."""
        return not (self.central is None and self.low is None and self.high is None)

    @property
    def middle(self) -> float | None:
        """Central number, or the geometric middle of a range; None where there is neither."""
        if self.central is not None:
            return self.central
        if self.low is None or self.high is None:
            return self.low if self.high is None else self.high
        return math.sqrt(self.low * self.high)

    def spread(self) -> tuple[float, float] | None:
        """One standard deviation to either side, None where no spread is reported.

        A mean and SD are read as those of a log-normal quantity, so that the lower end of a
        wide spread stays above 0; a geometric SD of 1 is no spread.

        Examples
        --------
        >>> low, high = ObservedValue(central=52.3, sd=12.2).spread()
        >>> round(low, 1), round(high, 1)
        (40.5, 64.1)
        """
        if self.central is None or self.central <= 0.0:
            return None
        if self.geometric_sd is not None:
            factor = self.geometric_sd
            return (self.central / factor, self.central * factor) if factor > 1.0 else None
        share = self._share()
        if share is None:
            return None
        log_sd = math.sqrt(math.log1p(share**2))
        median = self.central / math.sqrt(1.0 + share**2)
        return median * math.exp(-log_sd), median * math.exp(log_sd)

    def _share(self) -> float | None:
        """Coefficient of variation, dimensionless."""
        if self.sd is not None and self.central:
            return self.sd / self.central
        return None if self.cv_percent is None else self.cv_percent / _PERCENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the source prints, word for word.

    Parameters
    ----------
    dose, route, population
        What was given, how, and to whom.
    analyte, quantity, number, unit
        What was measured; the number is None where there is none.
    """

    dose: str
    route: str
    population: str | None
    analyte: str
    quantity: str
    number: str | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Perpetrator:
    """Another substance given beside, which changes enzymes.

    Parameters
    ----------
    entry
        Catalogue entry of the substance.
    regimen
        How it was given, as a text regimen.
    printed
        How the source prints it.
    victim_at_h
        When the victim is given after the first dose of the perpetrator, h.
    """

    entry: str
    regimen: str
    printed: str
    victim_at_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyArm:
    """Who was given what, and where blood was drawn.

    Parameters
    ----------
    name
        Name of the arm.
    study, trial
        Study it was reported in, and the trial behind it: two reports of a trial count once.
    route
        Route, or two joined by `or`.
    product
        Formulation in words, such as `thin film` or `label device`.
    regimens
        Text regimens; several where the source gives a range of doses.
    weight_kg
        Weight of the typical subject, kg.
    weight_printed
        Whether the source prints that weight.
    site
        Where blood was drawn.
    subjects
        Number of subjects, None where not printed.
    perpetrator
        What was given beside, or None.
    categories
        Categorical covariates that the source tells apart, such as ethnicity, by name.
    assumptions
        What the source does not print and is assumed.
    notes
        What a reader must know.
    """

    name: str
    study: str
    trial: str
    route: str
    product: str
    regimens: tuple[str, ...]
    weight_kg: float
    weight_printed: bool
    site: str
    subjects: int | None
    perpetrator: Perpetrator | None = None
    categories: tuple[tuple[str, str], ...] = ()
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One reported number.

    Parameters
    ----------
    id
        Name within its arm.
    arm
        Who was given what.
    printed
        What the source prints.
    moieties
        What was measured; each of several in turn.
    over
        Moiety in the denominator of a ratio, or None.
    measure
        One of `MEASURES`.
    from_h, to_h
        Window, h after the first dose; None is from the start, or to the end of all.
    value, unit
        The number and its unit.
    after_last_device
        Whether time counts from the last device of a spray.
    verified
        Whether the number was read in a copy of its source.
    second_hand
        Whether it was read where others quote it.
    not_predicted
        Why no model can be asked for it, or None.
    trivial
        Why it is met by construction and so tests nothing, or None.
    note
        What a reader must know.
    """

    id: str
    arm: StudyArm
    printed: Printed
    moieties: tuple[str, ...]
    over: str | None = None
    measure: str
    from_h: float | None = None
    to_h: float | None = None
    value: ObservedValue
    unit: str
    after_last_device: bool = False
    verified: bool = True
    second_hand: bool = False
    not_predicted: str | None = None
    trivial: str | None = None
    note: str | None = None

    @property
    def name(self) -> str:
        """Study, arm and id in one."""
        return f"{self.arm.study}/{self.arm.name}/{self.id}"

    @property
    def same_as(self) -> tuple[object, ...]:
        """What two reports of one number have in common."""
        arm = self.arm
        return (
            arm.trial, arm.regimens, arm.perpetrator, arm.categories, self.moieties, self.over,
            self.measure, self.from_h, self.to_h,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedCurve:
    """A mean curve of an arm, by its name in the catalogue's curves."""

    arm: StudyArm
    curve: str

    @property
    def name(self) -> str:
        """Study, arm and curve in one."""
        return f"{self.arm.study}/{self.arm.name}/{self.curve}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A value of a catalogue entry that was taken from a study, which is then no evidence.

    Parameters
    ----------
    entry
        The entry.
    value
        What the value is called.
    what
        What was taken.
    observations
        Observations and curves concerned, as `arm/id` or `arm/*`; the whole study where empty.
    """

    entry: str
    value: str
    what: str
    observations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What one publication reported.

    Parameters
    ----------
    id
        Name of the study and of its file.
    citation, doi, url
        The publication.
    same_trial_as
        Other names of the same trial.
    used_by
        Values of catalogue entries taken from it.
    observations, curves
        What it reported.
    notes
        What a reader must know.
    """

    id: str
    citation: str
    doi: str | None
    url: str | None
    same_trial_as: tuple[str, ...]
    used_by: tuple[Use, ...]
    observations: tuple[Observation, ...]
    curves: tuple[ObservedCurve, ...]
    notes: tuple[str, ...] = ()

    def gave(self, entry: str, place: str) -> bool:
        """Whether an entry took a value from an observation or curve of this study.

        Parameters
        ----------
        entry
            Name of the entry.
        place
            The observation or curve, as `arm/id`.
        """
        arm = f"{place.partition('/')[0]}/*"
        return any(
            use.entry == entry
            and (not use.observations or place in use.observations or arm in use.observations)
            for use in self.used_by
        )

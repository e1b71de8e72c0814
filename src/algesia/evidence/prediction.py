"""What a model predicts for an observation, in the observation's own unit."""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np

from algesia.arrays import FloatArray
from algesia.catalog.entry import Entry
from algesia.regimen import parse_regimen
from algesia.simulate import ArmTrajectories

from .conflict import observation_conflicts
from .measure import Measured, dose_mg, measured
from .measured_curve import MeasuredCurve, measured_curve
from .observation import CHANGES, Observation, Study
from .observation_file import studies
from .prediction_run import Request, RunBook
from .urine import urinary_recovery

# 95 % quantile of the standard normal distribution.
_NORMAL_95: Final = 1.6448536269514722

__all__ = ["Prediction", "Standing", "predict", "standing_of"]

Standing: TypeAlias = Literal["evidence", "used", "trivial", "conflict", "unverified", "repeat"]
"""Whether an observation counts: it does not where it is true by construction, where values
were taken from it, where sources conflict, where it was not read in its source, or where its
trial counted already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """An observation beside what the model says.

    Parameters
    ----------
    observation
        What was reported.
    standing
        Whether it counts.
    central, low, high
        Prediction in the unit of the observation: the geometric middle of what the regimens
        and moieties give, and their extremes; None where there is none.
    band
        5 and 95 % of sampled patients, None where none were sampled.
    problem
        Why there is no prediction, or None.
    notes
        What a reader must know.
    """

    observation: Observation
    standing: Standing
    central: float | None = None
    low: float | None = None
    high: float | None = None
    band: tuple[float, float] | None = None
    problem: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Predicted over observed; 1 inside a reported range, else from its nearer end."""
        value = self.observation.value
        if self.central is None or self.low is None or self.high is None or not value.known:
            return None
        if value.central is not None:
            return self.central / value.central if value.central > 0.0 else None
        below = 1.0 if value.low is None else min(1.0, self.low / value.low)
        above = 1.0 if value.high is None else max(1.0, self.high / value.high)
        return below if -math.log(max(below, 1e-300)) >= math.log(above) else above

    @property
    def fold(self) -> float | None:
        """How many times too high or too low, 1 or above."""
        ratio = self.ratio
        return None if ratio is None or ratio <= 0.0 else max(ratio, 1.0 / ratio)

    @property
    def covered(self) -> bool | None:
        """Whether the band holds the reported mean with one SD to either side."""
        spread = self.observation.value.spread()
        if self.band is None or spread is None:
            return None
        return self.band[0] <= spread[0] and spread[1] <= self.band[1]

    @property
    def spread_ratio(self) -> float | None:
        """SD of the logarithms in the band over the reported one, wherever the middle lies."""
        spread = self.observation.value.spread()
        if self.band is None or spread is None or not 0.0 < self.band[0] < self.band[1]:
            return None
        predicted = math.log(self.band[1] / self.band[0]) / (2.0 * _NORMAL_95)
        return predicted / (0.5 * math.log(spread[1] / spread[0]))


def standing_of(entry_id: str, observation: Observation, study: Study) -> Standing:
    """Whether an observation can judge an entry; that its trial counted is found later.

    Parameters
    ----------
    entry_id
        Name of the entry.
    observation
        The observation.
    study
        The study that reported it.
    """
    if observation.trivial is not None:
        return "trivial"
    if study.gave(entry_id, f"{observation.arm.name}/{observation.id}"):
        return "used"
    if observation_conflicts(observation):
        return "conflict"
    return "evidence" if observation.verified else "unverified"


def predict(observation: Observation, book: RunBook, sampled: RunBook | None) -> Prediction:
    """Predict an observation.

    Parameters
    ----------
    observation
        What was reported.
    book
        Runs of the typical subject.
    sampled
        Runs of sampled subjects for the band, or None.

    Returns
    -------
    Prediction
        With the prediction, or with why there is none.
    """
    study = studies()[observation.arm.study]
    standing = standing_of(book.entry.id, observation, study)
    if observation.not_predicted is not None:
        return Prediction(
            observation=observation, standing=standing, problem=observation.not_predicted
        )
    found = _values(observation, book)
    if isinstance(found, str):
        return Prediction(observation=observation, standing=standing, problem=found)
    numbers = [float(values[0]) for values, _ in found]
    if not all(math.isfinite(number) and number > 0.0 for number in numbers):
        problem = f"the model's {observation.measure} is not defined or 0"
        return Prediction(observation=observation, standing=standing, problem=problem)
    return Prediction(
        observation=observation,
        standing=standing,
        central=math.exp(sum(map(math.log, numbers)) / len(numbers)),
        low=min(numbers),
        high=max(numbers),
        band=_band(observation, sampled),
        notes=tuple(dict.fromkeys(note for _, note in found if note)),
    )


def _band(observation: Observation, sampled: RunBook | None) -> tuple[float, float] | None:
    """5 and 95 % over sampled subjects, of all regimens and moieties together."""
    if sampled is None or observation.value.spread() is None:
        return None
    found = _values(observation, sampled)
    if isinstance(found, str):
        return None
    everyone = np.concatenate([values for values, _ in found])
    known = everyone[np.isfinite(everyone)]
    if known.size == 0:
        return None
    low, high = np.quantile(known, [0.05, 0.95])
    return float(low), float(high)


def _values(observation: Observation, book: RunBook) -> list[tuple[FloatArray, str]] | str:
    """Values per subject and a note, for each regimen and moiety; or why there are none."""
    found: list[tuple[FloatArray, str]] = []
    for regimen in observation.arm.regimens:
        for moiety in observation.moieties:
            case = _Case(observation=observation, book=book, regimen=regimen, moiety=moiety)
            answer = case.change() if observation.measure in CHANGES else case.plain()
            if isinstance(answer, str):
                return answer
            found.append(answer)
    return found or "no regimen is printed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One regimen and one moiety of an observation."""

    observation: Observation
    book: RunBook
    regimen: str
    moiety: str

    def plain(self) -> tuple[FloatArray, str] | str:
        """Measure without a perpetrator, in the unit of the observation."""
        taken = self._measure(self.observation.measure, self._request(), self.regimen)
        if isinstance(taken, str):
            return taken
        found, note = taken
        values = found.in_unit(self.observation.unit)
        if self.observation.after_last_device:
            values = values - _last_device_h(self.book.entry, self.regimen) * _hours(
                self.observation.unit
            )
        return values, note

    def change(self) -> tuple[FloatArray, str] | str:
        """Measure with the perpetrator over the same without it."""
        perpetrator = self.observation.arm.perpetrator
        if perpetrator is None:
            return "nothing was given beside"
        measure = CHANGES[self.observation.measure]
        both = replace(self._request(), perpetrator=perpetrator)
        with_it = self._measure(measure, both, self.regimen)
        without = self._measure(measure, self._request(), self.regimen)
        if isinstance(with_it, str):
            return with_it
        if isinstance(without, str):
            return without
        ratio = with_it[0].values / without[0].in_unit(with_it[0].unit)
        return ratio, with_it[1]

    def _request(self) -> Request:
        arm = self.observation.arm
        return Request(regimen=self.regimen, weight_kg=arm.weight_kg, categories=arm.categories)

    def _measure(
        self, measure: str, request: Request, regimen: str
    ) -> tuple[Measured, str] | str:
        arm = self.book.answer(request)
        if isinstance(arm, str):
            return arm
        curve = self._curve(arm, self.moiety)
        if isinstance(curve, str):
            return curve
        given = parse_regimen(regimen).drugs
        if measure == "auc_ratio":
            return self._area_ratio(arm, curve)
        if measure == "fraction_absorbed":
            return self._fraction(arm, curve, given)
        if measure == "urinary_recovery":
            recovered = urinary_recovery(arm, given)
            return recovered if isinstance(recovered, str) else (recovered, "")
        if measure == "half_life" and self.observation.to_h is not None:
            measure = "windowed_half_life"
        return measured(measure, curve, arm, given=given), curve.note

    def _curve(self, arm: ArmTrajectories, moiety: str) -> MeasuredCurve | str:
        found = measured_curve(arm, moiety, self.observation.arm.site)
        if isinstance(found, str):
            return found
        return found.window(self.observation.from_h, self.observation.to_h)

    def _area_ratio(
        self, arm: ArmTrajectories, curve: MeasuredCurve
    ) -> tuple[Measured, str] | str:
        below = self._curve(arm, str(self.observation.over))
        if isinstance(below, str):
            return below
        areas = [
            measured("auc", each, arm, given=()).in_unit("ng*h/mL") for each in (curve, below)
        ]
        return Measured(values=areas[0] / areas[1], unit="1"), curve.note

    def _fraction(
        self, arm: ArmTrajectories, curve: MeasuredCurve, given: tuple[str, ...]
    ) -> tuple[Measured, str] | str:
        """Area per dose by the route over that into a vein, in the same window."""
        amount_mg = float(np.mean(dose_mg(arm, given)))
        into_vein = f"{amount_mg:.10g} mg {given[0]} IV over 1 min"
        vein = replace(self._request(), regimen=into_vein)
        beside = self.book.answer(vein)
        if isinstance(beside, str):
            return beside
        reference = self._curve(beside, self.moiety)
        if isinstance(reference, str):
            return reference
        areas = [
            measured("auc", each, arm, given=()).in_unit("ng*h/mL")
            for each in (curve, reference)
        ]
        per_dose = areas[0] / dose_mg(arm, given)
        return Measured(values=per_dose / (areas[1] / dose_mg(beside, given)), unit="1"), (
            curve.note
        )


def _hours(unit: str) -> float:
    """How many of a unit of time are an hour."""
    return float(Measured(values=np.ones(1), unit="h").in_unit(unit)[0])


def _last_device_h(entry: Entry, regimen: str) -> float:
    """When the last device of a spray is used after the first, h."""
    amount_mg = sum(row.amount for row in parse_regimen(regimen).rows())
    for into in entry.model.inputs:
        if "nasal" in into.routes and into.device_amount and into.device_interval:
            per_device_mg = entry.model.parameter(into.device_amount).reported.canonical()
            interval_h = entry.model.parameter(into.device_interval).reported.canonical()
            return (math.ceil(amount_mg / per_device_mg - 1e-9) - 1) * interval_h
    return 0.0

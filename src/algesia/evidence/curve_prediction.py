"""What a model predicts for a mean curve."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.catalog.curve_file import curve

from .measure import Measured
from .measured_curve import measured_curve
from .observation import ObservedCurve, Study
from .prediction import Standing
from .prediction_run import Request, RunBook

__all__ = ["CurvePrediction", "curve_times_h", "predict_curve"]

_PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePrediction:
    """A mean curve beside the model's.

    Parameters
    ----------
    observed
        The curve that was reported.
    standing
        Whether it counts.
    moiety
        What was measured.
    time_h
        Times that are compared, (T,), h: not time 0, not where 0 was reported.
    concentration, predicted
        Reported and predicted, (T,), in `unit`.
    unit
        Their unit.
    problem
        Why there is no prediction, or None.
    note
        Where the site is not the study's.
    """

    observed: ObservedCurve
    standing: Standing
    moiety: str
    time_h: FloatArray
    concentration: FloatArray
    predicted: FloatArray
    unit: str
    problem: str | None = None
    note: str = ""

    @property
    def error_percent(self) -> float | None:
        """Median absolute error, %."""
        if self.problem is not None or self.time_h.size == 0:
            return None
        errors = np.abs(self.predicted / self.concentration - 1.0)
        return float(_PERCENT * np.median(errors))


def curve_times_h(
    curves: tuple[ObservedCurve, ...], further_h: tuple[float, ...] = ()
) -> FloatArray:
    """All times at which curves were measured, and further ones, (T,), h, increasing."""
    times = [curve(each.curve).time_h for each in curves]
    found: FloatArray = np.unique(np.concatenate([np.zeros(1), further_h, *times]))
    return found


def predict_curve(observed: ObservedCurve, study: Study, book: RunBook) -> CurvePrediction:
    """Predict a mean curve with the typical subject.

    Parameters
    ----------
    observed
        The curve.
    study
        The study that reported it.
    book
        Runs of the typical subject, looked at at the times of the curve too.
    """
    reported = curve(observed.curve)
    counted = (reported.time_h > 0.0) & (reported.concentration > 0.0)
    time_h, concentration = reported.time_h[counted], reported.concentration[counted]
    used = study.gave(book.entry.id, f"{observed.arm.name}/{observed.curve}")
    request = Request(regimen=observed.arm.regimens[0], weight_kg=observed.arm.weight_kg)
    answer = book.answer(request)
    shown = (
        answer
        if isinstance(answer, str)
        else measured_curve(answer, reported.substance, observed.arm.site)
    )
    predicted = np.full(time_h.size, np.nan)
    if not isinstance(shown, str):
        values = Measured(values=shown.values[0], unit=shown.unit, moiety=shown.moiety)
        predicted = np.interp(time_h, shown.time_h, values.in_unit(reported.unit))
    return CurvePrediction(
        observed=observed,
        standing="used" if used else "evidence",
        moiety=reported.substance,
        time_h=time_h,
        concentration=concentration,
        predicted=predicted,
        unit=reported.unit,
        problem=shown if isinstance(shown, str) else None,
        note="" if isinstance(shown, str) else shown.note,
    )

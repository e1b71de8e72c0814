"""What is measured on simulated curves, in the way the studies measured it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.simulate import ArmTrajectories, area_under_curve
from algesia.simulate.exposure import terminal_half_life_h
from algesia.units import Substance, conversion_factor, convert_amount, dimension

from .measured_curve import MeasuredCurve

__all__ = [
    "Measured",
    "area_unit",
    "dose_mg",
    "last_input_h",
    "measured",
    "weights_kg",
    "whole_area_mg_h_per_l",
]

# Assays see about three orders of magnitude below the peak; the tail ends there.
_SEEN_SHARE: Final = 1e-3
_GONE_SHARE: Final = 1e-6
_TAIL_POINTS: Final = 60
_USUAL_WEIGHT_KG: Final = 70.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure of simulated subjects.

    Parameters
    ----------
    values
        One number per subject, (S,); NaN where it is not defined.
    unit
        Its unit.
    moiety
        What was measured, where mass and amount may have to be joined.
    weight_kg
        Weight of each subject, (S,), kg, where the unit wanted may be per kg.
    """

    values: FloatArray
    unit: str
    moiety: Substance | None = None
    weight_kg: FloatArray | None = None

    def in_unit(self, unit: str) -> FloatArray:
        """Values in another unit, (S,)."""
        if self.weight_kg is not None and dimension(unit) != dimension(self.unit):
            per_kg = self.values / self.weight_kg
            return per_kg * conversion_factor(f"{self.unit}/kg", unit)
        if self.moiety is None:
            return self.values * conversion_factor(self.unit, unit)
        return convert_amount(
            self.values, from_unit=self.unit, to_unit=unit, substance=self.moiety
        )


def measured(
    measure: str, curve: MeasuredCurve, arm: ArmTrajectories, *, given: tuple[str, ...]
) -> Measured:
    """Take one measure of a curve that is already cut to its window.

    Parameters
    ----------
    measure
        `cmax`, `tmax`, `auc`, `clearance`, `half_life`, `windowed_half_life` (of the second
        half of a study's window), `volume_steady_state`, `volume_beta` or `steady_state`.
    curve
        The curve.
    arm
        The answer it comes from.
    given
        Drugs that count as doses; what a perpetrator is given does not.

    Returns
    -------
    Measured
        A number per subject.
    """
    match measure:
        case "cmax":
            peak = np.max(curve.values, axis=1)
            return Measured(values=peak, unit=curve.unit, moiety=curve.moiety)
        case "tmax":
            return Measured(values=curve.time_h[np.argmax(curve.values, axis=1)], unit="h")
        case "auc":
            return Measured(
                values=area_under_curve(curve.time_h, curve.values),
                unit=area_unit(curve.unit),
                moiety=curve.moiety,
            )
        case "half_life":
            return Measured(values=_half_life_h(curve, arm, given), unit="h")
        case "windowed_half_life":
            return Measured(values=_windowed_half_life_h(curve), unit="h")
        case "steady_state":
            width = curve.time_h[-1] - curve.time_h[0]
            mean = area_under_curve(curve.time_h, curve.values) / width
            return Measured(values=mean, unit=curve.unit, moiety=curve.moiety)
        case _:
            return _volume_measure(measure, curve, arm, given)


def area_unit(unit: str) -> str:
    """Unit of an area.

    Examples
    --------
    >>> area_unit("ng/mL")
    'ng*h/mL'
    """
    above, slash, below = unit.partition("/")
    return f"{above}*h{slash}{below}"


def weights_kg(arm: ArmTrajectories) -> FloatArray:
    """Weight of each subject, (S,), kg; 70 where the model does not know weight."""
    usual = np.full(arm.subjects.size, _USUAL_WEIGHT_KG)
    return np.asarray(arm.covariates.get("weight", usual), dtype=np.float64)


def dose_mg(arm: ArmTrajectories, given: tuple[str, ...]) -> FloatArray:
    """All doses of some drugs together, (S,), mg of base."""
    rows = [row for row in arm.rows if row.drug in given]
    total: FloatArray = np.sum([row.base_milligrams(weights_kg(arm)) for row in rows], axis=0)
    return total


def last_input_h(arm: ArmTrajectories, given: tuple[str, ...]) -> float:
    """End of the last dose of some drugs, h."""
    return max(row.time_h + row.duration_h for row in arm.rows if row.drug in given)


def whole_area_mg_h_per_l(curve: MeasuredCurve) -> FloatArray:
    """Area to the end of all, (S,), mg/L times h; NaN where the curve is not over."""
    area = area_under_curve(curve.time_h, curve.values)
    gone = curve.values[:, -1] <= _GONE_SHARE * np.max(curve.values, axis=1)
    found = Measured(
        values=np.where(gone, area, np.nan), unit=area_unit(curve.unit), moiety=curve.moiety
    )
    return found.in_unit("mg*h/L")


def _half_life_h(
    curve: MeasuredCurve, arm: ArmTrajectories, given: tuple[str, ...]
) -> FloatArray:
    """Half-life of the tail after the last input, as far as an assay sees it, (S,), h."""
    after = np.flatnonzero(curve.time_h > last_input_h(arm, given))
    found = np.full(curve.values.shape[0], np.nan)
    for place, values in enumerate(curve.values):
        seen = after[values[after] > _SEEN_SHARE * np.max(values)]
        tail = seen[:: max(1, seen.size // _TAIL_POINTS)]
        found[place] = terminal_half_life_h(curve.time_h[tail], values[np.newaxis, tail])[0]
    return found


def _volume_measure(
    measure: str, curve: MeasuredCurve, arm: ArmTrajectories, given: tuple[str, ...]
) -> Measured:
    """Clearance or a volume, absolute or per kg as the unit asked for says."""
    weights = weights_kg(arm)
    if measure == "volume_steady_state":
        volume = _steady_state_volume_l(curve, arm, given)
        return Measured(values=volume, unit="L", weight_kg=weights)
    clearance = _clearance_l_per_h(curve, arm, given)
    if measure == "clearance":
        return Measured(values=clearance, unit="L/h", weight_kg=weights)
    rate_per_h = np.log(2.0) / _half_life_h(curve, arm, given)
    return Measured(values=clearance / rate_per_h, unit="L", weight_kg=weights)


def _windowed_half_life_h(curve: MeasuredCurve) -> FloatArray:
    """Half-life from the slope of the logarithms in the second half of a window, (S,), h."""
    middle_h = 0.5 * (curve.time_h[0] + curve.time_h[-1])
    late = curve.time_h >= middle_h
    times = curve.time_h[late] - np.mean(curve.time_h[late])
    logs = np.log(np.maximum(curve.values[:, late], np.finfo(np.float64).tiny))
    slope = (logs @ times) / (times @ times)
    return np.where(slope < 0.0, -np.log(2.0) / np.minimum(slope, -1e-300), np.nan)


def _clearance_l_per_h(
    curve: MeasuredCurve, arm: ArmTrajectories, given: tuple[str, ...]
) -> FloatArray:
    """Dose over area to infinity, (S,), L/h."""
    return dose_mg(arm, given) / whole_area_mg_h_per_l(curve)


def _steady_state_volume_l(
    curve: MeasuredCurve, arm: ArmTrajectories, given: tuple[str, ...]
) -> FloatArray:
    """Volume at steady state from the moments of the curve, (S,), L."""
    mass = Measured(values=curve.values, unit=curve.unit, moiety=curve.moiety).in_unit("mg/L")
    area = area_under_curve(curve.time_h, mass)
    moment = area_under_curve(curve.time_h, mass * curve.time_h)
    doses = dose_mg(arm, given)
    input_moment = np.sum(
        [
            row.base_milligrams(weights_kg(arm)) * (row.time_h + 0.5 * row.duration_h)
            for row in arm.rows
            if row.drug in given
        ],
        axis=0,
    )
    residence_h = moment / area - input_moment / doses
    volume: FloatArray = doses / area * residence_h
    return volume

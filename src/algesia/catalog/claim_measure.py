"""What is measured on a claim's curves: each measure as a number per subject with its unit."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import DomainError
from algesia.model import Model
from algesia.simulate import OutputInfo, area_under_curve, exposure_measures
from algesia.simulate.exposure import terminal_half_life_h
from algesia.units import Substance, conversion_factor, convert_amount, substance

from .claim import Claim, Measure
from .claim_run import ClaimRun, claim_run, intravenous_run
from .curve_file import curve

__all__ = ["Measured", "measured"]

_PERCENT: Final = 100.0
# A curve that has fallen to less than this share of its peak has no area left to speak of.
_GONE_SHARE: Final = 1e-6
# At a steady state the two halves of the window have the same area within this share.
_STEADY_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure of a claim.

    Parameters
    ----------
    values
        One number per subject, (S,); NaN where it is not defined.
    unit
        Its unit.
    substance
        What was measured, where mass and amount may have to be joined.
    """

    values: FloatArray
    unit: str
    substance: Substance | None = None

    def in_unit(self, unit: str) -> FloatArray:
        """Values in another unit, (S,)."""
        if self.substance is None:
            return self.values * conversion_factor(self.unit, unit)
        return convert_amount(
            self.values, from_unit=self.unit, to_unit=unit, substance=self.substance
        )


def measured(model: Model, claim: Claim) -> Measured:
    """Measure what a claim is about.

    Parameters
    ----------
    model
        The model of the entry.
    claim
        The claim.

    Returns
    -------
    Measured
        A number per subject; a single one for a spread or an error of a curve.

    Raises
    ------
    InputError
        If the model refuses the subject or the regimen, or the measure cannot be taken.
    """
    answer = claim_run(model, claim)
    measure = claim.quantity.measure
    if measure == "curve_error":
        return _curve_error(answer, claim)
    if claim.quantity.of is not None:
        spread = _per_subject(model, claim, claim.quantity.of, answer).values
        cv_percent = _PERCENT * np.std(spread, ddof=1) / np.mean(spread)
        return Measured(values=np.asarray([cv_percent]), unit="%")
    return _per_subject(model, claim, measure, answer)


def _per_subject(model: Model, claim: Claim, measure: Measure, answer: ClaimRun) -> Measured:
    match measure:
        case "cmax" | "tmax" | "auc":
            return _exposure(answer, claim, measure)
        case "half_life":
            return _half_life(answer, claim)
        case "auc_ratio":
            return _area_ratio(answer, claim)
        case "steady_state":
            return _steady_state(answer, claim)
        case "clearance":
            return _clearance(answer, claim)
        case "fraction_absorbed":
            return _fraction_absorbed(model, answer, claim)
        case _:
            raise DomainError(f"claim '{claim.id}': {measure} has no value per subject")


def _info(answer: ClaimRun, name: str) -> OutputInfo:
    return answer.arm.outputs[answer.arm.output_index(name)]


def _substance(answer: ClaimRun, name: str) -> Substance | None:
    moiety = _info(answer, name).substance
    return None if moiety is None else substance(moiety)


def _exposure(answer: ClaimRun, claim: Claim, measure: Measure) -> Measured:
    quantity = claim.quantity
    values = exposure_measures(
        answer.arm, quantity.output, from_h=quantity.from_h, to_h=quantity.to_h
    )[measure]
    if measure == "tmax":
        return Measured(values=values, unit="h")
    unit = _info(answer, quantity.output).unit
    return Measured(
        values=values,
        unit=_times_hours(unit) if measure == "auc" else unit,
        substance=_substance(answer, quantity.output),
    )


def _times_hours(unit: str) -> str:
    """Unit of an area: `ng/mL` becomes `ng*h/mL`."""
    above, slash, below = unit.partition("/")
    return f"{above}*h{slash}{below}"


def _half_life(answer: ClaimRun, claim: Claim) -> Measured:
    """Half-life of the tail, cut where the curve is gone: below that is the solver's noise."""
    time_h = answer.arm.time_h
    start_h = max(row.time_h + row.duration_h for row in answer.arm.rows)
    stop_h = time_h[-1] if claim.quantity.to_h is None else claim.quantity.to_h
    found = []
    for curve_values in answer.output(claim.quantity.output):
        there = curve_values > _GONE_SHARE * np.max(curve_values)
        tail = there & (time_h > start_h) & (time_h <= stop_h)
        found.append(terminal_half_life_h(time_h[tail], curve_values[np.newaxis, tail])[0])
    return Measured(values=np.asarray(found), unit="h")


def _area_ratio(answer: ClaimRun, claim: Claim) -> Measured:
    """Ratio of two areas as masses or amounts, whichever the outputs are in."""
    over = str(claim.quantity.over)
    areas = {
        name: exposure_measures(
            answer.arm, name, from_h=claim.quantity.from_h, to_h=claim.quantity.to_h
        )["auc"]
        for name in (claim.quantity.output, over)
    }
    factor = conversion_factor(
        _info(answer, claim.quantity.output).unit, _info(answer, over).unit
    )
    return Measured(values=factor * areas[claim.quantity.output] / areas[over], unit="1")


def _steady_state(answer: ClaimRun, claim: Claim) -> Measured:
    """Mean over the window; NaN where its two halves differ: then there is no steady state."""
    start, stop = claim.quantity.from_h, claim.quantity.to_h
    if start is None or stop is None:
        raise DomainError(f"claim '{claim.id}': steady_state needs a window, from and to")
    middle = 0.5 * (start + stop)
    output = claim.quantity.output
    first, second = (
        exposure_measures(answer.arm, output, from_h=low, to_h=high)["auc"]
        for low, high in ((start, middle), (middle, stop))
    )
    mean = (first + second) / (stop - start)
    steady = np.abs(first - second) <= _STEADY_SHARE * np.maximum(first, second)
    return Measured(
        values=np.where(steady, mean, np.nan),
        unit=_info(answer, output).unit,
        substance=_substance(answer, output),
    )


def _whole_area(answer: ClaimRun, output: str) -> FloatArray:
    """Area to the end of all, (S,), mg/L times h; NaN where the curve is not over."""
    curves = answer.output(output)
    area = area_under_curve(answer.arm.time_h, curves)
    gone = curves[:, -1] <= _GONE_SHARE * np.max(curves, axis=1)
    whole = Measured(
        values=np.where(gone, area, np.nan),
        unit=_times_hours(_info(answer, output).unit),
        substance=_substance(answer, output),
    )
    return whole.in_unit("mg*h/L")


def _clearance(answer: ClaimRun, claim: Claim) -> Measured:
    """Dose over area to infinity."""
    area = _whole_area(answer, claim.quantity.output)
    return Measured(values=answer.dose_mg / area, unit="L/h")


def _fraction_absorbed(model: Model, answer: ClaimRun, claim: Claim) -> Measured:
    """Area per dose by the route of the claim over that into a vein."""
    output, dose_mg = claim.quantity.output, float(answer.dose_mg[0])
    vein = intravenous_run(model, claim, dose_mg)
    by_route = _whole_area(answer, output) / answer.dose_mg
    by_vein = _whole_area(vein, output) / vein.dose_mg
    return Measured(values=by_route / by_vein, unit="1")


def _curve_error(answer: ClaimRun, claim: Claim) -> Measured:
    """Median absolute error against a measured curve, time 0 and zeros left out."""
    found = curve(str(claim.quantity.curve))
    shown = Measured(
        values=answer.output(claim.quantity.output)[0],
        unit=_info(answer, claim.quantity.output).unit,
        substance=_substance(answer, claim.quantity.output),
    ).in_unit(found.unit)
    after = found.time_h > 0.0
    times_h, concentration = found.time_h[after], found.concentration[after]
    if not np.array_equal(times_h, answer.arm.time_h):
        raise DomainError(
            f"claim '{claim.id}': the run has other times than curve '{found.name}'"
        )
    counted = concentration > 0.0
    error = np.abs(shown[counted] / concentration[counted] - 1.0)
    return Measured(values=np.asarray([_PERCENT * np.median(error)]), unit="%")

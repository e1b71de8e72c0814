"""Exposure measures of simulated concentrations: area, peak, half-life, accumulation.

The area is trapezoidal, linear while the concentration rises and logarithmic while it falls
(linear-up log-down), on the sampled times. A coarse grid gives a coarse area: a measure that
changes by more than 5 % when every second sample is left out is marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from algesia.arrays import BoolArray, FloatArray
from algesia.errors import DomainError
from algesia.regimen import DoseRow

from .area_unit import area_unit
from .sample_spacing import COARSE_CHANGE, area_change, peak_change, spacing_h
from .trajectories import ArmTrajectories

__all__ = [
    "ExposureRow",
    "SubjectExposure",
    "area_under_curve",
    "exposure_measures",
    "exposure_rows",
    "subject_exposures",
    "summarised",
    "terminal_half_life_h",
]

_FEWEST_TERMINAL_POINTS = 3
_FEWEST_HALF_LIVES = 3.0
# A measure is marked where so large a share of subjects has it from too few samples.
_COARSE_SHARE = 0.1
# A longer terminal stretch is preferred when its adjusted R² is within this of the best one.
_ADJUSTED_R2_SLACK = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureRow:
    """One exposure measure of one output, summarised over subjects.

    Parameters
    ----------
    arm, output
        Where it belongs.
    measure
        `auc`, `cmax`, `tmax`, `half_life` or `accumulation`.
    unit
        Unit of the numbers.
    from_h, to_h
        Window it was taken in, h.
    n
        Subjects with a value.
    missing
        Subjects that ran but for whom the measure is not defined.
    failed
        Subjects that did not run to the end.
    median, p05, p95, mean
        Summary over the n subjects.
    spacing_h
        Where the measure rests on too few samples: how far they lie apart, h; None otherwise.
    """

    arm: str
    output: str
    measure: str
    unit: str
    from_h: float
    to_h: float
    n: int
    missing: int
    failed: int
    median: float
    p05: float
    p95: float
    mean: float
    spacing_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectExposure:
    """One exposure measure of one output, subject by subject.

    Parameters
    ----------
    arm, output, measure, unit, from_h, to_h
        As in `ExposureRow`.
    values
        The measure, (S,); NaN where it is not defined.
    ran
        Whether the subject ran to the end, (S,).
    coarse
        Whether the measure rests on too few samples, (S,).
    spacing_h
        How far samples lie apart after a dose, h.
    """

    arm: str
    output: str
    measure: str
    unit: str
    from_h: float
    to_h: float
    values: FloatArray
    ran: BoolArray
    coarse: BoolArray
    spacing_h: float


def area_under_curve(time_h: FloatArray, values: FloatArray) -> FloatArray:
    """Area under each curve by the linear-up log-down rule.

    Parameters
    ----------
    time_h
        Times, (T,), h, not decreasing.
    values
        Curves, (..., T), at or above 0.

    Returns
    -------
    FloatArray
        Areas, (...), unit of the values times h.

    Examples
    --------
    >>> time = np.array([0.0, 1.0, 2.0])
    >>> area_under_curve(time, np.array([0.0, 2.0, 1.0])).round(6)
    np.float64(2.442695)
    """
    width = np.diff(time_h)
    first, second = values[..., :-1], values[..., 1:]
    linear = 0.5 * (first + second) * width
    falling = (second < first) & (second > 0.0)
    ratio = np.where(falling, first / np.where(falling, second, 1.0), np.e)
    # Just below one the logarithm loses its digits; there the two rules agree to 1e-13.
    falling &= ratio > 1.0 + 1e-6
    logarithmic = (first - second) * width / np.log(np.where(falling, ratio, np.e))
    area: FloatArray = np.where(falling, logarithmic, linear).sum(axis=-1)
    return area


def terminal_half_life_h(time_h: FloatArray, values: FloatArray) -> FloatArray:
    """Terminal half-life from the log-linear tail, best adjusted R² over at least three points.

    Parameters
    ----------
    time_h
        Times after the last input, (T,), h, increasing.
    values
        Curves, (S, T); points that are not positive end the tail.

    Returns
    -------
    FloatArray
        Half-lives, (S,), h; NaN where the tail does not fall, has fewer than three points, or
        is shorter than three of the half-lives it would give: such a tail is not terminal yet.
    """
    subjects, times = values.shape
    best_r2 = np.full(subjects, -np.inf)
    slope = np.full(subjects, np.nan)
    if times < _FEWEST_TERMINAL_POINTS:
        return slope
    positive = np.logical_and.accumulate((values > 0.0)[:, ::-1], axis=1)
    logs = np.log(np.where(values > 0.0, values, 1.0))[:, ::-1]
    back = (time_h - time_h[-1])[::-1]
    peak_from_end = times - 1 - np.argmax(values, axis=1)
    count = np.arange(1, times + 1)
    sum_t, sum_tt = np.cumsum(back), np.cumsum(back**2)
    sum_y, sum_yy = np.cumsum(logs, axis=1), np.cumsum(logs**2, axis=1)
    sum_ty = np.cumsum(back * logs, axis=1)
    for last in range(_FEWEST_TERMINAL_POINTS - 1, times):
        n = float(count[last])
        spread_t = sum_tt[last] - sum_t[last] ** 2 / n
        joint = sum_ty[:, last] - sum_t[last] * sum_y[:, last] / n
        spread_y = sum_yy[:, last] - sum_y[:, last] ** 2 / n
        usable = positive[:, last] & (last < peak_from_end) & (spread_y > 0.0)
        r2 = joint**2 / (spread_t * np.where(usable, spread_y, 1.0))
        adjusted = 1.0 - (1.0 - r2) * (n - 1.0) / (n - 2.0)
        better = usable & (joint < 0.0) & (adjusted > best_r2 - _ADJUSTED_R2_SLACK)
        slope = np.where(better, joint / spread_t, slope)
        best_r2 = np.where(better, np.maximum(adjusted, best_r2), best_r2)
    half_life: FloatArray = np.log(2.0) / -slope
    half_life[half_life * _FEWEST_HALF_LIVES > time_h[-1] - time_h[0]] = np.nan
    return half_life


def exposure_measures(
    arm: ArmTrajectories,
    output: str,
    *,
    from_h: float | None = None,
    to_h: float | None = None,
) -> Mapping[str, FloatArray]:
    """Exposure measures per subject, (S,); NaN where not defined or the subject failed.

    Parameters
    ----------
    arm
        The arm.
    output
        Name of one of its outputs.
    from_h, to_h
        Window, h; the whole run where not given.

    Returns
    -------
    Mapping
        `auc` (unit of the output times h), `cmax` (unit of the output), `tmax` (h after the
        start of the window, or of the run where none is given), `half_life` (h) and, for equal
        repeated doses, `accumulation` (area over the last interval divided by that over the
        first, dimensionless).

    Raises
    ------
    UnknownNameError
        If the arm has no such output.
    DomainError
        If the window is empty or lies outside the run.
    """
    curve = arm.values[:, :, arm.output_index(output)]
    start = float(arm.time_h[0]) if from_h is None else from_h
    stop = float(arm.time_h[-1]) if to_h is None else to_h
    _check_window(arm, start, stop)
    time_h, values = _window(arm.time_h, curve, start, stop)
    peak_index = np.argmax(np.where(np.isfinite(values), values, -np.inf), axis=1)
    measures = {
        "auc": area_under_curve(time_h, values),
        "cmax": np.max(values, axis=1),
        "tmax": np.where(
            np.isfinite(values[:, 0]), time_h[peak_index] - (from_h or 0.0), np.nan
        ),
    }
    last_input_h = max((row.time_h + row.duration_h for row in arm.rows), default=start)
    tail = arm.time_h > max(last_input_h, start)
    tail &= arm.time_h <= stop
    measures["half_life"] = terminal_half_life_h(
        arm.time_h[tail], np.compress(tail, curve, axis=1)
    )
    accumulation = _accumulation(arm.time_h, curve, arm.rows, stop)
    if accumulation is not None:
        measures["accumulation"] = accumulation
    return measures


def exposure_rows(
    arm: ArmTrajectories, *, from_h: float | None = None, to_h: float | None = None
) -> tuple[ExposureRow, ...]:
    """Exposure measures of every output of an arm, summarised over subjects."""
    return tuple(
        summarised([each]) for each in subject_exposures(arm, from_h=from_h, to_h=to_h)
    )


def subject_exposures(
    arm: ArmTrajectories, *, from_h: float | None = None, to_h: float | None = None
) -> tuple[SubjectExposure, ...]:
    """Exposure measures of every output of an arm, subject by subject."""
    ran = arm.status == 0
    found = []
    for output in arm.outputs:
        units = {
            "auc": area_unit(output.unit),
            "cmax": output.unit,
            "tmax": "h",
            "half_life": "h",
            "accumulation": "1",
        }
        measures = exposure_measures(arm, output.name, from_h=from_h, to_h=to_h)
        marks, apart_h = _marks(arm, output.name, from_h, to_h)
        never = np.zeros(ran.shape, dtype=np.bool_)
        found += [
            SubjectExposure(
                arm=arm.name,
                output=output.name,
                measure=measure,
                unit=units[measure],
                from_h=float(arm.time_h[0]) if from_h is None else from_h,
                to_h=float(arm.time_h[-1]) if to_h is None else to_h,
                values=values,
                ran=ran,
                coarse=marks.get(measure, never),
                spacing_h=apart_h,
            )
            for measure, values in measures.items()
        ]
    return tuple(found)


def summarised(parts: Sequence[SubjectExposure]) -> ExposureRow:
    """Summarise one measure over subjects that may have come in several parts.

    Parameters
    ----------
    parts
        The same measure of disjoint subjects, at least one part.
    """
    values = np.concatenate([part.values for part in parts])
    ran = np.concatenate([part.ran for part in parts])
    counted = ran & np.isfinite(values)
    known = values[counted]
    coarse = np.concatenate([part.coarse for part in parts])[counted]
    marked = bool(coarse.size) and float(coarse.mean()) >= _COARSE_SHARE
    low, middle, high = (
        np.quantile(known, [0.05, 0.5, 0.95]) if known.size else (np.nan, np.nan, np.nan)
    )
    return ExposureRow(
        arm=parts[0].arm,
        output=parts[0].output,
        measure=parts[0].measure,
        unit=parts[0].unit,
        from_h=parts[0].from_h,
        to_h=parts[0].to_h,
        n=int(known.size),
        missing=int(np.count_nonzero(ran)) - int(known.size),
        failed=int(np.count_nonzero(~ran)),
        median=float(middle),
        p05=float(low),
        p95=float(high),
        mean=float(known.mean()) if known.size else float("nan"),
        spacing_h=parts[0].spacing_h if marked else None,
    )


def _marks(
    arm: ArmTrajectories, output: str, from_h: float | None, to_h: float | None
) -> tuple[Mapping[str, BoolArray], float]:
    """Which subjects have a measure from too few samples, and how far those lie apart, h."""
    curve = arm.values[:, :, arm.output_index(output)]
    start = float(arm.time_h[0]) if from_h is None else from_h
    stop = float(arm.time_h[-1]) if to_h is None else to_h
    time_h, values = _window(arm.time_h, curve, start, stop)
    values = np.where(np.isfinite(values), values, 0.0)
    area = area_change(time_h, values, arm.rows, area_under_curve) > COARSE_CHANGE
    peak = peak_change(time_h, values, np.argmax(values, axis=1), arm.rows) > COARSE_CHANGE
    return {"auc": area, "cmax": peak, "tmax": peak}, spacing_h(time_h, arm.rows)


def _check_window(arm: ArmTrajectories, start: float, stop: float) -> None:
    first, last = float(arm.time_h[0]), float(arm.time_h[-1])
    if not (first <= start < stop <= last):
        raise DomainError(
            f"exposure window of arm '{arm.name}' is {start:g} to {stop:g} h; "
            f"expected an interval inside {first:g} to {last:g} h"
        )


def _window(
    time_h: FloatArray, curve: FloatArray, start: float, stop: float
) -> tuple[FloatArray, FloatArray]:
    """Cut curves to a window, interpolating at its ends where no sample lies there."""
    inside = (time_h >= start) & (time_h <= stop)
    # Subjects stay rows in memory, so that a sum rounds the same for one subject as for many.
    times, values = time_h[inside], np.compress(inside, curve, axis=1)
    if times.size == 0 or times[0] > start:
        times = np.concatenate([[start], times])
        values = np.concatenate([_value_at(time_h, curve, start), values], axis=1)
    if times[-1] < stop:
        times = np.concatenate([times, [stop]])
        values = np.concatenate([values, _value_at(time_h, curve, stop)], axis=1)
    return times, values


def _value_at(time_h: FloatArray, curve: FloatArray, at_h: float) -> FloatArray:
    """Value of every curve at one time, (S, 1): linear-up log-down, as the areas."""
    right = int(np.clip(np.searchsorted(time_h, at_h), 1, time_h.size - 1))
    left = right - 1
    share = (at_h - time_h[left]) / (time_h[right] - time_h[left])
    first, second = curve[:, [left]], curve[:, [right]]
    linear = (1.0 - share) * first + share * second
    falling = (second < first) & (second > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithmic = first * np.where(falling, second / first, 1.0) ** share
    value: FloatArray = np.where(falling, logarithmic, linear)
    return value


def _accumulation(
    time_h: FloatArray, curve: FloatArray, rows: tuple[DoseRow, ...], stop: float
) -> FloatArray | None:
    """Area over the last dosing interval divided by the first; None unless doses are alike."""
    starts = sorted({row.time_h for row in rows})
    kinds = {(row.amount, row.unit, row.duration_h, row.route) for row in rows}
    if len(starts) < 2 or len(starts) != len(rows) or len(kinds) != 1:
        return None
    interval = starts[1] - starts[0]
    last_start = starts[-1]
    if last_start + interval > stop * (1.0 + 1e-12) or starts[0] < time_h[0]:
        return None
    first = area_under_curve(*_window(time_h, curve, starts[0], starts[1]))
    last = area_under_curve(
        *_window(time_h, curve, last_start, min(last_start + interval, stop))
    )
    ratio: FloatArray = np.divide(
        last, first, out=np.full_like(last, np.nan), where=first > 0.0
    )
    return ratio

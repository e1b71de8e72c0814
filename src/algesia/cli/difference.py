"""What differs between two results or two scenarios, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from algesia.simulate import EventRecords, content_hash

from .target import basis_of_model

if TYPE_CHECKING:
    from algesia.arrays import FloatArray
    from algesia.population import Cohort
    from algesia.provenance import Reported
    from algesia.regimen import Regimen
    from algesia.simulate import Arm, ArmTrajectories, Sampling, Scenario, Trajectories

__all__ = ["Difference", "result_differences", "scenario_differences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not the same.

    Parameters
    ----------
    where
        Arm it belongs to; empty for the whole.
    what
        What differs.
    first, second
        How it is in the one and in the other.
    relative
        Largest difference of an output's curves, as a share of the larger peak of the same
        subject; None for everything else.
    """

    where: str
    what: str
    first: str
    second: str
    relative: float | None = None


def scenario_differences(first: "Scenario", second: "Scenario") -> list[Difference]:
    """Compare two scenarios: title, sampling, tolerance, and every arm by its name."""
    found = _unequal("", "title", first.title, second.title)
    pair = (_sampling_text(first.sampling), _sampling_text(second.sampling))
    found += _unequal("", "sampling", *pair)
    tolerances = (f"{first.tolerance.relative:g}", f"{second.tolerance.relative:g}")
    found += _unequal("", "relative tolerance", *tolerances)
    ours, theirs = ({arm.name: arm for arm in each.arms} for each in (first, second))
    found += _unequal("", "arms", ", ".join(ours), ", ".join(theirs))
    for name in (name for name in ours if name in theirs):
        found += _arm_differences(name, ours[name], theirs[name])
    return found


def result_differences(first: "Trajectories", second: "Trajectories") -> list[Difference]:
    """Compare two results: receipts, and for every arm what went in and what came out."""
    found = _unequal("", "title", first.title, second.title)
    ours, theirs = ({arm.name: arm for arm in each.arms} for each in (first, second))
    found += _unequal("", "arms", ", ".join(ours), ", ".join(theirs))
    flat = (_flattened(first.receipt), _flattened(second.receipt))
    for key in dict.fromkeys((*flat[0], *flat[1])):
        if key != "title":
            pair = (flat[0].get(key, "absent"), flat[1].get(key, "absent"))
            found += _unequal("", f"receipt {key}", *pair)
    for name in (name for name in ours if name in theirs):
        found += _arm_result_differences(name, ours[name], theirs[name])
    return found


def _arm_differences(name: str, first: "Arm", second: "Arm") -> list[Difference]:
    ours, theirs = first.model, second.model
    found = _unequal(name, "model", ours.id, theirs.id)
    if ours.id == theirs.id:
        found += _unequal(name, "model content", content_hash(ours), content_hash(theirs))
    bases = (basis_of_model(ours, name=name), basis_of_model(theirs, name=name))
    found += _value_differences(name, bases[0].values, bases[1].values)
    found += _unequal(name, "rung", first.rung, second.rung)
    plans = (_regimen_text(first.regimen), _regimen_text(second.regimen))
    found += _unequal(name, "regimen", *plans)
    if plans[0] == plans[1]:
        pair = (content_hash(first.regimen), content_hash(second.regimen))
        found += _unequal(name, "regimen content", *pair)
    found += _cohort_differences(name, first.cohort, second.cohort)
    found += _unequal(
        name, "sampling", _sampling_text(first.sampling), _sampling_text(second.sampling)
    )
    for key in ("drug", "follow", "outputs", "observations", "occasion_gap_h"):
        found += _unequal(name, key, str(getattr(first, key)), str(getattr(second, key)))
    limits = (dict(first.limits_of_quantification), dict(second.limits_of_quantification))
    return found + _unequal(name, "limits of quantification", str(limits[0]), str(limits[1]))


def _arm_result_differences(
    name: str, first: "ArmTrajectories", second: "ArmTrajectories"
) -> list[Difference]:
    found = []
    for key, what in (
        ("model_id", "model"),
        ("rung", "rung"),
        ("regimen_text", "regimen"),
        ("band_label", "band"),
        ("failed", "failed subjects"),
    ):
        found += _unequal(name, what, str(getattr(first, key)), str(getattr(second, key)))
    found += _value_differences(name, first.values_used, second.values_used)
    if first.regimen_text == second.regimen_text:
        pair = (f"{len(first.rows)} doses", f"{len(second.rows)} doses")
        same = first.rows == second.rows
        found += [] if same else [Difference(where=name, what="doses", first=pair[0], second=pair[1])]
    found += _people_differences(name, first, second)
    names = ([each.name for each in first.outputs], [each.name for each in second.outputs])
    found += _unequal(name, "outputs", ", ".join(names[0]), ", ".join(names[1]))
    for output in (each for each in names[0] if each in names[1]):
        found += _curve_difference(name, output, first, second)
    return found


def _value_differences(
    where: str, first: tuple["Reported", ...], second: tuple["Reported", ...]
) -> list[Difference]:
    ours, theirs = ({each.name: each for each in values} for values in (first, second))
    found = []
    for name in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(name), theirs.get(name)
        if one != other:
            texts = (str(one) if one else "absent", str(other) if other else "absent")
            found.append(
                Difference(where=where, what=f"value {name}", first=texts[0], second=texts[1])
            )
    return found


def _cohort_differences(where: str, first: "Cohort", second: "Cohort") -> list[Difference]:
    found = _unequal(where, "subjects", str(first.size), str(second.size))
    found += _unequal(where, "seed", str(first.seed), str(second.seed))
    found += _unequal(where, "spread between subjects", str(first.spread), str(second.spread))
    return found + _covariate_differences(where, first.covariates, second.covariates)


def _people_differences(
    where: str, first: "ArmTrajectories", second: "ArmTrajectories"
) -> list[Difference]:
    found = _unequal(where, "subjects", str(first.subjects.size), str(second.subjects.size))
    if first.subjects.size == second.subjects.size:
        pair = (content_hash(first.subjects), content_hash(second.subjects))
        found += _unequal(where, "subject numbers", *pair)
    return found + _covariate_differences(where, first.covariates, second.covariates)


def _covariate_differences(
    where: str, first: Mapping[str, Any], second: Mapping[str, Any]
) -> list[Difference]:
    found = []
    for name in dict.fromkeys((*first, *second)):
        columns = (first.get(name), second.get(name))
        if content_hash(columns[0]) != content_hash(columns[1]):
            texts = [_column_text(column) for column in columns]
            found.append(
                Difference(where=where, what=f"covariate {name}", first=texts[0], second=texts[1])
            )
    return found


def _curve_difference(
    where: str, output: str, first: "ArmTrajectories", second: "ArmTrajectories"
) -> list[Difference]:
    """Largest difference of one output, at the times and for the subjects in both."""
    curves = _common(output, first, second)
    if curves is None:
        texts = (f"{first.time_h.size} times", f"{second.time_h.size} times")
        return [
            Difference(where=where, what=f"{output}: no time or subject in common",
                       first=texts[0], second=texts[1])
        ]  # fmt: skip
    ours, theirs = curves
    found = []
    one_sided = int(np.count_nonzero(np.isnan(ours) != np.isnan(theirs)))
    if one_sided:
        found.append(
            Difference(where=where, what=f"{output}: values missing in one of the two",
                       first=str(np.count_nonzero(np.isnan(ours))),
                       second=str(np.count_nonzero(np.isnan(theirs))))
        )  # fmt: skip
    peaks = np.fmax(np.abs(ours), np.abs(theirs))
    peak = np.max(np.where(np.isnan(peaks), 0.0, peaks), axis=1, keepdims=True)
    gap = np.abs(ours - theirs)
    share = np.divide(gap, peak, out=np.zeros_like(gap), where=(peak > 0.0) & (gap > 0.0))
    if not np.any(share > 0.0):
        return found
    subject, time = np.unravel_index(int(np.argmax(share)), share.shape)
    found.append(
        Difference(
            where=where,
            what=f"{output}: largest difference of the curves",
            first=f"{ours[subject, time]:.6g}",
            second=f"{theirs[subject, time]:.6g}",
            relative=float(share[subject, time]),
        )
    )
    return found


def _common(
    output: str, first: "ArmTrajectories", second: "ArmTrajectories"
) -> tuple["FloatArray", "FloatArray"] | None:
    """Curves of one output at the common times and subjects, (S, T) each."""
    curves = [arm.values[:, :, arm.output_index(output)] for arm in (first, second)]
    if not np.array_equal(first.time_h, second.time_h):
        _, ours, theirs = np.intersect1d(first.time_h, second.time_h, return_indices=True)
        curves = [curves[0][:, ours], curves[1][:, theirs]]
    if not np.array_equal(first.subjects, second.subjects):
        _, ours, theirs = np.intersect1d(first.subjects, second.subjects, return_indices=True)
        curves = [curves[0][ours], curves[1][theirs]]
    return (curves[0], curves[1]) if curves[0].size else None


def _unequal(where: str, what: str, first: str, second: str) -> list[Difference]:
    if first == second:
        return []
    return [Difference(where=where, what=what, first=first, second=second)]


def _flattened(receipt: Mapping[str, Any]) -> dict[str, str]:
    """Receipt as one level: `arms.0.seed` and its value as text."""
    flat: dict[str, str] = {}
    for key, value in receipt.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": text for inner, text in _flattened(value).items()}
        elif isinstance(value, list | tuple) and all(isinstance(v, Mapping) for v in value):
            parts = {str(place): item for place, item in enumerate(value)}
            flat |= {f"{key}.{inner}": text for inner, text in _flattened(parts).items()}
        else:
            flat[str(key)] = str(value)
    return flat


def _regimen_text(regimen: "Regimen | EventRecords") -> str:
    from algesia.regimen import describe

    return regimen.describe() if isinstance(regimen, EventRecords) else describe(regimen)


def _sampling_text(sampling: "Sampling | None") -> str:
    if sampling is None:
        return "none of its own"
    times = sampling.times_h
    doses = " and at doses" if sampling.at_doses else ""
    whole = f"{times.size} times from {times[0]:g} to {times[-1]:g} h{doses}"
    return f"{whole} [{content_hash(times)[:8]}]"


def _column_text(column: Any) -> str:
    if column is None:
        return "absent"
    if column.dtype.kind == "f" and column.size:
        return f"{column.size} values, median {float(np.median(column)):.4g}"
    return f"{column.size} values [{content_hash(column)[:8]}]"

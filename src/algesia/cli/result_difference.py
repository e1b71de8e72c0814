"""What differs between two results: receipts, what went in, and the curves."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from algesia.simulate import content_hash

from .difference import Difference, covariate_differences, unequal, value_differences

if TYPE_CHECKING:
    from algesia.arrays import FloatArray
    from algesia.simulate import ArmTrajectories, Trajectories

__all__ = ["result_differences"]


def result_differences(first: "Trajectories", second: "Trajectories") -> list[Difference]:
    """Compare two results: receipts, and for every arm what went in and what came out."""
    found = unequal("", "title", first.title, second.title)
    ours, theirs = ({arm.name: arm for arm in each.arms} for each in (first, second))
    found += unequal("", "arms", ", ".join(ours), ", ".join(theirs))
    flat = (_flattened(first.receipt), _flattened(second.receipt))
    for key in dict.fromkeys((*flat[0], *flat[1])):
        if key != "title":
            pair = (flat[0].get(key, "absent"), flat[1].get(key, "absent"))
            found += unequal("", f"receipt {key}", *pair)
    for name in (name for name in ours if name in theirs):
        found += _arm_differences(name, ours[name], theirs[name])
    return found


def _arm_differences(
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
        found += unequal(name, what, str(getattr(first, key)), str(getattr(second, key)))
    found += value_differences(name, first.values_used, second.values_used)
    if first.regimen_text == second.regimen_text:
        pair = (f"{len(first.rows)} doses", f"{len(second.rows)} doses")
        same = first.rows == second.rows
        found += (
            []
            if same
            else [Difference(where=name, what="doses", first=pair[0], second=pair[1])]
        )
    found += _people_differences(name, first, second)
    names = ([each.name for each in first.outputs], [each.name for each in second.outputs])
    found += unequal(name, "outputs", ", ".join(names[0]), ", ".join(names[1]))
    for output in (each for each in names[0] if each in names[1]):
        found += _curve_difference(name, output, first, second)
    return found


def _people_differences(
    where: str, first: "ArmTrajectories", second: "ArmTrajectories"
) -> list[Difference]:
    found = unequal(where, "subjects", str(first.subjects.size), str(second.subjects.size))
    if first.subjects.size == second.subjects.size:
        pair = (content_hash(first.subjects), content_hash(second.subjects))
        found += unequal(where, "subject numbers", *pair)
    return found + covariate_differences(where, first.covariates, second.covariates)


def _curve_difference(
    where: str, output: str, first: "ArmTrajectories", second: "ArmTrajectories"
) -> list[Difference]:
    """Largest difference of one output, at the times and for the subjects in both."""
    curves = _common(output, first, second)
    if curves is None:
        texts = (f"{first.time_h.size} times", f"{second.time_h.size} times")
        return [
            Difference(where=where, what=f"curves of {output}, no common time or subject",
                       first=texts[0], second=texts[1])
        ]  # fmt: skip
    ours, theirs = curves
    found = []
    one_sided = int(np.count_nonzero(np.isnan(ours) != np.isnan(theirs)))
    if one_sided:
        found.append(
            Difference(where=where, what=f"curves of {output}, missing values",
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
            what=f"curves of {output}",
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

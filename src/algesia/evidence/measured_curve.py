"""The simulated curve that a study would have seen: the right moiety at the right site."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.simulate import ArmTrajectories, OutputInfo
from algesia.units import Substance, conversion_factor, substance

__all__ = ["URINE", "MeasuredCurve", "measured_curve"]

URINE: Final = "urine"
"""Site of outputs that say how fast something appears in urine."""

# What a racemate's assay counts together, where a model follows the enantiomers apart.
_ENANTIOMERS: Final = {
    "ketamine": ("esketamine", "arketamine"),
    "norketamine": ("esnorketamine", "arnorketamine"),
    "hydroxynorketamine": ("eshydroxynorketamine", "arhydroxynorketamine"),
    "dehydronorketamine": ("esdehydronorketamine", "ardehydronorketamine"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredCurve:
    """Concentrations of one moiety at one site.

    Parameters
    ----------
    time_h
        Times, (T,), h, not decreasing.
    values
        Concentrations, (S, T), in `unit`.
    unit
        Their unit.
    moiety
        What is measured, to join mass and amount.
    note
        Where the site is not the study's; empty where it is.
    """

    time_h: FloatArray
    values: FloatArray
    unit: str
    moiety: Substance
    note: str = ""

    def window(self, from_h: float | None, to_h: float | None) -> "MeasuredCurve":
        """Cut to a window, h; its ends are times of the curve."""
        start = self.time_h[0] if from_h is None else from_h
        stop = self.time_h[-1] if to_h is None else to_h
        inside = (self.time_h >= start - 1e-9) & (self.time_h <= stop + 1e-9)
        return MeasuredCurve(
            time_h=self.time_h[inside],
            values=self.values[:, inside],
            unit=self.unit,
            moiety=self.moiety,
            note=self.note,
        )


def measured_curve(arm: ArmTrajectories, moiety: str, site: str) -> MeasuredCurve | str:
    """Find the curve of a moiety in an answer.

    Parameters
    ----------
    arm
        The answer of a run.
    moiety
        Substance measured; a racemate is the sum of its enantiomers where the model follows
        them apart.
    site
        Where the study drew blood. Where the model has no such output another site serves,
        and the note says so.

    Returns
    -------
    MeasuredCurve or str
        The curve, or why there is none.
    """
    whole = _at_site(_outputs_of(arm, moiety), site)
    if whole is not None:
        return _curve(arm, (whole,), moiety, site)
    parts = tuple(
        found
        for name in _ENANTIOMERS.get(moiety, ())
        if (found := _at_site(_outputs_of(arm, name), site)) is not None
    )
    if len(parts) == 2:
        return _curve(arm, parts, moiety, site)
    if len(parts) == 1 and _only_enantiomer_given(arm, parts[0]):
        return _curve(arm, parts, moiety, site)
    return f"the model has no concentration of {moiety}"


def _outputs_of(arm: ArmTrajectories, moiety: str) -> list[OutputInfo]:
    """Concentrations of a moiety; effects and amounts are no curve."""
    return [
        output
        for output in arm.outputs
        if output.substance == moiety
        and output.site not in (None, URINE)
        and "/" in output.unit
    ]


def _at_site(outputs: Iterable[OutputInfo], site: str) -> OutputInfo | None:
    """Output at the study's site, or else the first one."""
    found = list(outputs)
    vessel = _vessel(site)
    same = [output for output in found if _vessel(output.site or "") == vessel]
    return next(iter(same or found), None)


def _vessel(site: str) -> str:
    return next((word for word in ("arterial", "venous") if word in site), "")


def _only_enantiomer_given(arm: ArmTrajectories, output: OutputInfo) -> bool:
    """Whether the drug given is the very enantiomer that the model follows."""
    if output.substance is None:
        return False
    side = substance(output.substance).stereochemistry
    return all(
        row.drug is not None and substance(row.drug).stereochemistry in {side, "achiral"}
        for row in arm.rows
    )


def _curve(
    arm: ArmTrajectories, parts: tuple[OutputInfo, ...], moiety: str, site: str
) -> MeasuredCurve:
    unit = parts[0].unit
    values = np.sum(
        [
            conversion_factor(part.unit, unit) * arm.values[:, :, arm.output_index(part.name)]
            for part in parts
        ],
        axis=0,
    )
    known = parts[0].site or ""
    differs = _vessel(known) != _vessel(site)
    return MeasuredCurve(
        time_h=arm.time_h,
        values=values,
        unit=unit,
        moiety=substance(moiety),
        note=f"compared with {known}" if differs else "",
    )

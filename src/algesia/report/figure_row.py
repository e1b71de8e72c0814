"""What one row of a figure says and shows: one arm, the outputs that share a unit."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import unknown_name
from algesia.provenance import Source
from algesia.simulate.dose_mark import OUTSIDE_VALIDITY
from algesia.simulate.output_info import OutputInfo
from algesia.simulate.trajectories import ArmTrajectories, Trajectories

from .panel import Curves

__all__ = ["FigureRow", "figure_rows", "short_citation"]

_QUANTILES = (0.05, 0.5, 0.95)
_MOST_CITED = 4
_LONGEST_INITIALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One arm and those of its outputs that share a unit.

    Parameters
    ----------
    arm
        The arm.
    outputs
        The outputs drawn.
    unit
        Their unit.
    curves
        Their medians and bands, or None where no subject ran to the end.
    continued
        Whether a row above shows other outputs of the same arm.
    """

    arm: ArmTrajectories
    outputs: tuple[OutputInfo, ...]
    unit: str
    curves: Curves | None
    continued: bool

    @property
    def effect(self) -> bool:
        """Whether it shows something other than an amount of a substance."""
        return any(output.substance is None for output in self.outputs)

    @property
    def quantity(self) -> str:
        """What the vertical axis shows, with its unit."""
        amount = "concentration" if "/" in self.unit else "amount"
        unit = "dimensionless" if self.unit == "1" else self.unit
        return f"{'value' if self.effect else amount} ({unit})"

    @property
    def people(self) -> str:
        """How many subjects, and how many of them failed."""
        count, failed = self.arm.status.size, self.arm.failed
        subjects = f"n = {count}"
        return f"{subjects}, {failed} failed and not drawn" if failed else subjects

    @property
    def origin(self) -> str:
        """Model, how far it has been checked, and the publications behind it."""
        cited = [short_citation(source) for source in self.arm.sources[:_MOST_CITED]]
        more = len(self.arm.sources) - len(cited)
        named = "; ".join(cited) + (f"; {more} more" if more > 0 else "")
        sources = f"Source: {named or 'none named'}."
        return f"Model: {self.arm.model_title} ({self.arm.rung}). {sources}"

    @property
    def marks(self) -> tuple[str, ...]:
        """Doses outside what the source studied, one line each."""
        return tuple(note for note in self.arm.notes if note.startswith(OUTSIDE_VALIDITY))

    @property
    def remark(self) -> str:
        """What line and band stand for, the band's label as the run gave it."""
        label = self.arm.band_label
        if self.curves is None or not np.any(self.curves.high > self.curves.low):
            return label or "one curve for all subjects"
        return f"Line: median. Band: {label or '5–95 % of subjects'}"

    def labels(self) -> tuple[str, ...]:
        """Moiety and sampling site of each output, told apart by description or name."""
        labels = [_label(output) for output in self.outputs]
        words = [output.description or output.name for output in self.outputs]
        return tuple(
            label if labels.count(label) == 1 else f"{label}: {word}"
            for label, word in zip(labels, words, strict=True)
        )

    def values(self) -> FloatArray:
        """Every number drawn, (N,), in the unit of the row."""
        if self.curves is None:
            return np.zeros(0)
        parts = (self.curves.low, self.curves.median, self.curves.high)
        return np.concatenate([part.reshape(-1) for part in parts])


def figure_rows(
    trajectories: Trajectories, outputs: tuple[str, ...] | None
) -> tuple[FigureRow, ...]:
    """Rows of a figure, arm by arm; outputs of different units stand in different rows.

    Parameters
    ----------
    trajectories
        The result.
    outputs
        Names of the outputs wanted, or None for all.

    Raises
    ------
    UnknownNameError
        If an arm has none of the outputs wanted, or one of them is in no arm.
    """
    known = dict.fromkeys(output.name for arm in trajectories.arms for output in arm.outputs)
    for name in outputs or ():
        if name not in known:
            raise unknown_name("output", name, known)
    return tuple(row for arm in trajectories.arms for row in _arm_rows(arm, outputs))


def short_citation(source: Source) -> str:
    """First author and year.

    Examples
    --------
    >>> paper = Source(key="clements_1981", authors="Clements JA, Nimmo WS", year=1981,
    ...     title="Pharmacokinetics of ketamine", journal="Br J Anaesth",
    ...     doi="10.1093/bja/53.1.27")
    >>> short_citation(paper)
    'Clements et al. 1981'
    """
    authors = [author.strip() for author in source.authors.replace(";", ",").split(",")]
    words = authors[0].split()
    if len(words) > 1 and words[-1].isupper() and len(words[-1]) <= _LONGEST_INITIALS:
        words = words[:-1]
    others = " et al." if len(authors) > 1 else ""
    return f"{' '.join(words)}{others} {source.year}"


def _arm_rows(arm: ArmTrajectories, wanted: tuple[str, ...] | None) -> list[FigureRow]:
    chosen = [output for output in arm.outputs if wanted is None or output.name in wanted]
    if not chosen:
        raise unknown_name(
            f"output of arm '{arm.name}'",
            ", ".join(wanted or ()),
            [output.name for output in arm.outputs],
        )
    rows: list[FigureRow] = []
    for unit in dict.fromkeys(output.unit for output in chosen):
        outputs = tuple(output for output in chosen if output.unit == unit)
        rows.append(
            FigureRow(
                arm=arm,
                outputs=outputs,
                unit=unit,
                curves=_curves(arm, outputs),
                continued=bool(rows),
            )
        )
    return rows


def _curves(arm: ArmTrajectories, outputs: tuple[OutputInfo, ...]) -> Curves | None:
    if arm.failed == arm.status.size:
        return None
    columns = [arm.output_index(output.name) for output in outputs]
    low, median, high = arm.quantile(_QUANTILES)[:, :, columns]
    return Curves(
        names=tuple(output.name for output in outputs),
        time_h=arm.time_h,
        low=low,
        median=median,
        high=high,
    )


def _label(output: OutputInfo) -> str:
    what = output.substance or output.description or output.name
    salt = "" if output.form == "base" or output.substance is None else f" {output.form}"
    return f"{what}{salt}" + (f", {output.site}" if output.site else "")

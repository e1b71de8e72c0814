"""Doses beneath a panel: infusions as bars as high as their rate, the others as marks."""

from dataclasses import dataclass
from typing import Any, Final

from algesia.regimen import DoseRow

from .scale import tick_text
from .time_axis import TimeAxis

__all__ = ["DoseMark", "dose_marks", "draw_doses", "outside_text", "sample_style"]

_COLOUR: Final = "#3a3a3a"
_BAR_COLOUR: Final = "#9aa7b4"
_BAR_HEIGHT: Final = 0.86
_MARK_HEIGHT: Final = 0.42
_MARK_SIZE: Final = 6.0
_MARKERS: Final = {
    "oral": "v",
    "nasal": "D",
    "sublingual": "s",
    "buccal": "s",
    "film": "s",
    "intramuscular": "^",
    "subcutaneous": "^",
    "inhaled": "P",
    "rectal": "X",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseMark:
    """How one kind of dose is drawn.

    Parameters
    ----------
    kind
        `bar` for what runs in over time, `tick` for an intravenous bolus, otherwise a marker.
    label
        What it stands for.
    rows
        The doses of this kind.
    """

    kind: str
    label: str
    rows: tuple[DoseRow, ...]


def dose_marks(rows: tuple[DoseRow, ...], axis: TimeAxis) -> tuple[DoseMark, ...]:
    """Sort the doses within the axis by the way they are drawn.

    Bars are as high as their rate, the tallest of each unit being full.
    """
    shown = [row for row in rows if axis.holds(row)]
    groups: dict[tuple[str, str, str], list[DoseRow]] = {}
    for row in shown:
        groups.setdefault(_group(row), []).append(row)
    return tuple(
        DoseMark(kind=kind, label=_label(name, rate_unit, members), rows=tuple(members))
        for (kind, name, rate_unit), members in groups.items()
    )


def outside_text(rows: tuple[DoseRow, ...], axis: TimeAxis) -> str:
    """Say how many doses lie outside the axis; empty where none do."""
    outside = sum(not axis.holds(row) for row in rows)
    if not outside:
        return ""
    return f"{outside} dose{'s' if outside > 1 else ''} outside the times drawn"


def draw_doses(axes: Any, marks: tuple[DoseMark, ...], axis: TimeAxis) -> None:
    """Draw doses on axes of matplotlib that lie beneath a panel and share its times."""
    axes.set_xlim(axis.shown(axis.start_h), axis.shown(axis.end_h))
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([])
    axes.set_xticks(axis.ticks(), labels=[tick_text(tick) for tick in axis.ticks()])
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    for mark in marks:
        starts = [axis.shown(row.time_h) for row in mark.rows]
        if mark.kind == "bar":
            _draw_bars(axes, mark, axis)
        elif mark.kind == "tick":
            axes.vlines(starts, 0.0, _BAR_HEIGHT, color=_COLOUR, linewidth=1.4, clip_on=False)
        else:
            axes.plot(
                starts,
                [_MARK_HEIGHT] * len(starts),
                linestyle="none",
                marker=mark.kind,
                markersize=_MARK_SIZE,
                color=_COLOUR,
                clip_on=False,
            )


def sample_style(mark: DoseMark) -> dict[str, Any]:
    """Give the line style that shows a mark in a legend."""
    if mark.kind == "bar":
        return {"marker": "s", "markersize": 8.0, "color": _BAR_COLOUR, "mec": _COLOUR}
    if mark.kind == "tick":
        return {"marker": "|", "markersize": 9.0, "color": _COLOUR, "mew": 1.4}
    return {"marker": mark.kind, "markersize": _MARK_SIZE, "color": _COLOUR}


def _draw_bars(axes: Any, mark: DoseMark, axis: TimeAxis) -> None:
    highest = max(_rate(row) for row in mark.rows) or 1.0
    axes.bar(
        [axis.shown(row.time_h) for row in mark.rows],
        [_BAR_HEIGHT * _rate(row) / highest for row in mark.rows],
        [axis.shown(row.duration_h) for row in mark.rows],
        align="edge",
        color=_BAR_COLOUR,
        edgecolor=_COLOUR,
        linewidth=0.7,
    )


def _group(row: DoseRow) -> tuple[str, str, str]:
    """Kind of mark, name, and unit of the rate, empty for what enters at once."""
    if row.duration_h > 0.0:
        name = "infusion" if row.route in {None, "intravenous"} else f"{row.route} over time"
        return "bar", name, "mg/kg/h" if row.unit == "mg/kg_body" else "mg/h"
    if row.route in {None, "intravenous"}:
        return "tick", "dose" if row.route is None else "intravenous bolus", ""
    return _MARKERS.get(str(row.route), "o"), f"{row.route} dose", ""


def _label(name: str, rate_unit: str, rows: list[DoseRow]) -> str:
    if not rate_unit:
        return name
    return f"{name}, bar height is the rate, tallest {max(map(_rate, rows)):.3g} {rate_unit}"


def _rate(row: DoseRow) -> float:
    return row.amount / row.duration_h

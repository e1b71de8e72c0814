"""The legend of a figure's row: its lines and dose marks, and what they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from algesia.formats.extra import import_extra

from .dose_strip import dose_marks, outside_text, sample_style
from .figure_row import FigureRow
from .ink import LABEL_SIZE, WIDTH_PX, CurveStyle
from .page import Page, line_height_px
from .time_axis import TimeAxis

__all__ = ["LegendEntry", "legend_entries", "write_legend"]

_SAMPLE_WIDTH: Final = 30.0
_SAMPLE_GAP: Final = 7.0
_COLUMN_GAP: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """One line of a legend.

    Parameters
    ----------
    label
        What the sample stands for.
    style
        Look of the sample, as matplotlib's line takes it; None for text without a sample.
    """

    label: str
    style: Mapping[str, Any] | None


def legend_entries(
    row: FigureRow, styles: Mapping[str, CurveStyle], axis: TimeAxis
) -> tuple[LegendEntry, ...]:
    """Entries for the outputs, then the kinds of dose, then what is not drawn."""
    entries = []
    for output, label in zip(row.outputs, row.labels(), strict=True):
        style = styles[output.name]
        look = {"color": style.colour, "linestyle": style.dashes, "linewidth": 1.8}
        entries.append(LegendEntry(label=label, style=look))
    for mark in dose_marks(row.arm.rows, axis):
        look = {"linestyle": "none", **sample_style(mark)}
        entries.append(LegendEntry(label=mark.label, style=look))
    outside = outside_text(row.arm.rows, axis)
    if outside:
        entries.append(LegendEntry(label=outside, style=None))
    return tuple(entries)


def write_legend(
    page: Page, entries: tuple[LegendEntry, ...], *, x_px: float, y_px: float
) -> float:
    """Write entries in two columns where all of them fit, otherwise in one.

    Parameters
    ----------
    page
        Page to write on.
    entries
        The entries.
    x_px, y_px
        Top left corner, px.

    Returns
    -------
    float
        Where the next thing may begin, px from the top.
    """
    whole = WIDTH_PX - 2 * x_px
    beside = _SAMPLE_WIDTH + _SAMPLE_GAP + _COLUMN_GAP
    half = all(page.width_of(entry.label) <= whole / 2.0 - beside for entry in entries)
    columns = 2 if half else 1
    for start in range(0, len(entries), columns):
        y_px = max(
            _write_entry(page, entry, x_px + side * whole / 2.0, y_px, whole / columns - beside)
            for side, entry in enumerate(entries[start : start + columns])
        )
    return y_px


def _write_entry(
    page: Page, entry: LegendEntry, x_px: float, y_px: float, width_px: float
) -> float:
    if entry.style is not None:
        middle = y_px + line_height_px(LABEL_SIZE) * 0.42
        dotted = entry.style["linestyle"] == "none"
        places = [x_px + _SAMPLE_WIDTH / 2.0] if dotted else [x_px, x_px + _SAMPLE_WIDTH]
        lines = import_extra("matplotlib.lines")
        page.add(lines.Line2D(places, [middle] * len(places), **entry.style))
    text = page.wrap(entry.label, width_px, size=LABEL_SIZE)
    return page.write(text, x_px + _SAMPLE_WIDTH + _SAMPLE_GAP, y_px, size=LABEL_SIZE)

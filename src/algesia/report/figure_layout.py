"""Where everything in a figure stands, row by row from the top, in pixels."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from algesia.formats.extra import import_extra
from algesia.provenance import NOTICE
from algesia.simulate.trajectories import Trajectories

from .dose_strip import dose_marks, draw_doses
from .figure_row import FigureRow
from .ink import GREY, LABEL_SIZE, NOTICE_SIZE, TITLE_SIZE, WIDTH_PX, CurveStyle
from .legend import legend_entries, write_legend
from .page import Page, line_height_px
from .panel import Panel, draw_panel
from .scale import Scale, linear_scale, logarithmic_scale
from .time_axis import TimeAxis

__all__ = ["lay_out"]

_MARGIN: Final = 14.0
_AXES_LEFT: Final = 72.0
_AXES_WIDTH: Final = 318.0
_AXES_STEP: Final = 396.0
_DATA_HEIGHT: Final = 190.0
_DOSE_HEIGHT: Final = 30.0
_DOSE_GAP: Final = 5.0
_GAP: Final = 6.0
_ROW_GAP: Final = 16.0
_TICKS_HEIGHT: Final = 22.0
_Y_LABEL_LEFT: Final = 63.0
_HEADING_SIZE: Final = 9.4
_MOST_NOTES: Final = 3


def lay_out(
    trajectories: Trajectories,
    rows: tuple[FigureRow, ...],
    *,
    axes: Mapping[str, TimeAxis],
    styles: Mapping[str, Mapping[str, CurveStyle]],
) -> Any:
    """Lay out a whole figure and return it.

    Parameters
    ----------
    trajectories
        The run.
    rows
        What each row shows.
    axes
        Time axis of each arm, by its name.
    styles
        Style of each output by unit and name, shared by every panel.
    """
    page = Page()
    y_px = _title(page, trajectories, _MARGIN)
    scales = {unit: _scales(rows, unit) for unit in {row.unit for row in rows}}
    for row in rows:
        axis = axes[row.arm.name]
        y_px = _heading(page, row, y_px)
        entries = legend_entries(row, styles[row.unit], axis)
        y_px = write_legend(page, entries, x_px=_MARGIN, y_px=y_px) + _GAP
        y_px = _panels(page, row, axis, styles[row.unit], scales[row.unit], y_px)
    return page.finish(_footer(page, trajectories, y_px) + _MARGIN / 2.0)


def _scales(rows: tuple[FigureRow, ...], unit: str) -> tuple[Scale, Scale | None]:
    """Scales that all rows of one unit share, so that arms can be compared by eye."""
    values = np.concatenate([row.values() for row in rows if row.unit == unit])
    return linear_scale(values), logarithmic_scale(values)


def _title(page: Page, trajectories: Trajectories, y_px: float) -> float:
    width = WIDTH_PX - 2 * _MARGIN
    lines = page.wrap(trajectories.title, width, size=TITLE_SIZE, weight="bold")
    y_px = page.write(lines, _MARGIN, y_px, size=TITLE_SIZE, weight="bold")
    for warning in trajectories.warnings:
        lines = page.wrap(f"Note: {warning}", width, size=LABEL_SIZE)
        y_px = page.write(lines, _MARGIN, y_px + 2.0, size=LABEL_SIZE)
    return y_px + _GAP


def _heading(page: Page, row: FigureRow, y_px: float) -> float:
    lines_module = import_extra("matplotlib.lines")
    page.add(
        lines_module.Line2D(
            [_MARGIN, WIDTH_PX - _MARGIN], [y_px, y_px], color="#c8c8c8", linewidth=0.8
        )
    )
    width = WIDTH_PX - 2 * _MARGIN
    further = ", continued" if row.continued else ""
    heading = f"{row.arm.name}{further} ({row.people})"
    lines = page.wrap(heading, width, size=_HEADING_SIZE, weight="bold")
    y_px = page.write(lines, _MARGIN, y_px + _GAP, size=_HEADING_SIZE, weight="bold") + 1.0
    notes = () if row.continued else _notes(row)
    for text in (f"Given: {row.arm.regimen_text}", row.origin, *notes):
        lines = page.wrap(text, width, size=LABEL_SIZE)
        y_px = page.write(lines, _MARGIN, y_px, size=LABEL_SIZE)
    return y_px + _GAP


def _notes(row: FigureRow) -> tuple[str, ...]:
    """List the first few notes that the panels do not show already."""
    shown = (row.arm.band_label, *row.marks)
    notes = [note for note in row.arm.notes if not any(note in text for text in shown)]
    more = len(notes) - _MOST_NOTES
    left_out = [f"Notes left out here: {more}, kept with the result."] if more > 0 else []
    return tuple(notes[:_MOST_NOTES] + left_out)


def _panels(
    page: Page,
    row: FigureRow,
    axis: TimeAxis,
    styles: Mapping[str, CurveStyle],
    scales: tuple[Scale, Scale | None],
    y_px: float,
) -> float:
    # What is not an amount of a substance has no use for a logarithmic panel.
    width = _AXES_WIDTH + _AXES_STEP if row.effect else _AXES_WIDTH
    remarks = tuple(
        line
        for text in (row.remark, *row.marks)
        for line in page.wrap(text, width - 12.0, size=NOTICE_SIZE)
    )
    bottom = y_px
    for column, scale in enumerate(scales[:1] if row.effect else scales):
        panel = Panel(
            curves=row.curves,
            scale=scale,
            axis=axis,
            styles=styles,
            remarks=remarks,
            absence=_absence(row),
        )
        left, height = _AXES_LEFT + column * _AXES_STEP, _DATA_HEIGHT + panel.strip_px
        draw_panel(page.axes(left, y_px, width, height), panel, height_px=height)
        below = y_px + height + _DOSE_GAP
        doses = page.axes(left, below, width, _DOSE_HEIGHT)
        draw_doses(doses, dose_marks(row.arm.rows, axis), axis)
        bottom = below + _DOSE_HEIGHT
        _axis_labels(page, _labelled(row, axis, column), (left, width), (y_px, height))
    return bottom + _TICKS_HEIGHT + line_height_px(LABEL_SIZE) + _ROW_GAP


def _labelled(row: FigureRow, axis: TimeAxis, column: int) -> tuple[str, str]:
    """Labels of the vertical and the horizontal axis."""
    return row.quantity + (", logarithmic" if column else ""), axis.label


def _axis_labels(
    page: Page, labels: tuple[str, str], across: tuple[float, float], down: tuple[float, float]
) -> None:
    """Label a panel's axes; across and down are its left or top edge and its size, px."""
    (left, width), (top, height) = across, down
    page.figure.text(
        left - _Y_LABEL_LEFT,
        top + height - _DATA_HEIGHT / 2.0,
        labels[0],
        transform=page.pixels,
        rotation=90.0,
        rotation_mode="anchor",
        ha="center",
        va="top",
        fontsize=LABEL_SIZE,
    )
    doses_top = top + height + _DOSE_GAP
    page.write(["doses"], left - 12.0, doses_top + 9.0, size=NOTICE_SIZE, ha="right")
    page.write(
        [labels[1]],
        left + width / 2.0,
        doses_top + _DOSE_HEIGHT + _TICKS_HEIGHT,
        size=LABEL_SIZE,
        ha="center",
    )


def _absence(row: FigureRow) -> str:
    count = row.arm.status.size
    if row.curves is None:
        return f"all {count} subjects failed: nothing to draw" if count else "no subjects"
    return "no value above 0 to draw"


def _footer(page: Page, trajectories: Trajectories, y_px: float) -> float:
    receipt = str(trajectories.receipt.get("scenario", "none"))
    text = f"{NOTICE}   ·   receipt {receipt}   ·   Algesia"
    lines = page.wrap(text, WIDTH_PX - 2 * _MARGIN, size=LABEL_SIZE)
    return page.write(lines, _MARGIN, y_px, size=LABEL_SIZE, color=GREY)

"""One panel of a figure: medians and bands of outputs against time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.formats.extra import import_extra
from algesia.provenance import NOTICE

from .ink import GREY, LABEL_SIZE, NOTICE_SIZE, CurveStyle
from .page import line_height_px
from .scale import Scale, tick_text
from .time_axis import TimeAxis

__all__ = ["Curves", "Panel", "draw_panel"]

_BAND_OPACITY: Final = 0.16
_STRIP_COLOUR: Final = "#f3f3f3"
_STRIP_PADDING_PX: Final = 4.0
_LINE_WIDTH: Final = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Outputs of one arm that share a unit, summarised over subjects.

    Parameters
    ----------
    names
        Names of the outputs, (O,).
    time_h
        Times, (T,), h.
    low, median, high
        5 %, 50 % and 95 % quantiles over subjects that ran to the end, (T, O).
    """

    names: tuple[str, ...]
    time_h: FloatArray
    low: FloatArray
    median: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What one panel shows.

    Parameters
    ----------
    curves
        The curves, or None where there are none to draw.
    scale
        Vertical scale, or None where there are no curves.
    axis
        Time axis.
    styles
        Style of each output.
    remarks
        Lines of small text inside the panel, below the notice.
    absence
        What to say where there are no curves.
    """

    curves: Curves | None
    scale: Scale | None
    axis: TimeAxis
    styles: Mapping[str, CurveStyle]
    remarks: tuple[str, ...]
    absence: str

    @property
    def strip_px(self) -> float:
        """Height of the text inside the panel, px."""
        lines = 1 + len(self.remarks)
        return lines * line_height_px(NOTICE_SIZE) + 2 * _STRIP_PADDING_PX


def draw_panel(axes: Any, panel: Panel, *, height_px: float) -> None:
    """Draw one panel.

    Parameters
    ----------
    axes
        Axes of matplotlib.
    panel
        What to draw.
    height_px
        Final height of the axes, px.
    """
    strip = panel.strip_px / height_px
    axes.set_xlim(panel.axis.shown(panel.axis.start_h), panel.axis.shown(panel.axis.end_h))
    axes.set_xticks(panel.axis.ticks(), labels=[])
    axes.set_axisbelow(True)
    curves, scale = panel.curves, panel.scale
    visible = curves is not None and scale is not None and scale.shows(curves.high)
    if scale is None or curves is None:
        axes.set_yticks([])
    else:
        _draw_scale(axes, scale, strip)
        _draw_curves(axes, curves, panel)
    if not visible:
        axes.text(
            0.5,
            (1.0 - strip) / 2.0,
            panel.absence,
            transform=axes.transAxes,
            ha="center",
            va="center",
            fontsize=LABEL_SIZE,
            color=GREY,
        )
    _draw_strip(axes, panel, strip, height_px)


def _draw_scale(axes: Any, scale: Scale, strip: float) -> None:
    ticker = import_extra("matplotlib.ticker")
    if scale.logarithmic:
        axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(scale.low, scale.top(strip))
    axes.yaxis.set_major_locator(ticker.FixedLocator(list(scale.ticks)))
    axes.yaxis.set_major_formatter(
        ticker.FixedFormatter([tick_text(value) for value in scale.ticks])
    )
    axes.yaxis.set_minor_locator(ticker.FixedLocator(list(scale.minor)))
    axes.yaxis.set_minor_formatter(ticker.NullFormatter())
    axes.grid(axis="both", which="major", color="#e8e8e8", linewidth=0.6)


def _draw_curves(axes: Any, curves: Curves, panel: Panel) -> None:
    time = panel.axis.shown(curves.time_h)
    # On a logarithmic axis a band that reaches 0 must fall below the frame, not vanish.
    floor = panel.scale.low * 1e-3 if panel.scale and panel.scale.logarithmic else -np.inf
    for column, name in enumerate(curves.names):
        style = panel.styles[name]
        low, high = (np.maximum(band[:, column], floor) for band in (curves.low, curves.high))
        if np.any(high > low):
            axes.fill_between(
                time, low, high, color=style.colour, alpha=_BAND_OPACITY, linewidth=0.0
            )
        axes.plot(
            time,
            np.maximum(curves.median[:, column], floor),
            color=style.colour,
            linestyle=style.dashes,
            linewidth=_LINE_WIDTH,
            solid_joinstyle="round",
        )


def _draw_strip(axes: Any, panel: Panel, strip: float, height_px: float) -> None:
    """Write small text inside the frame, above the data, where cropping keeps it."""
    patches = import_extra("matplotlib.patches")
    axes.add_patch(
        patches.Rectangle(
            (0.0, 1.0 - strip),
            1.0,
            strip,
            transform=axes.transAxes,
            facecolor=_STRIP_COLOUR,
            edgecolor="none",
            zorder=3.0,
        )
    )
    step = line_height_px(NOTICE_SIZE) / height_px
    for number, line in enumerate((NOTICE, *panel.remarks)):
        axes.text(
            0.015,
            1.0 - _STRIP_PADDING_PX / height_px - number * step,
            line,
            transform=axes.transAxes,
            va="top",
            fontsize=NOTICE_SIZE,
            color=GREY if number == 0 else "#202020",
            zorder=4.0,
        )

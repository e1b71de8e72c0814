"""The timeline of a plan: a strip for each drug and route, doses stems, infusions bars."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from algesia.errors import FileInputError
from algesia.formats.extra import import_extra
from algesia.formats.output_path import check_output_path, replace_file
from algesia.provenance import NOTICE
from algesia.regimen import DoseRow, Regimen, describe

from .figure import FIGURE_ENDINGS
from .figure_metadata import figure_metadata
from .ink import COLOURS, GREY, LABEL_SIZE, TITLE_SIZE, WIDTH_PX, drawing
from .page import Page, line_height_px, printable
from .scale import tick_text
from .time_axis import TimeAxis, time_axis

__all__ = ["write_regimen_figure"]

_MARGIN: Final = 14.0
_LEFT: Final = 96.0
_STRIP: Final = 52.0
_STRIP_GAP: Final = 14.0
_TICKS: Final = 22.0
_GAP: Final = 8.0
_DOTS_PER_INCH: Final = 200
_HEADROOM: Final = 1.18
_ROOM_AT_ENDS: Final = 0.012
_SHORTEST_AXIS_H: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strip:
    """Doses that share a scale."""

    label: str
    unit: str
    rows: tuple[DoseRow, ...]


def write_regimen_figure(
    plans: Mapping[str, Regimen], path: str | Path, *, title: str, force: bool = False
) -> Path:
    """Draw the timelines of plans to an SVG, PNG or PDF file.

    Parameters
    ----------
    plans
        The plans by name, drawn one below the other, each on its own time axis.
    path
        File to be written, ending in `.svg`, `.png` or `.pdf`.
    title
        What stands at the top.
    force
        Whether a file that stands there already may be replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileInputError
        If the path is refused or ends otherwise.
    MissingExtraError
        If matplotlib is not installed.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in FIGURE_ENDINGS:
        raise FileInputError(
            f"{path} ends in '{path.suffix}'; expected one of {', '.join(FIGURE_ENDINGS)}"
        )
    check_output_path(path, force=force)
    import_extra("matplotlib")
    buffer = BytesIO()
    kind = ending.removeprefix(".")
    with drawing():
        figure = _lay_out(plans, title)
        metadata = figure_metadata(title, kind)
        figure.savefig(buffer, format=kind, dpi=_DOTS_PER_INCH, metadata=metadata)
    with replace_file(path, force=force) as part:
        part.write_bytes(buffer.getvalue())
    return path


def _lay_out(plans: Mapping[str, Regimen], title: str) -> Any:
    """Lay out the whole figure."""
    page = Page()
    width = WIDTH_PX - 2 * _MARGIN
    lines = page.wrap(title, width, size=TITLE_SIZE, weight="bold")
    y_px = page.write(lines, _MARGIN, _MARGIN, size=TITLE_SIZE, weight="bold") + _GAP
    for name, plan in plans.items():
        if len(plans) > 1:
            y_px = page.write([printable(name)], _MARGIN, y_px, weight="bold")
        y_px = page.write(page.wrap(describe(plan), width), _MARGIN, y_px) + _GAP
        y_px = _timeline(page, plan, y_px) + _GAP
    lines = page.wrap(f"{NOTICE}   ·   Algesia", width)
    y_px = page.write(lines, _MARGIN, y_px, color=GREY)
    return page.finish(y_px + _MARGIN / 2.0)


def _timeline(page: Page, plan: Regimen, y_px: float) -> float:
    """Draw the strips of one plan above their common time axis."""
    rows = plan.rows()
    last_h = max(row.time_h + row.duration_h for row in rows)
    axis = time_axis(0.0, max(last_h, _SHORTEST_AXIS_H), rows)
    drugs = {drug: place for place, drug in enumerate(dict.fromkeys(row.drug for row in rows))}
    strips = _strips(rows)
    for number, strip in enumerate(strips):
        y_px = page.write([strip.label], _LEFT, y_px, size=LABEL_SIZE)
        axes = page.axes(_LEFT, y_px, WIDTH_PX - _LEFT - 2 * _MARGIN, _STRIP)
        colour = COLOURS[drugs[strip.rows[0].drug] % len(COLOURS)]
        _draw(axes, strip, axis, colour, last=number == len(strips) - 1)
        page.write([strip.unit], _MARGIN, y_px + _STRIP / 2.0 - 5.0, color=GREY)
        y_px += _STRIP + _STRIP_GAP
    y_px += _TICKS - _STRIP_GAP
    page.write([axis.label], WIDTH_PX / 2.0 + _LEFT / 2.0, y_px, ha="center")
    return y_px + line_height_px(LABEL_SIZE)


def _strips(rows: tuple[DoseRow, ...]) -> tuple[_Strip, ...]:
    """Sort doses by what may share a scale, in the order of their first dose."""
    groups: dict[tuple[str, str], list[DoseRow]] = {}
    for row in rows:
        per_kilogram = "/kg" if row.unit == "mg/kg_body" else ""
        lasting = row.duration_h > 0.0
        words = (row.drug or "the model's drug", row.route, row.formulation)
        salt = "" if row.form == "base" else f", mg of {row.form.replace('_', ' ')}"
        label = " ".join(word for word in words if word) + salt
        label += ", rate of infusion" if lasting else ", dose"
        groups.setdefault((label, f"mg{per_kilogram}{'/h' if lasting else ''}"), []).append(row)
    return tuple(
        _Strip(label=f"{label} ({_count(members)})", unit=unit, rows=tuple(members))
        for (label, unit), members in groups.items()
    )


def _count(rows: list[DoseRow]) -> str:
    return f"{len(rows)} dose{'s' if len(rows) > 1 else ''}" + (
        ", with a largest amount" if any(row.cap_mg is not None for row in rows) else ""
    )


def _draw(axes: Any, strip: _Strip, axis: TimeAxis, colour: str, *, last: bool) -> None:
    """Draw one strip; its scale begins at 0."""
    span = axis.end_h - axis.start_h
    room = span * _ROOM_AT_ENDS
    axes.set_xlim(axis.shown(axis.start_h - room), axis.shown(axis.end_h + room))
    heights = [_height(row) for row in strip.rows]
    axes.set_ylim(0.0, max(heights) * _HEADROOM)
    axes.set_yticks([0.0, max(heights)], labels=["0", f"{max(heights):.4g}"])
    axes.set_xticks(
        axis.ticks(), labels=[tick_text(tick) for tick in axis.ticks()] if last else []
    )
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    starts = [axis.shown(row.time_h) for row in strip.rows]
    if strip.rows[0].duration_h > 0.0:
        widths = [axis.shown(row.duration_h) for row in strip.rows]
        # What is too thin to be seen as a bar is still a line.
        axes.bar(starts, heights, widths, align="edge", color=colour, edgecolor=colour,
                 linewidth=1.0, alpha=0.75)  # fmt: skip
        return
    axes.vlines(starts, 0.0, heights, color=colour, linewidth=1.3)
    if _apart(starts, axis):
        axes.plot(starts, heights, linestyle="none", marker="o", markersize=3.6, color=colour,
                  clip_on=False)  # fmt: skip


def _apart(starts: list[Any], axis: TimeAxis) -> bool:
    """Whether doses stand far enough apart for a mark on each."""
    nearest = min((later - earlier for earlier, later in pairwise(starts)), default=1e9)
    return bool(nearest * axis.hours_per_unit > (axis.end_h - axis.start_h) / 150.0)


def _height(row: DoseRow) -> float:
    return row.amount / row.duration_h if row.duration_h > 0.0 else row.amount

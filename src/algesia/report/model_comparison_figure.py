"""Models side by side in one figure: a panel per moiety, each curve named at its end."""

from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import numpy as np

from algesia.catalog.model_comparison import ComparedCurve, ModelComparison
from algesia.errors import FileInputError
from algesia.formats.extra import import_extra
from algesia.formats.output_path import check_output_path, replace_file
from algesia.provenance import NOTICE
from algesia.simulate.dose_mark import OUTSIDE_VALIDITY

from .figure import FIGURE_ENDINGS
from .figure_metadata import figure_metadata
from .ink import COLOURS, GREY, LABEL_SIZE, NOTICE_SIZE, TITLE_SIZE, WIDTH_PX, drawing
from .page import Page, line_height_px
from .scale import Scale, logarithmic_scale, tick_text
from .time_axis import TimeAxis, time_axis

__all__ = ["write_comparison_figure"]

_MARGIN: Final = 14.0
_LEFT: Final = 66.0
_WIDTH: Final = 446.0
_HEIGHT: Final = 270.0
_LABEL_GAP: Final = 16.0
_TICKS: Final = 20.0
_PANEL_GAP: Final = 18.0
_NOTICE_SHARE: Final = 0.08
_DOTS_PER_INCH: Final = 200
_SITES: Final = {"arterial plasma": "-", "venous plasma": (0, (5, 2))}
_OTHER_SITE: Final = (0, (1.2, 1.4))


def write_comparison_figure(
    comparison: ModelComparison, path: str | Path, *, force: bool = False
) -> Path:
    """Draw the medians of all models to an SVG, PNG or PDF file.

    Arterial curves are solid, venous ones dashed, those of an unstated site dotted.

    Parameters
    ----------
    comparison
        The models and their answers.
    path
        File to be written, ending in `.svg`, `.png` or `.pdf`.
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
        figure = _lay_out(comparison)
        metadata = figure_metadata(comparison.answer.title, kind)
        figure.savefig(buffer, format=kind, dpi=_DOTS_PER_INCH, metadata=metadata)
    with replace_file(path, force=force) as part:
        part.write_bytes(buffer.getvalue())
    return path


def _lay_out(comparison: ModelComparison) -> Any:
    page = Page()
    width = WIDTH_PX - 2 * _MARGIN
    lines = page.wrap(comparison.answer.title, width, size=TITLE_SIZE, weight="bold")
    y_px = page.write(lines, _MARGIN, _MARGIN, size=TITLE_SIZE, weight="bold")
    own = comparison.answer.arm(comparison.own)
    about = (
        f"Given: {own.regimen_text}. Medians of {own.status.size} subjects. "
        "Solid: arterial plasma; dashed: venous plasma; dotted: site not stated. "
        f"Thick: {comparison.own}, the scenario's own. In brackets: how far a model has been "
        "checked. Star: doses outside what its source studied."
    )
    y_px = page.write(page.wrap(about, width), _MARGIN, y_px + 2.0) + _PANEL_GAP / 2.0
    names = dict.fromkeys(curve.model for curve in comparison.curves)
    colours = dict(zip(names, cycle(COLOURS), strict=False))
    times = [arm.time_h for arm in comparison.answer.arms]
    axis = time_axis(
        float(min(t[0] for t in times)), float(max(t[-1] for t in times)), own.rows
    )
    for moiety in comparison.moieties():
        y_px = _panel(page, comparison, moiety, (axis, colours), y_px)
    receipt = str(comparison.answer.receipt.get("scenario", "none"))
    text = f"{NOTICE}   ·   receipt {receipt}   ·   Algesia"
    y_px = page.write(page.wrap(text, width), _MARGIN, y_px, color=GREY)
    return page.finish(y_px + _MARGIN / 2.0)


def _panel(
    page: Page,
    comparison: ModelComparison,
    moiety: str,
    look: tuple[TimeAxis, dict[str, str]],
    y_px: float,
) -> float:
    """Draw the curves of one moiety; return where the next panel begins."""
    axis, colours = look
    curves = [curve for curve in comparison.curves if curve.moiety == moiety]
    drawn = [(curve, *_median(comparison, curve)) for curve in curves]
    drawn = [each for each in drawn if np.isfinite(each[2]).any()]
    y_px = page.write([moiety], _MARGIN, y_px, size=LABEL_SIZE + 1.0, weight="bold") + 4.0
    axes = page.axes(_LEFT, y_px, _WIDTH, _HEIGHT)
    axes.set_xlim(axis.shown(axis.start_h), axis.shown(axis.end_h))
    axes.set_xticks(axis.ticks())
    axes.grid(axis="both", which="major", color="#e8e8e8", linewidth=0.6)
    axes.set_axisbelow(True)
    values = np.concatenate([np.zeros(0), *(each for _, _, each in drawn)])
    scale = logarithmic_scale(values)
    if scale is None:
        page.write(["no value above 0 to draw"], _LEFT + 20.0, y_px + 20.0, color=GREY)
        axes.set_yticks([])
    else:
        _set_scale(axes, scale)
        stars = {arm.name for arm in comparison.answer.arms if _outside(arm.notes)}
        labels = []
        for curve, time_h, median in drawn:
            _draw(axes, curve, (axis.shown(time_h), median, scale.low), colours, comparison.own)
            end = _height_of(scale, float(median[np.isfinite(median)][-1]))
            labels.append((_end_label(curve, stars), colours[curve.model], y_px + end))
        _name_ends(page, labels, y_px)
    page.write([NOTICE], _LEFT + 5.0, y_px + 3.0, size=NOTICE_SIZE, color=GREY, zorder=5.0)
    _axis_labels(page, axis, y_px)
    return y_px + _HEIGHT + _TICKS + line_height_px(LABEL_SIZE) + _PANEL_GAP


def _set_scale(axes: Any, scale: Scale) -> None:
    ticker = import_extra("matplotlib.ticker")
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(scale.low, scale.top(_NOTICE_SHARE))
    axes.yaxis.set_major_locator(ticker.FixedLocator(list(scale.ticks)))
    texts = [tick_text(value) for value in scale.ticks]
    axes.yaxis.set_major_formatter(ticker.FixedFormatter(texts))
    axes.yaxis.set_minor_locator(ticker.FixedLocator(list(scale.minor)))
    axes.yaxis.set_minor_formatter(ticker.NullFormatter())


def _draw(
    axes: Any,
    curve: ComparedCurve,
    points: tuple[Any, Any, float],
    colours: dict[str, str],
    own: str,
) -> None:
    """Draw one curve; what is below the axis falls below the frame and does not vanish."""
    time, median, low = points
    mine = curve.model == own
    axes.plot(
        time,
        np.maximum(median, low * 1e-3),
        color=colours[curve.model],
        linestyle=_SITES.get(curve.site or "", _OTHER_SITE),
        linewidth=2.6 if mine else 1.4,
        zorder=3.0 if mine else 2.0,
    )


def _height_of(scale: Scale, value: float) -> float:
    """Place of a value, px below the top of a panel."""
    top = scale.top(_NOTICE_SHARE)
    share = np.log(top / max(value, scale.low)) / np.log(top / scale.low)
    return _HEIGHT * float(share)


def _median(comparison: ModelComparison, curve: ComparedCurve) -> tuple[Any, Any]:
    arm = comparison.answer.arm(curve.model)
    values = arm.median()[:, arm.output_index(curve.output)] * curve.to_ng_per_ml
    return arm.time_h, values


def _outside(notes: tuple[str, ...]) -> bool:
    return any(note.startswith(OUTSIDE_VALIDITY) for note in notes)


def _end_label(curve: ComparedCurve, stars: set[str]) -> str:
    """Name of a model, its site, how far it has been checked, and the mark of its doses."""
    site = {"arterial plasma": ", art.", "venous plasma": ", ven."}.get(curve.site or "", "")
    return f"{curve.model}{site} ({curve.rung}){'*' if curve.model in stars else ''}"


def _name_ends(page: Page, ends: list[tuple[str, str, float]], top_px: float) -> None:
    """Name each curve beside its end; names that would touch move apart, with a leader."""
    lines = import_extra("matplotlib.lines")
    step = line_height_px(NOTICE_SIZE)
    ends = sorted(ends, key=lambda end: end[2])
    places = _apart([place for _, _, place in ends], step, top_px)
    right = _LEFT + _WIDTH
    for (label, colour, end_px), place in zip(ends, places, strict=True):
        across, down = [right, right + _LABEL_GAP - 3.0], [end_px, place]
        page.add(lines.Line2D(across, down, color=colour, linewidth=0.7))
        page.write(
            [label], right + _LABEL_GAP, place - step / 2.0, size=NOTICE_SIZE, color=colour
        )


def _apart(places: list[float], step: float, top_px: float) -> list[float]:
    """Move ordered places apart by at least a step, kept beside the panel where they fit.

    Examples
    --------
    >>> _apart([10.0, 12.0, 90.0], 10.0, 0.0)
    [10.0, 20.0, 90.0]
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + step) if moved else max(place, top_px))
    floor = top_px + _HEIGHT
    for number in range(len(moved) - 1, -1, -1):
        if moved[number] > floor:
            moved[number] = floor
        floor = moved[number] - step
    return moved


def _axis_labels(page: Page, axis: TimeAxis, y_px: float) -> None:
    page.figure.text(
        _LEFT - 52.0,
        y_px + _HEIGHT / 2.0,
        "concentration (ng/mL), logarithmic",
        transform=page.pixels,
        rotation=90.0,
        rotation_mode="anchor",
        ha="center",
        va="top",
        fontsize=LABEL_SIZE,
    )
    page.write([axis.label], _LEFT + _WIDTH / 2.0, y_px + _HEIGHT + _TICKS, ha="center")

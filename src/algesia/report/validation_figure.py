"""Observed against predicted, and what is left over by route and by time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np

from algesia.errors import FileInputError
from algesia.evidence.prediction import Prediction
from algesia.evidence.validation import PkValidation
from algesia.formats.extra import import_extra
from algesia.formats.output_path import check_output_path, replace_file
from algesia.provenance import NOTICE
from algesia.units import conversion_factor

from .figure import FIGURE_ENDINGS
from .figure_metadata import figure_metadata
from .ink import GREY, LABEL_SIZE, NOTICE_SIZE, TICK_SIZE, TITLE_SIZE, WIDTH_PX, drawing
from .page import Page

__all__ = ["validation_svg", "write_validation_figure"]

_IMAGE_DOTS_PER_INCH: Final = 200
_LEFT: Final = 62.0
_RIGHT: Final = 16.0
_SQUARE: Final = 300.0
_STEP: Final = 398.0
_ROW_HEIGHT: Final = 250.0
_TITLE_GAP: Final = 22.0
_BELOW: Final = 46.0
_POINT: Final = 5.0
_OTHER_ROUTE: Final = "#7a7a7a"
_NINTH_COLOUR: Final = "#8c564b"
_ROUTES: Final[Mapping[str, str]] = {
    "intravenous": "#0072b2",
    "film": "#d55e00",
    "oral": "#009e73",
    "nasal": "#a0417c",
    "intramuscular": "#000000",
    "sublingual": "#56b4e9",
    "rectal": "#e69f00",
}
_SHAPES: Final = (
    ("dehydronorketamine", "D"),
    ("hydroxynorketamine", "^"),
    ("norketamine", "s"),
    ("ketamine", "o"),
)
_NAMES: Final = {
    "o": "ketamine",
    "s": "norketamine",
    "^": "hydroxynorketamine",
    "D": "dehydronorketamine",
}
_FOLD_LIMIT: Final = 8.0
_ROUTE_ROW_PX: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Look of one observation: hollow where it does not count."""

    colour: str
    shape: str
    filled: bool


def write_validation_figure(
    validation: PkValidation, path: str | Path, *, force: bool = False
) -> Path:
    """Draw a validation to an SVG, PNG or PDF file; the same one gives the same bytes.

    Parameters
    ----------
    validation
        What `validate_pk` found.
    path
        File to be written.
    force
        Whether a file that stands there already may be replaced.

    Raises
    ------
    FileInputError
        If the path is refused or ends otherwise.
    MissingExtraError
        If matplotlib is not installed.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in FIGURE_ENDINGS:
        raise FileInputError(
            f"{path} ends in '{path.suffix}'; expected one of {', '.join(FIGURE_ENDINGS)}"
        )
    check_output_path(path, force=force)
    picture = _picture(validation, kind.removeprefix("."))
    with replace_file(path, force=force) as part:
        part.write_bytes(picture)
    return path


def validation_svg(validation: PkValidation) -> str:
    """Give the figure as SVG to be put into a page.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    text = _picture(validation, "svg").decode("utf-8")
    # What stands before the element belongs to a file of its own.
    return text[text.index("<svg") :]


def _picture(validation: PkValidation, kind: str) -> bytes:
    import_extra("matplotlib")
    buffer = BytesIO()
    metadata = figure_metadata(f"Observed and predicted: {validation.entry.id}", kind)
    with drawing():
        figure = _laid_out(validation)
        figure.savefig(buffer, format=kind, dpi=_IMAGE_DOTS_PER_INCH, metadata=metadata)
    return buffer.getvalue()


def _laid_out(validation: PkValidation) -> Any:
    page = Page()
    title = f"Observed and predicted: {validation.entry.id}"
    y_px = page.write([title], 14.0, 12.0, size=TITLE_SIZE, weight="bold")
    remark = (
        "Filled: counts as evidence. Hollow: the model took a value from the study, sources "
        "conflict, or the number was not read in its source. Lines: 1.5-fold (dashed) and "
        "2-fold (dotted). Whiskers: reported SD or range."
    )
    lines = page.wrap(remark, WIDTH_PX - 28.0)
    y_px = page.write(lines, 14.0, y_px + 2.0, color=GREY)
    found = [each for each in validation.predictions if each.fold is not None]
    y_px = _legend(page, found, y_px + 8.0)
    top = y_px + _TITLE_GAP
    for place, (measures, unit, name) in enumerate(
        (
            (("cmax", "steady_state"), "ng/mL", "Peak and steady level, ng/mL"),
            (("auc",), "ng*h/mL", "Area under the curve, ng·h/mL"),
        )
    ):
        members = [each for each in found if each.observation.measure in measures]
        x_px = _LEFT + place * _STEP
        _scatter(page, (x_px, top), members, unit=unit, name=name)
    y_px = top + _SQUARE + _BELOW + _TITLE_GAP
    y_px = _by_route(page, found, y_px)
    y_px = _by_time(page, validation, y_px + _TITLE_GAP)
    y_px = page.write([NOTICE], 14.0, y_px + 4.0, size=NOTICE_SIZE, color=GREY)
    return page.finish(y_px + 6.0)


def _look(prediction: Prediction) -> _Look:
    route = prediction.observation.arm.route
    moiety = prediction.observation.moieties[0]
    shape = next(shape for ending, shape in _SHAPES if moiety.endswith(ending))
    return _Look(
        colour=_ROUTES.get(route, _OTHER_ROUTE),
        shape=shape,
        filled=prediction.standing == "evidence",
    )


def _legend(page: Page, predictions: Sequence[Prediction], y_px: float) -> float:
    """Name the routes by colour and the moieties by shape."""
    shown = {each.observation.arm.route for each in predictions}
    entries = [(name, colour, "o") for name, colour in _ROUTES.items() if name in shown]
    if shown - _ROUTES.keys():
        entries.append(("other route", _OTHER_ROUTE, "o"))
    shapes = dict.fromkeys(_look(each).shape for each in predictions)
    entries += [(_NAMES[shape], "#ffffff", shape) for shape in _NAMES if shape in shapes]
    x_px = 14.0
    for name, colour, shape in entries:
        width = page.width_of(name) + 30.0
        if x_px + width > WIDTH_PX - 14.0:
            x_px, y_px = 14.0, y_px + 16.0
        _mark(page, x_px + 6.0, y_px + 6.0, colour=colour, shape=shape)
        page.write([name], x_px + 15.0, y_px)
        x_px += width
    return y_px + 24.0


def _mark(page: Page, x_px: float, y_px: float, *, colour: str, shape: str) -> None:
    lines = import_extra("matplotlib.lines")
    edge = GREY if colour == "#ffffff" else colour
    page.add(
        lines.Line2D(
            [x_px], [y_px], marker=shape, markersize=_POINT, linestyle="",
            markerfacecolor=colour, markeredgecolor=edge,
        )
    )  # fmt: skip


def _titled(page: Page, x_px: float, y_px: float, text: str) -> None:
    page.write([text], x_px, y_px - _TITLE_GAP + 2.0, size=LABEL_SIZE + 0.6, weight="bold")


def _scatter(
    page: Page,
    place: tuple[float, float],
    predictions: Sequence[Prediction],
    *,
    unit: str,
    name: str,
) -> None:
    """Observed against predicted on two logarithmic axes."""
    x_px, y_px = place
    axes = page.axes(x_px, y_px, _SQUARE, _SQUARE)
    _titled(page, x_px, y_px, name)
    points = [
        (factor * observed, factor * each.central, factor, each)
        for each in predictions
        if (observed := each.observation.value.middle) and each.central
        for factor in (conversion_factor(each.observation.unit, unit),)
    ]
    low, high = _ends([value for point in points for value in point[:2]])
    line = np.asarray([low, high])
    axes.plot(line, line, color="#808080", linewidth=0.9, zorder=1)
    for fold, dashes in ((1.5, (0, (5, 3))), (2.0, (0, (1.2, 1.6)))):
        for factor in (fold, 1.0 / fold):
            axes.plot(line, factor * line, color="#808080", linewidth=0.8, linestyle=dashes)
    for observed, predicted, factor, each in points:
        _point(axes, observed, predicted, each)
        spread = each.observation.value.spread() or _range_of(each)
        if spread is not None:
            ends = factor * np.asarray(spread)
            axes.plot(ends, [predicted] * 2, color=_look(each).colour, linewidth=0.7, alpha=0.6)
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
    _plain_decades(axes, ("x", "y"))
    axes.set_xlabel("observed", fontsize=LABEL_SIZE, labelpad=3)
    axes.set_ylabel("predicted", fontsize=LABEL_SIZE, labelpad=3)


def _range_of(prediction: Prediction) -> tuple[float, float] | None:
    value = prediction.observation.value
    return None if value.low is None or value.high is None else (value.low, value.high)


def _point(axes: Any, x: float, y: float, prediction: Prediction) -> None:
    look = _look(prediction)
    axes.plot(
        [x], [y], marker=look.shape, markersize=_POINT, linestyle="", zorder=3,
        markerfacecolor=look.colour if look.filled else "white",
        markeredgecolor=look.colour, markeredgewidth=0.9,
    )  # fmt: skip


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Ends of a logarithmic axis that holds some values."""
    if not values:
        return 1.0, 10.0
    return min(values) / 2.2, max(values) * 2.2


def _plain_decades(axes: Any, which: Sequence[str]) -> None:
    """Write decades as plain numbers and no minor labels."""
    ticker = import_extra("matplotlib.ticker")
    for name in which:
        axis = getattr(axes, f"{name}axis")
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(ticker.NullFormatter())
    axes.tick_params(labelsize=TICK_SIZE)


def _by_route(page: Page, predictions: Sequence[Prediction], y_px: float) -> float:
    """Predicted over observed, a row for each route and product."""
    groups: dict[str, list[Prediction]] = {}
    for each in sorted(predictions, key=_route_order):
        groups.setdefault(_row_name(each), []).append(each)
    if not groups:
        return y_px
    left = 14.0 + max(page.width_of(name) for name in groups) + 14.0
    height = _ROUTE_ROW_PX * len(groups) + 12.0
    axes = page.axes(left, y_px, WIDTH_PX - left - _RIGHT, height)
    _titled(page, 14.0, y_px, "Predicted over observed by route, every measure")
    for place, members in enumerate(groups.values()):
        offsets = np.linspace(-0.28, 0.28, len(members)) if len(members) > 1 else [0.0]
        for offset, each in zip(offsets, members, strict=True):
            ratio = float(np.clip(each.ratio or np.nan, 1.0 / _FOLD_LIMIT, _FOLD_LIMIT))
            _point(axes, ratio, place + offset, each)
    _fold_lines(axes, axes.axvline)
    axes.set(xscale="log", xlim=_fold_ends(), ylim=(len(groups) - 0.4, -0.6))
    axes.set_yticks(range(len(groups)), list(groups))
    _fold_ticks(axes, "x")
    axes.set_xlabel(
        f"predicted / observed (at the edge: {_FOLD_LIMIT:g}-fold or more)",
        fontsize=LABEL_SIZE,
        labelpad=3,
    )
    return y_px + height + _BELOW


def _row_name(prediction: Prediction) -> str:
    arm = prediction.observation.arm
    if arm.perpetrator is not None:
        return f"{arm.route}, with {arm.perpetrator.entry.replace('_', ' ')}"
    return arm.route if " or " in arm.route else f"{arm.route}, {arm.product}"


def _route_order(prediction: Prediction) -> tuple[bool, int, str]:
    arm = prediction.observation.arm
    routes = list(_ROUTES)
    place = routes.index(arm.route) if arm.route in routes else len(routes)
    return arm.perpetrator is not None, place, _row_name(prediction)


def _by_time(page: Page, validation: PkValidation, y_px: float) -> float:
    """Predicted over observed of mean curves against time."""
    curves = [each for each in validation.curves if each.problem is None]
    if not curves:
        return y_px
    axes = page.axes(_LEFT, y_px, WIDTH_PX - _LEFT - 250.0, _ROW_HEIGHT)
    _titled(page, 14.0, y_px, "Mean curves: predicted over observed by time")
    colours = [*_ROUTES.values(), _OTHER_ROUTE, _NINTH_COLOUR]
    for place, each in enumerate(curves):
        ratio = np.clip(each.predicted / each.concentration, 1.0 / _FOLD_LIMIT, _FOLD_LIMIT)
        hollow = each.standing != "evidence"
        colour = colours[place % len(colours)]
        axes.plot(
            each.time_h, ratio, marker="os^Dv"[place % 5], markersize=4.0, color=colour,
            linewidth=1.0, markerfacecolor="white" if hollow else colour,
            label=each.observed.curve.removeprefix("kamp_").replace("_", " "),
        )  # fmt: skip
    _fold_lines(axes, axes.axhline)
    axes.set(yscale="log", ylim=_fold_ends())
    _fold_ticks(axes, "y")
    axes.set_xlabel("time, h", fontsize=LABEL_SIZE, labelpad=3)
    axes.set_ylabel("predicted / observed", fontsize=LABEL_SIZE, labelpad=3)
    axes.legend(
        loc="upper left", bbox_to_anchor=(1.01, 1.02), fontsize=NOTICE_SIZE, frameon=False,
        handlelength=1.8, borderaxespad=0.2,
    )  # fmt: skip
    return y_px + _ROW_HEIGHT + _BELOW


def _fold_lines(axes: Any, line: Callable[..., Any]) -> None:
    line(1.0, color="#808080", linewidth=0.9, zorder=1)
    for fold, dashes in ((1.5, (0, (5, 3))), (2.0, (0, (1.2, 1.6)))):
        for value in (fold, 1.0 / fold):
            line(value, color="#808080", linewidth=0.8, linestyle=dashes, zorder=1)


def _fold_ends() -> tuple[float, float]:
    return 1.0 / (1.1 * _FOLD_LIMIT), 1.1 * _FOLD_LIMIT


def _fold_ticks(axes: Any, name: str) -> None:
    values = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0]
    axis = getattr(axes, f"{name}axis")
    getattr(axes, f"set_{name}ticks")(values)
    ticker = import_extra("matplotlib.ticker")
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(ticker.NullLocator())
    axes.tick_params(labelsize=TICK_SIZE)

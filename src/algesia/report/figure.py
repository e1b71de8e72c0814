"""A run drawn to a file: for each arm a linear and a logarithmic panel over the doses given."""

from io import BytesIO
from pathlib import Path
from typing import Final

from algesia.errors import DomainError, FileInputError
from algesia.formats.extra import import_extra
from algesia.formats.output_path import check_output_path, replace_file
from algesia.simulate.trajectories import Trajectories

from .figure_layout import lay_out
from .figure_metadata import figure_metadata
from .figure_row import FigureRow, figure_rows
from .ink import curve_styles, drawing
from .time_axis import time_axes

__all__ = ["FIGURE_ENDINGS", "MOST_ARMS", "write_figure"]

FIGURE_ENDINGS: Final = (".svg", ".png", ".pdf")
MOST_ARMS: Final = 6
# Twice the dots of the layout, so that a 1600 px wide image stays sharp at 800 px.
_IMAGE_DOTS_PER_INCH: Final = 200


def write_figure(
    trajectories: Trajectories,
    path: str | Path,
    *,
    outputs: tuple[str, ...] | None = None,
    force: bool = False,
) -> Path:
    """Draw a run to an SVG, PNG or PDF file; the same run gives the same bytes.

    Parameters
    ----------
    trajectories
        The run, up to six arms.
    path
        File to be written, ending in `.svg`, `.png` or `.pdf`.
    outputs
        Names of the outputs to draw; all where not given.
    force
        Whether a file that stands there already may be replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DomainError
        If there are more arms or outputs than can be read at 800 px.
    UnknownNameError
        If no arm has an output of that name.
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
    if not 1 <= len(trajectories.arms) <= MOST_ARMS:
        raise DomainError(
            f"figure of '{trajectories.title}' would hold {len(trajectories.arms)} arms; "
            f"expected 1 to {MOST_ARMS}: draw them in several figures"
        )
    rows = figure_rows(trajectories, outputs)
    picture = _picture(trajectories, rows, ending.removeprefix("."))
    with replace_file(path, force=force) as part:
        part.write_bytes(picture)
    return path


def _picture(trajectories: Trajectories, rows: tuple[FigureRow, ...], kind: str) -> bytes:
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row.unit, []).extend(output.name for output in row.outputs)
    styles = {unit: curve_styles(outputs) for unit, outputs in names.items()}
    axes = time_axes({arm.name: (arm.time_h, arm.rows) for arm in trajectories.arms})
    buffer = BytesIO()
    with drawing():
        figure = lay_out(trajectories, rows, axes=axes, styles=styles)
        metadata = figure_metadata(trajectories.title, kind)
        figure.savefig(buffer, format=kind, dpi=_IMAGE_DOTS_PER_INCH, metadata=metadata)
    return buffer.getvalue()

"""How curves, doses and letters look: colours told apart by anyone, line styles, text sizes."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from algesia.errors import DomainError
from algesia.formats.extra import import_extra

__all__ = [
    "COLOURS",
    "DOTS_PER_INCH",
    "GREY",
    "LABEL_SIZE",
    "MOST_CURVES",
    "NOTICE_SIZE",
    "TICK_SIZE",
    "TITLE_SIZE",
    "WIDTH_PX",
    "CurveStyle",
    "curve_styles",
    "drawing",
]

# A figure is laid out 800 px wide at 100 dots per inch; 7.2 points are then 10 px.
WIDTH_PX: Final = 800
DOTS_PER_INCH: Final = 100
TITLE_SIZE: Final = 10.5
LABEL_SIZE: Final = 8.2
TICK_SIZE: Final = 8.0
NOTICE_SIZE: Final = 7.5
GREY: Final = "#5a5a5a"

# Okabe and Ito's palette without its yellow, which is too pale for a line on white.
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#a0417c", "#000000", "#56b4e9", "#e69f00")
_DASHES: Final[tuple[Any, ...]] = (
    "-",
    (0, (5, 2)),
    (0, (6, 2, 1.2, 2)),
    (0, (1.2, 1.4)),
    (0, (9, 3)),
    (0, (6, 2, 1.2, 2, 1.2, 2)),
    (0, (3, 1, 3, 3)),
)
MOST_CURVES: Final = len(COLOURS)

_SETTINGS: Final[Mapping[str, Any]] = {
    # DejaVu Sans comes with matplotlib, so a figure is the same on every machine.
    # The generic name lets a browser without it fall back to another sans-serif face.
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": LABEL_SIZE,
    "svg.fonttype": "none",
    "svg.hashsalt": "algesia",
    "pdf.fonttype": 42,
    "axes.linewidth": 0.8,
    "axes.edgecolor": "#404040",
    "xtick.labelsize": TICK_SIZE,
    "ytick.labelsize": TICK_SIZE,
    "axes.unicode_minus": True,
    "text.parse_math": False,
    "text.hinting": "none",
    "figure.dpi": DOTS_PER_INCH,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveStyle:
    """Look of one output's curve, the same in every panel of a figure.

    Parameters
    ----------
    colour
        Colour as hexadecimal text.
    dashes
        Line style of matplotlib; no two curves share one.
    """

    colour: str
    dashes: Any


def curve_styles(outputs: Iterable[str]) -> dict[str, CurveStyle]:
    """Give every output its own colour and line style.

    Parameters
    ----------
    outputs
        Names of the outputs; one that stands twice counts once.

    Raises
    ------
    DomainError
        If there are more outputs than styles that can be told apart.

    Examples
    --------
    >>> curve_styles(["plasma_ketamine", "plasma_norketamine"])["plasma_ketamine"].colour
    '#0072b2'
    """
    names = list(dict.fromkeys(outputs))
    if len(names) > MOST_CURVES:
        raise DomainError(
            f"figure would hold {len(names)} outputs; expected at most {MOST_CURVES}: "
            "name the ones to draw"
        )
    return {
        name: CurveStyle(colour=colour, dashes=dashes)
        for name, colour, dashes in zip(names, COLOURS, _DASHES, strict=False)
    }


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with the project's settings, whatever the user's own are; they are put back."""
    matplotlib = import_extra("matplotlib")
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield

"""A figure laid out in pixels from its top left corner; text wraps by its true width."""

import unicodedata
from typing import Any, Final

from algesia.formats.extra import import_extra

from .ink import DOTS_PER_INCH, LABEL_SIZE, WIDTH_PX

__all__ = ["Page", "line_height_px", "printable"]

POINTS_PER_INCH: Final = 72.0
LINE_SPACING: Final = 1.32


def printable(text: str) -> str:
    r"""Text on one line, without characters that a figure cannot hold.

    Examples
    --------
    >>> printable("two\nlines\x00")
    'two lines'
    """
    spaced = " ".join(text.split())
    return "".join(
        letter for letter in spaced if not unicodedata.category(letter).startswith("C")
    )


class Page:
    """A figure 800 px wide that grows downwards; must be used inside `drawing`."""

    def __init__(self) -> None:
        figure_module = import_extra("matplotlib.figure")
        transforms = import_extra("matplotlib.transforms")
        self.figure: Any = figure_module.Figure(
            figsize=(WIDTH_PX / DOTS_PER_INCH, 1.0), dpi=DOTS_PER_INCH, facecolor="white"
        )
        # The height is known last; until then this transform waits for it.
        self._to_inches: Any = transforms.Affine2D()
        self.pixels: Any = self._to_inches + self.figure.dpi_scale_trans
        self._boxes: list[tuple[Any, tuple[float, float, float, float]]] = []

    def width_of(self, text: str, *, size: float = LABEL_SIZE, weight: str = "normal") -> float:
        """Width of a line of text, px."""
        font_manager = import_extra("matplotlib.font_manager")
        paths = import_extra("matplotlib.textpath")
        properties = font_manager.FontProperties(size=size, weight=weight)
        # The outlines are measured, so that the width is the same for any kind of file.
        width, _, _ = paths.text_to_path.get_text_width_height_descent(text, properties, False)
        return float(width) * DOTS_PER_INCH / POINTS_PER_INCH

    def wrap(
        self, text: str, width_px: float, *, size: float = LABEL_SIZE, weight: str = "normal"
    ) -> list[str]:
        """Break text into lines no wider than asked for; a word too long is broken itself."""
        lines: list[str] = []
        current = ""
        for word in printable(text).split():
            for piece in self._pieces(word, width_px, size, weight):
                longer = f"{current} {piece}".strip()
                if current and self.width_of(longer, size=size, weight=weight) > width_px:
                    lines.append(current)
                    current = piece
                else:
                    current = longer
        return [*lines, current] if current else lines

    def _pieces(self, word: str, width_px: float, size: float, weight: str) -> list[str]:
        pieces = []
        while self.width_of(word, size=size, weight=weight) > width_px and len(word) > 1:
            length = len(word) - 1
            while length > 1:
                if self.width_of(word[:length], size=size, weight=weight) <= width_px:
                    break
                length -= 1
            pieces.append(word[:length])
            word = word[length:]
        return [*pieces, word]

    def write(
        self,
        lines: list[str],
        x_px: float,
        y_px: float,
        *,
        size: float = LABEL_SIZE,
        **style: Any,
    ) -> float:
        """Write lines downwards from a top left corner; return where the next one begins."""
        step = line_height_px(size)
        for number, line in enumerate(lines):
            self.figure.text(
                x_px,
                y_px + number * step,
                line,
                transform=self.pixels,
                fontsize=size,
                va="top",
                **style,
            )
        return y_px + len(lines) * step

    def add(self, artist: Any) -> None:
        """Add a line or patch whose coordinates are pixels from the top left corner."""
        artist.set_transform(self.pixels)
        self.figure.add_artist(artist)

    def axes(self, x_px: float, y_px: float, width_px: float, height_px: float) -> Any:
        """Add axes by their top left corner and size."""
        axes = self.figure.add_axes((0.0, 0.0, 0.1, 0.1))
        self._boxes.append((axes, (x_px, y_px, width_px, height_px)))
        return axes

    def finish(self, height_px: float) -> Any:
        """Give the figure its height and return it."""
        self.figure.set_size_inches(WIDTH_PX / DOTS_PER_INCH, height_px / DOTS_PER_INCH)
        self._to_inches.clear()
        self._to_inches.scale(1.0 / DOTS_PER_INCH, -1.0 / DOTS_PER_INCH)
        self._to_inches.translate(0.0, height_px / DOTS_PER_INCH)
        for axes, (x_px, y_px, width, height) in self._boxes:
            axes.set_position(
                (
                    x_px / WIDTH_PX,
                    1.0 - (y_px + height) / height_px,
                    width / WIDTH_PX,
                    height / height_px,
                )
            )
        return self.figure


def line_height_px(size: float) -> float:
    """Height of a line of text of a size in points, px.

    Examples
    --------
    >>> line_height_px(7.5)
    13.75
    """
    return size * DOTS_PER_INCH / POINTS_PER_INCH * LINE_SPACING

"""What people see: data on stdout, everything else on stderr, nothing wrapped by surprise."""

import os
import sys
from io import StringIO
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.segment import Segment

__all__ = ["columns", "emit", "one_line", "show", "warn"]

_PIPED_WIDTH: Final = 120
_WIDEST: Final = 10_000


def show(renderable: "RenderableType") -> None:
    """Print tables and text on stdout.

    On a terminal lines fold at its width; in a pipe nothing folds, unless `COLUMNS` says at
    which width.

    Parameters
    ----------
    renderable
        Anything rich can print. Square brackets in plain text objects stay as they are.
    """
    from rich.console import Console
    from rich.segment import Segments

    terminal = sys.stdout.isatty()
    buffer = StringIO()
    console = Console(
        file=buffer,
        force_terminal=terminal,
        width=None if terminal else _width(renderable),
        highlight=False,
        markup=False,
        emoji=False,
    )
    segments = [_printable_segment(each) for each in console.render(renderable)]
    console.print(Segments(segments), end="", soft_wrap=True)
    emit(_without_trailing_spaces(buffer.getvalue()))


def columns() -> int:
    """How many columns there are to fill; in a pipe as many as it takes."""
    if sys.stdout.isatty():
        return get_terminal_size().columns
    return _said_columns() or _WIDEST


def emit(text: str) -> None:
    """Write text to stdout at once; a reader that has gone away is not an error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def warn(text: str) -> None:
    """Write one line on stderr that begins with `warning:`."""
    sys.stderr.write(f"warning: {one_line(text)}\n")


def one_line(text: str) -> str:
    r"""Text on one line without control characters, so that no file can drive the terminal.

    Examples
    --------
    >>> one_line("two\nlines \x1b[31mred")
    'two lines �[31mred'
    """
    return " ".join(_printable(text).split())


def _printable(text: str) -> str:
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "�" for letter in text
    )


def _printable_segment(segment: "Segment") -> "Segment":
    if segment.control or segment.text.isprintable():
        return segment
    return type(segment)(_printable(segment.text), segment.style)


def _width(renderable: "RenderableType") -> int:
    """Width in a pipe: what `COLUMNS` says, else wide enough that nothing folds."""
    from rich.console import Console

    if said := _said_columns():
        return said
    natural = Console(file=StringIO(), width=_WIDEST).measure(renderable).maximum
    return max(_PIPED_WIDTH, natural)


def _said_columns() -> int:
    """What `COLUMNS` says, 0 where it says nothing."""
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isdecimal() else 0


def _without_trailing_spaces(text: str) -> str:
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))

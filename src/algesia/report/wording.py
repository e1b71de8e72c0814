"""Numbers and lines of text as tables show them."""

import math
from typing import Final

from rich.padding import Padding
from rich.text import Text

from algesia.provenance import NOTICE

__all__ = [
    "UNKNOWN",
    "failure_line",
    "indented",
    "notice_line",
    "number_text",
    "plain",
    "range_text",
    "value_text",
]

_DIGITS: Final = 4
_LARGEST_PLAIN: Final = 1e6
_SMALLEST_PLAIN: Final = 1e-4
UNKNOWN: Final = "–"


def number_text(value: float | None) -> str:
    """Show a number with four digits; one that does not exist is a dash.

    Examples
    --------
    >>> number_text(12345.6), number_text(0.1), number_text(1.23456e-7), number_text(None)
    ('12346', '0.1', '1.235e-07', '–')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if size == 0.0:
        return "0"
    if not _SMALLEST_PLAIN <= size < _LARGEST_PLAIN:
        return f"{value:.{_DIGITS - 1}e}"
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(size)))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def range_text(low: float, high: float) -> str:
    """Show a range, or a dash where it does not exist.

    Examples
    --------
    >>> range_text(1.0, 2.5)
    '1 to 2.5'
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNKNOWN
    return f"{number_text(low)} to {number_text(high)}"


def value_text(value: float | None, unit: str) -> str:
    """Show a value as printed in its source, with its unit.

    Examples
    --------
    >>> value_text(11.6, "L"), value_text(0.3, "1"), value_text(None, "L")
    ('11.6 L', '0.3', 'unknown')
    """
    if value is None:
        return "unknown"
    number = repr(float(value)).removesuffix(".0")
    return number if unit == "1" else f"{number} {unit}"


def failure_line(failed: int, count: int) -> str:
    """Say how many subjects a summary leaves out.

    Examples
    --------
    >>> failure_line(2, 60)
    'failed: 2 of 60 subjects, not in these numbers'
    """
    return f"failed: {failed} of {count} subjects, not in these numbers"


def plain(text: str, style: str = "") -> Text:
    """Text exactly as given: square brackets in it are not markup."""
    return Text(" ".join(text.split()), style=style)


def indented(text: str, columns: int) -> Padding:
    """Text exactly as given, every line of it moved to the right."""
    return Padding(plain(text), (0, 0, 0, columns), expand=False)


def notice_line() -> Text:
    """Give the line that stands under every table."""
    return Text(NOTICE, style="dim")

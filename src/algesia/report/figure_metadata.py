"""Metadata of every figure file: the notice, and no date."""

from typing import Any

from algesia.provenance import NOTICE

from .page import printable

__all__ = ["figure_metadata"]


def figure_metadata(title: str, kind: str) -> dict[str, Any]:
    """Metadata of a figure; without a date, so that one answer gives one file.

    Parameters
    ----------
    title
        What the figure shows.
    kind
        `svg`, `png` or `pdf`.

    Examples
    --------
    >>> figure_metadata("one film", "png")["Description"]
    'research and education, not dosing advice'
    """
    title = printable(title)
    if kind == "svg":
        return {
            "Title": title,
            "Description": NOTICE,
            "Rights": NOTICE,
            "Creator": "Algesia",
            "Date": None,
        }
    if kind == "png":
        return {"Title": title, "Description": NOTICE, "Software": "Algesia"}
    return {
        "Title": title,
        "Subject": NOTICE,
        "Keywords": NOTICE,
        "Creator": "Algesia",
        "Producer": "Algesia",
        "CreationDate": None,
    }

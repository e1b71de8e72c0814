"""`Difference`: one thing that two scenarios or two results do not share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from algesia.simulate import content_hash

if TYPE_CHECKING:
    from algesia.provenance import Reported

__all__ = ["Difference", "covariate_differences", "unequal", "value_differences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not the same.

    Parameters
    ----------
    where
        Arm it belongs to; empty for the whole.
    what
        What differs.
    first, second
        How it is in the one and in the other.
    relative
        Largest difference of an output's curves, as a share of the larger peak of the same
        subject; None for everything else.
    """

    where: str
    what: str
    first: str
    second: str
    relative: float | None = None


def unequal(where: str, what: str, first: str, second: str) -> list[Difference]:
    """Give one difference, or none where both texts are the same."""
    if first == second:
        return []
    return [Difference(where=where, what=what, first=first, second=second)]


def value_differences(
    where: str, first: tuple["Reported", ...], second: tuple["Reported", ...]
) -> list[Difference]:
    """Compare reported values by name."""
    ours, theirs = ({each.name: each for each in values} for values in (first, second))
    found = []
    for name in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(name), theirs.get(name)
        if one != other:
            texts = (str(one) if one else "absent", str(other) if other else "absent")
            found.append(
                Difference(where=where, what=f"value {name}", first=texts[0], second=texts[1])
            )
    return found


def covariate_differences(
    where: str, first: Mapping[str, Any], second: Mapping[str, Any]
) -> list[Difference]:
    """Compare covariate columns by name."""
    found = []
    for name in dict.fromkeys((*first, *second)):
        columns = (first.get(name), second.get(name))
        if content_hash(columns[0]) != content_hash(columns[1]):
            texts = [_column_text(column) for column in columns]
            found.append(
                Difference(
                    where=where, what=f"covariate {name}", first=texts[0], second=texts[1]
                )
            )
    return found


def _column_text(column: Any) -> str:
    if column is None:
        return "absent"
    if column.dtype.kind == "f" and column.size:
        return f"{column.size} values, median {float(np.median(column)):.4g}"
    return f"{column.size} values [{content_hash(column)[:8]}]"

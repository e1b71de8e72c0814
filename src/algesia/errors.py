"""What a caller may catch: every mistake of the caller is an `InputError`.

A message names the object, the value as given and what would be accepted, on one line.
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "AlgesiaError",
    "ConvergenceError",
    "DataError",
    "DomainError",
    "ExpressionError",
    "FileInputError",
    "InputError",
    "MassBalanceError",
    "MissingExtraError",
    "ModelError",
    "RegimenError",
    "RouteError",
    "UnitError",
    "UnknownNameError",
    "nearest_names",
    "unknown_name",
]


class AlgesiaError(Exception):
    """Anything Algesia raises on purpose."""


class InputError(AlgesiaError):
    """A mistake in what was given; the message says what would be accepted."""


class UnitError(InputError):
    """A unit is unknown, missing, or of another dimension than asked for."""


class DomainError(InputError):
    """A number lies outside the range it may take."""


class UnknownNameError(InputError):
    """A name that does not exist; the message lists close ones."""


class ExpressionError(InputError):
    """A formula that the expression grammar does not accept."""


class ModelError(InputError):
    """A model whose parts do not fit together."""


class RegimenError(InputError):
    """A dosing plan that cannot be read or given."""


class RouteError(RegimenError):
    """A route of administration the model does not have."""


class DataError(InputError):
    """A table with a row or column that cannot be used; the message numbers the row."""


class FileInputError(InputError):
    """A file that cannot be read or may not be written."""


class ConvergenceError(AlgesiaError):
    """A numerical failure that leaves no result at all."""


class MassBalanceError(AlgesiaError):
    """Doses that would not be delivered as they were given: a defect, not a mistake."""


class MissingExtraError(AlgesiaError):
    """A feature whose optional package is absent; the message is the line that installs it."""


def nearest_names(name: str, names: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Names closest to the one given, best first.

    Examples
    --------
    >>> nearest_names("clerance", ["volume", "clearance"])
    ('clearance',)
    """
    by_lower = {candidate.lower(): candidate for candidate in names}
    close = get_close_matches(name.lower(), by_lower, n=limit, cutoff=0.5)
    return tuple(by_lower[key] for key in close)


def unknown_name(kind: str, name: str, names: Iterable[str]) -> UnknownNameError:
    """Build the error for a name that does not exist, with the nearest ones that do.

    Examples
    --------
    >>> str(unknown_name("output", "plasme", ["plasma", "urine"]))
    "no output 'plasme'; close names: plasma"
    """
    known = list(names)
    close = nearest_names(name, known)
    if close:
        hint = f"close names: {', '.join(close)}"
    elif known:
        hint = f"known: {', '.join(known[:12])}{', …' if len(known) > 12 else ''}"
    else:
        hint = "there are none"
    return UnknownNameError(f"no {kind} '{name}'; {hint}")

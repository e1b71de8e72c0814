"""Truth with two more values: not known, and about something that the plan does not have."""

from collections.abc import Iterable
from enum import Enum

__all__ = ["Truth", "all_of", "any_of", "negated"]


class Truth(Enum):
    """What can be said about a condition.

    Attributes
    ----------
    YES
        It holds.
    NO
        It does not hold.
    UNKNOWN
        A fact it asks for is not known; this is not "no".
    ABSENT
        It is about something that does not exist here, such as the rate of a tablet.
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    ABSENT = "absent"


def all_of(parts: Iterable[Truth]) -> Truth:
    """Whether all parts hold.

    Examples
    --------
    >>> all_of([Truth.YES, Truth.UNKNOWN]), all_of([Truth.NO, Truth.UNKNOWN])
    (<Truth.UNKNOWN: 'unknown'>, <Truth.NO: 'no'>)
    """
    return _first(parts, (Truth.ABSENT, Truth.NO, Truth.UNKNOWN, Truth.YES))


def any_of(parts: Iterable[Truth]) -> Truth:
    """Whether any part holds.

    Examples
    --------
    >>> any_of([Truth.NO, Truth.UNKNOWN]), any_of([Truth.YES, Truth.UNKNOWN])
    (<Truth.UNKNOWN: 'unknown'>, <Truth.YES: 'yes'>)
    """
    return _first(parts, (Truth.YES, Truth.UNKNOWN, Truth.NO, Truth.ABSENT))


def negated(part: Truth) -> Truth:
    """Whether a part does not hold; what is not known stays so.

    Examples
    --------
    >>> negated(Truth.YES), negated(Truth.UNKNOWN)
    (<Truth.NO: 'no'>, <Truth.UNKNOWN: 'unknown'>)
    """
    return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(part, part)


def _first(parts: Iterable[Truth], order: tuple[Truth, ...]) -> Truth:
    """Give the first of the order that is among the parts."""
    found = set(parts)
    return next(each for each in order if each in found)

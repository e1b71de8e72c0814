"""Routes of administration and what clinicians call them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from algesia.errors import RouteError, nearest_names

__all__ = ["INFUSIBLE_ROUTES", "ROUTES", "route_name"]

ROUTES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "intravenous": ("IV", "i.v.", "intravenously"),
        "intramuscular": ("IM", "i.m.", "intramuscularly"),
        "subcutaneous": ("SC", "s.c.", "subcut", "subcutaneously"),
        "oral": ("PO", "p.o.", "orally", "by mouth"),
        "nasal": ("IN", "i.n.", "intranasal", "intranasally", "nasally"),
        "sublingual": ("SL", "s.l.", "sublingually"),
        "buccal": ("buccally",),
        "film": ("sublingual film", "oral thin film"),
        "rectal": ("PR", "p.r.", "rectally"),
        "inhaled": ("inhalation", "nebulised"),
        "epidural": ("epidurally",),
        "intrathecal": ("intrathecally", "spinal", "spinally"),
        "oral rinse": ("mouthwash", "mouth rinse", "rinse and spit", "swish and spit"),
        "topical": ("topically", "cutaneous"),
        "transdermal": ("transdermally",),
    }
)
"""Name of each route, with the other spellings that are understood."""

INFUSIBLE_ROUTES: Final = frozenset(
    {"intravenous", "intramuscular", "subcutaneous", "epidural", "intrathecal", "transdermal"}
)
"""Routes by which a drug can run in at a rate, such as mg/h."""

# "in" is also an English word, so only the capitals mean the nose.
CAPITALS_ONLY: Final = frozenset({"IN"})

BY_SPELLING: Final[Mapping[str, str]] = MappingProxyType(
    {
        (spelling if spelling in CAPITALS_ONLY else spelling.lower()): name
        for name, spellings in ROUTES.items()
        for spelling in (name, *spellings)
    }
)


def route_name(text: str) -> str:
    """Give the one name of a route.

    Parameters
    ----------
    text
        A name or an abbreviation, such as `oral`, `PO` or `i.v.`.

    Returns
    -------
    str
        A key of `ROUTES`.

    Raises
    ------
    RouteError
        If no route is called so. The message lists close ones.

    Examples
    --------
    >>> route_name("i.v.")
    'intravenous'
    """
    spelling = " ".join(text.split())
    found = BY_SPELLING.get(spelling) or BY_SPELLING.get(spelling.lower())
    if found is None:
        close = nearest_names(spelling, (*ROUTES, *BY_SPELLING))
        named = dict.fromkeys(BY_SPELLING.get(name, name) for name in close)
        hint = f"close names: {', '.join(named)}" if named else f"known: {', '.join(ROUTES)}"
        raise RouteError(f"no route '{text}'; {hint}")
    return found

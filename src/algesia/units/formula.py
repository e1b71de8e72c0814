"""Molar mass of a chemical formula."""

import re
from functools import cache
from types import MappingProxyType

from algesia.errors import DomainError, unknown_name

__all__ = ["ATOMIC_WEIGHTS", "molar_mass_g_per_mol"]

# Source: Prohaska 2022, doi:10.1515/pac-2019-0603, abridged standard atomic weights (reported).
ATOMIC_WEIGHTS = MappingProxyType(
    {
        "H": 1.0080,
        "C": 12.011,
        "N": 14.007,
        "O": 15.999,
        "F": 18.998,
        "Na": 22.990,
        "Mg": 24.305,
        "P": 30.974,
        "S": 32.06,
        "Cl": 35.45,
        "Br": 79.904,
    }
)
_ELEMENT = re.compile(r"([A-Z][a-z]?)(\d*)")
_FORMULA = re.compile(r"(?:[A-Z][a-z]?(?:[1-9]\d{0,3})?)+")


@cache
def molar_mass_g_per_mol(formula: str) -> float:
    """Molar mass of a formula without brackets or charges.

    Parameters
    ----------
    formula
        Element symbols with counts, such as 'C13H16ClNO'.

    Returns
    -------
    float
        Molar mass, g/mol, from standard atomic weights.

    Raises
    ------
    DomainError
        If the text is not a formula.
    UnknownNameError
        If an element has no atomic weight here.

    Notes
    -----
    Source: Prohaska 2022, doi:10.1515/pac-2019-0603, abridged weights (reported).

    Examples
    --------
    >>> round(molar_mass_g_per_mol("H2O"), 3)
    18.015
    """
    if not _FORMULA.fullmatch(formula):
        raise DomainError(f"formula is '{formula}'; expected element symbols, as 'C13H16ClNO'")
    total = 0.0
    for element, count in _ELEMENT.findall(formula):
        if element not in ATOMIC_WEIGHTS:
            raise unknown_name("atomic weight for element", element, ATOMIC_WEIGHTS)
        total += ATOMIC_WEIGHTS[element] * int(count or 1)
    return total

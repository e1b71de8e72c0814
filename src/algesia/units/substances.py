"""Substances: which molecule, which mirror image, which salt, and what a mole of it weighs."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from algesia.errors import DomainError, UnitError, unknown_name

from .formula import molar_mass_g_per_mol
from .unknown_drugs import refuse_unknown_drug

__all__ = [
    "BASE",
    "Salt",
    "Stereochemistry",
    "Substance",
    "require_same_moiety",
    "substance",
    "substance_names",
]

Stereochemistry: TypeAlias = Literal["racemate", "S", "R", "single", "achiral", "unspecified"]

_DESCRIPTION = MappingProxyType(
    {
        "racemate": "racemate",
        "S": "S enantiomer",
        "R": "R enantiomer",
        "single": "single stereoisomer",
        "achiral": "achiral",
        "unspecified": "stereochemistry unspecified",
    }
)
BASE = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Salt:
    """A salt form: so many molecules of base and what is added to them.

    Parameters
    ----------
    name
        Name of the form, such as 'hydrochloride'.
    bases
        Molecules of base per formula unit, at least 1.
    adds
        Formula of the acid and water added, such as 'HCl'.
    """

    name: str
    bases: int
    adds: str

    def __post_init__(self) -> None:
        if self.bases < 1:
            raise DomainError(f"salt {self.name} has {self.bases} bases; expected at least 1")
        molar_mass_g_per_mol(self.adds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """A drug or metabolite as it is weighed and measured.

    Parameters
    ----------
    name
        Name used everywhere in the project, such as 'esketamine'.
    molecule
        Name shared by a racemate and its enantiomers, such as 'ketamine'.
    stereochemistry
        'racemate', 'S', 'R', 'single' (one stereoisomer, fixed by the name), 'achiral' or
        'unspecified'.
    formula
        Formula of the free base, such as 'C13H16ClNO'.
    aliases
        Other names that `substance` accepts.
    salts
        Salt forms in which the substance is given.

    Notes
    -----
    An amount (nmol) always counts molecules of base, whatever the form that carries them.
    """

    name: str
    molecule: str
    stereochemistry: Stereochemistry
    formula: str
    aliases: tuple[str, ...] = ()
    salts: tuple[Salt, ...] = ()

    def __post_init__(self) -> None:
        if self.stereochemistry not in _DESCRIPTION:
            raise unknown_name("stereochemistry", self.stereochemistry, _DESCRIPTION)
        molar_mass_g_per_mol(self.formula)

    def __str__(self) -> str:
        return f"{self.name} ({_DESCRIPTION[self.stereochemistry]})"

    @property
    def forms(self) -> tuple[str, ...]:
        """Names of the forms it can be weighed in, 'base' first."""
        return (BASE, *(salt.name for salt in self.salts))

    def molar_mass(self, form: str = BASE) -> float:
        """Molar mass of a form, g/mol; for a salt, that of its whole formula unit.

        Examples
        --------
        >>> round(substance("ketamine").molar_mass(), 2)
        237.73
        >>> round(substance("ketamine").molar_mass("hydrochloride"), 2)
        274.19
        """
        base = molar_mass_g_per_mol(self.formula)
        if form == BASE:
            return base
        salt = self._salt(form)
        return salt.bases * base + molar_mass_g_per_mol(salt.adds)

    def salt_factor(self, form: str) -> float:
        """Mass of base in a unit mass of a form, above 0 and at most 1.

        Examples
        --------
        >>> round(substance("ketamine").salt_factor("hydrochloride"), 3)
        0.867
        """
        if form == BASE:
            return 1.0
        return self._salt(form).bases * self.molar_mass() / self.molar_mass(form)

    def _salt(self, form: str) -> Salt:
        for salt in self.salts:
            if salt.name == form:
                return salt
        raise unknown_name(f"form of {self.name}", form, self.forms)


def substance(name: str) -> Substance:
    """Substance by its name or one of its other names.

    Case, spaces, hyphens and brackets do not matter; the signs (+), (-) and (±) do.

    Raises
    ------
    UnknownNameError
        If no substance has this name. The message lists close ones.

    Examples
    --------
    >>> substance("S-ketamine").name, substance("racemic ketamine").name
    ('esketamine', 'ketamine')
    """
    found = _by_key().get(_key(name))
    if found is None:
        refuse_unknown_drug(name)
        raise unknown_name("substance", name, _every_spelling())
    return found


def substance_names() -> tuple[str, ...]:
    """Names of all known substances, without aliases."""
    return tuple(known.name for known in _substances())


def require_same_moiety(
    given: Substance, expected: Substance, *, what: str, where: str = "the input"
) -> None:
    """Refuse a racemate for an enantiomer, an enantiomer for its mirror image, or another drug.

    Parameters
    ----------
    given
        The substance at hand.
    expected
        The substance that is taken.
    what
        What is at hand, to open the message, such as 'dose'.
    where
        What takes it.

    Raises
    ------
    UnitError
        If the two are not the same moiety. The message names both.

    Examples
    --------
    >>> require_same_moiety(substance("S-ketamine"), substance("esketamine"), what="dose")
    """
    same_molecule = given.molecule == expected.molecule
    if same_molecule and given.stereochemistry == expected.stereochemistry:
        return
    if not same_molecule:
        remedy = "these are different molecules"
    elif {given.stereochemistry, expected.stereochemistry} == {"R", "S"}:
        remedy = "these are mirror images, not the same substance"
    else:
        remedy = "say which enantiomer is followed"
    raise UnitError(f"{what} is {given} but {where} takes {expected}; {remedy}")


def _key(name: str) -> str:
    """Name without case, spaces, hyphens and brackets, but with its optical sign."""
    text = unicodedata.normalize("NFKC", str(name)).strip().lower()
    text = text.replace("−", "-").replace("±", "plusminus").replace("+/-", "plusminus")
    text = re.sub(r"\(-\)|^-", "minus", text).replace("+", "plus")
    return re.sub(r"[^a-z0-9]", "", text)


@cache
def _substances() -> tuple[Substance, ...]:
    # Imported here, since a reader of numbers alone never needs the table.
    import yaml

    text = files("algesia.units").joinpath("substances.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    salts = {name: Salt(name=name, **block) for name, block in table["salts"].items()}
    return tuple(
        Substance(
            name=name,
            molecule=block["molecule"],
            stereochemistry=block["stereochemistry"],
            formula=block["formula"],
            aliases=tuple(block["aliases"]),
            salts=tuple(salts[salt] for salt in block["salts"]),
        )
        for name, block in table["substances"].items()
    )


@cache
def _by_key() -> dict[str, Substance]:
    """Every spelling to its substance; two substances may not share one."""
    table: dict[str, Substance] = {}
    for known in _substances():
        for spelling in (known.name, *known.aliases):
            if table.setdefault(_key(spelling), known) is not known:
                raise DomainError(
                    f"name '{spelling}' stands for {known.name} and another substance; "
                    "expected one substance per name"
                )
    return table


def _every_spelling() -> tuple[str, ...]:
    return tuple(
        spelling for known in _substances() for spelling in (known.name, *known.aliases)
    )

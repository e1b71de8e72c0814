"""Conversion of what is weighed into what is counted, and of salt into base."""

from typing import overload

from algesia.arrays import FloatArray
from algesia.errors import UnitError

from .conversion import dimension, from_canonical, to_canonical
from .dimensions import Dimension
from .substances import BASE, Substance

__all__ = ["convert_amount"]

_NMOL_PER_MG_AT_1_G_PER_MOL = 1e6


@overload
def convert_amount(
    value: float,
    *,
    from_unit: str,
    to_unit: str,
    substance: Substance | None,
    from_form: str = ...,
    to_form: str = ...,
) -> float: ...


@overload
def convert_amount(
    value: FloatArray,
    *,
    from_unit: str,
    to_unit: str,
    substance: Substance | None,
    from_form: str = ...,
    to_form: str = ...,
) -> FloatArray: ...


def convert_amount(
    value: float | FloatArray,
    *,
    from_unit: str,
    to_unit: str,
    substance: Substance | None,
    from_form: str = BASE,
    to_form: str = BASE,
) -> float | FloatArray:
    """Value in another unit, joining mass with amount and salt with base.

    Parameters
    ----------
    value
        Number or array in `from_unit`; NaN passes through.
    from_unit, to_unit
        Unit texts that differ at most by mass standing where amount stands: mg and nmol, ng/mL
        and nmol/L, mg/kg and nmol/kg.
    substance
        What is weighed. None is enough where neither mass-to-amount nor salt-to-base is asked.
    from_form, to_form
        'base' or a salt of the substance. A mass is a mass of that form; an amount counts
        molecules of base.

    Returns
    -------
    float or FloatArray
        The value in `to_unit`.

    Raises
    ------
    UnitError
        If the units cannot be joined, or a Substance is needed and absent.

    Examples
    --------
    >>> from algesia.units import substance
    >>> ketamine = substance("ketamine")
    >>> round(convert_amount(100.0, from_unit="ng/mL", to_unit="nmol/L", substance=ketamine), 2)
    420.65
    >>> round(convert_amount(50.0, from_unit="mg", to_unit="mg", substance=ketamine,
    ...     from_form="hydrochloride"), 2)
    43.35
    """
    factor = _amount_factor(from_unit, to_unit, substance, from_form, to_form)
    return from_canonical(to_canonical(value, from_unit) * factor, to_unit)


def _amount_factor(
    from_unit: str, to_unit: str, given: Substance | None, from_form: str, to_form: str
) -> float:
    """Factor between canonical values; 1 where the units and forms already agree."""
    before, after = dimension(from_unit), dimension(to_unit)
    mass_before, mass_after = before.exponent("mass"), after.exponent("mass")
    bridged = mass_before - mass_after
    if before / after != Dimension.of(mass=bridged, amount=-bridged):
        raise UnitError(
            f"cannot convert {from_unit} ({before}) to {to_unit} ({after}); "
            "a Substance joins mass with amount only"
        )
    if given is None:
        _require_no_substance(from_unit, to_unit, from_form, to_form, bridged=bool(bridged))
        return 1.0
    # Mass of the given form to mass of base, that to amount if asked, else to the form asked.
    nmol_per_mg = _NMOL_PER_MG_AT_1_G_PER_MOL / given.molar_mass()
    return float(
        given.salt_factor(from_form) ** float(mass_before)
        * nmol_per_mg ** float(bridged)
        / given.salt_factor(to_form) ** float(mass_after)
    )


def _require_no_substance(
    from_unit: str, to_unit: str, from_form: str, to_form: str, *, bridged: bool
) -> None:
    if bridged:
        raise UnitError(
            f"cannot convert {from_unit} to {to_unit} without a Substance; "
            "give one to convert mass to amount"
        )
    if from_form != to_form:
        raise UnitError(
            f"cannot convert {from_unit} of {from_form} to {to_unit} of {to_form} "
            "without a Substance"
        )

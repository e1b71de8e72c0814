"""Ideal body weight, for doses that are given per kilogram of it."""

from typing import Final

import numpy as np

from algesia.arrays import BoolArray, FloatArray
from algesia.errors import DomainError

__all__ = ["ideal_weight_kg"]

CENTIMETRES_PER_INCH: Final = 2.54
INCHES_AT_INTERCEPT: Final = 60.0
MEN_AT_INTERCEPT_KG: Final = 50.0
WOMEN_AT_INTERCEPT_KG: Final = 45.5
KG_PER_INCH: Final = 2.3
HEIGHT_FROM_CM: Final = 130.0
HEIGHT_TO_CM: Final = 220.0


def ideal_weight_kg(*, height_cm: FloatArray, female: BoolArray) -> FloatArray:
    """Ideal body weight by the rule of Devine.

    Parameters
    ----------
    height_cm
        Height, (S,), cm, from 130 to 220.
    female
        Whether the subject is a woman, (S,).

    Returns
    -------
    FloatArray
        Ideal body weight, (S,), kg; not lean body weight and not adjusted body weight.

    Raises
    ------
    DomainError
        If a height lies outside the range. The message numbers the first such subject.

    Notes
    -----
    Source: Devine 1974, Gentamicin therapy, Drug Intelligence and Clinical Pharmacy 8, 650-655
    (reported): 50 kg for men and 45.5 kg for women, and 2.3 kg for each inch over 5 feet. The
    rule was stated for adults of at least 5 feet; the same line is used below that (assumed).

    Examples
    --------
    >>> ideal_weight_kg(height_cm=np.array([152.4, 177.8]), female=np.array([True, False]))
    array([45.5, 73. ])
    """
    height = np.asarray(height_cm, dtype=np.float64)
    outside = ~((height >= HEIGHT_FROM_CM) & (height <= HEIGHT_TO_CM))
    if outside.any():
        first = int(np.argmax(outside))
        raise DomainError(
            f"height of subject {first} is {height.flat[first]:g} cm;"
            f" expected {HEIGHT_FROM_CM:g} to {HEIGHT_TO_CM:g} cm"
        )
    intercept_kg = np.where(female, WOMEN_AT_INTERCEPT_KG, MEN_AT_INTERCEPT_KG)
    inches_over = height / CENTIMETRES_PER_INCH - INCHES_AT_INTERCEPT
    return np.asarray(intercept_kg + KG_PER_INCH * inches_over, dtype=np.float64)

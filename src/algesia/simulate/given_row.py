"""A dose of a plan as each subject of an arm is given it."""

import numpy as np

from algesia.arrays import FloatArray
from algesia.population import Cohort
from algesia.regimen import DoseRow, ideal_weight_kg

from .dosing import GivenDose, input_of, moiety_share
from .scenario import Arm

__all__ = ["dose_weights", "given_row"]


def given_row(
    arm: Arm,
    row: DoseRow,
    number: int,
    weights: tuple[FloatArray, FloatArray | None],
) -> tuple[GivenDose, str]:
    """Dose of a row for every subject, and the substance the model follows.

    Parameters
    ----------
    arm
        The arm.
    row
        The dose, drug and route filled in.
    number
        Which dose of the plan, from 1.
    weights
        See `dose_weights`.
    """
    into = input_of(arm.model, row)
    follow = arm.follow if into.member is None else None
    share, moiety = moiety_share(arm.model, into, str(row.drug), follow=follow)
    ones = np.ones(arm.cohort.size)
    dose = GivenDose(
        input=into,
        amount_mg=share * row.base_milligrams(*weights),
        time_h=row.time_h * ones,
        duration_h=row.duration_h * ones,
        number=number,
    )
    return dose, moiety


def dose_weights(
    cohort: Cohort, rows: tuple[DoseRow, ...]
) -> tuple[FloatArray, FloatArray | None]:
    """Actual weights, and ideal ones where a dose asks for them; (S,), kg."""
    per_kg = [row for row in rows if row.unit != "mg"]
    if not per_kg:
        return np.ones(cohort.size), None
    weight_kg = np.asarray(cohort.column("weight"), dtype=np.float64)
    if all(row.weight_basis != "ideal" for row in per_kg):
        return weight_kg, None
    ideal = ideal_weight_kg(
        height_cm=np.asarray(cohort.column("height"), dtype=np.float64),
        female=np.asarray(cohort.column("female"), dtype=np.bool_),
    )
    return weight_kg, ideal

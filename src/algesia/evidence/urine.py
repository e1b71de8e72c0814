"""What of a dose appears in urine."""

import numpy as np

from algesia.arrays import FloatArray
from algesia.simulate import ArmTrajectories, OutputInfo, area_under_curve
from algesia.units import conversion_factor, convert_amount, substance

from .measure import Measured, weights_kg
from .measured_curve import URINE

__all__ = ["urinary_recovery"]


def urinary_recovery(arm: ArmTrajectories, given: tuple[str, ...]) -> Measured | str:
    """Moles in urine at the end over moles given: drug, metabolites and conjugates together.

    Parameters
    ----------
    arm
        The answer of a run.
    given
        Drugs that count as doses.

    Returns
    -------
    Measured or str
        A share per subject, or why there is none.
    """
    counted = [output for output in arm.outputs if output.site == URINE]
    if not counted:
        return "no output counts what appears in urine"
    amount = np.sum([_amount_nmol(arm, output) for output in counted], axis=0)
    return Measured(values=amount / _dose_nmol(arm, given), unit="1")


def _amount_nmol(arm: ArmTrajectories, output: OutputInfo) -> FloatArray:
    """Area of a rate, (S,), nmol."""
    rate = arm.values[:, :, arm.output_index(output.name)]
    area = area_under_curve(arm.time_h, rate)
    if output.substance is None:
        return area * conversion_factor(output.unit, "nmol/h")
    moles: FloatArray = convert_amount(
        area, from_unit=output.unit, to_unit="nmol/h", substance=substance(output.substance)
    )
    return moles


def _dose_nmol(arm: ArmTrajectories, given: tuple[str, ...]) -> FloatArray:
    """All doses of some drugs together, (S,), nmol."""
    moles = [
        convert_amount(
            row.base_milligrams(weights_kg(arm)),
            from_unit="mg",
            to_unit="nmol",
            substance=substance(row.drug),
        )
        for row in arm.rows
        if row.drug in given
    ]
    total: FloatArray = np.sum(moles, axis=0)
    return total

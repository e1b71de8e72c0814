"""One dose at one time, in milligrams: what a plan expands to."""

from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import DomainError, RegimenError
from algesia.units import substance

from .dose import WeightBasis
from .dose_unit import RowUnit

__all__ = ["DoseRow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRow:
    """One dose of an expanded plan.

    Parameters
    ----------
    time_h
        Start of the dose, h since the start of the plan, from 0.
    amount
        Whole amount of the dose, in `unit`, of the stated `form`, before any cap.
    unit
        `mg`, or `mg/kg_body` where it is multiplied by body weight.
    duration_h
        Length of the infusion, h; 0 is instantaneous.
    route
        A key of `ROUTES`, or None where it is left to the model.
    drug
        Name of a substance, or None where it is left to the model.
    form
        `base` or a salt.
    weight_basis
        The weight that multiplies an amount per kg.
    weight_cap_kg
        Weight above which the dose no longer grows, kg, or None.
    cap_mg
        Largest amount of this dose, mg of `form`, or None.
    formulation
        One of `FORMULATIONS`, or None.
    """

    time_h: float
    amount: float
    unit: RowUnit
    duration_h: float
    route: str | None
    drug: str | None
    form: str
    weight_basis: WeightBasis
    weight_cap_kg: float | None
    cap_mg: float | None
    formulation: str | None

    def resolved(self, *, drug: str | None = None, route: str | None = None) -> "DoseRow":
        """Fill in the drug and the route where the plan left them open."""
        return replace(self, drug=self.drug or drug, route=self.route or route)

    def base_milligrams(
        self, weight_kg: FloatArray, ideal_weight_kg: FloatArray | None = None
    ) -> FloatArray:
        """Amount of the free base that each subject gets.

        Parameters
        ----------
        weight_kg
            Actual body weight, (S,), kg, above 0.
        ideal_weight_kg
            Ideal body weight, (S,), kg, above 0; needed where the basis is `ideal`.

        Returns
        -------
        FloatArray
            Amount, (S,), mg of base, after the caps.

        Raises
        ------
        RegimenError
            If an ideal weight is needed and not given, or a salt stands without its drug.
        DomainError
            If a weight is not a number above 0.
        """
        stated = np.full_like(np.asarray(weight_kg, dtype=np.float64), self.amount)
        if self.unit == "mg/kg_body":
            stated = stated * self._weight(weight_kg, ideal_weight_kg)
        if self.cap_mg is not None:
            stated = np.minimum(stated, self.cap_mg)
        return stated * self._salt_factor()

    def _weight(self, weight_kg: FloatArray, ideal_weight_kg: FloatArray | None) -> FloatArray:
        """Weight, (S,), kg, that multiplies the amount."""
        if self.weight_basis == "ideal":
            if ideal_weight_kg is None:
                raise RegimenError(
                    f"dose at {self.time_h:g} h is per kg of ideal weight, which is not given;"
                    " expected heights and sexes, or ideal weights"
                )
            return _positive_weight(ideal_weight_kg)
        weight = _positive_weight(weight_kg)
        return weight if self.weight_cap_kg is None else np.minimum(weight, self.weight_cap_kg)

    def _salt_factor(self) -> float:
        """Mass of base per mass of the stated form."""
        if self.form == "base":
            return 1.0
        if self.drug is None:
            raise RegimenError(
                f"dose at {self.time_h:g} h is in mg of {self.form} of an unnamed drug;"
                " expected the drug's name"
            )
        return float(substance(self.drug).salt_factor(self.form))


def _positive_weight(weight_kg: FloatArray) -> FloatArray:
    """Give the weights, or refuse the first that is not a finite number above 0."""
    weight = np.asarray(weight_kg, dtype=np.float64)
    wrong = ~(np.isfinite(weight) & (weight > 0.0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DomainError(
            f"weight of subject {first} is {weight.flat[first]:g} kg; expected a value above 0"
        )
    return weight

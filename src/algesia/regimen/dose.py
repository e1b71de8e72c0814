"""One dose: how much of what, by which route, over how long."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from algesia.errors import RegimenError, nearest_names
from algesia.units import refuse_unknown_drug, substance

from .dose_unit import RowUnit, dose_unit
from .route import INFUSIBLE_ROUTES, ROUTES, route_name
from .time_text import number_text

__all__ = ["FORMULATIONS", "FORMULATION_SYNONYMS", "Dose", "WeightBasis"]

WeightBasis = Literal["actual", "ideal", "capped"]

FORMULATIONS: Final = (
    "solution", "syrup", "tablet", "capsule", "lozenge", "wafer", "spray", "suppository",
    "cream", "gel", "ointment", "patch", "slow-release tablet", "compounded spray",
)  # fmt: skip

FORMULATION_SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{
            f"{word}{dash}release tablet": "slow-release tablet"
            for word in ("prolonged", "extended", "sustained", "slow")
            for dash in "- "
            if (word, dash) != ("slow", "-")
        },
        "off-device spray": "compounded spray",
    }
)
"""Other names of formulations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One dose as it would be written on a chart.

    Parameters
    ----------
    amount
        Size of the dose in `unit`, or its rate where the unit is per time; finite, above 0.
    unit
        Mass, optionally per kg or 70 kg of body weight and per time, such as `mg/h/70 kg`.
    drug
        Name of a substance, stored as its one name; None leaves it to the model.
    route
        Name or abbreviation of a route, stored as its one name; None leaves it to the model.
    form
        `base`, or the salt whose mass `amount` is, such as `hydrochloride`.
    duration_h
        Length of the infusion, h, finite, from 0; 0 is instantaneous.
    weight_basis
        The body weight that a dose per kg refers to.
    weight_cap_kg
        Weight above which the dose no longer grows, kg, for the basis `capped` only.
    cap_mg
        Largest amount of one dose, mg of `form`, or None.
    cap_rate_mg_per_h
        Fastest rate of the infusion, mg/h of `form`, or None.
    formulation
        One of `FORMULATIONS`, or None.

    Raises
    ------
    RegimenError
        If a value is not possible, or two do not fit together.

    Examples
    --------
    >>> Dose(amount=5, unit="mg/h/70 kg", drug="S-ketamine", route="IV", duration_h=20).drug
    'esketamine'
    """

    amount: float
    unit: str
    drug: str | None = None
    route: str | None = None
    form: str = "base"
    duration_h: float = 0.0
    weight_basis: WeightBasis = "actual"
    weight_cap_kg: float | None = None
    cap_mg: float | None = None
    cap_rate_mg_per_h: float | None = None
    formulation: str | None = None

    def __post_init__(self) -> None:
        _require_positive("dose", self.amount, self.unit)
        object.__setattr__(self, "amount", float(self.amount))
        object.__setattr__(self, "unit", dose_unit(self.unit).text)
        object.__setattr__(self, "duration_h", _duration(self.duration_h))
        if self.route is not None:
            object.__setattr__(self, "route", route_name(self.route))
        self._check_substance()
        self._check_rate()
        self._check_weight()
        self._check_caps()
        one_name = FORMULATION_SYNONYMS.get(self.formulation or "", self.formulation)
        object.__setattr__(self, "formulation", one_name)
        if self.formulation is not None and self.formulation not in FORMULATIONS:
            close = nearest_names(self.formulation, FORMULATIONS) or FORMULATIONS
            raise RegimenError(
                f"no formulation '{self.formulation}'; known: {', '.join(close)}"
            )

    @property
    def row_unit(self) -> RowUnit:
        """Unit of `row_amount`: `mg`, or `mg/kg_body` where the dose scales with weight."""
        return dose_unit(self.unit).row_unit

    @property
    def row_amount(self) -> float:
        """Whole amount of the dose in `row_unit`, before any cap."""
        unit = dose_unit(self.unit)
        return self.amount * unit.factor * (self.duration_h if unit.rate else 1.0)

    @property
    def row_cap_mg(self) -> float | None:
        """Largest amount of the dose by both caps, mg of `form`, or None."""
        caps = [] if self.cap_mg is None else [self.cap_mg]
        if self.cap_rate_mg_per_h is not None:
            caps.append(self.cap_rate_mg_per_h * self.duration_h)
        return min(caps) if caps else None

    def _check_substance(self) -> None:
        """Refuse an unknown drug, or a salt that it does not have."""
        if self.drug is None:
            if not self.form:
                raise RegimenError("form of the dose is empty; expected base or a salt")
            return
        refuse_unknown_drug(self.drug)
        known = substance(self.drug)
        object.__setattr__(self, "drug", known.name)
        # A salt that is known with its water only, such as magnesium sulfate, is that one.
        hydrates = [each for each in known.forms if each.startswith(f"{self.form}_")]
        if self.form not in known.forms and len(hydrates) == 1:
            object.__setattr__(self, "form", hydrates[0])
        known.salt_factor(self.form)

    def _check_rate(self) -> None:
        """Refuse a rate without a duration, or by a route that cannot run."""
        if not dose_unit(self.unit).rate:
            return
        shown = f"{number_text(self.amount)} {self.unit}"
        if self.duration_h == 0.0:
            raise RegimenError(
                f"dose {shown} is a rate without a length; expected 'for 4 h' after it"
            )
        if self.route is not None and self.route not in INFUSIBLE_ROUTES:
            allowed = ", ".join(name for name in ROUTES if name in INFUSIBLE_ROUTES)
            raise RegimenError(
                f"dose {shown} is a rate but the route is {self.route}; expected an amount"
                f" per dose, or one of {allowed}"
            )

    def _check_weight(self) -> None:
        """Refuse a weight basis that has no meaning for the unit."""
        if self.weight_basis not in ("actual", "ideal", "capped"):
            raise RegimenError(
                f"weight basis is '{self.weight_basis}'; expected actual, ideal or capped"
            )
        if self.weight_basis != "actual" and self.row_unit == "mg":
            raise RegimenError(
                f"dose in {self.unit} has the weight basis {self.weight_basis};"
                " expected a unit per kg"
            )
        if (self.weight_cap_kg is not None) != (self.weight_basis == "capped"):
            raise RegimenError(
                f"weight cap is {self.weight_cap_kg} with the basis {self.weight_basis};"
                " expected a cap in kg with the basis capped, and only there"
            )
        if self.weight_cap_kg is not None:
            _require_positive("weight cap", self.weight_cap_kg, "kg")

    def _check_caps(self) -> None:
        """Refuse caps that are not positive, or a cap of rate without an infusion."""
        if self.cap_mg is not None:
            _require_positive("largest dose", self.cap_mg, "mg")
        if self.cap_rate_mg_per_h is None:
            return
        _require_positive("fastest rate", self.cap_rate_mg_per_h, "mg/h")
        if self.duration_h == 0.0:
            raise RegimenError(
                f"fastest rate is {self.cap_rate_mg_per_h:g} mg/h but the dose has no length;"
                " expected an infusion, or a largest dose in mg"
            )


def _require_positive(what: str, value: float, unit: str) -> None:
    """Refuse anything but a finite number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RegimenError(f"{what} is {value!r} {unit}; expected a number above 0")
    if not (math.isfinite(value) and value > 0.0):
        raise RegimenError(
            f"{what} is {value:g} {unit}; expected a finite number above 0"
            + (" (for a time without the drug, say 'pause')" if value == 0.0 else "")
        )


def _duration(value: float) -> float:
    """Give the length of the infusion, h, or refuse it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RegimenError(f"length of the infusion is {value!r}; expected a number of hours")
    if not (math.isfinite(value) and value >= 0.0):
        raise RegimenError(
            f"length of the infusion is {value:g} h; expected a finite number from 0"
        )
    return float(value)

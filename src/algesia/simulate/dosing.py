"""Give the doses of a regimen to the inputs of a model, for all subjects at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DomainError, RegimenError, UnitError
from algesia.model import Expression, Input, InputPart, Model
from algesia.regimen import DoseRow
from algesia.units import canonical_unit, convert_amount, substance

from .arrivals import ArrivalList
from .event_queue import EventQueue
from .input_choice import input_of
from .scenario import Enantiomer, enantiomer_share
from .tangent_queue import TangentQueue

__all__ = ["DoseGiver", "GivenDose", "given_drug", "input_of"]

_DOSE_ATTRIBUTES = ("device_number", "dose_number", "dose_amount")
_ASKED_BY = {"modelled_rate": -1, "modelled_duration": -2}
_MOST_DEVICES = 20
# What takes less than 4 ms arrives at once: its ends would be one time far from the origin.
_SHORTEST_H = 1e-6
_LONGEST_H = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDose:
    """One dose on its way into a model, for S subjects.

    Parameters
    ----------
    input
        Input of the model it enters.
    amount_mg
        Amount, (S,), mg of the base of the moiety the model follows.
    time_h
        Time it is given, (S,), h.
    duration_h
        How long it is given, (S,), h; 0 at once.
    number
        Which dose of the regimen, from 1; (S,) where subjects differ.
    rate_mg_per_h
        Infusion rate, (S,), mg/h, where the record fixes the rate and not the duration: what is
        available of the dose then enters at this rate.
    asks_for
        `rate` or `duration`: what the dose leaves to the model, or None.
    sequence
        Order among records of equal time.
    """

    input: Input
    amount_mg: FloatArray
    time_h: FloatArray
    duration_h: FloatArray
    number: int | IntArray
    rate_mg_per_h: FloatArray | None = None
    asks_for: Literal["rate", "duration"] | None = None
    sequence: int = 0

    @property
    def lasting(self) -> bool:
        """Whether the dose itself is an infusion."""
        return self.rate_mg_per_h is not None or bool(np.any(self.duration_h > 0.0))


def given_drug(model: Model, row: DoseRow, default: str | None) -> str:
    """Name of the drug of a dose: its own, the arm's, or the only one its input takes.

    Raises
    ------
    RegimenError
        If none of the three says it.
    """
    named = row.drug or default
    if named is not None:
        return substance(named).name
    takes = input_of(model, row).substances
    if len(takes) != 1:
        raise RegimenError(
            f"the dose at {row.time_h:g} h names no drug; expected one of {', '.join(takes)}"
        )
    return takes[0]


def moiety_share(
    model: Model, place: Input, drug: str, *, follow: Enantiomer | None
) -> tuple[float, str]:
    """Mass share of the dose the model follows, and the substance it then is.

    Raises
    ------
    UnitError
        If the drug is not among the substances of the input.
    """
    what = f"dose into {place.name} of model '{model.id}'"
    if follow is None and drug in place.substances:
        return 1.0, drug
    if len(place.substances) == 1:
        wanted = place.substances[0]
        return enantiomer_share(drug, wanted, follow=follow, what=what), wanted
    if follow is not None:
        for name in place.substances:
            if substance(name).stereochemistry == follow:
                return enantiomer_share(drug, name, follow=follow, what=what), name
    raise UnitError(f"{what} is {drug}; expected one of {', '.join(place.substances)}")


def evaluated(expression: Expression, symbols: dict[str, FloatArray]) -> FloatArray:
    """Value of a formula of a dose for every subject, (S,)."""
    value = np.asarray(expression.evaluate(symbols), dtype=np.float64)
    return np.broadcast_to(value, symbols["dose_amount"].shape)


class DoseGiver:
    """Puts doses into an event queue for one model and its subjects' parameters.

    Parameters
    ----------
    model
        The model.
    parameters
        Parameters by name, each (S,), canonical units.
    subjects
        Positions of the subjects in the queue, (S,).
    queue
        Where events go.
    evaluate
        Value of a formula for every subject, from its symbols.
    """

    def __init__(
        self,
        model: Model,
        parameters: dict[str, FloatArray],
        subjects: IntArray,
        queue: EventQueue | ArrivalList | TangentQueue,
        *,
        evaluate: Callable[[Expression, dict[str, FloatArray]], FloatArray] = evaluated,
    ) -> None:
        self._model = model
        self._parameters = parameters
        self._subjects = subjects
        self._queue = queue
        self._formula_value = evaluate
        self._state_index = {state.name: place for place, state in enumerate(model.states)}
        self._shape = subjects.shape

    def give(self, dose: GivenDose, moiety: str) -> None:
        """Queue one dose, device by device and part by part.

        Raises
        ------
        RegimenError
            If the dose is an infusion and its input is not infusible.
        """
        if dose.lasting and not dose.input.infusible:
            raise RegimenError(
                f"dose {dose.number} is an infusion, but input '{dose.input.name}' of model "
                f"'{self._model.id}' takes single doses only"
            )
        if dose.rate_mg_per_h is not None and len(dose.input.parts) > 1:
            raise RegimenError(
                f"dose {dose.number} fixes a rate, but input '{dose.input.name}' of model "
                f"'{self._model.id}' splits a dose into {len(dose.input.parts)} parts; "
                "give a duration instead"
            )
        for number, (delay_h, amount_mg) in enumerate(self._devices(dose), start=1):
            symbols = {**self._parameters, **self._attributes(dose, number)}
            for part in dose.input.parts:
                self._give_part(dose, part, symbols, dose.time_h + delay_h, amount_mg, moiety)

    def _attributes(self, dose: GivenDose, device: int) -> dict[str, FloatArray]:
        """What formulas of an input may ask of a dose."""
        return {
            "device_number": np.full(self._shape, float(device)),
            "dose_number": np.full(self._shape, dose.number, dtype=np.float64),
            "dose_amount": dose.amount_mg,
        }

    def _devices(self, dose: GivenDose) -> list[tuple[FloatArray, FloatArray]]:
        """Split a dose into devices of fixed content, the last one filled with the rest."""
        if dose.input.device_amount is None:
            return [(np.zeros(self._shape), dose.amount_mg)]
        content = self._device_value(dose.input.device_amount)
        spacing_h = 0.0
        if dose.input.device_interval is not None:
            spacing_h = self._device_value(dose.input.device_interval)
        # A rounding error must not open another device.
        full = dose.amount_mg / content * (1.0 - 1e-9)
        most = int(np.ceil(float(np.max(full))))
        if most > _MOST_DEVICES:
            raise DomainError(
                f"dose {dose.number} needs {most} devices of '{dose.input.name}'; "
                f"expected at most {_MOST_DEVICES}"
            )
        filled = []
        for number in range(most):
            rest = np.clip(dose.amount_mg - number * content, 0.0, content)
            amount = np.where(full > number, rest, 0.0)
            filled.append((np.full(self._shape, number * spacing_h), amount))
        return filled

    def _device_value(self, name: str) -> float:
        """Content of a device, mg, or time between two, h."""
        return self._model.parameter(name).reported.canonical()

    def _give_part(
        self,
        dose: GivenDose,
        part: InputPart,
        symbols: dict[str, FloatArray],
        time_h: FloatArray,
        amount_mg: FloatArray,
        moiety: str,
    ) -> None:
        state = self._state_index[part.into]
        units_per_mg = self._state_units_per_mg(state, moiety)
        amount = amount_mg * self._evaluate(part.fraction, symbols, default=1.0) * units_per_mg
        lag_h = self._evaluate(part.lag, symbols, default=0.0)
        start_h = time_h + lag_h
        rate_mg_per_h = self._rate_mg_per_h(dose, part, symbols)
        if rate_mg_per_h is None:
            duration_h = self._duration_h(dose, part, symbols)
        else:
            duration_h = amount / (rate_mg_per_h * units_per_mg)
        if not np.all(
            np.isfinite(amount)
            & (np.maximum(duration_h, lag_h) <= _LONGEST_H)
            & (np.minimum(np.minimum(amount, duration_h), lag_h) >= 0.0)
        ):
            raise DomainError(
                f"dose {dose.number} into '{part.into}' of model '{self._model.id}' has a "
                "negative or undefined amount, duration or lag, or one that outlasts a "
                "century; check fraction, lag, rate and duration"
            )
        # A device that stays empty for a subject is no event; its own dose decides.
        filled = (amount_mg > 0.0) | (symbols["device_number"] == 1.0)
        lasting = filled & (duration_h > _SHORTEST_H)
        at_once = filled & ~lasting
        if np.any(at_once):
            self._queue.add_amount(
                self._subjects[at_once],
                start_h[at_once],
                state,
                amount[at_once],
                sequence=dose.sequence,
            )
        if np.any(lasting):
            self._queue.add_infusion(
                self._subjects[lasting],
                start_h[lasting],
                (start_h + duration_h)[lasting],
                state,
                amount[lasting] / duration_h[lasting],
                sequence=dose.sequence,
            )

    def endless_rate(self, dose: GivenDose, moiety: str) -> tuple[int, FloatArray]:
        """State and rate, (S,), its unit per h, of an infusion that never ends.

        Its rate is what it is: the share that is available does not count.
        """
        if len(dose.input.parts) > 1:
            raise RegimenError(
                f"dose {dose.number} is an infusion without end, but input '{dose.input.name}' "
                f"of model '{self._model.id}' splits a dose into {len(dose.input.parts)} parts"
            )
        part = dose.input.parts[0]
        symbols = {**self._parameters, **self._attributes(dose, 1)}
        rate_mg_per_h = self._rate_mg_per_h(dose, part, symbols)
        if rate_mg_per_h is None:
            raise RegimenError(
                f"dose {dose.number} is an infusion without end and asks for its duration; "
                "expected a rate"
            )
        state = self._state_index[part.into]
        return state, rate_mg_per_h * self._state_units_per_mg(state, moiety)

    def _rate_mg_per_h(
        self, dose: GivenDose, part: InputPart, symbols: dict[str, FloatArray]
    ) -> FloatArray | None:
        """Rate of a part, where the dose or the model fixes the rate and not the duration."""
        formula = part.rate
        if dose.asks_for == "rate" and formula is None:
            formula = self._asked(dose, part.modelled_rate, "modelled_rate")
        if formula is None:
            return dose.rate_mg_per_h
        self._refuse_two_lengths(dose)
        rate_mg_per_h = self._evaluate(formula, symbols, default=0.0)
        return self._above_zero(dose, rate_mg_per_h, f"rate '{formula.text}'", "mg/h")

    def _duration_h(
        self, dose: GivenDose, part: InputPart, symbols: dict[str, FloatArray]
    ) -> FloatArray:
        """Duration of a part: the model's own, or how long the dose is given."""
        if part.duration is not None:
            self._refuse_two_lengths(dose)
            return self._evaluate(part.duration, symbols, default=0.0)
        if dose.asks_for != "duration":
            return dose.duration_h
        formula = self._asked(dose, part.modelled_duration, "modelled_duration")
        duration_h = self._evaluate(formula, symbols, default=0.0)
        return self._above_zero(dose, duration_h, f"duration '{formula.text}'", "h")

    def _refuse_two_lengths(self, dose: GivenDose) -> None:
        if dose.lasting:
            raise RegimenError(
                f"dose {dose.number} has a duration, but input '{dose.input.name}' of model "
                f"'{self._model.id}' sets its own; give the amount alone"
            )

    def _asked(self, dose: GivenDose, formula: Expression | None, key: str) -> Expression:
        """Formula of what the dose asks the model for."""
        if formula is None:
            raise RegimenError(
                f"dose {dose.number} leaves its {dose.asks_for} to the model (RATE "
                f"{_ASKED_BY[key]}), but input '{dose.input.name}' of model "
                f"'{self._model.id}' has no {key}; expected 0 or a rate above 0"
            )
        return formula

    def _above_zero(
        self, dose: GivenDose, values: FloatArray, what: str, unit: str
    ) -> FloatArray:
        wrong = ~(np.isfinite(values) & (values > 0.0))
        if wrong.any():
            raise DomainError(
                f"dose {dose.number}: {what} of input '{dose.input.name}' is "
                f"{values[np.argmax(wrong)]:g} {unit}; expected above 0"
            )
        return values

    def _evaluate(
        self, expression: Expression | None, symbols: dict[str, FloatArray], *, default: float
    ) -> FloatArray:
        if expression is None:
            return np.full(self._shape, default)
        value: FloatArray = self._formula_value(expression, symbols)
        return value

    def _state_units_per_mg(self, state: int, moiety: str) -> float:
        """Canonical units of a state per mg of base of the moiety that enters it."""
        return _units_per_mg(self._model.states[state].unit, moiety)


@cache
def _units_per_mg(unit: str, moiety: str) -> float:
    factor: float = convert_amount(
        1.0, from_unit="mg", to_unit=canonical_unit(unit), substance=substance(moiety)
    )
    return factor

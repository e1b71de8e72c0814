"""`Input`: how a dose given by some route enters the states."""

from dataclasses import dataclass, field

from algesia.errors import ModelError

from .dose_range import DoseRange
from .expression import Expression, parse
from .symbol import require_symbol

__all__ = ["Input", "InputPart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPart:
    """One share of a dose on its way into one state.

    Formulas may use parameters, definitions made of them, and the attributes of the dose:
    `device_number` and `dose_number` (from 1) and `dose_amount` (mg of the drug's base).

    Parameters
    ----------
    into
        State that receives it.
    fraction
        Share of the dose, dimensionless.
    duration
        Length of a zero-order input, h, of every dose. None is an instantaneous input, unless
        the dose itself is an infusion or asks for more.
    rate
        Rate of a zero-order input, mg of the drug's base per h, of every dose: what is
        available enters at it. At most one of duration and rate.
    modelled_duration
        Length, h, of a dose that asks the model for its duration (RATE -2), and of no other.
    modelled_rate
        Rate, mg/h, of a dose that asks the model for its rate (RATE -1), and of no other.
    lag
        Delay before it starts, h; None is no delay.
    """

    into: str
    fraction: Expression = field(default_factory=lambda: parse("1"))
    duration: Expression | None = None
    rate: Expression | None = None
    modelled_duration: Expression | None = None
    modelled_rate: Expression | None = None
    lag: Expression | None = None

    def __post_init__(self) -> None:
        always = [key for key in ("duration", "rate") if getattr(self, key) is not None]
        asked = [
            key
            for key in ("modelled_duration", "modelled_rate")
            if getattr(self, key) is not None
        ]
        given = always if len(always) > 1 else [*always, *asked] if always and asked else []
        if given:
            raise ModelError(
                f"the part into '{self.into}' has {' and '.join(given)}; expected a duration "
                "or rate of every dose, or those of the doses that ask for one"
            )

    @property
    def timed(self) -> bool:
        """Whether every dose enters over a time that the model sets."""
        return self.duration is not None or self.rate is not None

    def expressions(self) -> tuple[tuple[str, Expression, str], ...]:
        """Formulas of the part: what each is, the formula, and its unit."""
        rows = (
            ("fraction", self.fraction, "1"),
            ("duration", self.duration, "h"),
            ("rate", self.rate, "mg/h"),
            ("modelled_duration", self.modelled_duration, "h"),
            ("modelled_rate", self.modelled_rate, "mg/h"),
            ("lag", self.lag, "h"),
        )
        return tuple((key, formula, unit) for key, formula, unit in rows if formula is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One way a dose enters.

    Parameters
    ----------
    name
        Name of the input.
    routes
        Routes of administration it serves.
    substances
        Drugs it takes.
    parts
        Where the dose goes; the shares need not add up to one.
    formulations
        Formulations it is for, among several inputs by one route; empty for the usual ones.
    device_amount
        Parameter holding the amount one device delivers; a larger dose takes several devices.
    device_interval
        Parameter holding the time from one device to the next.
    infusible
        Whether a dose may carry a rate or a duration of its own.
    compartment
        Number by which event tables call it (CMT), from 1; None is its place in the model.
    description
        What it is, in words.
    member
        Member of an assembly whose doses it takes, beside those of the main member; None of a
        model that stands alone, and of the main member.
    studied
        Of such a member: the doses its source studied; a main member says it in its validity.
    unknown_doses
        Of such a member: why no range of doses is known; empty where one is.
    """

    name: str
    routes: tuple[str, ...]
    substances: tuple[str, ...]
    parts: tuple[InputPart, ...]
    formulations: tuple[str, ...] = ()
    device_amount: str | None = None
    device_interval: str | None = None
    infusible: bool = False
    compartment: int | None = None
    description: str = ""
    member: str | None = None
    studied: tuple[DoseRange, ...] = ()
    unknown_doses: str = ""

    def __post_init__(self) -> None:
        require_symbol("input", self.name)
        for what in ("routes", "substances", "parts"):
            if not getattr(self, what):
                raise ModelError(f"input '{self.name}' has no {what}; expected at least one")
        if (self.device_amount is None) != (self.device_interval is None):
            raise ModelError(
                f"input '{self.name}' has only one of device_amount and device_interval; "
                "expected both or neither"
            )
        if self.infusible and any(part.timed for part in self.parts):
            raise ModelError(
                f"input '{self.name}' is infusible and has a part with a duration or rate; "
                "expected one source of the duration"
            )
        if self.compartment is not None and self.compartment < 1:
            raise ModelError(
                f"input '{self.name}' has compartment {self.compartment}; expected 1 or above"
            )

    def device_parameters(self) -> tuple[str, ...]:
        """Names of the parameters that describe the device."""
        names = (self.device_amount, self.device_interval)
        return tuple(name for name in names if name is not None)

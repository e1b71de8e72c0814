"""Reading a taper or a planned escalation: how long, how many steps, and to what."""

from typing import Final

from algesia.errors import RegimenError

from .course import Course, Pause, PlanItem
from .dose import Dose
from .dose_unit import dose_unit
from .ramp import Ramp
from .schedule import Schedule
from .time_text import hours_of, number_text
from .tokens import Reader

__all__ = ["RAMPS", "given_before", "ramp_of", "read_ramp"]

FALLS: Final = ("taper", "tapered", "wean", "weaned")
RISES: Final = ("escalate", "escalated", "raise", "raised", "increase", "increased")
RAMPS: Final = (*FALLS, *RISES)
"""Words that begin steps."""


def given_before(items: tuple[PlanItem, ...]) -> tuple[Dose, Schedule] | None:
    """Give the dose, and how it is given, with which some parts end; None without a dose.

    Raises
    ------
    RegimenError
        If that dose has limits, for steps have none.
    """
    for item in reversed(items):
        if isinstance(item, Course):
            if item.limits:
                raise RegimenError(
                    f"steps follow a rule with the limit '{item.limits[0]}'; expected a largest"
                    " dose such as 'max 50 mg' there"
                )
            return item.dose, item.schedule
        if isinstance(item, Ramp):
            return item.doses()[-1], item.schedule
        if not isinstance(item, Pause):
            return given_before(item.items)
    return None


def ramp_of(
    items: tuple[PlanItem, ...], *, word: str, length_h: float, steps: int,
    last: tuple[float, str] | None,
) -> Ramp:  # fmt: skip
    """Build the steps that follow some parts.

    Parameters
    ----------
    items
        What stands before.
    word
        What the plan calls the steps, which says whether they fall or rise.
    length_h
        Length of all steps together, h.
    steps
        Number of steps.
    last
        Amount and unit of the last step, or None for a fall towards nothing.

    Raises
    ------
    RegimenError
        If no dose stands before, or the last amount contradicts the word.
    """
    before = given_before(items)
    if before is None:
        raise RegimenError(f"no dose stands before '{word}'; expected one such as 100 mg daily")
    dose, schedule = before
    amount = None if last is None else _in_unit(last, dose)
    if amount is None and word in RISES:
        raise RegimenError(f"'{word}' has no end; expected '{word} to 100 mg over 2 weeks'")
    if amount is not None and (amount >= dose.amount) == (word in FALLS):
        raise RegimenError(
            f"'{word}' goes from {number_text(dose.amount)} to {number_text(amount)}"
            f" {dose.unit}; expected {'less' if word in FALLS else 'more'} than before"
        )
    return Ramp(
        dose=dose, schedule=schedule, length_h=length_h, steps=steps, last_amount=amount
    )


def read_ramp(reader: Reader, items: tuple[PlanItem, ...]) -> Ramp:
    """Read `taper to 25 mg over 2 weeks in 4 steps` or `taper in 4 steps of 3 days`."""
    word = reader.take().name
    length_h = step_h = steps = last = None
    while True:
        reader.skip(",", "each", "the", "dose", "equal")
        if reader.accept("to"):
            value = reader.expect("number", "an amount such as 25 mg").value
            last = (value, reader.expect("dose_unit", "a unit such as mg").name)
        elif reader.accept("over", "for"):
            length_h = _time(reader)
        elif reader.accept("of", "every") and steps is not None:
            step_h = _time(reader)
        elif reader.accept("in"):
            value = reader.expect("number", "a number of steps").value
            if not reader.accept("steps", "step") or value != int(value):
                raise RegimenError(
                    f"{reader.shown()} stands after '{reader.before()}'; expected whole 'steps'"
                )
            steps = int(value)
        else:
            break
    if steps is None or (length_h is None) == (step_h is None):
        raise RegimenError(
            f"'{word}' does not say how; expected '{word} over 2 weeks in 4 steps', or"
            f" '{word} in 4 steps of 3 days'"
        )
    whole_h = length_h if length_h is not None else (step_h or 0.0) * steps
    return ramp_of(items, word=word, length_h=whole_h, steps=steps, last=last)


def _time(reader: Reader) -> float:
    """Read a length of time, h."""
    value = reader.expect("number", "a length such as 2 weeks").value
    return hours_of(value, reader.expect("time_unit", "a unit of time: h, days, weeks").name)


def _in_unit(last: tuple[float, str], dose: Dose) -> float:
    """Give an amount in the unit of a dose, or refuse another kind of unit."""
    value, text = last
    given, wanted = dose_unit(text), dose_unit(dose.unit)
    if given.text == wanted.text:
        return value
    if (given.row_unit, given.rate) != (wanted.row_unit, wanted.rate):
        raise RegimenError(
            f"the steps end at {number_text(value)} {given.text} and begin in {wanted.text};"
            " expected the same kind of unit"
        )
    return value * given.factor / wanted.factor

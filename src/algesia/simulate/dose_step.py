"""A step of a dose or of an interval: by so much, by a factor, or to a value; within limits."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from algesia.arrays import FloatArray
from algesia.errors import RegimenError
from algesia.regimen import parse_amount, parse_length_h
from algesia.regimen.dose_unit import dose_unit

__all__ = ["LevelStep", "Step", "level_in"]

StepKind = Literal["add", "times", "set"]
Measured = tuple[float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelStep:
    """A step in the unit of what it changes, ready for arrays.

    Parameters
    ----------
    kind
        `add`, `times` or `set`.
    size
        What is added, the factor, or the new value.
    low, high
        Limits of the result.
    """

    kind: StepKind
    size: float
    low: float
    high: float

    def applied(self, level: FloatArray) -> FloatArray:
        """Levels after the step, (S,); one that lies beyond a limit already stays there."""
        if self.kind == "add":
            wanted = level + self.size
        elif self.kind == "times":
            wanted = level * self.size
        else:
            wanted = np.full_like(level, self.size)
        low, high = np.minimum(self.low, level), np.maximum(self.high, level)
        result: FloatArray = np.clip(wanted, low, high)
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step as written.

    Parameters
    ----------
    kind
        `add`, `times` or `set`.
    size
        What is added, the factor, or the new value, with its unit; `1` for a factor.
    at_least, at_most
        Limits of the result with their unit, or None.
    """

    kind: StepKind
    size: Measured
    at_least: Measured | None = None
    at_most: Measured | None = None

    @classmethod
    def of_dose(
        cls, text: str, *, at_least: str | None = None, at_most: str | None = None
    ) -> "Step":
        """Read a step of a dose: `+10 mg`, `-5 mg/h`, `x 1.5`, or `50 mg` for a new dose.

        Raises
        ------
        RegimenError
            If it is no such step, or its size or limits are not possible.

        Examples
        --------
        >>> Step.of_dose("-5 mg/h", at_least="5 mg/h").size
        (-5.0, 'mg/h')
        """
        kind, rest, sign = _split(text)
        size = _factor(rest, text) if kind == "times" else parse_amount(rest)
        low = None if at_least is None else parse_amount(at_least)
        high = None if at_most is None else parse_amount(at_most)
        return cls(kind=kind, size=(sign * size[0], size[1]), at_least=low, at_most=high)

    @classmethod
    def of_interval(
        cls, text: str, *, at_least: str | None = None, at_most: str | None = None
    ) -> "Step":
        """Read a step of the time between doses: `+1 week`, `x 2`, or `4 weeks`."""
        kind, rest, sign = _split(text)
        size = _factor(rest, text) if kind == "times" else (parse_length_h(rest), "h")
        low = None if at_least is None else (parse_length_h(at_least), "h")
        high = None if at_most is None else (parse_length_h(at_most), "h")
        return cls(kind=kind, size=(sign * size[0], size[1]), at_least=low, at_most=high)

    def __post_init__(self) -> None:
        value, unit = self.size
        if not math.isfinite(value) or value == 0.0 or (value < 0.0 and self.kind != "add"):
            raise RegimenError(
                f"a step is {value:g} {unit}; expected a finite number other than 0"
            )
        for limit in (self.at_least, self.at_most):
            if limit is not None and not (math.isfinite(limit[0]) and limit[0] >= 0.0):
                raise RegimenError(
                    f"a limit is {limit[0]:g} {limit[1]}; expected a finite number from 0"
                )

    @property
    def words(self) -> str:
        """The step in a few words.

        Examples
        --------
        >>> Step.of_dose("+10 mg", at_most="40 mg").words
        '+10 mg, at most 40 mg'
        """
        value, unit = self.size
        sizes = {
            "add": f"{value:+g} {unit}",
            "times": f"x {value:g}",
            "set": f"{value:g} {unit}",
        }
        parts = [sizes[self.kind]]
        for what, limit in (("at least", self.at_least), ("at most", self.at_most)):
            if limit is not None:
                parts.append(f"{what} {limit[0]:g} {limit[1]}")
        return ", ".join(parts)

    @property
    def rises(self) -> bool:
        """Whether it can only raise what it changes."""
        return (self.kind == "add" and self.size[0] > 0.0) or (
            self.kind == "times" and self.size[0] > 1.0
        )

    def in_unit(self, unit: str, *, what: str) -> LevelStep:
        """Give the step in the unit of what it changes; what falls stops at 0 at the latest.

        Raises
        ------
        RegimenError
            If its unit is of another kind.
        """

        def level(measured: Measured) -> float:
            return measured[0] if unit == "h" else level_in(unit, measured, what=what)

        low = 0.0 if self.at_least is None else level(self.at_least)
        high = math.inf if self.at_most is None else level(self.at_most)
        if low > high:
            raise RegimenError(
                f"{what} stays between {low:g} and {high:g} {unit}; expected a lower first"
            )
        size = self.size[0] if self.kind == "times" else level(self.size)
        return LevelStep(kind=self.kind, size=size, low=low, high=high)


def level_in(unit: str, measured: Measured, *, what: str) -> float:
    """Give a dose in another unit of dose.

    Examples
    --------
    >>> round(level_in("mg/h", (240.0, "mg/day"), what="example"), 12)
    10.0
    """
    wanted, given = dose_unit(unit), dose_unit(measured[1])
    if (wanted.row_unit, wanted.rate) != (given.row_unit, given.rate):
        raise RegimenError(
            f"{what} is in {unit} but a step or limit is {measured[0]:g} {measured[1]}; "
            "expected a unit of the same kind"
        )
    return measured[0] * given.factor / wanted.factor


def _split(text: str) -> tuple[StepKind, str, float]:
    """Kind of a step, what follows its sign, and the sign."""
    plain = text.strip()
    if plain[:1] in {"+", "-"}:
        return "add", plain[1:].strip(), -1.0 if plain[0] == "-" else 1.0
    if plain[:1] in {"x", "×"}:
        return "times", plain[1:].strip(), 1.0
    return "set", plain, 1.0


def _factor(text: str, whole: str) -> Measured:
    try:
        return float(text), "1"
    except ValueError:
        raise RegimenError(
            f"'{whole}' is no step; expected one such as '+10 mg', '-10 mg', 'x 1.5' or '50 mg'"
        ) from None

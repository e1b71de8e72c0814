"""A condition on facts, and whether it holds in three-valued logic."""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from .fact import FactValue, FactValues
from .truth import Truth, all_of, any_of, negated

__all__ = ["AllOf", "AnyOf", "Comparison", "Condition", "Not", "Relation", "asked", "holds"]

Relation: TypeAlias = Literal[
    "is", "one_of", "at_most", "at_least", "above", "below", "between", "about"
]

# A quarter either way; the documents that say "about" give no width, so this is ours.
ABOUT_SHARE: Final = 0.25
# Numbers computed from a plan carry rounding; a printed limit is met when equal up to this.
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A comparison of one fact.

    Parameters
    ----------
    fact
        Name of the fact.
    relation
        How it is compared.
    operands
        Numbers in the unit of the fact, levels, or a truth value; `at_most` with two numbers is
        a range of limits.
    exists
        Whether one value that fits is enough where a number has several.
    """

    fact: str
    relation: Relation
    operands: tuple[FactValue, ...]
    exists: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition: TypeAlias = Comparison | AnyOf | AllOf | Not


def holds(condition: Condition, values: FactValues) -> Truth:
    """Whether a condition holds.

    Parameters
    ----------
    condition
        The condition.
    values
        What is known.

    Examples
    --------
    >>> high = Comparison(fact="bolus", relation="above", operands=(0.35,), exists=True)
    >>> holds(high, {"bolus": (0.5,)}), holds(high, {}), holds(high, {"bolus": ()})
    (<Truth.YES: 'yes'>, <Truth.UNKNOWN: 'unknown'>, <Truth.ABSENT: 'absent'>)
    """
    if isinstance(condition, AnyOf):
        return any_of(holds(part, values) for part in condition.parts)
    if isinstance(condition, AllOf):
        return all_of(holds(part, values) for part in condition.parts)
    if isinstance(condition, Not):
        return negated(holds(condition.part, values))
    if condition.fact not in values:
        return Truth.UNKNOWN
    found = values[condition.fact]
    if not found:
        return Truth.ABSENT
    join = any_of if condition.exists else all_of
    return join(_compared(condition, value) for value in found)


def asked(condition: Condition | None) -> tuple[str, ...]:
    """Names of the facts that a condition asks for, each once."""
    if condition is None:
        return ()
    if isinstance(condition, Comparison):
        return (condition.fact,)
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return tuple(dict.fromkeys(name for part in parts for name in asked(part)))


def _compared(comparison: Comparison, value: FactValue) -> Truth:
    """Compare one value."""
    if isinstance(value, bool | str):
        return _truth(value in comparison.operands)
    numbers = tuple(float(each) for each in comparison.operands)
    relation = comparison.relation
    if relation in ("is", "one_of"):
        return _truth(any(_equal(value, number) for number in numbers))
    if relation == "at_most" and len(numbers) > 1:
        if value <= min(numbers) or _equal(value, min(numbers)):
            return Truth.YES
        return Truth.NO if value > max(numbers) else Truth.UNKNOWN
    return _truth(_within(value, relation, numbers))


def _within(value: float, relation: Relation, numbers: tuple[float, ...]) -> bool:
    """Whether a number lies where the relation wants it; a limit itself counts by its kind."""
    low, high = numbers[0], numbers[-1]
    if relation in ("above", "below"):
        past = value > low if relation == "above" else value < low
        return past and not _equal(value, low)
    if relation == "about":
        low, high = low * (1.0 - ABOUT_SHARE), high * (1.0 + ABOUT_SHARE)
    low = -math.inf if relation == "at_most" else low
    high = math.inf if relation == "at_least" else high
    return low <= value <= high or _equal(value, low) or _equal(value, high)


def _equal(value: float, number: float) -> bool:
    return math.isclose(value, number, rel_tol=ROUNDING, abs_tol=0.0)


def _truth(found: bool) -> Truth:
    return Truth.YES if found else Truth.NO

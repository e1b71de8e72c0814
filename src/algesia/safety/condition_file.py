"""Conditions as they stand in files: `{fact: bolus, at_most: 0.35, unit: mg/kg}`."""

from collections.abc import Mapping
from typing import Final, cast

from pydantic import BaseModel, ConfigDict, Field

from algesia.errors import FileInputError, InputError, unknown_name
from algesia.units import conversion_factor

from .condition import AllOf, AnyOf, Comparison, Condition, Not, Relation
from .fact import Fact, FactValue
from .fact_file import fact

__all__ = ["ConditionRow", "condition_of"]

RELATIONS: Final = (
    "is", "one_of", "at_most", "at_least", "above", "below", "between", "about",
)  # fmt: skip
OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "flag": ("is",),
    "choice": ("is", "one_of"),
    "number": RELATIONS,
}
Value = bool | float | str


class ConditionRow(BaseModel):
    """A condition in a file: one comparison, or `any`, `all` or `not` of others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    fact: str | None = None
    is_value: Value | None = Field(default=None, alias="is")
    one_of: list[Value] | None = None
    at_most: float | list[float] | None = None
    at_least: float | None = None
    above: float | None = None
    below: float | None = None
    between: list[float] | None = Field(default=None, min_length=2, max_length=2)
    about: float | None = None
    unit: str | None = None
    any_of: list["ConditionRow"] | None = Field(default=None, alias="any", min_length=1)
    all_of: list["ConditionRow"] | None = Field(default=None, alias="all", min_length=1)
    negated: "ConditionRow | None" = Field(default=None, alias="not")


def condition_of(row: ConditionRow, where: str, *, exists: bool) -> Condition:
    """Build a condition.

    Parameters
    ----------
    row
        What the file says.
    where
        What to call the place in messages.
    exists
        Whether one value that fits is enough where a number has several: so for what makes a
        rule apply, not for what must hold.

    Raises
    ------
    FileInputError
        If the row is not exactly one of the four forms, or a value does not fit its fact.
    """
    forms = [row.fact, row.any_of, row.all_of, row.negated]
    if sum(form is not None for form in forms) != 1:
        raise FileInputError(f"{where} has no single form; expected fact, any, all or not")
    if row.any_of is not None:
        return AnyOf(parts=tuple(condition_of(p, where, exists=exists) for p in row.any_of))
    if row.all_of is not None:
        return AllOf(parts=tuple(condition_of(p, where, exists=exists) for p in row.all_of))
    if row.negated is not None:
        return Not(part=condition_of(row.negated, where, exists=not exists))
    return _comparison(row, where, exists=exists)


def _comparison(row: ConditionRow, where: str, *, exists: bool) -> Comparison:
    known = fact(str(row.fact), kind=f"fact of {where}")
    given = {
        name: getattr(row, "is_value" if name == "is" else name)
        for name in RELATIONS
        if getattr(row, "is_value" if name == "is" else name) is not None
    }
    if len(given) != 1 or next(iter(given)) not in OF_KIND[known.kind]:
        raise FileInputError(
            f"{where}: {known.name} is compared by {', '.join(given) or 'nothing'}; expected "
            f"one of {', '.join(OF_KIND[known.kind])}"
        )
    ((relation, operand),) = given.items()
    operands = operand if isinstance(operand, list) else [operand]
    return Comparison(
        fact=known.name,
        relation=cast("Relation", relation),
        operands=tuple(_operand(each, known, row.unit, where) for each in operands),
        exists=exists or known.kind == "choice",
    )


def _operand(value: Value, known: Fact, unit: str | None, where: str) -> FactValue:
    """Give an operand in the unit of its fact."""
    if known.kind == "flag":
        if not isinstance(value, bool):
            raise FileInputError(f"{where}: {known.name} is {value!r}; expected true or false")
        return value
    if known.kind == "choice":
        if value not in known.levels:
            raise unknown_name(f"level of {known.name} in {where}", str(value), known.levels)
        return value
    if isinstance(value, bool | str) or (unit or "1") == known.unit:
        if isinstance(value, bool | str):
            raise FileInputError(f"{where}: {known.name} is {value!r}; expected a number")
        return float(value)
    try:
        return float(value * conversion_factor(unit or "1", known.unit))
    except InputError as error:
        raise FileInputError(f"{where}: {known.name}: {error}") from None

"""What `claims.yaml` may say, and the claims it makes."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.errors import FileInputError, UnknownNameError, unknown_name
from algesia.model import COVARIATE_UNITS, FLAG_LEVELS, Model, in_covariate_unit
from algesia.units import conversion_factor

from .claim import Claim, ClaimQuantity, ClaimTolerance, Measure
from .entry_values import located
from .quantity_text import hours, number_and_unit

__all__ = ["ClaimsFile", "claims_of"]

QuantityText = Annotated[
    str,
    Field(min_length=2, max_length=80, description="A number with its unit, as '96 ng/mL'."),
]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QuantityFile(_Strict):
    """What is measured."""

    measure: Measure
    output: str
    over: str | None = None
    of: Measure | None = None
    curve: str | None = None
    start: QuantityText | None = Field(default=None, alias="from")
    stop: QuantityText | None = Field(default=None, alias="to")
    sampled_at: list[QuantityText] = Field(default_factory=list)


class ToleranceFile(_Strict):
    """How far off the prediction may be."""

    ratio: float | None = None
    absolute: QuantityText | None = None
    reason: str


class ClaimFile(_Strict):
    """One claim."""

    id: str
    sentence: str
    regimen: Any
    weight: QuantityText | None = None
    covariates: dict[str, Any] = Field(default_factory=dict)
    subjects: Annotated[int, Field(ge=2, le=100_000)] | None = None
    quantity: QuantityFile
    expected: QuantityText
    tolerance: ToleranceFile
    source: str
    locator: str
    expected_to_fail: str | None = None


class ClaimsFile(_Strict):
    """The whole of `claims.yaml`."""

    version: Literal["algesia/claims/1"] | None = Field(default=None, alias="schema")
    claims: list[ClaimFile]


def claims_of(file: ClaimsFile, model: Model) -> tuple[Claim, ...]:
    """Build the claims about a model.

    Raises
    ------
    InputError
        If a claim names an output or source the entry lacks, or contradicts itself. The message
        names the claim and the key.
    """
    names = [row.id for row in file.claims]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise FileInputError(f"claim '{doubled}' stands twice; expected distinct ids")
    claims: list[Claim] = []
    for row in file.claims:
        with located(f"claims.{row.id}"):
            claims.append(_claim(row, model))
    return tuple(claims)


def _claim(row: ClaimFile, model: Model) -> Claim:
    _require_names(row, model)
    expected, unit = number_and_unit(row.expected, "expected")
    return Claim(
        id=row.id,
        sentence=row.sentence,
        regimen=_regimen(row.regimen),
        covariates=_covariates(row),
        subjects=row.subjects,
        quantity=_quantity(row.quantity),
        expected=expected,
        unit=unit,
        tolerance=_tolerance(row.tolerance, unit),
        source=row.source,
        locator=row.locator,
        expected_to_fail=row.expected_to_fail,
    )


def _require_names(row: ClaimFile, model: Model) -> None:
    outputs = [output.name for output in model.outputs]
    for key, name in (("output", row.quantity.output), ("over", row.quantity.over)):
        if name is not None and name not in outputs:
            raise UnknownNameError(f"quantity.{key}: {unknown_name('output', name, outputs)}")
    sources = [source.key for source in model.sources]
    if row.source not in sources:
        raise UnknownNameError(f"source: {unknown_name('source', row.source, sources)}")


def _regimen(given: Any) -> str | dict[str, Any]:
    if (isinstance(given, str) and given.strip()) or isinstance(given, dict):
        return given
    raise FileInputError(f"regimen is {given!r}; expected a text or a mapping")


def _covariates(row: ClaimFile) -> dict[str, float | bool | str]:
    given: dict[str, Any] = dict(row.covariates)
    if row.weight is not None:
        if "weight" in given:
            raise FileInputError(
                "weight stands twice, alone and under covariates; expected once"
            )
        given = {"weight": row.weight, **given}
    return {name: _covariate(name, value) for name, value in given.items()}


def _covariate(name: str, value: Any) -> float | bool | str:
    where = f"covariates.{name}"
    if name in COVARIATE_UNITS:
        if not isinstance(value, str):
            raise FileInputError(f"{where} is {value!r}; expected a number with its unit")
        with located(where):
            return in_covariate_unit(name, *number_and_unit(value, "value"))
    if name in FLAG_LEVELS:
        if isinstance(value, bool):
            return value
        raise FileInputError(f"{where} is {value!r}; expected true or false")
    if not isinstance(value, str):
        raise FileInputError(f"{where} is {value!r}; expected a level in words")
    return value


def _quantity(row: QuantityFile) -> ClaimQuantity:
    return ClaimQuantity(
        measure=row.measure,
        output=row.output,
        over=row.over,
        of=row.of,
        curve=row.curve,
        from_h=None if row.start is None else hours(row.start, "quantity.from"),
        to_h=None if row.stop is None else hours(row.stop, "quantity.to"),
        sampled_at_h=tuple(hours(time, "quantity.sampled_at") for time in row.sampled_at),
    )


def _tolerance(row: ToleranceFile, unit: str) -> ClaimTolerance:
    absolute = None
    if row.absolute is not None:
        number, given = number_and_unit(row.absolute, "tolerance.absolute")
        with located("tolerance.absolute"):
            absolute = number * conversion_factor(given, unit)
    return ClaimTolerance(ratio=row.ratio, absolute=absolute, reason=row.reason)

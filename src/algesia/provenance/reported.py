"""A number exactly as a source prints it, and what it stands on."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from algesia.errors import DomainError, UnitError, unknown_name
from algesia.units import canonical_unit, dimension, to_canonical

from .grade import Grade

__all__ = ["FORMS", "ORIGINS", "Form", "Origin", "Reported"]

Form: TypeAlias = Literal[
    "estimate",
    "mean",
    "median",
    "log_sd",
    "log_variance",
    "cv_percent",
    "logit_sd",
    "covariance_log",
    "correlation",
    "sd",
    "variance",
    "range",
    "factor",
    "exponent",
    "fixed",
]
Origin: TypeAlias = Literal["reported", "derived", "digitised", "fixed_by_authors", "assumed"]

FORMS: tuple[str, ...] = get_args(Form)
ORIGINS: tuple[str, ...] = get_args(Origin)

_DIMENSIONLESS_FORMS = frozenset(
    {
        "log_sd",
        "log_variance",
        "logit_sd",
        "covariance_log",
        "correlation",
        "factor",
        "exponent",
    }
)
_NOT_NEGATIVE_FORMS = frozenset(
    {"log_sd", "log_variance", "cv_percent", "logit_sd", "sd", "variance"}
)
_ORIGINS_WITH_NOTE = frozenset({"derived", "digitised", "assumed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A value as printed, with its unit, form, origin, grade and place in a source.

    Parameters
    ----------
    name
        Name of the value, such as 'volume_central'.
    value
        The number as printed, in `unit`; None where it is declared unknown.
    unit
        Unit text; '1' for a pure number, '%' for a coefficient of variation.
    form
        What kind of number it is; one of `FORMS`. A spread says whether it is an SD, a variance
        or a coefficient of variation, and on which scale.
    origin
        How it was obtained; one of `ORIGINS`.
    grade
        Evidence behind it.
    source
        Key of the source; may be empty for an assumed value only.
    locator
        Place in the source, such as 'Table 4'; may be empty for an assumed value only.
    note
        Required for a derived, digitised or assumed value and for any value of grade D that was
        not assumed: how it was obtained.

    Raises
    ------
    InputError
        If a part is missing or contradicts another. The message names the value.

    Examples
    --------
    >>> volume = Reported(name="volume_central", value=11.6, unit="L", form="estimate",
    ...     origin="reported", grade=Grade(kind="A", certainty="moderate"),
    ...     source="simons_2022", locator="Table 4")
    >>> print(volume)
    volume_central = 11.6 L [estimate, reported, A, moderate; simons_2022, Table 4]
    >>> volume.canonical()
    11.6
    """

    name: str
    value: float | None
    unit: str
    form: Form
    origin: Origin
    grade: Grade
    source: str
    locator: str
    note: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DomainError("a reported value has no name; expected text")
        if self.form not in FORMS:
            raise unknown_name(f"form of {self.name}", self.form, FORMS)
        if self.origin not in ORIGINS:
            raise unknown_name(f"origin of {self.name}", self.origin, ORIGINS)
        self._refuse_unit()
        self._refuse_value()
        self._refuse_provenance()

    def __str__(self) -> str:
        if self.value is None:
            number = "unknown"
        else:
            number = repr(float(self.value)).removesuffix(".0")
            number = number if self.unit == "1" else f"{number} {self.unit}"
        place = ", ".join(part for part in (self.source, self.locator) if part)
        place = place or (self.note or "").strip()
        text = f"{self.name} = {number} [{self.form}, {self.origin}, {self.grade}; {place}]"
        return " ".join(text.split())

    @property
    def known(self) -> bool:
        """Whether a number was given."""
        return self.value is not None

    @property
    def canonical_unit(self) -> str:
        """Unit of `canonical`, composed of mg, nmol, L, h and kg_body."""
        return canonical_unit(self.unit)

    def number(self) -> float:
        """Value as printed, in `unit`; refuses one that is unknown.

        Raises
        ------
        DomainError
            If the value is declared unknown.
        """
        if self.value is None:
            raise DomainError(
                f"{self.name} is declared unknown ({self.source or self.origin}); "
                "expected a number before it can be used"
            )
        return float(self.value)

    def canonical(self) -> float:
        """Value in the canonical unit of its dimension.

        Raises
        ------
        DomainError
            If the value is declared unknown.
        """
        return to_canonical(self.number(), self.unit)

    def _refuse_unit(self) -> None:
        measured = dimension(self.unit)
        if self.form == "cv_percent" and self.unit.strip() != "%":
            raise UnitError(f"{self.name} is a cv_percent in '{self.unit}'; expected unit '%'")
        if self.form in _DIMENSIONLESS_FORMS and not measured.dimensionless:
            raise UnitError(
                f"{self.name} is a {self.form} in '{self.unit}' ({measured}); expected unit '1'"
            )

    def _refuse_value(self) -> None:
        value = self.value
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DomainError(f"{self.name} is {value!r}; expected a number, or null")
        if not math.isfinite(value):
            raise DomainError(
                f"{self.name} is {value} {self.unit}; expected a finite number, or null"
            )
        if self.form in _NOT_NEGATIVE_FORMS and value < 0:
            raise DomainError(f"{self.name} is {value:g}, a {self.form}; expected 0 or above")
        if self.form == "correlation" and abs(self.canonical()) > 1:
            raise DomainError(
                f"{self.name} is {value:g} {self.unit}, a correlation; expected -1 to 1"
            )

    def _refuse_provenance(self) -> None:
        if not isinstance(self.grade, Grade):
            raise DomainError(f"{self.name} has grade {self.grade!r}; expected a Grade")
        noted = bool((self.note or "").strip())
        if self.origin in _ORIGINS_WITH_NOTE and not noted:
            raise DomainError(f"{self.name} is {self.origin} without a note; say how and why")
        if self.grade.kind == "D" and self.origin != "assumed" and not noted:
            raise DomainError(
                f"{self.name} is {self.origin} at grade D without a note; say what is assumed"
            )
        if self.origin == "assumed":
            return
        for field, text in (("source", self.source), ("locator", self.locator)):
            if not text.strip():
                raise DomainError(
                    f"{self.name} is {self.origin} without a {field}; expected text"
                )

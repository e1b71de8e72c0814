"""`ResidualError`: how far a measured value lies from the model's, subject by subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, Self, TypeAlias

from algesia.errors import DomainError, ModelError, UnitError
from algesia.provenance import Reported
from algesia.units import (
    DIMENSIONLESS,
    convert_amount,
    dimension,
    substance,
)

from .output import Output
from .state import GIVEN

__all__ = ["ResidualError", "ResidualKind"]

ResidualKind: TypeAlias = Literal["proportional", "additive", "combined", "log_additive"]

_HALF = Fraction(1, 2)

_TERMS: Final[dict[str, tuple[str, ...]]] = {
    "proportional": ("proportional",),
    "additive": ("additive",),
    "combined": ("proportional", "additive"),
    "log_additive": ("log_additive",),
}
_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "proportional": ("sd", "cv_percent", "variance"),
    "additive": ("sd", "variance"),
    "log_additive": ("log_sd", "log_variance"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualError:
    """Residual error of one output.

    Parameters
    ----------
    output
        Name of the output.
    kind
        `proportional`: value times (1 + e); `additive`: value + e; `combined`: both;
        `log_additive`: value times exp(e).
    proportional_sd
        SD of the proportional term, a fraction, 0 where absent.
    additive_sd
        SD of the additive term, unit of the output, 0 where absent.
    log_sd
        SD on the log scale, 0 where absent.
    reported
        The values as printed.
    """

    output: str
    kind: ResidualKind
    proportional_sd: float = 0.0
    additive_sd: float = 0.0
    log_sd: float = 0.0
    reported: tuple[Reported, ...] = ()

    def __post_init__(self) -> None:
        terms = {
            "proportional": self.proportional_sd,
            "additive": self.additive_sd,
            "log_additive": self.log_sd,
        }
        if self.kind not in _TERMS:
            raise ModelError(
                f"residual of '{self.output}' has kind '{self.kind}'; "
                f"expected {', '.join(_TERMS)}"
            )
        for term, value in terms.items():
            wanted = term in _TERMS[self.kind]
            if wanted and not 0.0 < value < float("inf"):
                raise DomainError(
                    f"residual of '{self.output}' has {term} SD {value:g}; expected above 0"
                )
            if not wanted and value != 0.0:
                raise ModelError(
                    f"residual of '{self.output}' is {self.kind} but has an SD of "
                    f"the {term} term; expected only {' and '.join(_TERMS[self.kind])}"
                )

    @classmethod
    def from_reported(
        cls, *, output: Output, kind: ResidualKind, values: Mapping[str, Reported]
    ) -> Self:
        """Build the error from values as printed.

        Parameters
        ----------
        output
            The output it belongs to.
        kind
            Kind of error.
        values
            Value of each term: `proportional`, `additive` or `log_additive`.

        Raises
        ------
        ModelError
            If a term is missing, not wanted, or printed in a form that it does not take.
        """
        wanted = _TERMS.get(kind, ())
        if kind in _TERMS and set(values) != set(wanted):
            raise ModelError(
                f"residual of '{output.name}' is {kind} and gives "
                f"{', '.join(values) or 'nothing'}; expected {' and '.join(wanted)}"
            )
        spread = {term: _sd(output, term, reported) for term, reported in values.items()}
        return cls(
            output=output.name,
            kind=kind,
            proportional_sd=spread.get("proportional", 0.0),
            additive_sd=spread.get("additive", 0.0),
            log_sd=spread.get("log_additive", 0.0),
            reported=tuple(values.values()),
        )


def _sd(output: Output, term: str, reported: Reported) -> float:
    """Return the SD of a term, of the additive one in the unit of the output."""
    accepted = _FORMS.get(term, ())
    if reported.form not in accepted:
        raise ModelError(
            f"residual of '{output.name}': its {term} value '{reported.name}' has form "
            f"'{reported.form}'; accepted: {', '.join(accepted)}"
        )
    if not reported.canonical() > 0.0:
        raise DomainError(
            f"residual of '{output.name}': its {term} value '{reported.name}' is "
            f"{reported.value:g} {reported.unit}; expected above 0"
        )
    squared = reported.form in {"variance", "log_variance"}
    value = reported.canonical() ** 0.5 if squared else reported.canonical()
    found = dimension(reported.unit)
    if squared:
        found = found**_HALF
    if term == "additive":
        return _in_output_unit(output, value, found.canonical_unit, reported)
    if found != DIMENSIONLESS:
        raise UnitError(
            f"residual of '{output.name}': its {term} value '{reported.name}' is in "
            f"'{reported.unit}'; expected dimensionless"
        )
    return value


def _in_output_unit(output: Output, value: float, unit: str, reported: Reported) -> float:
    """Additive SD in the unit of the output; a substance joins amount with mass."""
    if dimension(unit) == dimension(output.unit):
        moiety = None
    elif output.substance is None or output.substance == GIVEN:
        raise UnitError(
            f"residual of '{output.name}': '{reported.name}' is in '{reported.unit}' and the "
            f"output in '{output.unit}'; expected one dimension, or a named substance"
        )
    else:
        moiety = substance(output.substance)
    form = "base" if moiety is None else output.form
    return convert_amount(
        value, from_unit=unit, to_unit=output.unit, substance=moiety, to_form=form
    )

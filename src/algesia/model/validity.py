"""`Validity`: for whom and for what a model may be used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from algesia.errors import DomainError, ModelError

from .covariate_unit import COVARIATE_UNITS, covariate_unit
from .dose_range import DoseRange

__all__ = ["CovariateDomain", "Validity"]

CovariateDomain: TypeAlias = tuple[float, float] | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The domain of a model; outside it nothing is simulated.

    Parameters
    ----------
    covariates
        Range (low, high) in the unit of the covariate, or the levels allowed.
    population
        Who was studied, in words.
    routes
        Routes the model was built on; empty for no restriction beyond its inputs.
    dose_mg
        Lowest and highest single dose studied, mg of the base; None where not stated.
    doses
        Ranges of the doses studied, by route or formulation; one that is absent states none.
    unknown_doses
        Why no range is known, by route or formulation: every such dose is outside.
    children, pregnancy
        Whether the model may be used in children, in pregnancy.
    note
        Anything else a user must know.
    owners
        Of an assembly: the member that a covariate's domain, `children` or `pregnancy` is of.
    """

    covariates: Mapping[str, CovariateDomain] = field(default_factory=dict)
    population: str = ""
    routes: tuple[str, ...] = ()
    dose_mg: tuple[float, float] | None = None
    doses: Mapping[str, tuple[DoseRange, ...]] = field(default_factory=dict)
    unknown_doses: Mapping[str, str] = field(default_factory=dict)
    children: bool = False
    pregnancy: bool = False
    note: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, domain in self.covariates.items():
            if all(isinstance(end, str) for end in domain):
                if not domain or name in COVARIATE_UNITS:
                    raise ModelError(
                        f"validity of {name} is {domain}; expected "
                        f"{'a range' if name in COVARIATE_UNITS else 'at least one level'}"
                    )
                continue
            covariate_unit(name)
            _require_range(f"validity of {name}", domain)
        if self.dose_mg is not None:
            _require_range("validity of the dose in mg", self.dose_mg)
        for route, reason in self.unknown_doses.items():
            if not reason.strip() or route in self.doses:
                raise ModelError(
                    f"doses by {route} are unknown for {reason!r}; "
                    "expected a reason and no range"
                )

    def doses_by(self, route: str) -> tuple[DoseRange, ...]:
        """Ranges of the doses studied by a route; none where none is stated."""
        if route in self.doses:
            return self.doses[route]
        if self.dose_mg is None or self.doses or self.unknown_doses:
            return ()
        return (DoseRange(low=self.dose_mg[0], high=self.dose_mg[1], unit="mg"),)

    def studied(self, routes: Iterable[str]) -> tuple[tuple[DoseRange, ...], str]:
        """Ranges of the first of some routes that states any, or why it has none."""
        for route in routes:
            if route in self.unknown_doses:
                return (), self.unknown_doses[route]
            ranges = self.doses_by(route)
            if ranges:
                return ranges, ""
        return (), ""

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Range of each numeric covariate, unit of the covariate."""
        return {
            name: (low, high)
            for name, (low, high) in (
                item for item in self.covariates.items() if item[0] in COVARIATE_UNITS
            )
            if isinstance(low, float) and isinstance(high, float)
        }

    def levels(self) -> dict[str, tuple[str, ...]]:
        """Levels allowed of each covariate that has levels."""
        return {
            name: tuple(str(level) for level in domain)
            for name, domain in self.covariates.items()
            if name not in COVARIATE_UNITS
        }


def _require_range(what: str, domain: CovariateDomain) -> None:
    ordered = len(domain) == 2 and all(isinstance(end, float) for end in domain)
    if not ordered or not float(domain[0]) <= float(domain[1]):
        raise DomainError(f"{what} is {domain}; expected a low and a high end in this order")

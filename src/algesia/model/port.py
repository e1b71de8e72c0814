"""`Port`: where models are joined."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from algesia.errors import ModelError
from algesia.provenance import Grade, Reported
from algesia.units import dimension

from .parameter import Parameter
from .symbol import require_symbol

__all__ = ["Port", "PortCombination", "PortDirection"]

PortDirection: TypeAlias = Literal["in", "out"]
PortCombination: TypeAlias = Literal["product", "sum"]

_COMBINATIONS = ("product", "sum")
_DEFAULT_NOTE = "default of the in port of this name; it holds while nothing is joined to it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One port of a model.

    Parameters
    ----------
    name
        An `in` port is a symbol formulas may use, fed by another model. An `out` port bears the
        name of the state, definition or output it shows.
    unit
        Unit of what passes, of the same dimension on both sides.
    direction
        `in` or `out`.
    default
        Value of an in port to which nothing is joined, in `unit`; None where it must be joined.
    combine
        What several out ports joined to an in port make: their `product` or their `sum`; None
        where only one may feed it. Needs a default; a product needs a dimensionless port.

    Examples
    --------
    >>> activity = Port(
    ...     name="activity", unit="1", direction="in", default=1, combine="product"
    ... )
    >>> activity.parameter().reported.canonical()
    1.0
    """

    name: str
    unit: str
    direction: PortDirection
    default: float | None = None
    combine: PortCombination | None = None

    def __post_init__(self) -> None:
        require_symbol("port", self.name)
        if self.direction != "in" and (self.default is not None or self.combine is not None):
            raise ModelError(
                f"port '{self.name}' is an {self.direction} port with a default or combine; "
                "expected them on in ports only"
            )
        if self.default is not None:
            number = isinstance(self.default, int | float) and self.default is not True
            if not number or not math.isfinite(self.default):
                raise ModelError(
                    f"default of port '{self.name}' is {self.default!r}; "
                    "expected a finite number"
                )
            object.__setattr__(self, "default", float(self.default))
        self._check_combination()

    def parameter(self) -> Parameter:
        """Parameter an in port is while nothing is joined to it.

        Raises
        ------
        ModelError
            If the port has no default.
        """
        if self.default is None:
            raise ModelError(
                f"port '{self.name}' has no default; expected it to be connected in an Assembly"
            )
        reported = Reported(
            name=self.name,
            value=self.default,
            unit=self.unit,
            form="fixed",
            origin="assumed",
            grade=Grade(kind="D", certainty="low"),
            source="",
            locator="",
            note=_DEFAULT_NOTE,
        )
        return Parameter(name=self.name, reported=reported)

    def _check_combination(self) -> None:
        if self.combine is None:
            return
        if self.combine not in _COMBINATIONS:
            raise ModelError(
                f"port '{self.name}' has combine {self.combine!r}; "
                f"expected {' or '.join(_COMBINATIONS)}"
            )
        if self.default is None:
            raise ModelError(
                f"port '{self.name}' combines several sources and has no default; "
                "expected the value it has without any"
            )
        if self.combine == "product" and not dimension(self.unit).dimensionless:
            raise ModelError(
                f"port '{self.name}' takes a product of sources in {self.unit}; "
                "expected a dimensionless port, or combine: sum"
            )

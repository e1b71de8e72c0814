"""Units, dimensions and substances: the border between a paper's numbers and the engine's."""

from typing import TYPE_CHECKING, Any

from .amounts import convert_amount
from .conversion import (
    canonical_unit,
    conversion_factor,
    dimension,
    from_canonical,
    to_canonical,
)
from .dimensions import DIMENSIONLESS, Dimension
from .quantities import body_weight, parse_quantity, quantity, split_quantity, unit
from .registry import unit_registry
from .substances import (
    Salt,
    Substance,
    require_same_moiety,
    substance,
    substance_names,
)
from .unknown_drugs import refuse_unknown_drug, unknown_drugs

if TYPE_CHECKING:
    from pint import Quantity, Unit

__all__ = [
    "DIMENSIONLESS",
    "Dimension",
    "Quantity",
    "Salt",
    "Substance",
    "Unit",
    "body_weight",
    "canonical_unit",
    "conversion_factor",
    "convert_amount",
    "dimension",
    "from_canonical",
    "parse_quantity",
    "quantity",
    "refuse_unknown_drug",
    "require_same_moiety",
    "split_quantity",
    "substance",
    "substance_names",
    "to_canonical",
    "unit",
    "unit_registry",
    "unknown_drugs",
]


def __getattr__(name: str) -> Any:
    """`Quantity` and `Unit` of the project registry, which is built at first use."""
    if name in ("Quantity", "Unit"):
        return getattr(unit_registry(), name)
    raise AttributeError(f"module 'algesia.units' has no attribute '{name}'")

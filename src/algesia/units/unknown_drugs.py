"""Drugs known by name only: nothing can be simulated of them, and the reason is said."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from algesia.errors import UnknownNameError

__all__ = ["refuse_unknown_drug", "unknown_drugs"]


@cache
def unknown_drugs() -> Mapping[str, str]:
    """Reason for each drug of which no pharmacokinetic source is held, by its name.

    Examples
    --------
    >>> "metformin" in unknown_drugs()
    True
    """
    # Imported here, since a reader of numbers alone never needs the table.
    import yaml

    text = files("algesia.units").joinpath("unknown_drugs.yaml").read_text(encoding="utf-8")
    table = yaml.safe_load(text)
    return MappingProxyType(
        {name: " ".join(row["reason"].split()) for name, row in table.items()}
    )


def refuse_unknown_drug(name: str) -> None:
    """Refuse a drug that is known by name only; any other text passes.

    Parameters
    ----------
    name
        What stands for a drug.

    Raises
    ------
    UnknownNameError
        If nothing is known of the drug. The message gives the reason.

    Examples
    --------
    >>> refuse_unknown_drug("ketamine")
    """
    spelled = " ".join(str(name).lower().split())
    reason = unknown_drugs().get(spelled)
    if reason is not None:
        raise UnknownNameError(f"{spelled} is known by name only and cannot be given: {reason}")

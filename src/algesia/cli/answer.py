"""What a command found, as the one JSON object that `--json` prints."""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from algesia.provenance import Source

__all__ = ["Answer", "json_value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command found and what it stands on.

    Parameters
    ----------
    command
        Name of the command.
    data
        What was asked for; anything `json_value` takes.
    warnings
        What its reader must know.
    receipt
        Receipt of the run behind it, or None.
    sources
        Publications behind its numbers.
    """

    command: str
    data: object
    warnings: tuple[str, ...] = ()
    receipt: Mapping[str, Any] | None = None
    sources: tuple["Source", ...] = ()

    def json_text(self) -> str:
        """One JSON object; a number that does not exist is null."""
        from algesia import __version__
        from algesia.provenance import NOTICE

        whole = {
            "schema": f"algesia/{self.command}/1",
            "data": self.data,
            "warnings": self.warnings,
            "provenance": {
                "algesia": __version__,
                "receipt": self.receipt,
                "sources": self.sources,
            },
            "notice": NOTICE,
        }
        return json.dumps(json_value(whole), allow_nan=False, indent=2) + "\n"


def json_value(value: object) -> Any:
    """Turn a value into what JSON can hold.

    Parameters
    ----------
    value
        Dataclasses, mappings, sequences, arrays, numbers, text, formulas and None, nested.

    Examples
    --------
    >>> json_value({"half_life": float("nan"), "doses": (50, 100)})
    {'half_life': None, 'doses': [50, 100]}
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Enum):
        return json_value(value.value)
    if isinstance(value, int | float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_value(item) for item in value]
    return _object_value(value)


def _object_value(value: object) -> Any:
    """Turn an object into JSON: a formula is its text, a dataclass its fields."""
    import numpy as np

    from algesia.model import Expression

    if isinstance(value, np.generic | np.ndarray):
        return json_value(value.tolist())
    if isinstance(value, Expression):
        return value.text
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: json_value(getattr(value, each.name))
            for each in dataclasses.fields(value)
        }
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")

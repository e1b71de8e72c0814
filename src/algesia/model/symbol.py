"""Which words may name a part of a model."""

import re
from keyword import iskeyword
from typing import Final

from algesia.errors import ModelError

from .expression_function import FUNCTIONS

__all__ = ["DOSE_ATTRIBUTES", "TIME", "require_symbol"]

TIME: Final = "time"
DOSE_ATTRIBUTES: Final = {"device_number": "1", "dose_number": "1", "dose_amount": "mg"}
"""What an input may ask of the dose, with units: counts from 1, and mg of the drug's base."""

_SYMBOL: Final = re.compile(r"[a-z][a-z0-9_]{0,99}\Z")


def require_symbol(kind: str, name: str) -> None:
    """Refuse a name that is no plain word or is reserved.

    Raises
    ------
    ModelError
        If the name is not made of lower-case letters, digits and underscores, or is taken by
        the grammar.
    """
    if _SYMBOL.match(name) is None:
        raise ModelError(
            f"{kind} is named '{name}'; "
            "expected lower-case letters, digits and _, a letter first"
        )
    if name in FUNCTIONS or name in DOSE_ATTRIBUTES or name == TIME or iskeyword(name):
        raise ModelError(
            f"{kind} is named '{name}', which the grammar reserves; expected another"
        )

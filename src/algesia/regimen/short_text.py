"""Reading an amount, a length of time or a limit that stands alone."""

from algesia.errors import RegimenError

from .clause import read_limit, read_time
from .limit import Limit
from .tokens import Reader, tokens_of

__all__ = ["parse_amount", "parse_length_h", "parse_limit"]


def parse_length_h(text: str) -> float:
    """Read a length of time, such as `40 min` or `2 weeks`, h.

    Examples
    --------
    >>> parse_length_h("90 min")
    1.5
    """
    reader = Reader(tokens_of(text))
    hours = read_time(reader, "a length")
    if reader.peek() is not None:
        raise RegimenError(f"{reader.shown()} stands after a length; expected nothing after it")
    return hours


def parse_limit(text: str) -> Limit:
    """Read a limit for a period, such as `60 mg a day` or `6 doses a week`.

    Examples
    --------
    >>> str(parse_limit("60 mg per day"))
    'max 60 mg a day'
    """
    reader = Reader(tokens_of(text))
    limit = read_limit(reader)
    if reader.peek() is not None:
        raise RegimenError(f"{reader.shown()} stands after a limit; expected nothing after it")
    return limit


def parse_amount(text: str) -> tuple[float, str]:
    """Read an amount and its unit, such as `0.5 mg/kg`.

    Examples
    --------
    >>> parse_amount("10 mcg/kg per min")
    (10.0, 'µg/kg/min')
    """
    reader = Reader(tokens_of(text))
    value = reader.expect("number", "an amount such as 0.5 mg/kg").value
    unit = reader.expect("dose_unit", "a unit such as mg, mg/kg or mg/kg/h").name
    if reader.peek() is not None:
        raise RegimenError(
            f"{reader.shown()} stands after an amount; expected nothing after it"
        )
    return value, unit

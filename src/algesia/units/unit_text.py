"""The grammar of unit texts: what 'mg/h/70 kg' says, before any unit is looked up."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from algesia.errors import UnitError

__all__ = ["Factor", "read_unit_text", "tidy"]

MAXIMUM_LENGTH = 120
MAXIMUM_POWER = 9

# NFKC already turns the micro sign into the Greek letter, superscripts into digits and a
# non-breaking space into a space.
_SAME_MEANING = str.maketrans({"μ": "u", "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*"})
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<name>%|[^\W\d]+)"
    r"(?:\s*(?:\^|\*\*)\s*(?P<power>[+-]?\d+(?:\.\d+)?|\([+-]?\d+(?:/[1-9]\d*|\.\d+)?\))"
    r"|(?P<direct>-?\d+))?"
    r"|(?P<symbol>[*/()]))"
)
_DIMENSIONLESS_NAMES = frozenset(
    {"fraction", "dimensionless", "unitless", "ratio", "point", "points", "score", "count"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One factor of a unit: ``(multiple * name ** power) ** sign``.

    Parameters
    ----------
    multiple
        Number before the name, 70 in '/70 kg', above 0; 1 where none is written.
    name
        Name as written, except that `kg` below the line is `kg_body`.
    power
        Power written on the name, within plus or minus 9.
    below
        Whether the factor divides.
    """

    multiple: Fraction
    name: str
    power: Fraction
    below: bool

    @property
    def exponent(self) -> Fraction:
        """Power of the name in the whole unit; negative below the line."""
        return -self.power if self.below else self.power


def tidy(text: str) -> str:
    """Text with every micro sign, minus sign, product dot and space in its plain spelling.

    Examples
    --------
    >>> tidy("µg·h/mL")
    'ug*h/mL'
    """
    if not isinstance(text, str):
        raise UnitError(f"unit is {text!r}; expected text such as 'mg/kg' or 'ng/mL'")
    if len(text) > MAXIMUM_LENGTH:
        raise UnitError(
            f"unit text has {len(text)} characters; expected at most {MAXIMUM_LENGTH}"
        )
    plain = unicodedata.normalize("NFKC", text).translate(_SAME_MEANING)
    return re.sub(r"\s+per\s+", "/", " ".join(plain.split()))


def read_unit_text(text: str) -> tuple[Factor, ...]:
    """Factors of a unit text, in the order written; empty for a dimensionless one.

    Parameters
    ----------
    text
        Names joined by `*`, `/` or 'per', with powers ('m2', 'h^-1', 'kg**0.75'), brackets, and
        a number in front of a name below the line ('L/h/70 kg', 'mg/24h').

    Returns
    -------
    tuple[Factor, ...]
        The factors; read from left to right, so 'mg/kg*h' is (mg/kg)*h.

    Raises
    ------
    UnitError
        If the text does not follow the grammar; the message quotes it and the part at fault.

    Examples
    --------
    >>> [(str(f.multiple), f.name, str(f.exponent)) for f in read_unit_text("L/h/70 kg")]
    [('1', 'L', '1'), ('1', 'h', '-1'), ('70', 'kg_body', '-1')]
    """
    plain = tidy(text)
    if not plain:
        raise UnitError("unit is missing; expected text such as 'mg/kg', or '1' for none")
    return _Reader(plain).read()


class _Reader:
    """Reads one text from left to right; `signs` holds the sign of each open bracket."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.signs = [False]
        self.below = False
        self.factors: list[Factor] = []
        self.multiple: Fraction | None = None
        self.wants_factor = True

    def read(self) -> tuple[Factor, ...]:
        position = 0
        while position < len(self.text):
            match = _TOKEN.match(self.text, position)
            if match is None:
                raise self._refuse(f"'{self.text[position:].strip()}' is not understood")
            self._take(match)
            position = match.end()
        self._end_number()
        if self.wants_factor or len(self.signs) > 1:
            raise self._refuse("it ends too early")
        return tuple(self.factors)

    def _take(self, match: re.Match[str]) -> None:
        if match["symbol"]:
            self._take_symbol(match["symbol"])
        elif not self.wants_factor and (self.multiple is None or match["number"]):
            raise self._refuse(f"write * or / before '{match[0].strip()}'")
        elif match["number"]:
            self.multiple, self.wants_factor = self._read_number(match["number"]), False
        else:
            self._take_name(match)

    def _take_symbol(self, symbol: str) -> None:
        if symbol == "(":
            if not self.wants_factor:
                raise self._refuse("write * or / before '('")
            self.signs.append(self.below)
            return
        self._end_number()
        if self.wants_factor or (symbol == ")" and len(self.signs) == 1):
            raise self._refuse(f"'{symbol}' is out of place")
        if symbol == ")":
            self.signs.pop()
            return
        self.below = self.signs[-1] != (symbol == "/")
        self.wants_factor = True

    def _take_name(self, match: re.Match[str]) -> None:
        name, multiple = match["name"], self.multiple or Fraction(1)
        power = self._read_power(match["power"] or match["direct"] or "1")
        if multiple != 1 and not self.below:
            raise self._refuse(f"a number before '{name}' is allowed below the line only")
        if name == "kg" and self.below == (power > 0):
            name = "kg_body"
        if name not in _DIMENSIONLESS_NAMES or multiple != 1:
            self.factors.append(
                Factor(multiple=multiple, name=name, power=power, below=self.below)
            )
        self.multiple, self.wants_factor = None, False

    def _end_number(self) -> None:
        """Refuse a number that no name follows, save 1 as in '1/h'."""
        if self.multiple not in (None, 1):
            raise self._refuse(f"no unit follows the number {float(self.multiple or 0):g}")
        self.multiple = None

    def _read_number(self, text: str) -> Fraction:
        number = Fraction(text)
        if not 0 < number < Fraction(10) ** 12:
            raise self._refuse(f"the number {text} is not between 0 and 1e12")
        return number

    def _read_power(self, text: str) -> Fraction:
        power = Fraction(text.strip("()"))
        if not 0 < abs(power) <= MAXIMUM_POWER:
            raise self._refuse(f"the power {text} is 0 or beyond {MAXIMUM_POWER}")
        return power

    def _refuse(self, reason: str) -> UnitError:
        return UnitError(
            f"unit '{self.text}' cannot be read: {reason}; expected text such as 'mg/h/70 kg'"
        )

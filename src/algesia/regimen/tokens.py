"""A dosing text cut into numbers, units, clock times and words."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from algesia.errors import RegimenError

from .dose_unit import DOSE_UNIT, dose_unit
from .time_text import time_unit

__all__ = ["JOINERS", "TEXT_LIMIT", "Reader", "Token", "read_clocks", "tokens_of"]

TEXT_LIMIT: Final = 10_000
"""Most characters in a plan."""

TokenKind = Literal["number", "dose_unit", "time_unit", "clock", "date", "word", "mark"]

NUMBER_WORDS: Final = MappingProxyType(
    {word: index + 1 for index, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve"))}
)  # fmt: skip
CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?![0-9:])")
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9-])")
NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
RANGE: Final = re.compile(r"\s*(?:[-–—]|\bto\b|/)\s*[0-9]")
THOUSANDS: Final = re.compile(r",[0-9]")
KETAMINE: Final = re.compile(
    r"(?:\((?:[RS]|RS|R,S|±|\+|-)\)|[RS])(?:\([-+±]\))?[-\s]?(?:nor)?ketamine(?![A-Za-z])",
    re.IGNORECASE,
)
ABBREVIATION: Final = re.compile(r"(?:[A-Za-z]\.){2,3}")
EVERY_HOURS: Final = re.compile(r"[qQ]([0-9]+)[hH](?![A-Za-z])")
WORD: Final = re.compile(r"[^\W\d_][\w'-]*")
JOINERS: Final = (",", "and", "/")
MARKS: Final = frozenset(",;.()[]+/×")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One piece of a text.

    Parameters
    ----------
    kind
        What it is.
    text
        As written.
    name
        The one spelling: a dose unit, a unit of time, or the word in lower case.
    value
        The number, or the hours since midnight of a clock time; otherwise 0.
    """

    kind: TokenKind
    text: str
    name: str
    value: float = 0.0


class Reader:
    """Tokens with a place in them."""

    __slots__ = ("place", "tokens")

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.place = 0

    def peek(self, ahead: int = 0) -> Token | None:
        """Give the token at the place, or some tokens ahead of it, or None at the end."""
        index = self.place + ahead
        return self.tokens[index] if index < len(self.tokens) else None

    def take(self) -> Token:
        """Give the token at the place and step over it; there must be one."""
        self.place += 1
        return self.tokens[self.place - 1]

    def accept(self, *names: str) -> bool:
        """Step over the next token if its name is one of these."""
        token = self.peek()
        if token is None or token.name not in names:
            return False
        self.place += 1
        return True

    def at_kind(self, kind: TokenKind, ahead: int = 0) -> bool:
        """Whether the token at the place, or ahead of it, is of this kind."""
        token = self.peek(ahead)
        return token is not None and token.kind == kind

    def expect(self, kind: TokenKind, what: str) -> Token:
        """Step over a token of this kind, or say what was expected."""
        if not self.at_kind(kind):
            raise RegimenError(
                f"{self.shown()} stands after '{self.before()}'; expected {what}"
            )
        return self.take()

    def skip(self, *names: str) -> None:
        """Step over all next tokens with these names."""
        while self.accept(*names):
            pass

    def shown(self) -> str:
        """Quote the token at the place, for a message."""
        token = self.peek()
        return "the end" if token is None else f"'{token.text}'"

    def before(self) -> str:
        """Give the words just before the place, for a message."""
        return " ".join(
            token.text for token in self.tokens[max(0, self.place - 3) : self.place]
        )


def read_clocks(reader: Reader) -> tuple[float, ...]:
    """Read times of day, such as `08:00 and 20:00`, hours since midnight."""
    clocks: list[float] = []
    place = reader.place
    while reader.at_kind("clock"):
        clocks.append(reader.take().value)
        place = reader.place
        reader.skip(*JOINERS)
    # A comma or "and" that no time follows belongs to whatever comes next.
    reader.place = place
    return tuple(sorted(clocks))


def tokens_of(text: str) -> tuple[Token, ...]:
    """Cut a text into tokens.

    Raises
    ------
    RegimenError
        If the text is empty or too long, or a number is a range or has a comma in it.

    Examples
    --------
    >>> [token.name for token in tokens_of("0.5mg/kg over 40 minutes")]
    ['0.5', 'mg/kg', 'over', '40', 'min']
    """
    if len(text) > TEXT_LIMIT:
        raise RegimenError(
            f"the plan has {len(text)} characters; expected at most {TEXT_LIMIT}"
        )
    text = " ".join(text.split())
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        after_number = bool(tokens) and tokens[-1].kind == "number"
        token = _unit(text, place) if after_number else None
        token = token or _figure(text, place) or _word(text, place)
        if token is None:
            raise RegimenError(
                f"{text[place]!r} in {text[max(0, place - 10) : place + 10].strip()!r} is not"
                " understood; expected words, numbers and units"
            )
        tokens.append(token)
        place += len(token.text)
    if not tokens:
        raise RegimenError("the plan is empty; expected one such as '0.5 mg/kg IV over 40 min'")
    return tuple(tokens)


def _unit(text: str, place: int) -> Token | None:
    """Read a unit that stands after a number."""
    found = DOSE_UNIT.match(text, place)
    if found is not None:
        return Token(kind="dose_unit", text=found[0], name=dose_unit(found[0]).text)
    word = WORD.match(text, place)
    unit = time_unit(word[0]) if word is not None else None
    if word is None or unit is None:
        return None
    return Token(kind="time_unit", text=word[0], name=unit)


def _figure(text: str, place: int) -> Token | None:
    """Read a clock time, a date, or a number."""
    clock = CLOCK.match(text, place)
    if clock is not None:
        minutes = int(clock[1]) * 60 + int(clock[2])
        return Token(kind="clock", text=clock[0], name=clock[0], value=minutes / 60)
    date = DATE.match(text, place)
    if date is not None:
        return Token(kind="date", text=date[0], name=date[0])
    number = NUMBER.match(text, place)
    if number is None:
        return None
    after = number.end()
    if THOUSANDS.match(text, after):
        shown = text[place : after + 4].split()[0]
        raise RegimenError(
            f"'{shown}' has a comma; expected decimals with a point, thousands without a mark,"
            " and a space after a comma in a list"
        )
    if RANGE.match(text, after):
        shown = text[place : after + 8].strip()
        raise RegimenError(f"'{shown}' gives two values; expected one (a range is two plans)")
    return Token(kind="number", text=number[0], name=number[0], value=float(number[0]))


def _word(text: str, place: int) -> Token | None:
    """Read a word, an abbreviation with points, or a mark."""
    for pattern in (KETAMINE, EVERY_HOURS, ABBREVIATION, WORD):
        found = pattern.match(text, place)
        if found is None:
            continue
        lower = found[0].lower()
        if lower in NUMBER_WORDS:
            value = float(NUMBER_WORDS[lower])
            return Token(kind="number", text=found[0], name=lower, value=value)
        return Token(kind="word", text=found[0], name=lower)
    if text[place] in MARKS:
        return Token(kind="mark", text=text[place], name=text[place])
    return None

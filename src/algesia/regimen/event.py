"""Events with stated times that doses refer to: meals, bedtime, an operation."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from algesia.errors import RegimenError, unknown_name

from .calendar import Calendar
from .time_text import hours_of
from .tokens import Reader, Token, read_clocks, tokens_of

__all__ = ["DAILY", "EVENTS", "PlanEvent", "event_name", "events_from", "stated_events"]

DAILY: Final = frozenset({"meal", "breakfast", "lunch", "dinner", "bedtime", "waking"})
"""Events that come every day, at times of day."""

_SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "meal": ("meals",),
        "breakfast": (),
        "lunch": (),
        "dinner": ("supper",),
        "bedtime": (),
        "waking": (),
        "surgery": ("operation",),
        "incision": (),
        "closure": (),
        "procedure": (),
        "discharge": (),
    }
)
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {word: name for name, words in _SPELLINGS.items() for word in (name, *words)}
)
"""Name of each event by the words for it."""

_REFERRING: Final = frozenset(
    {"at", "after", "before", "with", "each", "every", "until", "the", "wound"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvent:
    """When something happens that doses refer to.

    Parameters
    ----------
    name
        One of the names that `EVENTS` has.
    clocks_h
        Times of day, hours since midnight; every day for meals and the like, otherwise the
        next such time.
    time_h
        Or the time, h since the start of the plan, of what happens once.
    """

    name: str
    clocks_h: tuple[float, ...] = ()
    time_h: float | None = None

    def __post_init__(self) -> None:
        if self.name in DAILY and not self.clocks_h:
            raise RegimenError(
                f"the time of {self.name} is not a time of day; expected one such as"
                f" '{self.name} at 08:00'"
            )
        if self.name not in DAILY and len(self.clocks_h) > 1:
            raise RegimenError(f"{self.name} has {len(self.clocks_h)} times; expected one")
        if self.time_h is not None and self.time_h < 0.0:
            raise RegimenError(
                f"{self.name} is at {self.time_h:g} h; expected a time from 0, the start"
            )

    def happens_h(self, calendar: Calendar) -> float:
        """Time of what happens once, h since the start of the plan."""
        if self.time_h is not None:
            return self.time_h
        return calendar.until_clock_h(self.clocks_h[0], 0.0)


def event_name(token: Token | None) -> str | None:
    """Give the event that a word stands for, or None."""
    return None if token is None or token.kind != "word" else EVENTS.get(token.name)


def stated_events(
    tokens: tuple[Token, ...],
) -> tuple[tuple[Token, ...], dict[str, PlanEvent]]:
    """Take statements such as `meals at 08:00 and 19:00` out of a plan.

    Returns
    -------
    tuple
        The tokens that are left, and the events by name.
    """
    reader = Reader(tokens)
    left: list[Token] = []
    events: dict[str, PlanEvent] = {}
    after_statement = False
    while reader.peek() is not None:
        place = reader.place
        if after_statement:
            reader.skip("and", ",")
        name = event_name(reader.peek())
        referring = bool(left) and left[-1].name in _REFERRING and not after_statement
        if name is None or referring or not _time_follows(reader):
            reader.place = place
            left.append(reader.take())
            after_statement = False
            continue
        reader.place += 2
        if name in events:
            raise RegimenError(f"the time of {name} is given twice; expected it once")
        events[name] = _read_event(name, reader)
        after_statement = True
    return tuple(left), events


def events_from(given: Mapping[str, str]) -> dict[str, PlanEvent]:
    """Read the times of events that were given beside a plan.

    Parameters
    ----------
    given
        Times such as `10 h` or `08:00, 12:30 and 19:00` by the name of the event.

    Raises
    ------
    RegimenError
        If a time is not understood.
    UnknownNameError
        If there is no such event.
    """
    events: dict[str, PlanEvent] = {}
    for word, text in given.items():
        name = EVENTS.get(word.strip().lower())
        if name is None:
            raise unknown_name("event", word, EVENTS)
        reader = Reader(tokens_of(text))
        reader.skip("at")
        events[name] = _read_event(name, reader)
        if reader.peek() is not None:
            raise RegimenError(
                f"{reader.shown()} stands after the time of {name}; expected nothing after it"
            )
    return events


def _time_follows(reader: Reader) -> bool:
    """Whether `at` and a time stand after the word at the place."""
    at = reader.peek(1)
    timed = reader.at_kind("number", 2) and reader.at_kind("time_unit", 3)
    return at is not None and at.name == "at" and (timed or reader.at_kind("clock", 2))


def _read_event(name: str, reader: Reader) -> PlanEvent:
    """Read the time or times of an event."""
    if not reader.at_kind("clock"):
        value = reader.expect("number", f"the time of {name}, such as 10 h or 08:00").value
        unit = reader.expect("time_unit", "a unit of time: min, h or days").name
        return PlanEvent(name=name, time_h=hours_of(value, unit))
    return PlanEvent(name=name, clocks_h=read_clocks(reader))

"""The words that say when a dose is given."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from algesia.errors import RegimenError

from .draft import Draft
from .event import EVENTS, event_name
from .time_text import HOURS_PER_DAY, HOURS_PER_WEEK, WEEKDAYS, hours_of, number_text
from .tokens import JOINERS, Reader, read_clocks

__all__ = [
    "DOSE_WORDS",
    "SCHEDULE_WORDS",
    "read_count",
    "read_cycle",
    "read_days",
    "read_doses",
    "read_event",
    "read_offset",
    "weekday_of",
    "whole_number",
]

DOSE_WORDS: Final = (
    "dose", "doses", "infusion", "infusions", "session", "sessions", "treatment", "treatments",
    "injection", "injections",
)  # fmt: skip
TIMES_A_DAY: Final = MappingProxyType(
    {"bid": 2, "bd": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4}
)
COUNTS: Final = MappingProxyType({"once": 1, "twice": 2, "thrice": 3})


def read_count(reader: Reader, draft: Draft) -> bool:
    """Read `3 times a day` or `3x/week`; False leaves the place as it was."""
    if not reader.at_kind("number"):
        return False
    place, number = reader.place, reader.take()
    if reader.accept("times", "x", "×") and _per_period(
        reader, draft, whole_number(number.value)
    ):
        return True
    reader.place = place
    return False


def read_doses(reader: Reader, draft: Draft) -> bool:
    """Read `8 doses`; False leaves the place as it was."""
    token, after = reader.peek(), reader.peek(1)
    if token is None or after is None or token.kind != "number" or after.name not in DOSE_WORDS:
        return False
    draft.say("doses", whole_number(token.value))
    reader.place += 2
    return True


def read_days(reader: Reader, draft: Draft) -> bool:
    """Read names of weekdays, such as `Monday, Wednesday and Friday`."""
    days: set[int] = set()
    place = reader.place
    while (token := reader.peek()) is not None:
        day = weekday_of(token.name)
        if day is None:
            break
        days.add(day)
        reader.take()
        place = reader.place
        reader.skip(*JOINERS)
    # A comma or "and" that no day follows belongs to whatever comes next.
    reader.place = place
    if days:
        draft.say("weekdays", tuple(sorted(days)))
    return bool(days)


def weekday_of(word: str) -> int | None:
    """Give the number of a weekday, 0 is Monday, from its name, plural or abbreviation."""
    lower = word.lower()
    for index, name in enumerate(WEEKDAYS):
        full = name.lower()
        if lower in (full, f"{full}s") or (3 <= len(lower) <= 5 and full.startswith(lower)):
            return index
    return None


def whole_number(value: float) -> int:
    """Give a whole number, or refuse."""
    if value != int(value) or value < 1:
        raise RegimenError(
            f"'{number_text(value)}' counts something; expected a whole number from 1"
        )
    return int(value)


def _per_period(reader: Reader, draft: Draft, count: int) -> bool:
    """Read `a day`, `daily`, `per week` or `weekly` after a number of times."""
    reader.skip("a", "per", "each", "every", "/")
    if reader.accept("day", "daily"):
        draft.say("times_a_day", count)
        return True
    if reader.accept("week", "weekly"):
        draft.say("times_a_week", count)
        return True
    return False


def _times_word(count: int) -> Callable[[Reader, Draft], None]:
    """`once`, `twice` or `thrice`, alone or with a period."""

    def read(reader: Reader, draft: Draft) -> None:
        if count == 1 and reader.accept("every"):
            _every(reader, draft)
        elif not _per_period(reader, draft, count):
            draft.say("doses", count)

    return read


def _a_day(count: int) -> Callable[[Reader, Draft], None]:
    """`BID`, `TID` or `QID`."""

    def read(reader: Reader, draft: Draft) -> None:
        del reader
        draft.say("times_a_day", count)

    return read


def _interval(hours: float) -> Callable[[Reader, Draft], None]:
    """`daily`, `weekly` and the like."""

    def read(reader: Reader, draft: Draft) -> None:
        del reader
        draft.say("every_h", hours)

    return read


def _every(reader: Reader, draft: Draft) -> None:
    """`every 8 h`, `every other day`, `every week`, `every Monday`."""
    if read_days(reader, draft):
        return
    value = 2.0 if reader.accept("other", "second") else 1.0
    if reader.at_kind("number"):
        value = reader.take().value
        unit = reader.expect("time_unit", "a unit of time: min, h, days or weeks").name
    else:
        token = reader.peek()
        unit = "" if token is None else token.name
        if unit not in ("day", "week", "hour", "night"):
            raise RegimenError(
                f"{reader.shown()} stands after '{reader.before()}'; expected '8 h',"
                " 'other day' or 'week'"
            )
        reader.take()
        unit = "day" if unit == "night" else unit
    draft.say("every_h", hours_of(value, unit))


def _alternate(reader: Reader, draft: Draft) -> None:
    """`alternate days`."""
    reader.skip("day", "days")
    draft.say("every_h", 2.0 * HOURS_PER_DAY)


def _on(reader: Reader, draft: Draft) -> None:
    """`on Monday and Friday`, `on weekdays`, `on days 1, 8 and 15` (day 1 is the first)."""
    if reader.accept("day", "days"):
        days = _numbers(reader, "day numbers such as 1, 8 and 15")
        if any(day < 1 or day != int(day) for day in days):
            raise RegimenError(
                f"day numbers are {days}; expected whole numbers, the first day is 1"
            )
        draft.say("at_h", tuple((day - 1.0) * HOURS_PER_DAY for day in days))
    elif reader.accept("weekday", "weekdays"):
        draft.say("weekdays", (0, 1, 2, 3, 4))
    elif reader.accept("weekend", "weekends"):
        draft.say("weekdays", (5, 6))
    elif not read_days(reader, draft):
        raise RegimenError(
            f"{reader.shown()} stands after 'on'; expected weekdays, or 'days 1, 8 and 15'"
        )


def _at(reader: Reader, draft: Draft) -> None:
    """`at 08:00 and 20:00`, `at weeks 0, 2 and 4`, `at 0 h, 8 h`, or `at steady state`."""
    if reader.accept("steady-state"):
        draft.steady_state = True
    elif reader.accept("steady"):
        if not reader.accept("state"):
            raise RegimenError(f"{reader.shown()} stands after 'steady'; expected 'state'")
        draft.steady_state = True
    elif reader.at_kind("clock"):
        draft.say("clocks_h", read_clocks(reader))
    elif read_event(reader, draft):
        return
    elif reader.accept("week", "weeks"):
        weeks = _numbers(reader, "week numbers such as 0, 2 and 4")
        draft.say("at_h", tuple(week * HOURS_PER_WEEK for week in weeks))
    else:
        draft.say("at_h", _times(reader))


def read_event(reader: Reader, draft: Draft, offset_h: float = 0.0) -> bool:
    """Read `each meal` or `the incision`; False leaves the place as it was."""
    place = reader.place
    reader.skip("each", "every", "the", "wound")
    name = event_name(reader.peek())
    if name is None:
        reader.place = place
        return False
    reader.take()
    draft.say("event", (name, offset_h))
    return True


def read_offset(reader: Reader, draft: Draft) -> bool:
    """Read `30 min after each meal`; False leaves the place as it was."""
    side = reader.peek(2)
    if not reader.at_kind("time_unit", 1) or side is None:
        return False
    if side.name not in ("after", "before"):
        return False
    value, unit = reader.take().value, reader.take().name
    reader.take()
    sign = 1.0 if side.name == "after" else -1.0
    if not read_event(reader, draft, sign * hours_of(value, unit)):
        raise _no_event(reader, side.text)
    return True


def read_cycle(reader: Reader, draft: Draft) -> bool:
    """Read `3 weeks on, 1 week off`; False leaves the place as it was."""
    word = reader.peek(2)
    if not reader.at_kind("time_unit", 1) or word is None or word.name != "on":
        return False
    place = reader.place
    on_h = hours_of(reader.take().value, reader.take().name)
    reader.take()
    reader.skip(*JOINERS)
    if not (reader.at_kind("number") and reader.at_kind("time_unit", 1)):
        reader.place = place
        return False
    off_h = hours_of(reader.take().value, reader.take().name)
    if not reader.accept("off"):
        reader.place = place
        return False
    draft.say("cycle_h", (on_h, off_h))
    return True


def _no_event(reader: Reader, after: str) -> RegimenError:
    """Say that an event was expected."""
    return RegimenError(
        f"{reader.shown()} stands after '{after}'; expected an event with a stated time,"
        f" one of {', '.join(sorted(set(EVENTS.values())))}"
    )


def _relative(reader: Reader, draft: Draft) -> None:
    """`after breakfast`, `before surgery`, `from incision`, `with each meal`."""
    if not read_event(reader, draft):
        raise _no_event(reader, reader.before())


def _until(reader: Reader, draft: Draft) -> None:
    """`until closure`: the rule ends at an event with a stated time."""
    reader.skip("the", "wound")
    name = event_name(reader.peek())
    if name is None:
        raise _no_event(reader, reader.before())
    reader.take()
    draft.say("until", name)


def _except(reader: Reader, draft: Draft) -> None:
    """`except on days 8 and 9`, `except on Sunday` (the first day is 1)."""
    reader.skip("on")
    if reader.accept("day", "days"):
        days = tuple(map(whole_number, _numbers(reader, "day numbers such as 8 and 9")))
        draft.say("without_days", days)
        return
    other = Draft()
    if reader.accept("weekend", "weekends"):
        other.weekdays = (5, 6)
    elif not read_days(reader, other):
        raise RegimenError(
            f"{reader.shown()} stands after 'except'; expected 'on days 8 and 9', or weekdays"
        )
    left = tuple(day for day in range(len(WEEKDAYS)) if day not in other.weekdays)
    draft.say("weekdays", left)


def _number_of(reader: Reader, draft: Draft) -> None:
    """`x 6` or `× 6`: that many doses; `x 5 days`: for that long."""
    value = reader.expect("number", "a number of doses").value
    if reader.at_kind("time_unit"):
        draft.lengths_h.append(hours_of(value, reader.take().name))
        return
    reader.accept(*DOSE_WORDS)
    draft.say("doses", whole_number(value))


def _numbers(reader: Reader, what: str) -> tuple[float, ...]:
    """Read a list of numbers."""
    numbers = [reader.expect("number", what).value]
    while True:
        place = reader.place
        reader.skip(*JOINERS)
        if not reader.at_kind("number") or reader.at_kind("dose_unit", 1):
            reader.place = place
            return tuple(numbers)
        numbers.append(reader.take().value)


def _times(reader: Reader) -> tuple[float, ...]:
    """Read a list of times, each with its unit, h."""
    times: list[float] = []
    while True:
        value = reader.expect("number", "times such as 0 h and 8 h, or 08:00").value
        times.append(hours_of(value, reader.expect("time_unit", "a unit of time").name))
        place = reader.place
        reader.skip(*JOINERS)
        if not (reader.at_kind("number") and reader.at_kind("time_unit", 1)):
            reader.place = place
            return tuple(times)


SCHEDULE_WORDS: Final[MappingProxyType[str, Callable[[Reader, Draft], None]]] = (
    MappingProxyType(
        {
            **{word: _times_word(count) for word, count in COUNTS.items()},
            **{word: _a_day(count) for word, count in TIMES_A_DAY.items()},
            "single": _times_word(1),
            "daily": _interval(HOURS_PER_DAY),
            "nightly": _interval(HOURS_PER_DAY),
            "weekly": _interval(HOURS_PER_WEEK),
            "fortnightly": _interval(2.0 * HOURS_PER_WEEK),
            "every": _every,
            "alternate": _alternate,
            "on": _on,
            "at": _at,
            **dict.fromkeys(("after", "before", "from", "with"), _relative),
            "until": _until,
            **dict.fromkeys(("except", "without", "skipping"), _except),
            **dict.fromkeys(("x", "×"), _number_of),
        }
    )
)

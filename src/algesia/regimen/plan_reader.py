"""Reading the parts of a plan, one after the other and side by side."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from algesia.errors import RegimenError

from .calendar import MONDAY_MORNING, Calendar, clock_hours
from .clause import read_part, read_time
from .course import Pause, PlanItem, Repeat, plan_end_h
from .dose import Dose
from .draft import Draft
from .event import DAILY, PlanEvent, event_name
from .ramp_words import RAMPS, read_ramp
from .schedule_words import weekday_of
from .time_text import HOURS_PER_DAY, number_text
from .tokens import Reader, read_clocks
from .wording import course_text

__all__ = ["PlanReader"]

PAUSES: Final = ("pause", "rest", "break", "washout")
SIDE_BY_SIDE: Final = ("plus", "with", ";")
COURSES: Final = ("course", "courses", "cycle", "cycles")
ENDS_OF_A_RULE: Final = frozenset(
    {"then", "followed", "repeat", "[", "]", *PAUSES, *SIDE_BY_SIDE, *RAMPS}
)
DEPTH_LIMIT: Final = 10


@dataclass(slots=True, kw_only=True)
class PlanReader:
    """A plan being read: the place in the text, and what was said about the whole plan."""

    reader: Reader
    events: Mapping[str, PlanEvent]
    calendar: Calendar = MONDAY_MORNING
    concurrent: bool = False
    previous: Dose | None = None
    limited: bool = False
    once: str | None = None
    referred: set[str] = field(default_factory=set)
    depth: int = 0

    def tracks(self) -> Iterator[tuple[PlanItem, ...]]:
        """Read plans that stand side by side."""
        while True:
            self.previous, self.limited, self.once = None, False, None
            yield self.items()
            if not self.reader.accept(*SIDE_BY_SIDE):
                return

    def items(self) -> tuple[PlanItem, ...]:
        """Read parts that follow each other, up to the end of the group."""
        items: list[PlanItem] = []
        while True:
            self._skip_joiners()
            token = self.reader.peek()
            if token is None or token.name in (*SIDE_BY_SIDE, "]"):
                break
            if token.name == "[":
                items.append(self._group())
            elif self.reader.accept(*PAUSES):
                self.reader.skip("for", "of")
                items.append(Pause(length_h=read_time(self.reader, "a length")))
            elif token.name in RAMPS:
                ramp = read_ramp(self.reader, tuple(items))
                self.previous = ramp.doses()[-1]
                items.append(ramp)
            elif (times := self._courses()) is not None:
                self._refuse_repeated_event()
                items = [Repeat(items=tuple(items), times=times)]
            else:
                items.extend(self._rule(items))
        if not items:
            raise RegimenError(
                f"no dose stands before {self.reader.shown()}; expected one such as"
                " '50 mg oral'"
            )
        return tuple(items)

    def _skip_joiners(self) -> None:
        """Step over what joins parts, and read what is said about the whole plan."""
        while True:
            self.reader.skip("then", "followed", "by", ",", ".", "and", "after", "a", "(", ")")
            if self.reader.accept("concurrent", "concurrently"):
                self.concurrent = True
            elif not self._starting_calendar():
                return

    def _group(self) -> Repeat:
        """Read a group in square brackets and how often it is given."""
        self.reader.take()
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise RegimenError(f"groups are nested too deep; expected at most {DEPTH_LIMIT}")
        items = self.items()
        if not self.reader.accept("]"):
            raise RegimenError(f"{self.reader.shown()} stands in an open group; expected ']'")
        self.depth -= 1
        self.reader.skip(",")
        times = self._courses()
        if times is None:
            raise RegimenError(
                f"{self.reader.shown()} stands after ']'; expected a number such as"
                " '3 courses in all'"
            )
        return Repeat(items=items, times=times)

    def _courses(self) -> int | None:
        """Read `repeat 3 times` or `3 courses in all`; None leaves the place as it was."""
        reader = self.reader
        if reader.accept("repeat"):
            value = reader.expect("number", "a number such as '3 times'").value
            further = reader.accept("more", "further")
            if not reader.accept("times", *COURSES):
                raise RegimenError(f"{reader.shown()} ends the repeat; expected 'times'")
        else:
            if not self._at_courses():
                return None
            reader.skip("for")
            value, further = reader.take().value, False
            reader.take()
        if reader.accept("in"):
            reader.accept("all")
        if value != int(value):
            raise RegimenError(f"number of courses is {value:g}; expected a whole number")
        return int(value) + further

    def _refuse_repeated_event(self) -> None:
        """Refuse to repeat what is tied to something that happens once."""
        if self.once is not None:
            raise RegimenError(
                f"a repeated part refers to {self.once}, which happens once; expected it"
                " outside of what is repeated"
            )

    def _rule(self, before: list[PlanItem]) -> list[PlanItem]:
        """Read one rule; a start after the part before becomes a pause before it."""
        draft = Draft()
        while not self._ends_rule():
            token = self.reader.peek()
            if self.reader.accept("concurrent", "concurrently"):
                self.concurrent = True
            elif token is not None and token.name in ("starting", "start"):
                self._starting(draft)
            else:
                read_part(self.reader, draft)
        wait_h = self._wait_h(draft, before)
        course = draft.course(self.previous)
        if self.limited and not draft.says_cap:
            raise RegimenError(
                f"the dose {course_text(course)} follows a limited dose and does not say its"
                " own limit; expected 'max 50 mg a day' or 'no max'"
            )
        self.previous, self.limited = course.dose, bool(course.limits)
        parts: list[PlanItem] = [Pause(length_h=wait_h)] if wait_h else []
        rest = [] if draft.cycle_h is None else [Pause(length_h=draft.cycle_h[1])]
        return [*parts, course, *rest]

    def _ends_rule(self) -> bool:
        """Whether the rule ends at the place."""
        token, after = self.reader.peek(), self.reader.peek(1)
        if token is None or self._at_courses():
            return True
        if token.name == "with" and after is not None:
            # "with meals" says when, "with midazolam" what else.
            return after.name not in ("each", "every") and event_name(after) is None
        return token.name in ENDS_OF_A_RULE

    def _at_courses(self) -> bool:
        """Whether a number of courses stands at the place."""
        token = self.reader.peek()
        ahead = 1 if token is not None and token.name == "for" else 0
        word = self.reader.peek(ahead + 1)
        return (
            word is not None and word.name in COURSES and self.reader.at_kind("number", ahead)
        )

    def _wait_h(self, draft: Draft, before: list[PlanItem]) -> float:
        """Time without a dose before a rule, h; events are turned into times."""
        wait_h = draft.starting_h or 0.0
        if wait_h and before:
            raise RegimenError(
                "a rule after 'then' says when it starts; expected 'pause 2 h' before it"
            )
        start_h = plan_end_h(tuple(before), 0.0, self.calendar)
        if draft.event is not None:
            name, offset_h = draft.event
            event = self._event(name)
            if name in DAILY:
                clocks = sorted((clock + offset_h) % HOURS_PER_DAY for clock in event.clocks_h)
                draft.say("clocks_h", tuple(map(clock_hours, clocks)))
            else:
                self._once(name)
                wait_h = round(event.happens_h(self.calendar) + offset_h - start_h, 9)
        if wait_h < 0.0:
            raise RegimenError(
                f"a dose at {number_text(start_h + wait_h)} h stands after parts that last"
                f" {number_text(start_h)} h; expected 'plus' instead of 'then', or a later time"
            )
        if draft.until is not None:
            self._once(draft.until)
            end_h = self._event(draft.until).happens_h(self.calendar)
            draft.lengths_h.append(_until_h(draft.until, end_h - start_h - wait_h))
        return wait_h

    def _event(self, name: str) -> PlanEvent:
        """Find the time of an event."""
        if name not in self.events:
            shown = "08:00" if name in DAILY else "10 h"
            raise RegimenError(
                f"the time of {name} is not given; expected '{name} at {shown}' in the plan, or"
                " beside it"
            )
        self.referred.add(name)
        return self.events[name]

    def refuse_unused_events(self) -> None:
        """Refuse a time of an event that nothing refers to."""
        for name in self.events:
            if name not in self.referred:
                raise RegimenError(
                    f"the time of {name} is given and no dose refers to it; expected one such"
                    f" as '30 min before {name}'"
                )

    def _once(self, name: str) -> None:
        """Note that a part is tied to something that happens once."""
        if self.depth:
            self.once = name
            self._refuse_repeated_event()
        self.once = name

    def _starting(self, draft: Draft) -> None:
        """Read `starting at 2 h`, or when time 0 of the plan is."""
        if self._starting_calendar():
            return
        self.reader.take()
        self.reader.skip("at", "after")
        hours = read_time(self.reader, "a time")
        if hours < 0.0:
            raise RegimenError(
                f"a dose starts at {hours:g} h; expected a time from 0, the start"
            )
        draft.say("starting_h", hours)

    def _starting_calendar(self) -> bool:
        """Read `starting on Tuesday at 09:00`; False leaves the place as it was."""
        reader, place = self.reader, self.reader.place
        if not reader.accept("starting", "start"):
            return False
        reader.skip("on", "a")
        token = reader.peek()
        day = None if token is None else weekday_of(token.name)
        on = _date(reader)
        if day is not None:
            reader.take()
            self.calendar = replace(self.calendar, weekday=day)
        if on is not None:
            self.calendar = replace(self.calendar, date=on)
        between = reader.place
        reader.skip("at")
        clocks = read_clocks(reader)
        if len(clocks) == 1:
            self.calendar = replace(self.calendar, clock_h=clocks[0])
        elif day is None and on is None:
            reader.place = place
            return False
        else:
            reader.place = between
        if on is not None and (zone := _zone(reader)) is not None:
            self.calendar = replace(self.calendar, zone=zone)
        return True


def _date(reader: Reader) -> datetime.date | None:
    """Read a date such as `2026-03-27`, or nothing."""
    if not reader.at_kind("date"):
        return None
    text = reader.take().text
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise RegimenError(f"no date '{text}'; expected one such as 2026-03-27") from None


def _zone(reader: Reader) -> str | None:
    """Read a time zone such as `in Europe/Zurich`, or nothing."""
    if not reader.accept("in"):
        return None
    parts = [reader.expect("word", "a time zone such as Europe/Zurich").text]
    while reader.accept("/"):
        parts.append(reader.expect("word", "a time zone such as Europe/Zurich").text)
    return "/".join(parts)


def _until_h(name: str, length_h: float) -> float:
    """Give the length of a rule until an event, h, or refuse one that is over."""
    if length_h <= 0.0:
        raise RegimenError(f"{name} is over when the rule begins; expected a later time of it")
    return round(length_h, 9)

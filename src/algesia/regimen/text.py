"""Reading a whole plan from a line of clinical text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from algesia.errors import RegimenError

from .calendar import MONDAY_MORNING, Calendar
from .clause import read_part, read_time
from .course import Pause, PlanItem, Repeat, courses_of, resolved_items
from .dose import Dose
from .draft import Draft
from .regimen import Regimen
from .schedule_words import read_clocks, weekday_of
from .tokens import Reader, tokens_of

__all__ = ["parse_amount", "parse_length_h", "parse_regimen"]

PAUSES: Final = ("pause", "rest", "break", "washout")
SIDE_BY_SIDE: Final = ("plus", "with", ";")
ENDS_OF_A_RULE: Final = frozenset(
    {"then", "followed", "repeat", "[", "]", *PAUSES, *SIDE_BY_SIDE}
)
DEPTH_LIMIT: Final = 10


def parse_regimen(text: str) -> Regimen:
    """Read a dosing plan written as clinicians write it.

    Parameters
    ----------
    text
        Rules such as `0.5 mg/kg ketamine IV over 40 min twice weekly for 4 weeks`, joined by
        `then` (one after the other) or `plus` (side by side from time 0). The words of a rule
        stand in any order. At most 10 000 characters.

    Returns
    -------
    Regimen
        The plan; its `description` is the text.

    Raises
    ------
    RegimenError
        If something is not understood or not possible. The message quotes it.

    Notes
    -----
    A rule with an amount takes drug, route, form and weight from the rule before it; a rule
    without one takes the whole dose. `repeat 3 times` means that all before it, or the group
    in square brackets just before it, is given three times in all, as does `3 courses in all`;
    `repeat 3 more times` is four in all. Twice weekly is days 0 and 3 of each week, three
    times a week days 0, 2 and 4. A plan starts on a Monday at 08:00 unless it says
    `starting on Tuesday at 09:00`; this matters for weekdays and times of day only.

    Examples
    --------
    >>> plan = parse_regimen("ketamine 1 mg/kg IV bolus then 1 mg/kg/h for 6 h")
    >>> plan.total_milligrams(weight_kg=70.0)
    490.0
    """
    if text.count("(") != text.count(")"):
        raise RegimenError("the plan has an open bracket; expected as many '(' as ')'")
    reading = _Reading(reader=Reader(tokens_of(text)))
    tracks = tuple(reading.tracks())
    if reading.reader.peek() is not None:
        raise RegimenError(f"{reading.reader.shown()} closes nothing; expected '[' before it")
    return Regimen(
        tracks=_with_common_names(tracks),
        calendar=reading.calendar,
        concurrent=reading.concurrent,
        description=" ".join(text.split()),
    )


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


@dataclass(slots=True, kw_only=True)
class _Reading:
    """A plan being read: the place in the text, and what was said about the whole plan."""

    reader: Reader
    calendar: Calendar = MONDAY_MORNING
    concurrent: bool = False
    previous: Dose | None = None
    depth: int = 0

    def tracks(self) -> Iterator[tuple[PlanItem, ...]]:
        """Read plans that stand side by side."""
        while True:
            self.previous = None
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
            elif (times := self._courses()) is not None:
                items = [Repeat(items=tuple(items), times=times)]
            else:
                items.extend(self._rule(first=not items))
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
            if not reader.accept("times", "courses", "cycles"):
                raise RegimenError(f"{reader.shown()} ends the repeat; expected 'times'")
        else:
            number, word = reader.peek(), reader.peek(1)
            if number is None or word is None or number.kind != "number":
                return None
            if word.name not in ("course", "courses", "cycle", "cycles"):
                return None
            value, further = number.value, False
            reader.place += 2
        if reader.accept("in"):
            reader.accept("all")
        if value != int(value):
            raise RegimenError(f"number of courses is {value:g}; expected a whole number")
        return int(value) + further

    def _rule(self, *, first: bool) -> list[PlanItem]:
        """Read one rule; a start after time 0 becomes a pause before it."""
        draft = Draft()
        while (token := self.reader.peek()) is not None and token.name not in ENDS_OF_A_RULE:
            if self._ends_before_courses():
                break
            if self.reader.accept("concurrent", "concurrently"):
                self.concurrent = True
            elif token.name in ("starting", "start"):
                self._starting(draft)
            else:
                read_part(self.reader, draft)
        course = draft.course(self.previous)
        self.previous = course.dose
        if not draft.starting_h:
            return [course]
        if not first:
            raise RegimenError(
                "a rule after 'then' says when it starts; expected 'pause 2 h' before it"
            )
        return [Pause(length_h=draft.starting_h), course]

    def _ends_before_courses(self) -> bool:
        """Whether a number of courses stands at the place."""
        word = self.reader.peek(1)
        counted = word is not None and word.name in ("course", "courses", "cycle", "cycles")
        return counted and self.reader.at_kind("number")

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
        if day is not None:
            reader.take()
            self.calendar = replace(self.calendar, weekday=day)
        between = reader.place
        reader.skip("at")
        clocks = read_clocks(reader)
        if len(clocks) == 1:
            self.calendar = replace(self.calendar, clock_h=clocks[0])
        elif day is None:
            reader.place = place
            return False
        else:
            reader.place = between
        return True


def _with_common_names(
    tracks: tuple[tuple[PlanItem, ...], ...],
) -> tuple[tuple[PlanItem, ...], ...]:
    """Give a drug and a route that were named once to every dose that has none."""
    doses = [course.dose for track in tracks for course in courses_of(track)]
    drugs = {dose.drug for dose in doses if dose.drug is not None}
    routes = {dose.route for dose in doses if dose.route is not None}
    drug = drugs.pop() if len(drugs) == 1 else None
    route = routes.pop() if len(routes) == 1 else None
    return tuple(resolved_items(track, drug, route) for track in tracks)

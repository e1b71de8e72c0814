"""Reading a whole plan from a line of clinical text."""

from collections.abc import Mapping
from dataclasses import replace

from algesia.errors import RegimenError

from .calendar import MONDAY_MORNING
from .course import PlanItem, courses_of, resolved_items
from .describe import describe
from .event import events_from, stated_events
from .plan_reader import PlanReader
from .regimen import Regimen
from .tokens import Reader, tokens_of

__all__ = ["parse_regimen"]


def parse_regimen(text: str, *, events: Mapping[str, str] | None = None) -> Regimen:
    """Read a dosing plan written as clinicians write it.

    Parameters
    ----------
    text
        Rules such as `0.5 mg/kg ketamine IV over 40 min twice weekly for 4 weeks`, joined by
        `then` (one after the other) or `plus` (side by side from time 0). The words of a rule
        stand in any order. At most 10 000 characters.
    events
        Times of events that the text refers to, such as `{"surgery": "10 h"}` or
        `{"meals": "08:00, 12:30 and 19:00"}`; they go before those that the text states.

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
    `starting on Tuesday at 09:00`, or `starting on 2026-03-27 at 09:00 in Europe/Zurich`; this
    matters for weekdays and times of day only. Further operators: `taper over 2 weeks in 4
    steps`, `escalate to 100 mg over 2 weeks in 4 steps`, `3 weeks on, 1 week off, 4 cycles`,
    `except on days 8 and 9`, `max 60 mg a day`, `max 6 doses a week`, `30 min after each meal`
    with `meals at 08:00 and 19:00`, and `until closure` with `closure at 4 h`.

    Examples
    --------
    >>> plan = parse_regimen("ketamine 1 mg/kg IV bolus then 1 mg/kg/h for 6 h")
    >>> plan.total_milligrams(weight_kg=70.0)
    490.0
    """
    if text.count("(") != text.count(")"):
        raise RegimenError("the plan has an open bracket; expected as many '(' as ')'")
    tokens, stated = stated_events(tokens_of(text))
    if not tokens:
        raise RegimenError("the plan has times of events and no dose; expected a dose")
    known = stated | events_from(events or {})
    reading = PlanReader(reader=Reader(tokens), events=known)
    tracks = tuple(reading.tracks())
    if reading.calendar != MONDAY_MORNING and known:
        # Only now is it known from when the times of day of events count.
        reading = PlanReader(reader=Reader(tokens), events=known, calendar=reading.calendar)
        tracks = tuple(reading.tracks())
    reading.refuse_unused_events()
    if reading.reader.peek() is not None:
        raise RegimenError(f"{reading.reader.shown()} closes nothing; expected '[' before it")
    plan = Regimen(
        tracks=_with_common_names(tracks),
        calendar=reading.calendar,
        concurrent=reading.concurrent,
        description=" ".join(text.split()),
    )
    # The text may state other times than those given beside it.
    return replace(plan, description=describe(plan)) if events else plan


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

"""The story of one patient: what was seen, decided and given, in order."""

from collections.abc import Iterator

import numpy as np

from .dose_session import DoseKind
from .ledger import Ledger, Outcome

__all__ = ["story"]

_HOURS_PER_DAY = 24.0
_MOST_LINES = 2000


def story(ledger: Ledger, subject: int) -> tuple[str, ...]:
    """Tell what happened to one subject, a line per visit, decision and dose.

    Parameters
    ----------
    ledger
        The ledger.
    subject
        Number of the subject.

    Raises
    ------
    DomainError
        If there is no such subject.
    """
    place = ledger.place_of(subject)
    entries = [
        (0.0, 0, f"seen at the start: {_shown(ledger, ledger.start[place])}"),
        *_visits(ledger, place),
        *_decisions(ledger, place),
        *_doses(ledger, place),
    ]
    entries.sort(key=lambda entry: entry[:2])
    lines = [f"{_time(time_h)}: {text}" for time_h, _, text in entries]
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines = [*lines[:_MOST_LINES], f"… and {more} lines more, all in the ledger"]
    return tuple(lines)


def _visits(ledger: Ledger, place: int) -> Iterator[tuple[float, int, str]]:
    for number, time_h in enumerate(ledger.visits_h.tolist()):
        yield time_h, 1, f"seen: {_shown(ledger, ledger.seen[place, number])}"


def _decisions(ledger: Ledger, place: int) -> Iterator[tuple[float, int, str]]:
    rows = ledger.decisions.take(ledger.decisions.who == place)
    for row in range(len(rows)):
        number = int(rows.rule[row])
        outcome = Outcome(int(rows.outcome[row]))
        drug, unit = ledger.rule_drugs[number], ledger.dose_units[number]
        parts = [f"rule '{ledger.rules[number]}' ({ledger.rule_texts[number]})"]
        if outcome is not Outcome.ACTED:
            parts.append(
                "its limit is reached" if outcome is Outcome.AT_LIMIT else "another came first"
            )
        before, after = float(rows.dose_before[row]), float(rows.dose_after[row])
        if before != after and np.isfinite(after):
            parts.append(f"{drug} {before:.4g} to {after:.4g} {unit}")
        gap_h, next_h = float(rows.interval_before_h[row]), float(rows.interval_after_h[row])
        if gap_h != next_h and np.isfinite(next_h):
            parts.append(f"{drug} every {_days(gap_h)} to every {_days(next_h)}")
        if np.isfinite(rows.held_until_h[row]):
            parts.append(f"{drug} on hold until {_time(float(rows.held_until_h[row]))}")
        parts.append(f"plan '{ledger.plans[int(rows.plan[row])]}'")
        yield float(ledger.visits_h[rows.visit[row]]), 2, "; ".join(parts)


def _doses(ledger: Ledger, place: int) -> Iterator[tuple[float, int, str]]:
    rows = ledger.doses.take(ledger.doses.who == place)
    for row in range(len(rows)):
        drug, _, into = ledger.lines[int(rows.line[row])]
        kind = DoseKind(int(rows.kind[row]))
        amount, length_h = float(rows.amount_mg[row]), float(rows.duration_h[row])
        text = f"{drug}, {into}"
        if amount > 0.0:
            text += f": {amount:.4g} mg of base"
            if length_h > 0.0:
                text += f" over {length_h:.4g} h"
        if kind is not DoseKind.PLANNED:
            text += f" ({kind.words})"
        yield float(rows.time_h[row]), 3, text


def _shown(ledger: Ledger, seen: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    """Values with their units."""
    texts = [
        f"{name} {value:.3g}" + ("" if unit == "1" else f" {unit}")
        for name, unit, value in zip(ledger.sights, ledger.units, seen.tolist(), strict=True)
    ]
    return ", ".join(texts) or "nothing is measured"


def _time(time_h: float) -> str:
    """A time as day and hour."""
    if not np.isfinite(time_h):
        return "the end"
    days, hours = divmod(time_h, _HOURS_PER_DAY)
    return f"day {int(days)} {hours:05.2f} h"


def _days(time_h: float) -> str:
    return f"{time_h / _HOURS_PER_DAY:.4g} d"

"""The ladder: how far an entry has been checked, computed from its files, never typed."""

from typing import Final

from .claim_check import ClaimCheck
from .entry import RUNGS, Entry
from .gate import Issue
from .gates import CLAIMS_GATE
from .review import ReviewCheck

__all__ = ["LADDER_SCHEMA", "NOT_LOADED", "reached", "why_not_higher"]

LADDER_SCHEMA: Final = "algesia/ladder/1"

NOT_LOADED: Final = "not loaded"
"""Stands in place of a rung where an entry cannot even be read."""

_DRAFT, _SOUND, _REPRODUCED, _SECOND_READ = RUNGS


def reached(
    entry: Entry,
    issues: tuple[Issue, ...],
    claims: tuple[ClaimCheck, ...],
    review: ReviewCheck | None,
) -> str:
    """Highest rung an entry stands on.

    Parameters
    ----------
    entry
        The entry.
    issues
        What its gates found.
    claims
        How its claims came out.
    review
        Its second reading, None where there is none.
    """
    obstacles = _obstacles(entry, issues, claims, review)
    return RUNGS[
        next((place for place, found in enumerate(obstacles) if found), len(obstacles))
    ]


def why_not_higher(
    entry: Entry,
    issues: tuple[Issue, ...],
    claims: tuple[ClaimCheck, ...],
    review: ReviewCheck | None,
) -> tuple[str, ...]:
    """What keeps an entry from the next rung, one line each; nothing on the highest one."""
    obstacles = _obstacles(entry, issues, claims, review)
    return next((found for found in obstacles if found), ())


def _obstacles(
    entry: Entry,
    issues: tuple[Issue, ...],
    claims: tuple[ClaimCheck, ...],
    review: ReviewCheck | None,
) -> tuple[tuple[str, ...], ...]:
    """What stands before each rung above `draft`, in their order."""
    unsound = tuple(str(issue) for issue in issues if issue.gate != CLAIMS_GATE)
    failing = tuple(str(issue) for issue in issues if issue.gate == CLAIMS_GATE)
    return unsound, failing + _missing_claims(entry, claims), _unread(review)


def _missing_claims(entry: Entry, claims: tuple[ClaimCheck, ...]) -> tuple[str, ...]:
    """Whether enough is claimed: something that holds, and about spread where there is any."""
    holding = [check for check in claims if check.holds and not check.misfit]
    missing = []
    if not holding:
        missing.append("no claim holds; expected at least one")
    about_spread = [check for check in holding if check.claim.quantity.of is not None]
    if entry.model.random_effects and not about_spread:
        missing.append(
            "the model has a spread and no claim about it holds; expected at least one"
        )
    return tuple(missing)


def _unread(review: ReviewCheck | None) -> tuple[str, ...]:
    if review is None:
        return (
            "no second reading; expected reviews/<id>.yaml by a reader of the source alone",
        )
    return tuple(
        f"second reading, {reading.name}: {reading.outcome}; {reading.detail}"
        for reading in review.readings
        if not reading.passed
    )

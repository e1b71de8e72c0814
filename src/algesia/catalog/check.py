"""Check entries: gates, claims, second reading, rung; and record what was found."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from algesia.errors import AlgesiaError, FileInputError, InputError

from .claim_check import ClaimCheck, check_claims
from .entry import (
    RUNGS,
    Entry,
    entry,
    entry_at,
    entry_folder,
    entry_hash,
    entry_ids,
    ladder_path,
    recorded_ladder,
)
from .gate import Issue
from .gates import GATES, issues_of
from .gates_solver import solver_differences
from .ladder import LADDER_SCHEMA, NOT_LOADED, reached, why_not_higher
from .review import ReviewCheck, check_review, reviews_folder

__all__ = [
    "CheckReport",
    "check_all",
    "check_entry",
    "check_folder",
    "ladder_record",
    "record_ladder",
    "unreviewed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """Everything that was checked of one entry.

    Parameters
    ----------
    id
        Name of the entry.
    content
        Hash of the files the check rests on.
    rung
        Highest rung reached, or `not loaded`.
    issues
        What the gates found.
    claims
        How each claim came out.
    misfits
        What the model is known not to show, one line per reason.
    review
        The second reading, None where there is none or none can be seen from here.
    obstacles
        What keeps the entry from the next rung, one line each.
    measured
        Largest differences the solver's gate found, by what was compared; empty where it could
        not be run.
    """

    id: str
    content: str
    rung: str
    issues: tuple[Issue, ...] = ()
    claims: tuple[ClaimCheck, ...] = ()
    misfits: tuple[str, ...] = ()
    review: ReviewCheck | None = None
    obstacles: tuple[str, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)

    @property
    def gates(self) -> dict[str, str]:
        """Every gate by its name: `passed`, `failed` or `not run`."""
        if self.rung == NOT_LOADED:
            return dict.fromkeys(GATES, "not run")
        failed = {issue.gate for issue in self.issues}
        return {name: "failed" if name in failed else "passed" for name in GATES}

    @property
    def passed(self) -> bool:
        """Whether no gate found anything."""
        return self.rung != NOT_LOADED and not self.issues

    @property
    def reviewed(self) -> bool:
        """Whether a second reading agrees."""
        return self.rung == RUNGS[-1]

    def lines(self) -> tuple[str, ...]:
        """Report in words, one fact per line."""
        held = sum(check.holds for check in self.claims if not check.misfit)
        wanted = sum(not check.misfit for check in self.claims)
        failed = {issue.gate for issue in self.issues}
        lines = [
            f"{self.id}: {self.rung}",
            f"gates passed: {len(GATES) - len(failed)} of {len(GATES)}",
            f"claims that hold: {held} of {wanted}",
            *self.misfits,
        ]
        if self.review is not None:
            counts = ", ".join(f"{n} {name}" for name, n in self.review.counts().items())
            lines.append(f"second reading: {counts}")
        lines += [f"to do: {obstacle}" for obstacle in self.obstacles]
        return tuple(lines)


def check_entry(name: str) -> CheckReport:
    """Check one entry of the catalogue.

    Parameters
    ----------
    name
        Name of the entry.

    Raises
    ------
    UnknownNameError
        If there is no such entry; the message lists close names.
    """
    return check_folder(entry_folder(name))


def check_all() -> tuple[CheckReport, ...]:
    """Check every entry of the catalogue, in alphabetical order."""
    return tuple(check_entry(name) for name in entry_ids())


def check_folder(folder: Path, *, reviews: Path | None = None) -> CheckReport:
    """Check an entry in any folder.

    Parameters
    ----------
    folder
        Folder of the entry, named as its id.
    reviews
        Folder of second readings; that of the checkout the entry lies in where not given.

    Returns
    -------
    CheckReport
        What was found. Where no second readings can be seen, as in an installed copy, an entry
        that was recorded as second-read and has not changed since keeps that rung.
    """
    if not (folder / "model.yaml").is_file():
        raise FileInputError(f"no model.yaml in {folder}; expected the folder of an entry")
    content = entry_hash(folder)
    try:
        found = entry_at(folder)
    except InputError as error:
        issue = Issue(gate="loads", place="", message=str(error))
        return CheckReport(
            id=folder.name,
            content=content,
            rung=NOT_LOADED,
            issues=(issue,),
            obstacles=(str(issue),),
        )
    issues, claims = issues_of(found), check_claims(found)
    readings = reviews if reviews is not None else reviews_folder(found)
    review = None if readings is None else check_review(found, readings)
    rung = reached(found, issues, claims, review)
    obstacles = why_not_higher(found, issues, claims, review)
    if readings is None and _was_second_read(found) and rung == RUNGS[-2]:
        rung, obstacles = RUNGS[-1], ()
    return CheckReport(
        id=found.id,
        content=content,
        rung=rung,
        issues=issues,
        claims=claims,
        misfits=found.misfits,
        review=review,
        obstacles=obstacles,
        measured=_measured(found),
    )


def _measured(found: Entry) -> dict[str, float]:
    """Largest differences between the solvers, where they could be compared."""
    try:
        return solver_differences(found).largest()
    except AlgesiaError:
        return {}


def _was_second_read(found: Entry) -> bool:
    return found.rung == RUNGS[-1] and found.id in recorded_ladder()


def unreviewed(reports: tuple[CheckReport, ...]) -> tuple[str, ...]:
    """Names of the entries that no second reading confirms."""
    return tuple(report.id for report in reports if not report.reviewed)


def ladder_record(reports: tuple[CheckReport, ...]) -> dict[str, Any]:
    """What `ladder.json` says about the entries checked.

    Parameters
    ----------
    reports
        Reports of `check_all`.

    Raises
    ------
    FileInputError
        If an entry does not load: there is nothing to record about it.
    """
    broken = next((report for report in reports if report.rung == NOT_LOADED), None)
    if broken is not None:
        raise FileInputError(f"entry '{broken.id}' does not load: {broken.issues[0].message}")
    return {
        "schema": LADDER_SCHEMA,
        "entries": {report.id: _entry_record(report) for report in reports},
    }


def _entry_record(report: CheckReport) -> dict[str, Any]:
    failed: dict[str, list[str]] = {}
    for issue in report.issues:
        failed.setdefault(issue.gate, []).append(f"{issue.place}: {issue.message}")
    return {
        "content": report.content,
        "rung": report.rung,
        "gates": {name: failed.get(name, "passed") for name in GATES},
        "claims": {
            check.claim.id: {
                "predicted": _four_digits(check.predicted),
                "expected": check.expected,
                "unit": check.unit,
                "verdict": check.verdict,
            }
            for check in report.claims
        },
        "misfits": list(report.misfits),
        "second_reading": None if report.review is None else report.review.counts(),
        "obstacles": list(report.obstacles),
    }


def _four_digits(value: float) -> float | None:
    """Number rounded to four significant digits; None where there is none."""
    rounded = float(f"{value:.4g}")
    return rounded if math.isfinite(rounded) else None


def record_ladder(path: Path | None = None) -> tuple[CheckReport, ...]:
    """Check every entry and write down how far each has come.

    Parameters
    ----------
    path
        File to write; that of the catalogue where not given.

    Raises
    ------
    FileInputError
        If an entry does not load, or this is not a checkout: an installed copy holds no second
        readings and would record less than there is.
    """
    reports = check_all()
    here = [reviews_folder(entry_at(entry_folder(report.id))) for report in reports]
    if not all(here):
        raise FileInputError(
            "no second readings can be seen from here; record the ladder in a checkout that "
            "holds the folder reviews"
        )
    text = json.dumps(ladder_record(reports), indent=1, sort_keys=True, ensure_ascii=False)
    (path or ladder_path()).write_text(f"{text}\n", encoding="utf-8")
    recorded_ladder.cache_clear()
    entry.cache_clear()
    return reports

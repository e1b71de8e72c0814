"""`algesia check`: put catalogue entries through their gates and claims."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from algesia.errors import InputError

from .answer import Answer
from .exit_code import ExitCode
from .options import AsJson
from .progress import progress_bar
from .screen import emit, show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.catalog.check import CheckReport
    from algesia.catalog.claim_check import ClaimCheck

__all__ = ["EXAMPLE", "HELP", "check_command"]

HELP: Final = """\
Check models against their gates and the claims of their sources.

Shows the rung reached, what the gates found (for one MODEL each gate by name), and each claim
with what is printed and what the model gives. The exit code is 1 if a gate finds something.
"""
_SOLVER_GATE: Final = "fast_path_equals_slow_path"
EXAMPLE: Final = "Example: algesia check simons_2022_film"


def check_command(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="[MODEL]", help="Entry, or the folder of one; all entries without."
        ),
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Write down how far every entry has come.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Check entries."""
    reports = _recorded(model) if record else _reports(model)
    passed = all(report.passed for report in reports)
    if as_json:
        data = {"passed": passed, "entries": [_record(report) for report in reports]}
        emit(Answer(command="check", data=data).json_text())
    else:
        _show(reports)
    return ExitCode.OK if passed else ExitCode.FAILURE


def _recorded(model: str | None) -> tuple["CheckReport", ...]:
    from algesia.catalog.check import record_ladder

    if model is not None:
        raise InputError(f"--record is given with {model}; expected it for all entries at once")
    return record_ladder()


def _reports(model: str | None) -> tuple["CheckReport", ...]:
    from algesia.catalog.check import check_entry, check_folder
    from algesia.catalog.entry import entry_ids

    if model is not None:
        folder = Path(model)
        is_folder = len(folder.parts) > 1 or folder.is_dir()
        return (check_folder(folder.resolve()) if is_folder else check_entry(model),)
    names = entry_ids()
    reports = []
    with progress_bar(wanted=True, what="entries") as tell:
        for place, name in enumerate(names):
            reports.append(check_entry(name))
            if tell is not None:
                tell(place + 1, len(names))
    return tuple(reports)


def _show(reports: tuple["CheckReport", ...]) -> None:
    from rich.console import Group
    from rich.text import Text

    from algesia.report.tables import new_table
    from algesia.report.wording import notice_line, plain

    parts: list[RenderableType] = []
    for report in reports:
        heading, *lines = report.lines()
        lines += [
            f"found: {each}" for each in map(str, report.issues) if not _is_in(lines, each)
        ]
        parts += [plain(heading, "bold"), *map(plain, lines)]
        if len(reports) == 1:
            gates = new_table("gate", "outcome", "measured")
            for name, outcome in report.gates.items():
                gates.add_row(*map(plain, (name, outcome, _measured(report, name))))
            parts.append(gates)
        if report.claims:
            table = new_table("claim", "printed", "model", "ratio", "verdict")
            for claim in report.claims:
                table.add_row(*map(plain, _cells(claim)))
            parts.append(table)
        parts.append(Text())
    open_entries = [report.id for report in reports if not report.reviewed]
    if open_entries:
        parts.append(plain(f"not yet second-read: {', '.join(open_entries)}"))
    show(Group(*parts, notice_line()))


def _measured(report: "CheckReport", gate: str) -> str:
    """Largest differences of the gate that compares solvers; empty for any other."""
    if gate != _SOLVER_GATE:
        return ""
    found = [f"{name.replace('_', ' ')}: {size:.1e}" for name, size in report.measured.items()]
    return "; ".join(found)


def _is_in(lines: list[str], text: str) -> bool:
    return any(text in line for line in lines)


def _cells(check: "ClaimCheck") -> tuple[str, ...]:
    from algesia.report.wording import number_text

    unit = "" if check.unit == "1" else f" {check.unit}"
    return (
        check.claim.id,
        f"{number_text(check.expected)}{unit}",
        f"{number_text(check.predicted)}{unit}",
        number_text(check.ratio),
        check.verdict,
    )


def _record(report: "CheckReport") -> dict[str, Any]:
    return {
        "id": report.id,
        "rung": report.rung,
        "passed": report.passed,
        "gates": [
            {
                "name": name,
                "outcome": outcome,
                "largest_difference": dict(report.measured) if name == _SOLVER_GATE else None,
            }
            for name, outcome in report.gates.items()
        ],
        "issues": report.issues,
        "claims": [
            {
                "id": check.claim.id,
                "sentence": check.claim.sentence,
                "expected": check.expected,
                "predicted": check.predicted,
                "unit": check.unit,
                "ratio": check.ratio,
                "verdict": check.verdict,
                "tolerance": check.claim.tolerance,
                "source": check.claim.source,
                "locator": check.claim.locator,
                "problem": check.problem,
            }
            for check in report.claims
        ],
        "misfits": report.misfits,
        "second_reading": None if report.review is None else report.review.counts(),
        "obstacles": report.obstacles,
    }

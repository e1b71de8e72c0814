"""What `algesia run` prints: the arms, what a reader must know, and the exposure."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .answer import Answer
from .screen import show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.provenance import Source
    from algesia.simulate.run_summary import ArmSummary, RunSummary

__all__ = ["run_answer", "show_run"]

_MOST_FAILURES: Final = 3


def show_run(summary: "RunSummary", written: tuple[Path, ...]) -> None:
    """Print a run as text and tables.

    Parameters
    ----------
    summary
        The run.
    written
        Files that were written.
    """
    from rich.console import Group
    from rich.text import Text

    from algesia.report.tables import exposure_table
    from algesia.report.wording import plain

    parts: list[RenderableType] = [plain(summary.title, "bold")]
    parts += [plain(line) for arm in summary.arms for line in _arm_lines(arm)]
    parts += [plain(line) for line in _note_lines(summary)]
    parts += [plain(f"wrote {path}") for path in written]
    show(Group(*parts, Text(), exposure_table(summary.exposure)))


def run_answer(
    summary: "RunSummary", written: tuple[Path, ...], warnings: tuple[str, ...]
) -> Answer:
    """Put a run into the object that `--json` prints.

    Parameters
    ----------
    summary
        The run.
    written
        Files that were written.
    warnings
        What its reader must know.
    """
    sources: dict[str, Source] = {
        source.key: source for arm in summary.arms for source in arm.sources
    }
    return Answer(
        command="run",
        data={
            "title": summary.title,
            "window": {"from_h": summary.from_h, "to_h": summary.to_h},
            "arms": [_arm_record(arm) for arm in summary.arms],
            "exposure": summary.exposure,
            "files": written,
        },
        warnings=warnings,
        receipt=summary.receipt,
        sources=tuple(sources.values()),
    )


def _arm_lines(arm: "ArmSummary") -> list[str]:
    """What was asked in an arm, and who did not run to the end."""
    people = f"{arm.subjects} subjects, {arm.band_label}"
    failed = f"; {arm.failed} failed" if arm.failed else ""
    return [
        f"{arm.name}: {arm.regimen_text}; model {arm.model_id}, {arm.rung}; {people}{failed}",
        *arm.failures[:_MOST_FAILURES],
    ]


def _note_lines(summary: "RunSummary") -> list[str]:
    """What a reader of the numbers must know, each once, with the arms it is about."""
    about: dict[str, list[str]] = {}
    for arm in summary.arms:
        for text in arm.notes:
            about.setdefault(text, []).append(arm.name)
    everyone = len(summary.arms)
    return [
        f"note: {text}" if len(arms) == everyone else f"note on {', '.join(arms)}: {text}"
        for text, arms in about.items()
    ]


def _arm_record(arm: "ArmSummary") -> dict[str, Any]:
    return {
        "name": arm.name,
        "model": arm.model_id,
        "rung": arm.rung,
        "regimen": arm.regimen_text,
        "subjects": arm.subjects,
        "failed": arm.failed,
        "failures": arm.failures,
        "band": arm.band_label,
        "notes": arm.notes,
        "outputs": arm.outputs,
    }

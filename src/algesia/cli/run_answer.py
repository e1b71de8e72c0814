"""What `algesia run` prints: the arms, what a reader must know, and the exposure."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .answer import Answer
from .screen import show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.provenance import Source
    from algesia.safety import ArmFindings
    from algesia.simulate.run_summary import ArmSummary, RunSummary

__all__ = ["run_answer", "show_run"]

_MOST_FAILURES: Final = 3


def show_run(summary: "RunSummary", written: tuple[Path, ...], rules: str = "") -> None:
    """Print a run as text and tables.

    Parameters
    ----------
    summary
        The run.
    written
        Files that were written.
    rules
        Line on the encoded rules that fire, empty where none was looked at.
    """
    from rich.console import Group
    from rich.text import Text

    from algesia.report.tables import exposure_table
    from algesia.report.wording import plain
    from algesia.simulate.dose_mark import OUTSIDE_VALIDITY

    parts: list[RenderableType] = [plain(summary.title, "bold")]
    parts += [plain(line) for arm in summary.arms for line in _arm_lines(arm)]
    parts += [plain(line) for line in _note_lines(summary)]
    parts += [plain(f"note: {rules}")] if rules else []
    parts += [plain(f"wrote {path}") for path in written]
    marks = {
        arm.name: [note for note in arm.notes if note.startswith(OUTSIDE_VALIDITY)]
        for arm in summary.arms
    }
    show(Group(*parts, Text(), exposure_table(summary.exposure, marks=marks)))


def run_answer(
    summary: "RunSummary",
    written: tuple[Path, ...],
    warnings: tuple[str, ...],
    rules: "tuple[ArmFindings, ...]" = (),
    stories: "Mapping[str, tuple[str, ...]] | None" = None,
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
    rules
        What the encoded rules find about the plan of each arm.
    stories
        Story of one subject in each arm that reacts, where it was asked for.
    """
    from algesia.report.tables import spacing_lines
    from algesia.safety.record import arm_record

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
            "rules": [arm_record(each) for each in rules],
            "files": written,
            **({"story": dict(stories)} if stories else {}),
        },
        warnings=(
            *warnings,
            *(
                f"arm '{arm.name}': {line}"
                for arm in summary.arms
                for line in spacing_lines(r for r in summary.exposure if r.arm == arm.name)
            ),
        ),
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
        *(f"{arm.name}: {tally.words()}" for tally in arm.rules),
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
        **({"reactions": [asdict(tally) for tally in arm.rules]} if arm.rules else {}),
        "outputs": arm.outputs,
    }

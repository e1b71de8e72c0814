"""`algesia run`: answer a scenario, show the exposure, write the files asked for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from .answer import Answer
from .exit_code import ExitCode
from .options import AsJson
from .output_files import OutputFiles
from .question import Question
from .screen import emit, show, warn
from .window import ExposureWindow, single_times

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.provenance import Source
    from algesia.simulate import ArmTrajectories, ExposureRow, Scenario, Trajectories

__all__ = ["EXAMPLE", "HELP", "run_command"]

HELP: Final = """\
Simulate a scenario or an event table; show the exposure.

FILE is a scenario (.yaml) or, with --model, an event table (.csv). The table gives the median
and the 5-95 % range over subjects for every arm and output.
"""
EXAMPLE: Final = """\
Example: algesia run scenario.yaml --out result.parquet --plot curves.svg
         --from '0 h' --to '24 h'\
"""

_MOST_FAILURES: Final = 3


def run_command(  # noqa: PLR0913, PLR0917 - typer reads the options here
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Scenario .yaml or event table .csv.")
    ],
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out", metavar="PATH", help="Result file: .parquet, .zarr or .csv; repeatable."
        ),
    ] = None,
    plot: Annotated[
        list[Path] | None,
        typer.Option("--plot", metavar="PATH", help="Figure: .svg, .png or .pdf; repeatable."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: AsJson = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing but warnings and errors.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", help="Model for an event table.")
    ] = None,
    subjects: Annotated[
        int | None,
        typer.Option("--subjects", metavar="N", min=1, help="Number of sampled subjects."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="Seed of all draws.")
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option("--threads", metavar="N", min=1, help="Threads; all processors without."),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="Start of the exposure, such as '0 h'."),
    ] = None,
    stop: Annotated[
        str | None,
        typer.Option("--to", metavar="TIME", help="End of the exposure, such as '24 h'."),
    ] = None,
) -> int:
    """Run a scenario."""
    window = ExposureWindow.from_text(start, stop)
    scenario = Question(path=file, model=model, subjects=subjects, seed=seed).scenario()
    files = OutputFiles(results=tuple(out or ()), figures=tuple(plot or ()), force=force)
    files.refuse(scenario)
    window.refuse(scenario)
    trajectories = _answered(scenario, threads=threads, bar=not quiet)
    # Before anything is written: an event table says only now at which times it looks.
    rows = window.exposure(trajectories)
    written = files.write(trajectories)
    warnings = (*trajectories.warnings, *single_times(trajectories))
    for text in warnings:
        warn(text)
    if as_json:
        emit(_answer(trajectories, rows, window, written, warnings).json_text())
    elif not quiet:
        _show(trajectories, rows, written)
    return ExitCode.NOT_CONVERGED if trajectories.failed else ExitCode.OK


def _answered(scenario: "Scenario", *, threads: int | None, bar: bool) -> "Trajectories":
    from algesia.simulate import run

    from .progress import progress_bar

    with progress_bar(wanted=bar) as progress:
        return run(scenario, threads=threads, progress=progress)


def _show(
    trajectories: "Trajectories", rows: tuple["ExposureRow", ...], written: tuple[Path, ...]
) -> None:
    from rich.console import Group
    from rich.text import Text

    from algesia.report.tables import exposure_table
    from algesia.report.wording import plain

    parts: list[RenderableType] = [plain(trajectories.title, "bold")]
    parts += [plain(line) for arm in trajectories.arms for line in _arm_lines(arm)]
    parts += [plain(line) for line in _note_lines(trajectories)]
    parts += [plain(f"wrote {path}") for path in written]
    show(Group(*parts, Text(), exposure_table(rows)))


def _arm_lines(arm: "ArmTrajectories") -> list[str]:
    """What was asked in an arm, and who did not run to the end."""
    people = f"{arm.status.size} subjects, {arm.band_label}"
    failed = f"; {arm.failed} failed" if arm.failed else ""
    return [
        f"{arm.name}: {arm.regimen_text}; model {arm.model_id}, {arm.rung}; {people}{failed}",
        *arm.failures[:_MOST_FAILURES],
    ]


def _note_lines(trajectories: "Trajectories") -> list[str]:
    """What a reader of the numbers must know, each once, with the arms it is about."""
    about: dict[str, list[str]] = {}
    for arm in trajectories.arms:
        for text in arm.notes:
            about.setdefault(text, []).append(arm.name)
    everyone = len(trajectories.arms)
    return [
        f"note: {text}" if len(arms) == everyone else f"note on {', '.join(arms)}: {text}"
        for text, arms in about.items()
    ]


def _answer(
    trajectories: "Trajectories",
    rows: tuple["ExposureRow", ...],
    window: ExposureWindow,
    written: tuple[Path, ...],
    warnings: tuple[str, ...],
) -> Answer:
    sources: dict[str, Source] = {
        source.key: source for arm in trajectories.arms for source in arm.sources
    }
    return Answer(
        command="run",
        data={
            "title": trajectories.title,
            "window": {"from_h": window.from_h, "to_h": window.to_h},
            "arms": [_arm_record(arm) for arm in trajectories.arms],
            "exposure": rows,
            "files": written,
        },
        warnings=warnings,
        receipt=trajectories.receipt,
        sources=tuple(sources.values()),
    )


def _arm_record(arm: "ArmTrajectories") -> dict[str, Any]:
    return {
        "name": arm.name,
        "model": arm.model_id,
        "rung": arm.rung,
        "regimen": arm.regimen_text,
        "subjects": int(arm.status.size),
        "failed": arm.failed,
        "failures": arm.failures,
        "band": arm.band_label,
        "notes": arm.notes,
        "outputs": arm.outputs,
    }

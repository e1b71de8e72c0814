"""`algesia run`: answer a scenario, show the exposure, write the files asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from .exit_code import ExitCode
from .options import AsJson
from .output_files import OutputFiles
from .progress import progress_bar
from .question import Question
from .receipt_file import write_receipt
from .run_answer import run_answer, show_run
from .screen import emit, warn
from .story import show_stories, stories
from .window import ExposureWindow, single_times

if TYPE_CHECKING:
    from algesia.simulate import Scenario
    from algesia.simulate.run_summary import RunSummary

__all__ = ["EXAMPLE", "HELP", "run_command"]

HELP: Final = """\
Simulate a scenario or an event table; show the exposure.

FILE is a scenario (.yaml) or, with --model, an event table (.csv). The table gives the median
and the 5-95 % range over subjects for every arm and output.

A run whose values exceed 200 MB, or with --chunk, is made and written in chunks: a .parquet is
then a folder of parts. Finished parts stay when it is interrupted; --resume makes the rest.
"""
EXAMPLE: Final = """\
Example: algesia run scenario.yaml --out result.parquet --plot curves.svg
         --from '0 h' --to '24 h'\
"""


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
    receipt: Annotated[
        Path | None,
        typer.Option("--receipt", metavar="PATH", help="Receipt .json for `algesia verify`."),
    ] = None,
    chunk: Annotated[
        int | None,
        typer.Option(
            "--chunk", metavar="N", min=1, help="Subjects in memory at a time; see below."
        ),
    ] = None,
    story: Annotated[
        int | None,
        typer.Option(
            "--story", metavar="SUBJECT", min=0, help="Tell what rules did to one subject."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish a run in chunks that was interrupted.")
    ] = False,
) -> int:
    """Run a scenario."""
    from algesia.safety.lint import lint, lint_line

    window = ExposureWindow.from_text(start, stop)
    question = Question(path=file, model=model, subjects=subjects, seed=seed)
    scenario = question.scenario()
    told = stories(scenario, story)
    files = OutputFiles(
        results=tuple(out or ()),
        figures=tuple(plot or ()),
        receipt=receipt,
        force=force,
        resume=resume,
        chunk_subjects=chunk,
        ledger=any(arm.protocol is not None for arm in scenario.arms),
    )
    files.refuse(scenario)
    window.refuse(scenario)
    request = _Request(window=window, files=files, threads=threads, bar=not quiet)
    answer = _run_in_chunks if files.in_chunks(scenario) else _run_whole
    summary = answer(scenario, request)
    found = lint(scenario)
    if receipt is not None:
        write_receipt(summary, question, receipt, force=force)
    warnings = (*summary.warnings, *single_times(summary))
    for text in warnings:
        warn(text)
    if as_json:
        emit(run_answer(summary, files.paths, warnings, found, told).json_text())
    elif not quiet:
        show_run(summary, files.paths, lint_line(found))
        show_stories(told)
    return ExitCode.NOT_CONVERGED if summary.failed else ExitCode.OK


def _run_whole(scenario: "Scenario", request: "_Request") -> "RunSummary":
    """Run with all values in memory, then write them."""
    from algesia.simulate import run
    from algesia.simulate.run_summary import summary_of

    with progress_bar(wanted=request.bar) as progress:
        trajectories = run(scenario, threads=request.threads, progress=progress)
    # Before anything is written: an event table says only now at which times it looks.
    window = request.window
    summary = summary_of(trajectories, from_h=window.from_h, to_h=window.to_h)
    request.files.write(trajectories)
    return summary


def _run_in_chunks(scenario: "Scenario", request: "_Request") -> "RunSummary":
    """Run with the values of one chunk in memory, each written as soon as it is there."""
    from algesia.simulate.run_summary import SummaryMaker
    from algesia.simulate.stream import chunked_run, run_chunks

    window = request.window
    plan = chunked_run(scenario, chunk_subjects=request.files.chunk_subjects)
    with progress_bar(wanted=request.bar) as progress:
        return run_chunks(
            plan,
            request.files.sinks(),
            SummaryMaker(from_h=window.from_h, to_h=window.to_h),
            threads=request.threads,
            progress=progress,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """How a scenario is run.

    Parameters
    ----------
    window
        What the exposure is about.
    files
        What is written.
    threads
        Threads to use, or None.
    bar
        Whether a progress bar may be drawn.
    """

    window: ExposureWindow
    files: OutputFiles
    threads: int | None
    bar: bool

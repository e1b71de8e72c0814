"""`algesia compare-models`: one question, every model that can answer it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from algesia.errors import FileInputError

from .answer import Answer
from .exit_code import ExitCode
from .options import AsJson
from .progress import progress_bar
from .question import Question
from .screen import emit, show

if TYPE_CHECKING:
    from algesia.catalog.model_comparison import ModelComparison
    from algesia.provenance import Source

__all__ = ["EXAMPLE", "HELP", "compare_models_command"]

HELP: Final = """\
Put the question of a scenario to every model that can take it.

The same doses to the same people: exposure by each model, the ratio to the scenario's own, the
range over models at a few times, and the reason for each model that cannot answer.
"""
EXAMPLE: Final = "Example: algesia compare-models scenario.yaml --figure models.png"


def compare_models_command(  # noqa: PLR0913, PLR0917 - typer reads the options here
    file: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario .yaml.")],
    arm: Annotated[
        str | None, typer.Option("--arm", metavar="NAME", help="Arm, where there are several.")
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="PATH", help="Figure: .svg, .png or .pdf."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    subjects: Annotated[
        int | None,
        typer.Option("--subjects", metavar="N", min=1, help="Number of sampled subjects."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="Seed of all draws.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Compare models."""
    from algesia.catalog.model_comparison import compare_models

    if figure is not None:
        _refuse(figure, force=force)
    scenario = Question(path=file, subjects=subjects, seed=seed).scenario()
    with progress_bar(wanted=not as_json) as progress:
        comparison = compare_models(scenario, arm=arm, progress=progress)
    if figure is not None:
        from algesia.report.model_comparison_figure import write_comparison_figure

        write_comparison_figure(comparison, figure, force=force)
    if as_json:
        emit(_answer(comparison, figure).json_text())
    else:
        from rich.console import Group

        from algesia.report.model_comparison import comparison_tables
        from algesia.report.wording import plain

        wrote = [] if figure is None else [plain(f"wrote {figure}")]
        show(Group(*wrote, comparison_tables(comparison)))
    return ExitCode.NOT_CONVERGED if comparison.answer.failed else ExitCode.OK


def _refuse(figure: Path, *, force: bool) -> None:
    """Refuse a figure that could not be written, before any work is done."""
    from algesia.formats.output_path import check_output_path
    from algesia.report.figure import FIGURE_ENDINGS

    if figure.suffix.lower() not in FIGURE_ENDINGS:
        raise FileInputError(
            f"--figure {figure} ends in '{figure.suffix}'; "
            f"expected one of {', '.join(FIGURE_ENDINGS)}"
        )
    if not force and figure.exists():
        raise FileInputError(f"{figure} exists already; pass --force to replace it")
    check_output_path(figure, force=True)


def _answer(comparison: "ModelComparison", figure: Path | None) -> Answer:
    from algesia.report.model_comparison import coarse_measures

    sources: dict[str, Source] = {
        source.key: source for arm in comparison.answer.arms for source in arm.sources
    }
    models: list[dict[str, Any]] = [
        {"model": each.name, "title": each.model_title, "rung": each.rung, "notes": each.notes}
        for each in comparison.answer.arms
    ]
    return Answer(
        command="compare-models",
        data={
            "title": comparison.answer.title,
            "own": comparison.own,
            "models": models,
            "curves": comparison.curves,
            "range_over_models": comparison.spans(),
            "refused": dict(comparison.refused),
            "files": () if figure is None else (figure,),
        },
        warnings=(*comparison.answer.warnings, *coarse_measures(comparison)),
        receipt=comparison.answer.receipt,
        sources=tuple(sources.values()),
    )

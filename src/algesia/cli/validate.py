"""`algesia validate`: published observations against one model."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from algesia.errors import FileInputError, InputError, unknown_name

from .answer import Answer
from .exit_code import ExitCode
from .screen import show

if TYPE_CHECKING:
    from algesia.evidence import PkValidation

__all__ = ["EXAMPLE", "HELP", "validate_command"]

HELP: Final = """\
Predict published observations and judge the goals.

WHAT is `pk`: peaks, areas, fractions, half-lives, levels, interactions and
mean curves of published studies, each with the same dose, route, weight,
site, window and unit. Observations the model took a value from are no
evidence and stand apart, as do those on which sources conflict. What cannot
be predicted is listed with the reason.
"""
EXAMPLE: Final = """\
Example: algesia validate pk --model simons_2022_film
           --html validation.html --figure validation.png"""

_SUITES: Final = ("pk",)
_DEFAULT_MODEL: Final = "ketamine_backbone"
_SUBJECTS: Final = 500
_ENDINGS: Final = {
    "--json": (".json",),
    "--html": (".html",),
    "--figure": (".svg", ".png", ".pdf"),
}


def validate_command(  # noqa: PLR0913, PLR0917 - typer reads the options here
    what: Annotated[str, typer.Argument(metavar="WHAT", help="What is predicted: pk.")],
    model: Annotated[
        str, typer.Option("--model", metavar="MODEL", help="Catalogue entry.")
    ] = _DEFAULT_MODEL,
    spread: Annotated[
        bool, typer.Option("--spread", help="Draw 5-95 % bands of sampled patients.")
    ] = False,
    subjects: Annotated[
        int | None,
        typer.Option("--subjects", metavar="N", min=20, help="Patients per band; 500."),
    ] = None,
    every: Annotated[bool, typer.Option("--every", help="List each observation.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="PATH", help="All numbers, .json.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", metavar="PATH", help="One page, .html.")
    ] = None,
    figure_file: Annotated[
        Path | None,
        typer.Option("--figure", metavar="PATH", help="Figure: .svg, .png or .pdf."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    require_goals: Annotated[
        bool, typer.Option("--require-goals", help="Exit with 1 if a goal is not reached.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the headline that the project quotes.")
    ] = False,
) -> int:
    """Validate a model."""
    if what not in _SUITES:
        raise unknown_name("suite", what, _SUITES)
    if subjects is not None and not spread:
        raise InputError(f"--subjects is {subjects} without --spread; expected both")
    if record and spread:
        raise InputError("--record is given with --spread; the headline is of typical patients")
    files = {"--json": json_file, "--html": html_file, "--figure": figure_file}
    _refuse(files, force=force)
    from algesia.evidence import validate_pk

    found = validate_pk(model, subjects=(subjects or _SUBJECTS) if spread else None)
    if record:
        _keep_headline(found)
    _write(found, files, force=force)
    from algesia.report.validation_tables import validation_view

    show(validation_view(found, every=every))
    missed = require_goals and bool(found.goals_missed)
    return ExitCode.FAILURE if missed else ExitCode.OK


def _refuse(files: dict[str, Path | None], *, force: bool) -> None:
    """Refuse what could not be written, before any work is done."""
    from algesia.formats.extra import import_extra
    from algesia.formats.output_path import check_output_path

    for option, path in files.items():
        if path is None:
            continue
        endings = _ENDINGS[option]
        if path.suffix.lower() not in endings:
            raise FileInputError(
                f"{option} {path} ends in '{path.suffix}'; expected {', '.join(endings)}"
            )
        if path.exists() and not force:
            raise FileInputError(f"{path} exists already; pass --force to replace it")
        check_output_path(path, force=True)
        if option == "--figure":
            import_extra("matplotlib")


def _write(found: "PkValidation", files: dict[str, Path | None], *, force: bool) -> None:
    from algesia.evidence.record import record
    from algesia.formats.output_path import replace_file
    from algesia.report.validation_figure import write_validation_figure
    from algesia.report.validation_page import write_validation_page

    if (path := files["--json"]) is not None:
        answer = Answer(command="validate", data=record(found))
        with replace_file(path, force=force) as part:
            part.write_text(answer.json_text(), encoding="utf-8")
    if (path := files["--html"]) is not None:
        write_validation_page(found, path, force=force)
    if (path := files["--figure"]) is not None:
        write_validation_figure(found, path, force=force)


def _keep_headline(found: "PkValidation") -> None:
    """Replace the headline of one model in the file that the project quotes."""
    from algesia.evidence.record import headline, headline_path, headlines

    path = headline_path()
    kept = dict(headlines()) if path.is_file() else {}
    kept[found.entry.id] = headline(found)
    content = {"schema": "algesia/pk_headline/1", "models": dict(sorted(kept.items()))}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

"""`algesia screen`: a patient and a plan held against the rules of published documents."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from algesia.errors import InputError

from .answer import Answer
from .options import AsJson
from .screen import emit, one_line, show

if TYPE_CHECKING:
    from algesia.regimen import Regimen
    from algesia.safety import Screening

__all__ = ["EXAMPLE", "HELP", "NAME", "screen_command"]

NAME: Final = "screen"
HELP: Final = """\
Hold a patient and a dosing plan against encoded rules.

The rules come from guidelines, a label and a trial; each says how far it was
checked. What is not known becomes a question, and where documents differ both
are shown. The result is not a clinical clearance.

PATIENT is a file (.yaml) with facts, units and no name, number or birth date.
REGIMEN is a file (.yaml), the name of a listed regimen, or clinical text.
"""
EXAMPLE: Final = """\
Example: algesia screen examples/patients/crps_outpatient.yaml
         'ketamine 0.35 mg/kg/h IV for 4 h on weekdays for 10 doses'\
"""
ENDINGS: Final = (".yaml", ".yml")
FORM_ENDINGS: Final = (".html", ".json")


def screen_command(  # noqa: PLR0913, PLR0917 - typer reads the options here
    patient: Annotated[Path, typer.Argument(metavar="PATIENT", help="Patient file, .yaml.")],
    regimen: Annotated[
        str, typer.Argument(metavar="REGIMEN", help="Regimen: file, listed name or text.")
    ],
    variant: Annotated[
        str | None,
        typer.Option("--variant", metavar="NAME", help="Variant of a listed regimen."),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--setting", metavar="FACT=VALUE", help="Fact about setting or outcome; repeatable."
        ),
    ] = None,
    form: Annotated[
        Path | None,
        typer.Option("--form", metavar="PATH", help="Blank monitoring form: .html or .json."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a form that exists.")] = False,
    as_json: AsJson = False,
) -> int:
    """Screen a patient and a plan."""
    from algesia.safety import read_patient, screen, screening_lines, screening_record

    plan, notes = _plan(regimen, variant)
    found = screen(read_patient(patient), plan, _setting(setting or ()))
    if form is not None:
        _write_form(found, form, force=force)
        notes = (*notes, f"wrote {form}")
    if as_json:
        data: dict[str, Any] = {**screening_record(found), "about_the_plan": notes}
        emit(Answer(command=NAME, data=data).json_text())
        return 0
    _show(found, screening_lines(found), notes)
    return 0


def _show(found: "Screening", lines: Sequence[str], notes: Sequence[str]) -> None:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    parts = []
    for line in (*(f"about the plan: {note}" for note in notes), *lines):
        words = line.lstrip(" ")
        indent = len(line) - len(words)
        heading = line == found.summary or (not indent and line.endswith(":"))
        text = Text(one_line(words), style="bold" if heading else "")
        parts.append(Padding(text, (0, 0, 0, indent)))
    show(Group(*parts))


def _write_form(found: "Screening", path: Path, *, force: bool) -> None:
    """Write the blank monitoring form."""
    import json

    from algesia.formats.output_path import check_output_path, replace_file
    from algesia.report.monitoring_form_page import monitoring_form_page
    from algesia.safety.monitoring_form import form_record

    if path.suffix.lower() not in FORM_ENDINGS:
        raise InputError(
            f"--form {path} ends in '{path.suffix}'; expected {' or '.join(FORM_ENDINGS)}"
        )
    check_output_path(path, force=force)
    if path.suffix.lower() == ".html":
        text = monitoring_form_page(found)
    else:
        text = json.dumps(form_record(found), indent=2) + "\n"
    with replace_file(path, force=force) as part:
        part.write_text(text, encoding="utf-8")


def _plan(text: str, variant: str | None) -> "tuple[Regimen, tuple[str, ...]]":
    """The plan, and what a reader must know of a listed one."""
    from algesia.catalog.regimen_list import regimen_entry, regimen_ids
    from algesia.regimen import parse_regimen

    words = text.split()
    named = len(words) == 1 and (text in regimen_ids(marked=True) or words[0].isidentifier())
    if variant is not None and not named:
        raise InputError(
            f"--variant {variant} is given with '{one_line(text)}'; expected it with the name "
            "of a listed regimen only"
        )
    if Path(text).suffix.lower() in ENDINGS and len(words) == 1:
        from algesia.formats.regimen_yaml import read_regimen
        from algesia.formats.yaml_text import read_yaml

        return read_regimen(read_yaml(Path(text)), where=Path(text).name), ()
    if not named:
        return parse_regimen(text), ()
    entry = regimen_entry(text)
    plan = entry.regimen(variant).resolved(drug=entry.drug)
    notes = [f"{entry.label}; figures {entry.verification}"]
    if entry.marks:
        notes.append(f"marked: {', '.join(entry.marks)}")
    if entry.hazard:
        notes.append(f"hazard: {entry.hazard}")
    return plan, (*notes, *(f"assumed: {each}" for each in entry.assumptions))


def _setting(pairs: Sequence[str]) -> dict[str, Any]:
    """Read what `--setting` says."""
    from algesia.safety import stated_facts

    given = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise InputError(
                f"--setting is '{pair}'; expected a fact and its value, such as"
                " setting=outpatient"
            )
        given[name.strip()] = value.strip()
    return stated_facts(given, where="--setting", about=("setting", "outcome"))

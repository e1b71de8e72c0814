"""`algesia regimens`: the named plans, and one of them dose by dose. Never advice."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from algesia.errors import InputError

from .answer import Answer
from .options import AsJson
from .regimen_question import RegimenQuestion
from .screen import emit, show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.catalog.regimen_list import RegimenEntry
    from algesia.regimen import DoseRow, Regimen

__all__ = ["EXAMPLE", "HELP", "regimens_command"]

HELP: Final = """\
List the named regimens, show one dose by dose, draw it, or write it in another format.

Plans come from trials and guidelines; those of specialist settings, of single accounts and of
use at home are listed with --all only.
"""
EXAMPLE: Final = "Example: algesia regimens show iv_0p5_x6_12d --plot plan.png"

_WEIGHT_KG: Final = 70.0
_MOST_ROWS: Final = 40
_LABEL_WIDTH: Final = 26


def regimens_command(  # noqa: PLR0913, PLR0917 - typer reads the options here
    regimen: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[[show] REGIMEN]", help="Plan to show; all are listed without."
        ),
    ] = None,
    marked: Annotated[
        bool, typer.Option("--all", help="List marked plans too, with their marks.")
    ] = False,
    variant: Annotated[
        str | None, typer.Option("--variant", metavar="NAME", help="One variant of the plan.")
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="NAME=TIME", help="Time of an event, as closure=3h."),
    ] = None,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print one variant as YAML, key by key.")
    ] = False,
    as_nonmem: Annotated[
        bool, typer.Option("--nonmem", help="Print one variant as a NONMEM event table.")
    ] = False,
    weight: Annotated[
        list[float] | None,
        typer.Option("--weight", metavar="KG", help="Weight of a subject of that table."),
    ] = None,
    fhir: Annotated[
        str | None,
        typer.Option("--fhir", metavar="r4|r5", help="Print one variant as a FHIR draft."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="PATH", help="Draw it to an .svg, .png or .pdf file."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    as_json: AsJson = False,
) -> int:
    """List plans or show one."""
    from algesia.catalog.regimen_list import regimen_entry, regimen_ids

    asked = RegimenQuestion(
        variant=variant, events=tuple(event or ()), as_yaml=as_yaml, as_nonmem=as_nonmem,
        weights_kg=tuple(weight or ()), fhir=fhir, plot=plot, force=force,
    )  # fmt: skip
    name = _named(regimen or [])
    if name is None:
        asked.refuse_without_plan()
        ids = regimen_ids(marked=marked)
        return _list([regimen_entry(each) for each in ids], as_json=as_json)
    chosen = regimen_entry(name)
    asked.refuse_two_formats(as_json=as_json)
    if asked.text_wanted:
        emit(asked.text(chosen))
        return 0
    return _one(chosen, asked, as_json=as_json)


def _named(words: list[str]) -> str | None:
    """Name of the plan that is asked for, or None."""
    names = words[1:] if words[:1] == ["show"] else words
    if len(names) > 1 or (words and not names):
        shown = " ".join(words)
        raise InputError(f"regimens has '{shown}'; expected one name, or show and one")
    return names[0] if names else None


def _list(entries: list["RegimenEntry"], *, as_json: bool) -> int:
    if as_json:
        emit(Answer(command="regimens", data=[_record(each) for each in entries]).json_text())
        return 0
    from rich.console import Group

    from algesia.report.tables import new_table
    from algesia.report.wording import notice_line, plain

    table = new_table("regimen", "what it is", "drug", "figures; marks")
    table.columns[0].no_wrap = True
    table.columns[1].min_width = _LABEL_WIDTH
    for each in entries:
        known = "; ".join([each.verification, *each.marks])
        table.add_row(*map(plain, (each.id, each.label, each.drug, known)))
    show(Group(table, notice_line()))
    return 0


def _one(chosen: "RegimenEntry", asked: RegimenQuestion, *, as_json: bool) -> int:
    plans = asked.plans(chosen)
    wrote = asked.draw(chosen, plans)
    if as_json:
        data = {
            **_record(chosen),
            "variants": {name: _plan_record(plan) for name, plan in plans.items()},
        }
        emit(Answer(command="regimens", data=data).json_text())
        return 0
    from rich.console import Group
    from rich.text import Text

    from algesia.regimen import describe
    from algesia.report.wording import notice_line, plain

    parts: list[RenderableType] = [*map(plain, wrote), plain(chosen.label, "bold")]
    parts += map(plain, _facts(chosen))
    for name, plan in plans.items():
        parts += [Text(), plain(f"{name}: {chosen.plans[name]}", "bold")]
        parts += [plain(f"reads as: {describe(plan)}"), *_doses(plan)]
    show(Group(*parts, Text(), notice_line()))
    return 0


def _facts(chosen: "RegimenEntry") -> list[str]:
    """What is known about a plan, a line each."""
    lines = [
        f"{chosen.id}; drug {chosen.drug}; figures {chosen.verification}; "
        f"expressed {chosen.expressed}"
    ]
    if chosen.marks:
        lines.append(f"marked: {', '.join(chosen.marks)}")
    if chosen.hazard:
        lines.append(f"hazard: {chosen.hazard}")
    lines += [f"assumed: {each}" for each in chosen.assumptions]
    lines += [
        f"not expressed: {each.operator}, {each.reason}" for each in chosen.operators_needed
    ]
    lines.append(f"sources: {', '.join(chosen.sources)}")
    return lines


def _doses(plan: "Regimen") -> list["RenderableType"]:
    """Dose rows of a plan and their sum."""
    from algesia.report.tables import new_table
    from algesia.report.wording import plain

    rows = plan.rows()
    table = new_table("time, h", "dose", "over, h", "route", "drug", "limits")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*map(plain, _cells(row)))
    lines = []
    if len(rows) > _MOST_ROWS:
        lines.append(f"{len(rows) - _MOST_ROWS} more of {len(rows)} doses; --json has them all")
    lines += [
        f"total for {_WEIGHT_KG:g} kg: {amount:g} mg{f' {drug}' if drug else ''}, free base"
        for drug, amount in _totals(plan).items()
    ]
    return [table, *map(plain, lines)]


def _cells(row: "DoseRow") -> tuple[str, ...]:
    from algesia.report.wording import number_text

    limits = []
    if row.cap_mg is not None:
        limits.append(f"at most {row.cap_mg:g} mg")
    if row.weight_cap_kg is not None:
        limits.append(f"weight up to {row.weight_cap_kg:g} kg")
    if row.weight_basis == "ideal":
        limits.append("ideal weight")
    unit = "mg/kg" if row.unit == "mg/kg_body" else row.unit
    salt = "" if row.form == "base" else f" {row.form}"
    return (
        number_text(row.time_h),
        f"{number_text(row.amount)} {unit}{salt}",
        number_text(row.duration_h) if row.duration_h else "at once",
        " ".join(part for part in (row.formulation, row.route) if part) or "any",
        row.drug or "the model's",
        ", ".join(limits),
    )


def _totals(plan: "Regimen") -> dict[str, float]:
    """Sum of each drug for a subject of 70 kg, mg of free base."""
    drugs: tuple[str | None, ...] = plan.drugs or (None,)
    return {
        drug or "": plan.total_milligrams(_WEIGHT_KG, ideal_weight_kg=_WEIGHT_KG, drug=drug)
        for drug in drugs
    }


def _record(chosen: "RegimenEntry") -> dict[str, Any]:
    return {
        "id": chosen.id,
        "label": chosen.label,
        "drug": chosen.drug,
        "verification": chosen.verification,
        "expressed": chosen.expressed,
        "marks": chosen.marks,
        "hazard": chosen.hazard,
        "sources": chosen.sources,
        "plans": chosen.plans,
        "assumptions": chosen.assumptions,
        "operators_needed": [each.model_dump() for each in chosen.operators_needed],
    }


def _plan_record(plan: "Regimen") -> dict[str, Any]:
    from algesia.regimen import describe

    return {
        "text": describe(plan),
        "rows": plan.rows(),
        "weight_kg": _WEIGHT_KG,
        "total_mg": _totals(plan),
    }

"""`algesia cite`: where every number comes from."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from .answer import Answer
from .options import AsJson
from .screen import columns, emit, show
from .target import Basis, bases_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.provenance import Reported, Source

__all__ = ["EXAMPLE", "HELP", "cite_command"]

_TABLE_COLUMNS: Final = 120

HELP: Final = """\
Show where every number comes from.

TARGET is a result, a scenario or a model. A result file (.parquet, .zarr) is answered from the
sources stored in it.
"""
EXAMPLE: Final = "Example: algesia cite result.parquet"


def cite_command(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="Result file, scenario file or model.")
    ],
    sources_only: Annotated[
        bool, typer.Option("--sources", help="Print the list of sources alone.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Cite the sources of every number."""
    bases = bases_of(target)
    sources = {source.key: source for basis in bases for source in basis.sources}
    if as_json:
        data = {"target": target, "arms": [_record(basis) for basis in bases]}
        answer = Answer(command="cite", data=data, sources=tuple(sources.values()))
        emit(answer.json_text())
        return 0
    from rich.console import Group

    from algesia.report.wording import notice_line

    parts: list[RenderableType] = []
    for place, basis in enumerate(() if sources_only else bases):
        parts += _arm_parts(basis, bases[:place])
    show(Group(*parts, *_citations(sources), notice_line()))
    return 0


def _arm_parts(basis: Basis, before: tuple[Basis, ...]) -> list["RenderableType"]:
    """Table of an arm's values; an arm that rests on the same numbers only says so."""
    from rich.text import Text

    from algesia.report.wording import plain

    title = basis.name if basis.name == basis.model else f"{basis.name}: {basis.model}"
    for other in before:
        if other.values == basis.values:
            return [plain(title, "bold"), plain(f"the same numbers as {other.name}"), Text()]
    body = _wide(basis, title) if columns() >= _TABLE_COLUMNS else _narrow(basis, title)
    notes = [plain(f"{value.name}: {value.note}") for value in basis.values if value.note]
    return [*body, *notes, Text()]


def _wide(basis: Basis, title: str) -> list["RenderableType"]:
    from algesia.report.tables import new_table
    from algesia.report.wording import plain

    table = new_table("value", "as printed", "form", "origin", "grade", "source", title=title)
    for value in basis.values:
        table.add_row(*map(plain, _cells(value)))
    return [table]


def _narrow(basis: Basis, title: str) -> list["RenderableType"]:
    from algesia.report.wording import indented, plain

    lines = []
    for value in basis.values:
        name, number, *rest = _cells(value)
        lines.append(indented(f"{name} = {number} ({', '.join(rest)})", 2))
    return [plain(title, "bold"), *lines]


def _cells(value: "Reported") -> tuple[str, ...]:
    from algesia.report.wording import value_text

    return (
        value.name,
        value_text(value.value, value.unit),
        value.form.replace("_", " "),
        value.origin.replace("_", " "),
        str(value.grade),
        ", ".join(part for part in (value.source, value.locator) if part) or "no source",
    )


def _citations(sources: dict[str, "Source"]) -> list["RenderableType"]:
    from rich.text import Text

    from algesia.report.wording import plain

    if not sources:
        return [plain("no sources: every number is an assumption"), Text()]
    lines = [plain(f"{source.key}: {source.citation()}") for source in sources.values()]
    return [plain("Sources", "bold"), *lines, Text()]


def _record(basis: Basis) -> dict[str, Any]:
    cited = {source.key: source.citation() for source in basis.sources}
    return {
        "name": basis.name,
        "model": basis.model,
        "values": basis.values,
        "citations": cited,
    }

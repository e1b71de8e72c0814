"""`algesia conflicts`: where sources contradict each other, side by side."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from .answer import Answer
from .options import AsJson
from .screen import emit, show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.evidence.literature_conflict import LiteratureConflict, LiteratureSide

__all__ = ["EXAMPLE", "HELP", "conflicts_command"]

HELP: Final = """\
List where sources contradict each other, or show both sides of a topic.

TOPIC is the name of a conflict, a kind (kinetics, mechanism, outcome, harm,
guideline) or a word. Nothing is averaged and nothing is settled.
"""
EXAMPLE: Final = "Example: algesia conflicts norketamine"


def conflicts_command(
    topic: Annotated[
        str | None,
        typer.Argument(metavar="[TOPIC]", help="Name, kind or word; all without."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """List conflicts or show those about a topic."""
    from algesia.evidence.literature_conflict import conflicts_about, literature_conflicts

    found = tuple(literature_conflicts().values()) if topic is None else conflicts_about(topic)
    if as_json:
        emit(Answer(command="conflicts", data=[each.record() for each in found]).json_text())
    elif topic is None:
        _list(found)
    else:
        _details(found)
    return 0


def _list(conflicts: tuple["LiteratureConflict", ...]) -> None:
    from rich.console import Group

    from algesia.report.tables import new_table
    from algesia.report.wording import notice_line, plain

    table = new_table("conflict", "kind", "what about", "sides")
    for each in conflicts:
        table.add_row(*map(plain, (each.id, each.kind, each.what, str(len(each.sides)))))
    show(Group(table, plain(f"{len(conflicts)} conflicts"), notice_line()))


def _details(conflicts: tuple["LiteratureConflict", ...]) -> None:
    from rich.console import Group
    from rich.text import Text

    from algesia.report.wording import indented, notice_line, plain

    parts: list[RenderableType] = []
    for each in conflicts:
        parts.append(plain(f"{each.id} ({each.kind}): {each.what}", "bold"))
        for number, side in enumerate(each.sides, start=1):
            parts.append(plain(f"side {number}: {side.says}"))
            parts += [indented(line, 2) for line in _behind(side)]
        parts += [plain(f"carried: {each.carried}"), Text()]
    show(Group(*parts, notice_line()))


def _behind(side: "LiteratureSide") -> list[str]:
    """What stands behind a side, a line each."""
    lines = [f"evidence: {side.evidence}"]
    lines += [f"source: {each}" for each in side.sources]
    if side.claims:
        lines.append(f"claims: {', '.join(side.claims)}")
    return lines

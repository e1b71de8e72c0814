"""`algesia diff`: what two results or two scenarios do not share."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from algesia.errors import InputError

from .answer import Answer
from .options import AsJson
from .screen import emit, show
from .target import kind_of

if TYPE_CHECKING:
    from .difference import Difference

__all__ = ["EXAMPLE", "HELP", "diff_command"]

HELP: Final = """\
Show what differs between two results or two scenarios.

For results it adds the largest difference of the curves per arm and output, as a share of the
larger peak of the same subject. Differences are not an error: the exit code is 0.
"""
EXAMPLE: Final = "Example: algesia diff before.parquet after.parquet"

_HASH: Final = re.compile("[0-9a-f]{32}")
_HASH_START: Final = 12


def diff_command(
    first: Annotated[str, typer.Argument(metavar="A", help="Result or scenario file.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another of the same kind.")],
    as_json: AsJson = False,
) -> int:
    """Compare two files."""
    found = _differences(first, second)
    if as_json:
        data = {"first": first, "second": second, "differences": found}
        emit(Answer(command="diff", data=data).json_text())
        return 0
    from rich.console import Group

    from algesia.report.tables import new_table
    from algesia.report.wording import notice_line, plain

    if not found:
        show(Group(plain("no differences"), notice_line()))
        return 0
    table = new_table("arm", "what", "in A", "in B", "relative")
    for each in found:
        share = "" if each.relative is None else f"{each.relative:.2g}"
        texts = (_shown(each.first), _shown(each.second))
        table.add_row(*map(plain, (each.where, each.what, *texts, share)))
    show(Group(plain(f"A: {first}"), plain(f"B: {second}"), table, notice_line()))
    return 0


def _shown(text: str) -> str:
    """Text as the table has it: the start of a content hash tells two of them apart."""
    return text[:_HASH_START] if _HASH.fullmatch(text) else text


def _differences(first: str, second: str) -> list["Difference"]:
    kinds = (kind_of(first), kind_of(second))
    if kinds == ("scenario", "scenario"):
        from algesia.catalog.scenario_file import read_scenario

        from .scenario_difference import scenario_differences

        return scenario_differences(read_scenario(Path(first)), read_scenario(Path(second)))
    if kinds == ("result", "result"):
        from algesia.formats.result_file import read_result

        from .result_difference import result_differences

        return result_differences(read_result(first), read_result(second))
    raise InputError(
        f"{first} is a {kinds[0]} and {second} is a {kinds[1]}; "
        "expected two results or two scenarios"
    )

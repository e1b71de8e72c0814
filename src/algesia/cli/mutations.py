"""`algesia mutations`: which slips in the numbers of an entry nothing would notice."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from algesia.errors import InputError

from .answer import Answer
from .exit_code import ExitCode
from .options import AsJson
from .screen import emit, show

if TYPE_CHECKING:
    from algesia.catalog.mutation_check import MutationReport

__all__ = ["EXAMPLE", "HELP", "mutations_command"]

HELP: Final = """\
Make plausible slips in every number of an entry and list those that nothing notices.

A tenth more, the other sign, SD for variance, a neighbouring unit: each is tried against
loading, the second reading, the claims and the gates. Without a model, the slips last recorded
are shown.
"""
EXAMPLE: Final = "Example: algesia mutations otto_2021_intravenous"


def mutations_command(
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="Entry to try; the record of all without."),
    ] = None,
    record: Annotated[
        bool,
        typer.Option("--record", help="Try every entry that changed and write down the count."),
    ] = False,
    accept_more: Annotated[
        bool, typer.Option("--accept-more", help="With --record: a count may rise.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Try slips."""
    reports = _reports(model, record=record, accept_more=accept_more)
    if as_json:
        emit(Answer(command="mutations", data=reports).json_text())
    else:
        _show(reports, in_full=model is not None)
    return ExitCode.OK


def _reports(
    model: str | None, *, record: bool, accept_more: bool
) -> tuple["MutationReport", ...]:
    from algesia.catalog.mutation_check import (
        record_mutations,
        recorded_mutations,
        try_mutations,
    )

    if accept_more and not record:
        raise InputError("--accept-more is given without --record; expected both")
    if record and model is not None:
        raise InputError(f"--record is given with {model}; expected it for all entries at once")
    if record:
        return record_mutations(more_accepted=accept_more)
    return recorded_mutations() if model is None else (try_mutations(model),)


def _show(reports: tuple["MutationReport", ...], *, in_full: bool) -> None:
    from rich.console import Group

    from algesia.report.tables import new_table
    from algesia.report.wording import notice_line, plain

    if in_full:
        lines = [line for report in reports for line in report.lines()]
        show(Group(*map(plain, lines), notice_line()))
        return
    table = new_table("entry", "slips tried", "unnoticed")
    for report in reports:
        table.add_row(*map(plain, (report.id, str(report.tried), str(len(report.unnoticed)))))
    show(Group(table, notice_line()))

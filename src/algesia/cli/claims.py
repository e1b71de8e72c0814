"""`algesia claims`: what documents claim of ketamine, and what the literature says of it."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from .answer import Answer
from .options import AsJson
from .screen import emit, show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.evidence.clinical_claim import ClinicalClaim

__all__ = ["EXAMPLE", "HELP", "claims_command"]

HELP: Final = """\
List what documents claim of ketamine, or show one claim with the literature.

Each has a verdict, and entries that could speak to it, or why none can.
"""
EXAMPLE: Final = "Example: algesia claims S2_01"
_NO_SOURCE: Final = "no source was found"


def claims_command(
    claim: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="Claim to show; all are listed without."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """List claims or show one."""
    from algesia.evidence.clinical_claim import clinical_claim, clinical_claims

    found = tuple(clinical_claims().values()) if claim is None else (clinical_claim(claim),)
    if as_json:
        emit(Answer(command="claims", data=[each.record() for each in found]).json_text())
    elif claim is None:
        _list(found)
    else:
        _one(found[0])
    return 0


def _list(claims: tuple["ClinicalClaim", ...]) -> None:
    from rich.console import Group

    from algesia.evidence.clinical_claim import OUTSIDE, VERDICTS
    from algesia.report.tables import new_table
    from algesia.report.wording import notice_line, plain

    table = new_table("claim", "what is claimed", "verdict", "answerable by")
    table.columns[0].no_wrap = True
    for each in claims:
        speakers = ", ".join(dict.fromkeys(one.entry for one in each.answerable_by))
        cells = (each.id, each.claim, _verdict(each), speakers or OUTSIDE)
        table.add_row(*map(plain, cells))
    counts = {name: sum(each.verdict == name for each in claims) for name in VERDICTS}
    known = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    show(Group(table, plain(f"{len(claims)} claims: {known}"), notice_line()))


def _one(claim: "ClinicalClaim") -> None:
    from rich.console import Group

    from algesia.report.wording import notice_line, plain

    lines = [
        f"from: {claim.about_document}; topic {claim.topic}",
        f"printed: {'; '.join(each.text for each in claim.numbers) or 'no number'}",
        f"verdict: {_verdict(claim)}",
        f"literature: {claim.literature or _NO_SOURCE}",
    ]
    if claim.potency is not None:
        lines.append(f"arithmetic: {claim.potency.sentence}")
    if claim.note is not None:
        lines.append(f"note: {claim.note}")
    speakers = ", ".join(f"{each.entry} ({each.output})" for each in claim.answerable_by)
    if speakers:
        lines.append(f"answerable by: {speakers}; {claim.how}")
    else:
        lines.append(f"outside the model: {claim.outside}")
    lines += [f"source: {each.line}" for each in claim.sources]
    parts: list[RenderableType] = [plain(f"{claim.id}: {claim.claim}", "bold")]
    show(Group(*parts, *map(plain, lines), notice_line()))


def _verdict(claim: "ClinicalClaim") -> str:
    if claim.standing is None:
        return claim.verdict
    return f"{claim.verdict}, {claim.standing.replace('_', ' ')}"

"""`algesia verify`: make a run again and say whether its numbers stand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from algesia.errors import FileInputError

from .answer import Answer
from .exit_code import ExitCode
from .options import AsJson
from .progress import progress_bar
from .question import Question
from .screen import emit, show
from .target import kind_of

if TYPE_CHECKING:
    from .agreement import Agreement

__all__ = ["EXAMPLE", "HELP", "verify_command"]

HELP: Final = """\
Run a scenario again and compare with a receipt or a result.

TARGET is a receipt (.json) or a result (.parquet, .zarr). A receipt names its scenario; for a
result give SCENARIO. Values are bit-identical, or agree within 10 relative tolerances, or
differ. Exit code 0 when they agree and the same went in, 1 otherwise.
"""
EXAMPLE: Final = "Example: algesia verify receipt.json"


def verify_command(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="Receipt or result.")],
    scenario: Annotated[
        Path | None,
        typer.Argument(metavar="[SCENARIO]", help="Scenario .yaml or event table .csv."),
    ] = None,
    as_json: AsJson = False,
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", help="Model for an event table.")
    ] = None,
    subjects: Annotated[
        int | None, typer.Option("--subjects", metavar="N", min=1, help="As for `run`.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="As for `run`.")
    ] = None,
) -> int:
    """Make a run again."""
    question = None
    if scenario is not None:
        question = Question(path=scenario, model=model, subjects=subjects, seed=seed)
    elif model is not None or subjects is not None or seed is not None:
        raise FileInputError(
            "--model, --subjects or --seed is given without SCENARIO; "
            "expected the file they change"
        )
    agreement = _agreement(target, question, bar=not as_json)
    if as_json:
        data = {
            "target": target,
            "verified": agreement.holds,
            "sentence": agreement.sentence(),
            "checks": agreement.checks,
        }
        emit(Answer(command="verify", data=data).json_text())
    else:
        _show(agreement)
    return ExitCode.OK if agreement.holds else ExitCode.FAILURE


def _agreement(target: Path, question: Question | None, *, bar: bool) -> "Agreement":
    from .verification import verify_receipt, verify_result

    if target.suffix.lower() == ".json":
        with progress_bar(wanted=bar) as progress:
            return verify_receipt(target, question, progress=progress)
    if kind_of(str(target)) != "result":
        raise FileInputError(
            f"{target} is a {kind_of(str(target))}; expected a receipt (.json) or a result "
            "(.parquet, .zarr)"
        )
    if question is None:
        raise FileInputError(
            f"{target} does not say of which file it is the result; "
            f"expected: algesia verify {target} SCENARIO"
        )
    with progress_bar(wanted=bar) as progress:
        return verify_result(target, question, progress=progress)


def _show(agreement: "Agreement") -> None:
    from rich.console import Group

    from algesia.report.tables import new_table
    from algesia.report.wording import notice_line, plain

    table = new_table("arm", "what", "now", "detail")
    for check in agreement.checks:
        table.add_row(*map(plain, (check.arm, check.what, check.verdict, check.detail)))
    show(Group(table, plain(agreement.sentence(), "bold"), notice_line()))

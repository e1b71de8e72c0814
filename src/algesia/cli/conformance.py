"""`algesia conformance`: a model's answers against those of another program."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from algesia.errors import InputError, unknown_name

from .answer import Answer
from .exit_code import ExitCode
from .options import AsJson
from .screen import emit, show

if TYPE_CHECKING:
    from algesia.catalog.conformance import ConformanceReport, ScenarioCheck

__all__ = ["EXAMPLE", "HELP", "conformance_command"]

HELP: Final = """\
Compare a model with the answers of another program.

SUITE is `nonmem`: an event table, the answers to it row by row, and a model
in one file. The exit code is 1 if a scenario differs.
"""
EXAMPLE: Final = """\
Example: algesia conformance nonmem --data events.csv
           --expected answers.csv --model model.yaml"""

_SUITES: Final = ("nonmem",)
_RULES: Final = ("nocb", "locf")


def conformance_command(  # noqa: PLR0913, PLR0917 - one option each
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="Kind of files: nonmem.")],
    data: Annotated[Path, typer.Option("--data", help="Event table (CSV).")],
    expected: Annotated[
        Path, typer.Option("--expected", help="Answers: ID, TIME, outputs (CSV).")
    ],
    model: Annotated[Path, typer.Option("--model", help="Model in one file (YAML).")],
    relative: Annotated[
        float, typer.Option("--relative", help="Difference allowed, relative.")
    ] = 1e-4,
    covariate_rule: Annotated[
        str,
        typer.Option(
            "--covariate-rule", help="Which record holds between two: nocb (next) or locf."
        ),
    ] = "nocb",
    as_json: AsJson = False,
) -> int:
    """Compare answers."""
    from algesia.catalog.conformance import nonmem_conformance

    if suite not in _SUITES:
        raise unknown_name("suite", suite, _SUITES)
    if covariate_rule not in _RULES:
        raise InputError(f"--covariate-rule is '{covariate_rule}'; expected nocb or locf")
    report = nonmem_conformance(
        data=data,
        expected=expected,
        model=model,
        relative=relative,
        covariate_rule="locf" if covariate_rule == "locf" else "nocb",
    )
    if as_json:
        answer = Answer(command="conformance", data=_record(report), warnings=report.notes)
        emit(answer.json_text())
    else:
        _show(report)
    return ExitCode.OK if report.passed else ExitCode.FAILURE


def _show(report: "ConformanceReport") -> None:
    from rich.console import Group

    from algesia.report.tables import new_table
    from algesia.report.wording import notice_line, plain

    table = new_table(
        "scenario", "verdict", "observations", "doses", "worst at, h", "got", "want"
    )
    for each in report.scenarios:
        table.add_row(*map(plain, _cells(each)))
    passed = sum(each.passed for each in report.scenarios)
    lines = [
        f"{passed} of {len(report.scenarios)} scenarios agree within {report.relative:g} of "
        "the answer and its printed digits; records that dose or reset are compared as they "
        "leave the body",
        *(f"{each.scenario}: {each.problem}" for each in report.scenarios if each.problem),
        *report.notes,
    ]
    show(Group(table, *map(plain, lines), notice_line()))


def _cells(check: "ScenarioCheck") -> tuple[str, ...]:
    verdict = "agrees" if check.passed else f"differs in {check.failed}"
    if check.problem:
        verdict = "no answer"
    elif not check.observations + check.doses:
        verdict = "nothing to compare"
    counts = (str(check.scenario), verdict, str(check.observations), str(check.doses))
    if check.worst is None or check.problem:
        return (*counts, "", "", "")
    worst = check.worst
    return (*counts, f"{worst.time_h:g}", f"{worst.got:.6g}", f"{worst.want:.6g}")


def _record(report: "ConformanceReport") -> dict[str, Any]:
    return {
        "passed": report.passed,
        "model": report.model,
        "relative": report.relative,
        "outputs": report.outputs,
        "dose_rows": "compared as the record leaves the body",
        "scenarios": [
            {
                "scenario": each.scenario,
                "passed": each.passed,
                "observations": each.observations,
                "doses": each.doses,
                "failed": each.failed,
                "worst": each.worst,
                "problem": each.problem,
            }
            for each in report.scenarios
        ],
    }

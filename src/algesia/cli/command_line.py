"""The commands and their shared behaviour, put together."""

import sys
import warnings
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import Annotated, Any, Final, TextIO

import typer
from typer.main import get_command

from . import (
    check,
    cite,
    claims,
    compare_models,
    conflicts,
    conformance,
    diff,
    doctor,
    models,
    mutations,
    regimens,
    run,
    schema,
    screening,
    validate,
    verify,
)
from .exit_code import ExitCode
from .screen import emit, warn

__all__ = ["application", "run_command_line"]

_HELP: Final = """\
An open laboratory for the pharmacology of ketamine.

Research and education, not dosing advice.
"""
_EPILOG: Final = """\
Exit codes: 0 done, 1 failure, 2 bad input, 3 some subjects did not converge, 4 an extra is
missing, 130 interrupted.
"""
_COMMANDS: Final = (
    models,
    run,
    verify,
    check,
    validate,
    mutations,
    cite,
    claims,
    diff,
    compare_models,
    conflicts,
    conformance,
    regimens,
    screening,
    schema,
    doctor,
)


def run_command_line(arguments: Sequence[str]) -> int:
    """Parse arguments and run the command they name.

    Parameters
    ----------
    arguments
        What follows the program's name.

    Returns
    -------
    int
        The exit code of the command.

    Raises
    ------
    BaseException
        Whatever the command raised; `main` reports it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show a letter gets a question mark, never a failure.
            stream.reconfigure(errors="replace")
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        command = get_command(application())
        code = command.main(list(arguments), prog_name="algesia", standalone_mode=False)
    emit("")
    return int(code or ExitCode.OK)


def application() -> typer.Typer:
    """All commands as one typer application."""
    app = typer.Typer(
        name="algesia",
        help=_HELP,
        epilog=_EPILOG,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_start)
    for module in _COMMANDS:
        # `screen` is also the module that prints, so that command says its name itself.
        name = getattr(module, "NAME", module.__name__.rpartition(".")[2])
        action: Callable[..., int] = getattr(module, f"{name}_command")
        app.command(name.replace("_", "-"), help=module.HELP, epilog=f"\b\n{module.EXAMPLE}")(
            action
        )
    return app


def _print_version(asked: bool) -> None:
    if asked:
        from algesia import __version__

        emit(f"algesia {__version__}\n")
        raise typer.Exit(ExitCode.OK)


def _start(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version."
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None and not version:
        emit(f"{context.get_help()}\n")


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> Any:
    """One line on stderr for a warning of a library, without its place in the code."""
    warn(f"{message} ({category.__name__})")

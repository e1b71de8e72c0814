"""What went wrong, as one line on stderr and an exit code."""

import os
import sys
import traceback

from algesia.errors import AlgesiaError, InputError, MissingExtraError, nearest_names

from .exit_code import ExitCode
from .screen import one_line

__all__ = ["report_failure"]


def report_failure(error: BaseException) -> int:
    """Print one line that begins with `error:` and give the exit code.

    Parameters
    ----------
    error
        What a command raised, Ctrl-C apart.
    """
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(ExitCode.FAILURE)
    sentence, code = _judged(error)
    if os.environ.get("ALGESIA_TRACEBACK"):
        sys.stderr.write("".join(traceback.format_exception(error)))
    sys.stderr.write(f"error: {one_line(sentence)}\n")
    return int(code)


def _judged(error: BaseException) -> tuple[str, ExitCode]:
    """Give the sentence and the exit code of an error."""
    from typer.exceptions import TyperException

    if isinstance(error, MissingExtraError):
        return str(error), ExitCode.EXTRA_MISSING
    if isinstance(error, InputError):
        return str(error), ExitCode.BAD_INPUT
    if isinstance(error, AlgesiaError):
        return str(error), ExitCode.FAILURE
    if isinstance(error, TyperException):
        return _usage(error), ExitCode.BAD_INPUT
    if isinstance(error, OSError):
        what = f"{error.filename}: " if error.filename else ""
        return f"{what}{error.strerror or error}", ExitCode.FAILURE
    if isinstance(error, MemoryError):
        return f"out of memory {error}; ask for fewer subjects or times", ExitCode.FAILURE
    name = type(error).__name__
    sentence = f"{name}: {error}; a defect of algesia, ALGESIA_TRACEBACK=1 shows where"
    return sentence, ExitCode.FAILURE


def _usage(error: Exception) -> str:
    """A mistake in the arguments, with the nearest option where one was misspelt."""
    option = getattr(error, "option_name", None)
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoSuchOption" and option and context is not None:
        known = [name for each in context.command.params for name in each.opts]
        known += context.help_option_names
        close = nearest_names(option, [name for name in known if name.startswith("--")])
        hint = f"close names: {', '.join(close)}" if close else f"see {context.command_path} -h"
        return f"no option '{option}' of {context.command_path}; {hint}"
    message: str = getattr(error, "format_message", error.__str__)()
    return message[:1].lower() + message[1:].rstrip(".")

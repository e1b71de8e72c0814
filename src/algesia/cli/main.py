"""Entry point of the `algesia` command: runs it and turns any end into an exit code.

Only the standard library is imported at the top, so that Ctrl-C is caught while the rest loads.
"""

import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

__all__ = ["main"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        What follows the program's name; taken from the process where not given.

    Returns
    -------
    int
        The exit code, see `ExitCode`.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    interrupt = _Interrupt()
    before = _listen(interrupt)
    try:
        from .command_line import run_command_line

        code = run_command_line(given)
        if interrupt.asked and code == _INTERRUPTED:
            return _interrupted()
        return code
    except BaseException as error:  # noqa: BLE001 - the one place where every end is reported
        if interrupt.asked or isinstance(error, KeyboardInterrupt):
            # A library may have turned the interrupt into an error of its own.
            return _interrupted()
        from .failure import report_failure

        return report_failure(error)
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _interrupted() -> int:
    """Say that Ctrl-C was pressed and give the exit code."""
    sys.stderr.write("interrupted\n")
    # Where the interrupt met a text being executed, as `dataclass` does while modules load,
    # Python would end by the signal and not by this code; executing another text undoes that.
    exec("")  # noqa: S102 - a constant
    return _INTERRUPTED


class _Interrupt:
    """Remembers that Ctrl-C was pressed, whatever becomes of the exception."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        raise KeyboardInterrupt


def _listen(interrupt: _Interrupt) -> Callable[[int, FrameType | None], Any] | Any:
    """Take Ctrl-C over where that is possible; give back what handled it before."""
    try:
        return signal.signal(signal.SIGINT, interrupt)
    except ValueError:
        # Not on the main thread, where nobody presses Ctrl-C.
        return None

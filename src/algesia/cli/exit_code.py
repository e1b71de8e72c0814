"""How a command ended, as its exit code says it."""

from enum import IntEnum

__all__ = ["ExitCode"]


class ExitCode(IntEnum):
    """Exit codes of every command.

    Attributes
    ----------
    OK
        Done; differences found by `diff` are not an error.
    FAILURE
        Something went wrong that is not the caller's mistake, or a gate failed.
    BAD_INPUT
        A mistake in what was given; the line on stderr says what would be accepted.
    NOT_CONVERGED
        Some subjects did not run to the end; the results are kept, written and flagged.
    EXTRA_MISSING
        An optional package is absent; the line on stderr installs it.
    INTERRUPTED
        Ctrl-C; nothing is left half-written.
    """

    OK = 0
    FAILURE = 1
    BAD_INPUT = 2
    NOT_CONVERGED = 3
    EXTRA_MISSING = 4
    INTERRUPTED = 130

"""A progress bar on stderr, for people who wait: only on a terminal, only after a second."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["progress_bar"]

_QUIET_TIME_S: Final = 1.0


@contextmanager
def progress_bar(
    *, wanted: bool, what: str = "subjects"
) -> Iterator[Callable[[int, int], None] | None]:
    """Give what a run tells how far it is; nothing is drawn during the first second.

    Parameters
    ----------
    wanted
        Whether a bar may be drawn; it never is where stderr is not a terminal.
    what
        What is counted, in the plural.

    Yields
    ------
    Callable or None
        Takes how many are done and of how many; None where nothing is drawn.
    """
    if not (wanted and sys.stderr.isatty()):
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar.tell
    finally:
        bar.stop()


class _Bar:
    """A bar that appears once the work has lasted a second."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._since_s = time.monotonic()
        self._drawn: Progress | None = None

    def tell(self, done: int, total: int) -> None:
        """Draw how far the work is."""
        if time.monotonic() - self._since_s < _QUIET_TIME_S:
            return
        if self._drawn is None:
            from rich.console import Console
            from rich.progress import Progress

            self._drawn = Progress(console=Console(stderr=True), transient=True)
            self._drawn.add_task(self._what, total=total, completed=done)
            self._drawn.start()
        self._drawn.update(self._drawn.task_ids[0], completed=done, total=total)

    def stop(self) -> None:
        """Take the bar away."""
        if self._drawn is not None:
            self._drawn.stop()

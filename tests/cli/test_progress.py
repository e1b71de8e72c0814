"""The progress bar."""

import io
import sys

from algesia.cli import progress
from algesia.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def terminal(monkeypatch):
    """Put a terminal in the place of stderr; inside a test, after pytest's own capture."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_nothing_is_drawn_where_stderr_is_no_terminal():
    with progress_bar(wanted=True) as tell:
        assert tell is None


def test_nothing_is_drawn_where_it_is_not_wanted(monkeypatch):
    stream = terminal(monkeypatch)
    with progress_bar(wanted=False) as tell:
        assert tell is None
    assert stream.getvalue() == ""


def test_nothing_is_drawn_during_the_first_second(monkeypatch):
    stream = terminal(monkeypatch)
    with progress_bar(wanted=True) as tell:
        tell(1, 10)
    assert stream.getvalue() == ""


def test_a_bar_appears_once_a_second_has_passed(monkeypatch):
    stream = terminal(monkeypatch)
    with progress_bar(wanted=True, what="entries") as tell:
        monkeypatch.setattr(progress, "_QUIET_TIME_S", 0.0)
        tell(5, 10)
        assert "entries" in stream.getvalue()
        assert "50%" in stream.getvalue()

"""The progress bar."""

import io
import sys

import pytest

from algesia.cli import progress
from algesia.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_nothing_is_drawn_where_stderr_is_no_terminal():
    with progress_bar(wanted=True) as tell:
        assert tell is None


def test_nothing_is_drawn_where_it_is_not_wanted(terminal):
    with progress_bar(wanted=False) as tell:
        assert tell is None


def test_nothing_is_drawn_during_the_first_second(terminal):
    with progress_bar(wanted=True) as tell:
        tell(1, 10)
    assert terminal.getvalue() == ""


def test_a_bar_appears_after_a_second(terminal, monkeypatch):
    seconds = iter([0.0, 1.5, 2.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(seconds))
    bar = progress._Bar()
    monkeypatch.undo()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_QUIET_TIME_S", -1.0)
    bar.tell(5, 10)
    bar.stop()
    assert "subjects" in terminal.getvalue()
    assert "50%" in terminal.getvalue()

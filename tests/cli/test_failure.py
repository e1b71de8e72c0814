"""Whatever goes wrong is one line."""

import pytest

from algesia.cli.failure import report_failure
from algesia.errors import ConvergenceError, MissingExtraError, UnitError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnitError("dose is in mL"), 2),
        (ConvergenceError("no steady state"), 1),
        (MissingExtraError("zarr is not installed"), 4),
        (MemoryError("10 GB"), 1),
        (PermissionError(13, "Permission denied", "result.csv"), 1),
        (RuntimeError("two\nlines"), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind_of_error_has_its_exit_code_and_one_line(error, code, capsys):
    assert report_failure(error) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1


def test_an_exit_that_was_asked_for_is_silent(capsys):
    assert report_failure(SystemExit(3)) == 3
    assert capsys.readouterr().err == ""


def test_a_traceback_is_shown_where_it_is_asked_for(monkeypatch, capsys):
    monkeypatch.setenv("ALGESIA_TRACEBACK", "1")
    report_failure(RuntimeError("odd"))
    assert "RuntimeError: odd\nerror: " in capsys.readouterr().err


def test_a_defect_is_one_line_without_a_traceback(algesia, monkeypatch):
    def broken(name):
        raise ValueError("two\nlines")

    monkeypatch.setattr("algesia.catalog.entry.entry", broken)
    ended = algesia("models", "kamp_2020_general")
    assert ended.code == 1
    assert ended.err.startswith("error: ValueError: two lines; a defect of algesia")
    assert ended.err.count("\n") == 1


def test_a_full_disk_is_one_line(algesia, monkeypatch):
    def full(name):
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr("algesia.catalog.entry.entry", full)
    ended = algesia("models", "kamp_2020_general")
    assert (ended.code, ended.err) == (1, "error: somewhere: No space left on device\n")

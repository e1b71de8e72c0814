"""What people see."""

import io
import os
import sys

import pytest
from rich.table import Table
from rich.text import Text

from algesia.cli.screen import columns, emit, one_line, show


def test_long_lines_are_not_folded_in_a_pipe(capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    sentence = "word " * 100
    table = Table("a", "b")
    table.add_row(sentence, sentence)
    show(table)
    assert any(sentence.strip() in line for line in capsys.readouterr().out.splitlines())


def test_columns_says_where_lines_fold_in_a_pipe(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    show(Text("word " * 100))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 40
    assert columns() == 40


def test_no_colour_codes_reach_a_pipe(capsys):
    show(Text("red", style="bold red"))
    assert capsys.readouterr().out == "red\n"


@pytest.mark.parametrize(("no_color", "coloured"), [("1", False), ("", True)])
def test_a_terminal_gets_colour_unless_it_declines(no_color, coloured, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", no_color)
    show(Text("red", style="red"))
    assert ("\x1b[31m" in terminal.getvalue()) is coloured


def test_control_characters_do_not_reach_the_screen(capsys):
    show(Text("a\x1b]0;title\x07b"))
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\x07" not in printed


def test_one_line_is_one_line():
    assert one_line("a\nb\tc\u2028d") == "a b c�d"


def test_a_reader_that_has_gone_away_is_not_an_error(monkeypatch):
    read, write = os.pipe()
    os.close(read)
    with open(write, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a file descriptor
        monkeypatch.setattr(sys, "stdout", stream)
        emit("nobody reads this\n")
        emit("nor this\n")

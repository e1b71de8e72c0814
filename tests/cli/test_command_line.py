"""What all commands share."""

import json
import re
import warnings

import pytest

from algesia import __version__

COMMANDS = (
    "models",
    "run",
    "check",
    "cite",
    "diff",
    "conformance",
    "regimens",
    "screen",
    "schema",
    "doctor",
)
FORBIDDEN = re.compile(r"recommend|\bsafe\b|optimal dose|\bcleared\b", re.IGNORECASE)


def test_the_version_is_printed(algesia):
    ended = algesia("--version")
    assert (ended.code, ended.out) == (0, f"algesia {__version__}\n")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_lists_every_command(arguments, algesia):
    ended = algesia(*arguments)
    assert ended.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in ended.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example_within_80_columns(command, algesia):
    ended = algesia(command, "--help")
    assert ended.code == 0
    assert f"Example: algesia {command}" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
    assert "completion" not in ended.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("models",), ("models", "kamp_2020_general"), ("run", "scenario.yaml"),
        ("cite", "scenario.yaml"), ("diff", "scenario.yaml", "scenario.yaml"), ("regimens",),
        ("regimens", "iv_0p5_x6_12d"), ("schema", "scenario"), ("doctor",),
        ("check", "kamp_2020_general"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_output_carries_the_notice_and_no_word_of_advice(arguments, algesia, scenario):
    shown = algesia(*arguments)
    assert shown.code in (0, 1)
    answered = algesia(*arguments, "--json")
    assert json.loads(answered.out)["notice"] == "research and education, not dosing advice"
    for ended in (shown, answered):
        assert "research and education, not dosing advice" in ended.out
        assert FORBIDDEN.search(ended.out) is None


def test_a_warning_of_a_library_is_one_line_on_stderr(algesia, monkeypatch):
    def warned(name):
        from algesia.catalog.entry import entry_at, entry_folder

        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("something\nodd", UserWarning, stacklevel=1)
        return entry_at(entry_folder(name))

    monkeypatch.setattr("algesia.catalog.entry.entry", warned)
    ended = algesia("models", "kamp_2020_general")
    assert (ended.code, ended.err) == (0, "warning: something odd (UserWarning)\n")

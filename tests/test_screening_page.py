"""The page on screening does what it says."""

import re
import shlex
from pathlib import Path

import pytest

from algesia.cli.main import main
from algesia.formats import parse_yaml
from algesia.safety import patient_of

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "how_to" / "screening.md").read_text(encoding="utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("line", blocks("sh")[0].splitlines())
def test_every_command_of_the_page_runs(line, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    assert main(shlex.split(line)[1:]) == 0
    assert "not a clinical clearance" in capsys.readouterr().out


def test_the_patient_of_the_page_is_one():
    (text,) = blocks("yaml")
    assert patient_of(parse_yaml(text, "page")).weight_kg == 68.0


def test_the_python_of_the_page_runs():
    (code,) = blocks("python")
    assert "assert" in code
    exec(compile(code, "screening.md", "exec"), {})  # noqa: S102 - our own page

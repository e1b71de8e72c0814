"""The page on dosing plans does what it says."""

import re
from pathlib import Path

import pytest

from algesia.catalog.regimen_list import regimen_ids
from algesia.cli.main import main
from algesia.formats.regimen_yaml import read_regimen, regimen_mapping
from algesia.formats.yaml_text import parse_yaml

PAGE = Path(__file__).parents[1] / "docs" / "how_to" / "regimens.md"


def blocks(kind):
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_page_run_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 6
    for line in commands:
        assert main(line.split()[1:]) == 0, line
    assert "intravenous for 150 min" in capsys.readouterr().out
    assert Path("plan.png").stat().st_size > 10_000


def test_the_example_in_python_runs():
    (code,) = blocks("python")
    exec(compile(code, PAGE.name, "exec"), {})  # noqa: S102 - our own page


def test_the_plan_key_by_key_gives_doses_that_read_back():
    (text,) = blocks("yaml")
    plan = read_regimen(parse_yaml(text, PAGE.name))
    assert read_regimen(regimen_mapping(plan)) == plan
    amounts = [row.amount for row in plan.rows()]
    assert len(amounts) == 2 * 13 + 2 * 14 + 2 * (2 + 1 + 2 + 1)
    assert amounts[-6:] == pytest.approx([25, 25, 10, 25, 25, 10], rel=1e-12, abs=0)


def test_the_page_counts_the_list():
    assert f"lists {len(regimen_ids(marked=True))} plans" in PAGE.read_text(encoding="utf-8")

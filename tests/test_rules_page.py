"""The page on rules does what it says."""

import re
from pathlib import Path

from algesia.cli.main import main
from algesia.simulate.protocol import KNOWN_NAMES

PAGE = Path(__file__).parents[1] / "docs" / "how_to" / "rules.md"


def blocks(kind):
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_commands_and_the_example_of_the_page_run_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (scenario,) = blocks("yaml")
    Path("stepped.yaml").write_text(scenario, encoding="utf-8")
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 2
    for line in commands:
        assert main(line.split()[1:]) == 0, line
    said = capsys.readouterr().out
    assert "story in stepped" in said
    assert "verified: every value is bit-identical" in said
    assert Path("stepped.ledger.parquet").exists()
    (code,) = blocks("python")
    exec(compile(code, PAGE.name, "exec"), {})  # noqa: S102 - our own page


def test_the_page_names_all_a_rule_may_ask_for():
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in KNOWN_NAMES if f"`{name}`" not in text] == []

"""The page on large runs does what it says, with a thousandth of the patients."""

import re
from pathlib import Path

from algesia.cli.main import main

PAGE = Path(__file__).parents[1] / "docs" / "how_to" / "large_runs.md"


def blocks(kind: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8").replace("1000000", "1000").replace("50000", "300")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_commands_and_examples_of_the_page_run_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (scenario,) = blocks("yaml")
    Path("crowd.yaml").write_text(scenario, encoding="utf-8")
    run, again, verify = blocks("sh")
    assert main(run.split()[1:]) == 0
    Path("crowd.parquet/part-00002.parquet").unlink()
    Path("crowd.json").unlink()
    assert main(again.split()[1:]) == 0
    names = {}
    for code in blocks("python"):
        exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    capsys.readouterr()
    for line in verify.splitlines():
        assert main(line.split()[1:]) == 0
        assert "verified: every value is bit-identical" in capsys.readouterr().out

"""The page on assemblies does what it says."""

import re
from pathlib import Path

from algesia.catalog.scenario_file import scenario_of
from algesia.cli.main import main
from algesia.formats import read_yaml

PAGE = Path(__file__).parents[1] / "docs" / "how_to" / "assemblies.md"
INFUSION = """\
schema: algesia/scenario/1
title: infusion
subjects: 3
sampling: {every: 30 min, until: 6 h}
arms:
  - {name: infusion, model: kamp_2020_general, regimen: ketamine 0.5 mg/kg IV over 40 min}
"""


def blocks(kind):
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_commands_and_the_example_of_the_page_run_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    scenario, _ = blocks("yaml")
    Path("interaction.yaml").write_text(scenario, encoding="utf-8")
    Path("infusion.yaml").write_text(INFUSION, encoding="utf-8")
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 3
    for line in commands:
        assert main(line.split()[1:]) == 0, line
    assert "verified: every value is bit-identical" in capsys.readouterr().out
    assert Path("models.png").stat().st_size > 10_000
    (code,) = blocks("python")
    exec(compile(code, PAGE.name, "exec"), {})  # noqa: S102 - our own page


def test_the_values_of_the_page_can_be_set(tmp_path):
    _, values = blocks("yaml")
    file = tmp_path / "values.yaml"
    file.write_text(INFUSION[: INFUSION.index("arms:")] + values, encoding="utf-8")
    content = read_yaml(file)
    (arm,) = scenario_of(content, where=file.name, folder=tmp_path).arms
    for name, number in (
        ("autoinduction_factor", 2.0),
        ("volume_central", 12.0),
        ("glia_glial_inhibition", 0.5),
    ):
        assert arm.model.parameter(name).reported.number() == number

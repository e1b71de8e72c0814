"""Every example runs as it stands, and says a number a reader can look up."""

import re
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import algesia as al

ROOT = Path(__file__).parents[1]
SCENARIOS = sorted((ROOT / "examples").glob("*.yaml"))
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))


def small(scenario):
    """The scenario for its first few patients."""
    arms = tuple(
        replace(arm, cohort=arm.cohort.subset(arm.cohort.subjects[:25]))
        for arm in scenario.arms
    )
    return replace(scenario, arms=arms)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_every_example_scenario_runs_without_a_failed_patient(path):
    result = al.run(small(al.read_scenario(path)))
    assert result.failed == 0
    for arm in result.arms:
        assert np.nanmax(arm.values) > 1.0


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_example_script_keeps_its_promise(path, capsys):
    runpy.run_path(str(path), run_name="__main__")
    assert "research and education, not dosing advice" in capsys.readouterr().out


def test_the_demo_gives_the_published_course_and_the_arterial_peak_of_the_racemate():
    scenario = al.read_scenario(ROOT / "examples" / "three_regimens.yaml")
    course, racemate, nasal = scenario.arms
    # 25 h each at 5, 10, 15 and 20 mg/h/70 kg.
    assert course.regimen.total_milligrams(weight_kg=70.0) == pytest.approx(1250.0, rel=1e-12)
    assert [arm.cohort.size for arm in scenario.arms] == [500, 500, 500]
    result = al.run(small(scenario))
    peak = next(row for row in result.exposure() if row.arm == racemate.name)
    middle = next(r for r in result.exposure() if r.arm == peak.arm and r.measure == "cmax")
    # The arterial models of the literature give 253 to 289 ng/mL for 0.5 mg/kg over 40 min.
    assert 240.0 < middle.median < 300.0
    assert "spread borrowed from simons_2022_film, grade D" in result.arm(peak.arm).band_label
    assert result.arm(nasal.name).outputs[0].site == "venous plasma"
    assert result.arm(course.name).outputs[0].site == "arterial plasma"


def test_the_python_of_the_readme_runs(capsys):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert re.fullmatch(r"\d+ ng/mL \(\d+–\d+\)\n", capsys.readouterr().out)


def test_the_scenario_of_the_readme_is_one(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "readme.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", text, re.DOTALL).group(1), encoding="utf-8")
    scenario = al.read_scenario(path)
    assert scenario.arms[0].regimen.total_milligrams(weight_kg=70.0) == pytest.approx(280.0)

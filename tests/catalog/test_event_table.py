"""Event tables in scenario files, with a model of the catalogue."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.catalog.scenario_file import read_scenario, scenario_of
from algesia.errors import DataError, InputError
from algesia.simulate import run

EVENTS = """\
ID,TIME,EVID,AMT,RATE,CMT,WT
4,0,1,20,60,0,60
4,2,0,.,.,.,.
4,4,2,.,.,.,80
2,0,1,20,60,Intravenous,90
2,2,0,.,.,.,90
"""


@pytest.fixture
def scenario(tmp_path):
    def read(events=EVENTS, **regimen):
        (tmp_path / "events.csv").write_text(events, encoding="utf-8")
        arm = {
            "name": "table",
            "model": "simons_2022_film",
            "outputs": ["plasma_esketamine"],
            "regimen": {"table": "events.csv", "compartments": {"1": "intravenous"}, **regimen},
        }
        content = {"schema": "algesia/scenario/1", "title": "A table", "arms": [arm]}
        return scenario_of(content, where="scenario.yaml", folder=tmp_path)

    return read


def test_missing_weights_are_the_last_known_and_the_rule_of_each_is_said(scenario):
    arm = scenario(covariate_rule={"weight": "locf"}).arms[0]
    assert_array_equal(arm.regimen.covariates["weight"], [60, 60, 80, 90, 90])
    assert arm.regimen.describe().endswith("weight by LOCF")
    assert arm.regimen.compartment == ("intravenous", "", "", "intravenous", "")


def test_records_of_evid_0_and_2_are_looked_at_and_no_other(scenario):
    answer = run(scenario()).arms[0]
    assert answer.time_h.tolist() == [2.0, 4.0]
    assert answer.subjects.tolist() == [4, 2]
    assert np.all(answer.values > 0.0)


def test_the_rule_changes_the_answer_where_weights_change(scenario):
    nocb, locf = (run(scenario(covariate_rule=rule)).arms[0] for rule in ("nocb", "locf"))
    assert_allclose(nocb.values[0, 0], locf.values[0, 0], rtol=1e-6, atol=0)
    assert abs(nocb.values[0, 1, 0] / locf.values[0, 1, 0] - 1.0) > 0.01


def test_a_missing_weight_lies_on_the_line_where_a_line_is_the_rule(scenario):
    arm = scenario(covariate_rule="linear").arms[0]
    assert_array_equal(arm.regimen.covariates["weight"], [60, 70, 80, 90, 90])
    assert arm.regimen.describe().endswith("weight by LINEAR")
    times_h = np.arange(0.01, 4.0, 0.01)
    stairs = "".join(f"4,{at:.2f},2,.,.,.,{60.0 + 5.0 * (at + 0.005)}\n" for at in times_h)
    fine = EVENTS.replace("4,2,0,.,.,.,.\n", stairs).replace("1,20,60,0,60", "1,20,60,0,60.025")
    line = run(scenario(covariate_rule="linear")).arms[0].values[0, -1, 0]
    step = run(scenario(fine, covariate_rule="locf")).arms[0].values[0, -1, 0]
    assert_allclose(line, step, rtol=1e-5, atol=0)
    assert abs(line / run(scenario()).arms[0].values[0, -1, 0] - 1.0) > 1e-3


def test_a_covariate_that_is_no_column_is_drawn_the_same_each_time_and_noted(scenario):
    bare = "\n".join(line.rpartition(",")[0] for line in EVENTS.splitlines()) + "\n"
    one, other = (run(scenario(bare)).arms[0] for _ in range(2))
    said = "weight is not in events.csv: drawn from the population of simons_2022_film, seed 1"
    assert said in one.notes
    assert_array_equal(one.values, other.values)
    assert not any("is not in" in note for note in run(scenario()).arms[0].notes)


def test_the_scenario_of_the_page_runs_with_its_covariate_rule(tmp_path):
    page = Path(__file__).parents[2] / "docs" / "how_to" / "nonmem_tables.md"
    (block,) = re.findall(
        r"```yaml\n(schema: algesia/scenario/1\n.*?)```", page.read_text("utf-8"), re.DOTALL
    )
    events = "ID,TIME,EVID,AMT,RATE,CMT,BW,SITE\n1,0,1,20,60,1,70,3\n1,2,0,.,.,.,80,3\n"
    (tmp_path / "doses.csv").write_text(events, encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(block, encoding="utf-8")
    (arm,) = read_scenario(tmp_path / "scenario.yaml").arms
    assert arm.regimen.rules() == {"weight": "locf"}


@pytest.mark.parametrize(
    ("events", "regimen", "error", "message"),
    [
        (EVENTS, {"covariate_rule": {"wieght": "linear"}}, InputError, "close names: weight"),
        (EVENTS.replace(",80\n", ",8000\n"), {}, DataError, "row 4, column WT is 8000"),
        (EVENTS.replace(",60\n", ",.\n", 1), {}, DataError, "row 2, column WT is missing"),
        (EVENTS.replace("WT", "BILI"), {}, DataError, "'BILI' is no event column"),
        (EVENTS.replace("Intravenous", "film"), {}, InputError, "film"),
        (EVENTS.replace("4,2,0,.,.", "4,2,1,5,-2"), {}, DataError, "CMT|modelled_duration"),
    ],
)
def test_what_cannot_be_followed_is_refused(events, regimen, error, message, scenario):
    with pytest.raises(error, match=message):
        run(scenario(events, **regimen))

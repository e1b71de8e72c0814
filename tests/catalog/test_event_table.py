"""Event tables in scenario files, with a model of the catalogue."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.catalog.scenario_file import scenario_of
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


@pytest.mark.parametrize(
    ("events", "regimen", "error", "message"),
    [
        (EVENTS, {"covariate_rule": "linear"}, DataError, "would not be exact"),
        (EVENTS.replace(",60\n", ",.\n", 1), {}, DataError, "row 2, column WT is missing"),
        (EVENTS.replace("WT", "BILI"), {}, DataError, "'BILI' is no event column"),
        (EVENTS.replace("Intravenous", "film"), {}, InputError, "film"),
        (EVENTS.replace("4,2,0,.,.", "4,2,1,5,-2"), {}, DataError, "CMT|modelled_duration"),
    ],
)
def test_what_cannot_be_followed_is_refused(events, regimen, error, message, scenario):
    with pytest.raises(error, match=message):
        run(scenario(events, **regimen))

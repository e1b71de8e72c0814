"""An event table that was written from a plan runs like the plan itself."""

import numpy as np

import algesia as al
from algesia.catalog.regimen_list import regimen_entry
from algesia.formats.regimen_table import regimen_table

SCENARIO = """\
schema: algesia/scenario/1
title: a plan and its table
subjects: 1
sampling: {{every: 6 h, until: 60 h}}
cohort: {{covariates: {{weight: {{distribution: fixed, value: 80 kg}}}}}}
arms:
  - {{name: arm, model: kamp_2020_general, regimen: {regimen}}}
"""


def test_the_table_of_a_plan_runs_like_the_plan(tmp_path):
    plan = regimen_entry("iv_0p5_x6_12d").regimen()
    table = regimen_table(plan, weight_kg=[80.0])
    (tmp_path / "plan.csv").write_text(table, encoding="utf-8")
    values = []
    wanted_h = np.arange(0.0, 61.0, 6.0)
    for regimen in ("{table: plan.csv}", "{named: iv_0p5_x6_12d}"):
        path = tmp_path / "scenario.yaml"
        path.write_text(SCENARIO.format(regimen=regimen), encoding="utf-8")
        (arm,) = al.run(al.read_scenario(path)).arms
        # A plan adds samples at the ends of infusions, a table does not.
        values.append(arm.values[0, np.isin(arm.time_h, wanted_h)])
    assert values[0].shape == (wanted_h.size, 1)
    assert values[0].max() > 1.0
    np.testing.assert_allclose(values[0], values[1], rtol=1e-6, atol=1e-6)

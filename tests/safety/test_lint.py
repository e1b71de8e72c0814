"""Rules held against the plans of a scenario."""

import numpy as np

from algesia.catalog.entry import entry
from algesia.population import Cohort
from algesia.regimen import parse_regimen
from algesia.safety import lint, lint_line
from algesia.simulate import Arm, Sampling, Scenario


def scenario(plan, weights=(60.0, 80.0, 100.0), **keys):
    cohort = Cohort(
        seed=1, subjects=np.arange(len(weights)), covariates={"weight": list(weights)}
    )
    arm = Arm(
        name="arm",
        model=entry("simons_2022_film").model,
        cohort=cohort,
        regimen=parse_regimen(plan),
        **keys,
    )
    return Scenario(title="t", arms=(arm,), sampling=Sampling(times_h=np.array([0.0, 1.0])))


def test_a_rate_beyond_the_cap_fires_for_the_median_weight():
    (found,) = lint(scenario("esketamine 48 mg/h IV for 4 h"))
    assert found.weight_kg == 80.0
    assert "f_max" in {each.rule.id for each in found.fired}
    assert "f_max" in lint_line([found])
    assert "not a clinical clearance" in lint_line([found])


def test_a_rate_at_the_cap_does_not_fire():
    (found,) = lint(scenario("esketamine 40 mg/h IV for 4 h"))
    assert "f_max" not in {each.rule.id for each in found.fired}


def test_only_facts_of_the_plan_are_used():
    (found,) = lint(scenario("esketamine 40 mg/h IV for 4 h"))
    from algesia.safety import facts

    names = {name for each in found.fired for name in each.values}
    assert {facts()[name].about for name in names} == {"regimen"}


def test_the_drug_is_that_of_the_arm_or_of_its_model():
    (found,) = lint(scenario("48 mg/h IV for 4 h"))
    assert "f_max" in {each.rule.id for each in found.fired}
    assert lint_line(()) == ""

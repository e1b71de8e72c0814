import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.catalog.entry import entry
from algesia.model import Input, InputPart, parse
from algesia.population import Cohort
from algesia.regimen import parse_regimen
from algesia.simulate import Sampling

from .small_models import one_compartment, run_arm

ADULT = {"weight": [74.0], "age": [40.0], "female": [True], "ethnicity": ["white"]}


def nasal(plan):
    cohort = Cohort(seed=1, subjects=np.array([0]), covariates=ADULT, spread=False)
    return run_arm(
        entry("perezruixo_2021_nasal").model,
        parse_regimen(plan),
        cohort=cohort,
        sampling=Sampling.every(0.05, until_h=6.0),
    )


def test_the_last_device_of_a_spray_holds_the_rest_of_the_dose():
    whole, part, less = (nasal(f"{dose} mg esketamine nasal") for dose in (84, 70, 56))
    # Devices follow each other by 5 min: before the third one the three doses are the same.
    before = whole.time_h < 10.0 / 60.0
    assert_allclose(part.values[0, before], whole.values[0, before], rtol=1e-7, atol=1e-9)
    # Everything is linear, so the third device at half its content lies half-way.
    middle = 0.5 * (whole.values[0] + less.values[0])
    assert_allclose(part.values[0], middle, rtol=1e-6, atol=1e-6)
    assert np.max(whole.values[0] - part.values[0]) > 1.0


@pytest.mark.parametrize(
    ("route", "formulation"),
    [
        ("intramuscular", ""),
        ("subcutaneous", ""),
        ("rectal", ""),
        ("inhaled", ""),
        ("oral", "tablet"),
    ],
)
def test_a_depot_of_any_route_takes_its_dose(route, formulation):
    from dataclasses import replace

    model = one_compartment()
    depot = Input(
        name="depot_dose",
        routes=(route,),
        substances=("esketamine",),
        parts=(InputPart(into="depot", fraction=parse("1")),),
    )
    given = replace(model, inputs=(depot,))
    arm = run_arm(given, parse_regimen(f"20 mg esketamine {route} {formulation}"))
    oral = run_arm(model, parse_regimen("20 mg esketamine oral"))
    assert_allclose(arm.values, oral.values, rtol=1e-7, atol=1e-9)
    assert arm.rows[0].route == route


def test_milligrams_always_say_what_they_are_of():
    plain = run_arm(one_compartment(), parse_regimen("20 mg esketamine IV"))
    salt = run_arm(one_compartment(), parse_regimen("20 mg esketamine hydrochloride IV"))
    assert plain.regimen_text.endswith("doses are mg of free base")
    assert "hydrochloride" in salt.regimen_text

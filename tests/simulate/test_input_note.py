"""What a result says of the input that took a dose."""

import pytest

from algesia.catalog.entry import entry
from algesia.population import Cohort
from algesia.regimen import parse_regimen
from algesia.simulate import Arm
from algesia.simulate.input_note import input_notes


def notes(model, plan):
    arm = Arm(
        name="asked",
        model=entry(model).model,
        regimen=parse_regimen(plan),
        cohort=Cohort.typical({"weight": 70.0, "age": 40.0}),
    )
    return input_notes(arm)


@pytest.mark.parametrize(
    ("plan", "taken", "other"),
    [
        ("esketamine 56 mg nasal solution", "nasal_device_esketamine", "compounded spray"),
        ("esketamine 56 mg off-device spray nasal", "nasal_spray_esketamine", "nasal_device"),
        ("ketamine 20 mg oral", "oral_ketamine", "slow-release tablet"),
    ],
)
def test_a_route_with_several_inputs_names_the_one_that_was_used(plan, taken, other):
    (line,) = notes("ketamine_backbone", plan)
    assert f"went into {taken}" in line
    assert other in line.partition("there is also ")[2]


def test_a_route_with_one_input_says_nothing():
    assert notes("ketamine_backbone", "ketamine 20 mg intramuscular") == ()


def test_a_dose_that_fills_no_whole_devices_says_so():
    (line,) = notes("perezruixo_2021_nasal", "esketamine 50 mg nasal twice weekly for 2 weeks")
    assert "esketamine nasal 50 mg is no multiple of the 28 mg" in line
    assert notes("perezruixo_2021_nasal", "esketamine 84 mg nasal") == ()

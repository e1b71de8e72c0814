from dataclasses import replace

import pytest

from algesia.errors import ModelError, RouteError
from algesia.model import Input, InputPart
from algesia.regimen import parse_regimen
from algesia.simulate.input_choice import input_of

from .small_models import one_compartment


def into_depot(name: str, *formulations: str, drug: str = "esketamine") -> Input:
    return Input(
        name=name,
        routes=("oral",),
        substances=(drug,),
        formulations=formulations,
        parts=(InputPart(into="depot"),),
    )


def chosen(plan: str, *inputs: Input) -> str:
    model = replace(one_compartment(), inputs=inputs)
    return input_of(model, parse_regimen(plan).rows()[0]).name


USUAL, SLOW = into_depot("usual"), into_depot("slow", "slow-release tablet")


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        ("esketamine 20 mg oral", "usual"),
        ("esketamine 20 mg oral syrup", "usual"),
        ("esketamine 20 mg oral slow-release tablet", "slow"),
        ("20 mg oral", "usual"),
    ],
)
def test_the_input_that_names_the_formulation_takes_it_and_the_other_takes_the_rest(plan, name):
    assert chosen(plan, USUAL, SLOW) == name


def test_a_formulation_that_no_input_names_is_refused_naming_those_there_are():
    with pytest.raises(RouteError, match="it has oral, oral slow-release tablet"):
        chosen("esketamine 20 mg oral wafer", USUAL, SLOW)


def test_without_a_usual_input_the_formulation_must_be_said():
    wafer = into_depot("wafer", "wafer")
    with pytest.raises(RouteError, match="more than one input for route 'oral'"):
        chosen("esketamine 20 mg oral", wafer, SLOW)


def test_a_single_input_needs_no_formulation_to_be_found_and_refuses_another():
    assert chosen("esketamine 20 mg oral", SLOW) == "slow"
    with pytest.raises(RouteError, match="no input for route 'oral syrup'"):
        chosen("esketamine 20 mg oral syrup", SLOW)


def test_two_inputs_for_one_drug_route_and_formulation_are_refused():
    with pytest.raises(ModelError, match="enters by 2 inputs"):
        replace(one_compartment(), inputs=(SLOW, into_depot("other", "slow-release tablet")))

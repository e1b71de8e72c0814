import pickle
import subprocess
import sys

import pytest

from algesia.errors import ModelError, RouteError, UnknownNameError
from algesia.model import Definition, Flow, Parameter, Port, State, parse


def _chain(value):
    """Two states: half of what leaves the first enters the second, the rest is lost."""
    return {
        "states": (
            State(name="central", unit="nmol", substance="esketamine"),
            State(name="metabolite", unit="nmol", substance="esnorketamine"),
        ),
        "parameters": (
            value("clearance", 90.0, "L/h"),
            value("volume", 30.0, "L"),
            value("formed", 50.0, "%"),
            value("rate", 0.5, "1/h"),
        ),
        "flows": (
            Flow(
                name="formation",
                source="central",
                target="metabolite",
                rate=parse("clearance * concentration"),
                fraction=parse("formed"),
            ),
            Flow(
                name="excretion",
                source="metabolite",
                target=None,
                rate=parse("rate * metabolite"),
            ),
        ),
    }


def test_flows_add_up_to_one_derivative_per_state(model, value):
    assert model(**_chain(value)).dynamics() == (
        ("central", "-(clearance * concentration)"),
        ("metabolite", "formed * (clearance * concentration) - rate * metabolite"),
    )


def test_what_leaves_all_states_leaves_through_the_sinks(model, value):
    chain = model(**_chain(value))
    values = {"clearance": 90.0, "volume": 30.0, "formed": 0.5, "rate": 0.5}
    values |= {"central": 60.0, "metabolite": 8.0}
    values["concentration"] = values["central"] / values["volume"]
    change = sum(parse(text).evaluate(values) for _, text in chain.dynamics())
    lost = sum(formula.evaluate(values) for _, formula in chain.sinks())
    assert [name for name, _ in chain.sinks()] == ["formation", "excretion"]
    assert change == pytest.approx(-lost, rel=1e-14, abs=0)
    assert lost == pytest.approx(0.5 * 180.0 + 4.0, rel=1e-14, abs=0)


def test_a_derivative_of_its_own_is_taken_as_it_is(model, value):
    effect = model(
        states=(State(name="central", unit="nmol"), State(name="effect", unit="nmol/L")),
        parameters=(
            value("clearance", 90.0, "L/h"),
            value("volume", 30.0, "L"),
            value("rate", 2.0, "1/h"),
        ),
        derivatives={"effect": parse("rate * (concentration - effect)")},
    )
    assert dict(effect.dynamics())["effect"] == "rate * (concentration - effect)"


def test_dynamic_parameters_are_those_of_equations_outputs_and_inputs_only(
    model, value, reported
):
    from algesia.model import RandomEffect

    spread = reported("clearance_variance", 0.1, "1", "log_variance")
    varied = model(
        parameters=(
            value("clearance", 90.0, "L/h"),
            Parameter(name="clearance_variance", reported=spread),
            value("volume", 30.0, "L"),
        ),
        random_effects=(
            RandomEffect.from_reported(
                name="clearance",
                parameters=("clearance",),
                kind="log_normal",
                level="subject",
                reported=spread,
            ),
        ),
    )
    assert varied.dynamic_parameters() == ("clearance", "volume")


def test_constants_are_parameters_and_definitions_made_of_them(model):
    tiny = model(
        definitions=(
            Definition(name="rate", expression=parse("clearance / volume"), unit="1/min"),
            Definition(name="concentration", expression=parse("central / volume")),
        ),
        flows=(
            Flow(
                name="elimination", source="central", target=None, rate=parse("rate * central")
            ),
        ),
    )
    assert [entry.name for entry in tiny.constant_definitions()] == ["rate"]
    assert tiny.typical_constants() == {"clearance": 90.0, "volume": 30.0, "rate": 3.0}


def test_a_dose_finds_its_input_by_route_and_drug(model):
    assert model().input_for(route="intravenous", drug="esketamine").name == "intravenous"
    with pytest.raises(
        RouteError, match="takes no esketamine by route 'oral'; it takes esketamine intravenous"
    ):
        model().input_for(route="oral", drug="esketamine")


def test_parts_are_found_by_name_or_the_closest_is_named(model):
    tiny = model()
    assert tiny.state("central").unit == "nmol"
    assert tiny.parameter("volume").reported.value == 30.0
    assert tiny.output("plasma").site == "arterial plasma"
    with pytest.raises(
        UnknownNameError, match="parameter of model 'tiny' 'volum'; close names: volume"
    ):
        tiny.parameter("volum")


def test_a_model_with_an_open_port_has_no_dynamics(model, value):
    opened = model(
        ports=(Port(name="inhibition", unit="1", direction="in"),),
        definitions=(
            Definition(
                name="concentration", expression=parse("(1 - inhibition) * central / volume")
            ),
        ),
    )
    with pytest.raises(ModelError, match="has open ports inhibition"):
        opened.dynamics()


def test_every_formula_is_listed_with_its_place(model):
    assert [place for place, _ in model().expressions()] == [
        "states.central.initial",
        "definitions.concentration",
        "flows.elimination.rate",
        "outputs.plasma.expression",
        "inputs.intravenous.parts.0.fraction",
    ]


def test_a_model_survives_a_journey_to_another_process(model):
    tiny = model()
    assert pickle.loads(pickle.dumps(tiny)) == tiny  # noqa: S301


def test_the_room_of_models_loads_without_heavy_libraries():
    program = (
        "import sys, algesia.model; "
        "heavy = {'pint', 'sympy', 'scipy', 'numba', 'pydantic', 'yaml'} & set(sys.modules); "
        "print(','.join(sorted(heavy)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == ""

from dataclasses import replace

import pytest

from algesia.model import Flow, State, parse
from algesia.simulate.layout import program_of
from algesia.simulate.stepper_choice import choose_stepper

from .small_models import one_compartment, value


def with_rate(text, *extra):
    """One compartment whose elimination is another formula, with further values."""
    model = one_compartment()
    flows = (model.flows[0], replace(model.flows[1], rate=parse(text)))
    parameters = tuple(
        replace(model.parameters[0], name=each.name, reported=each) for each in extra
    )
    kept = tuple(each for each in model.parameters if each.name != "clearance")
    known = model.parameters if "clearance" in text else kept
    return replace(model, flows=flows, parameters=(*known, *parameters))


CAPACITY = value("capacity", 22.0, "mg/h")
HALF = value("half", 400.0, "mg")


def test_a_linear_model_is_propagated_exactly():
    model = one_compartment()
    assert choose_stepper(model) == ("exact", "linear between events")
    assert program_of(model).stepper == "exact"


def test_a_saturable_flow_is_named_with_its_state_and_needs_steps():
    model = with_rate("capacity * central / (half + central)", CAPACITY, HALF)
    name, reason = choose_stepper(model)
    assert name in {"rodas5p", "dopri5"}
    assert reason.startswith("non-linear because of state central in flow elimination; ")
    assert program_of(model).stepper == name


def test_a_rate_that_binding_makes_fast_calls_for_implicit_steps():
    binding = value("binding", 0.05, "1/h/mg")
    name, reason = choose_stepper(with_rate("binding * central * central", binding))
    assert name == "rodas5p"
    assert "; stiff, rates up to a factor of" in reason


def test_rates_that_lie_close_together_allow_explicit_steps():
    # Elimination near 1/h at any amount, absorption 1.5/h.
    wave = value("wave", 1.0, "mg")
    speed = value("speed", 1.0, "1/h")
    text = "speed * (central + 0.1 * wave * exp(-central / wave))"
    name, reason = choose_stepper(with_rate(text, wave, speed))
    assert name == "dopri5"
    assert "; not stiff, rates within a factor of 1" in reason


def test_what_changes_with_time_needs_steps():
    name, reason = choose_stepper(
        with_rate("clearance * central / volume * exp(-time * absorption)")
    )
    assert name in {"rodas5p", "dopri5"}
    assert reason.startswith("changing with time in flow elimination; ")


@pytest.mark.parametrize(("compartments", "name"), [(11, "exact"), (16, "rodas5p")])
def test_very_many_states_that_all_reach_each_other_are_solved_in_steps(compartments, name):
    model = one_compartment()
    names = [f"tissue_{number}" for number in range(compartments - 1)]
    states = tuple(State(name=each, unit="mg", substance="esketamine") for each in names)
    flows = [
        flow
        for each in names
        for flow in (
            Flow(
                name=f"to_{each}",
                source="central",
                target=each,
                rate=parse("absorption * central"),
            ),
            Flow(
                name=f"from_{each}",
                source=each,
                target="central",
                rate=parse(f"absorption * {each}"),
            ),
        )
    ]
    large = replace(model, states=(*model.states, *states), flows=(*model.flows, *flows))
    chosen, reason = choose_stepper(large)
    assert chosen == name
    assert ("its exponential takes" in reason) == (name == "rodas5p")

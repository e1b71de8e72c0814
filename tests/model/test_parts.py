"""States, flows, definitions, inputs, ports, parameters: what each refuses on its own."""

import pytest

from algesia.errors import DomainError, ModelError
from algesia.model import Flow, Input, InputPart, Parameter, State, parse


@pytest.mark.parametrize("name", ["Central", "2nd", "a-b", "", "é", "x" * 101, "_x"])
def test_a_name_is_a_plain_lower_case_word(name):
    with pytest.raises(ModelError, match="expected lower-case letters"):
        State(name=name, unit="mg")


@pytest.mark.parametrize("name", ["exp", "hill", "time", "device_number", "lambda", "where"])
def test_a_name_the_grammar_uses_is_reserved(name):
    with pytest.raises(ModelError, match="which the grammar reserves"):
        State(name=name, unit="mg")


def test_a_state_starts_empty_unless_it_says_otherwise():
    assert State(name="central", unit="mg").initial.evaluate({}) == 0.0


def test_a_flow_has_at_least_one_end():
    with pytest.raises(ModelError, match="neither source nor target"):
        Flow(name="nothing", source=None, target=None, rate=parse("1"))


def test_a_flow_runs_between_two_states():
    with pytest.raises(ModelError, match="from 'central' to itself"):
        Flow(name="ring", source="central", target="central", rate=parse("1"))


def test_a_share_of_a_flow_needs_somewhere_to_go():
    with pytest.raises(ModelError, match="has a fraction but no target"):
        Flow(name="out", source="a", target=None, rate=parse("r"), fraction=parse("f"))


def test_what_does_not_enter_the_target_leaves_the_system():
    flow = Flow(name="on", source="a", target="b", rate=parse("k * a"), fraction=parse("f"))
    lost, values = flow.leaving_system(), {"k": 3.0, "a": 5.0, "f": 0.8}
    assert lost is not None
    assert flow.entering().evaluate(values) == pytest.approx(12.0, rel=1e-14, abs=0)
    assert lost.evaluate(values) == pytest.approx(3.0, rel=1e-14, abs=0)


def test_a_whole_flow_loses_nothing_and_an_elimination_everything():
    whole = Flow(name="on", source="a", target="b", rate=parse("k * a"))
    gone = Flow(name="out", source="a", target=None, rate=parse("k * a"))
    made = Flow(name="new", source=None, target="a", rate=parse("k"))
    assert whole.leaving_system() is None
    assert gone.leaving_system() == gone.rate
    assert made.leaving_system() is None


def _input(**changes):
    parts = {
        "name": "nasal",
        "routes": ("nasal",),
        "substances": ("esketamine",),
        "parts": (InputPart(into="depot"),),
    }
    return Input(**{**parts, **changes})


@pytest.mark.parametrize("what", ["routes", "substances", "parts"])
def test_an_input_without_routes_drugs_or_parts_is_refused(what):
    with pytest.raises(ModelError, match=f"input 'nasal' has no {what}"):
        _input(**{what: ()})


def test_a_device_needs_its_amount_and_its_interval():
    with pytest.raises(ModelError, match="only one of device_amount and device_interval"):
        _input(device_amount="spray")
    assert _input(device_amount="spray", device_interval="pause").device_parameters() == (
        "spray",
        "pause",
    )


def test_an_infusible_input_has_no_duration_of_its_own():
    timed = InputPart(into="depot", duration=parse("release"))
    with pytest.raises(ModelError, match="expected one source of the duration"):
        _input(parts=(timed,), infusible=True)


def test_a_value_lies_within_its_own_range(reported):
    volume = reported("volume", 30.0, "L")
    assert Parameter(name="volume", reported=volume, minimum=10.0, maximum=50.0).maximum == 50.0
    with pytest.raises(DomainError, match=r"'volume' is 30 .* expected a value from 40 to inf"):
        Parameter(name="volume", reported=volume, minimum=40.0)

from dataclasses import replace

import pytest

from algesia.errors import ModelError, UnitError
from algesia.model import Assembly, Definition, Parameter, Port, RandomEffect, State, parse

ACTIVITY = Port(
    name="enzyme_activity", unit="1", direction="in", default=1.0, combine="product"
)


@pytest.fixture
def victim(model):
    tiny = model()
    slowed = parse("clearance * enzyme_activity * concentration")
    return replace(
        tiny, id="victim", ports=(ACTIVITY,), flows=(replace(tiny.flows[0], rate=slowed),)
    )


@pytest.fixture
def culprit(model):
    def build(name="culprit", drug="midazolam"):
        tiny = model()
        return replace(
            tiny,
            id=name,
            drug=drug,
            states=(replace(tiny.states[0], substance=drug),),
            outputs=(replace(tiny.outputs[0], substance=drug),),
            inputs=(replace(tiny.inputs[0], substances=(drug,)),),
            parameters=(
                *tiny.parameters,
                Parameter(
                    name="half",
                    reported=replace(
                        tiny.parameters[0].reported, name="half", value=50.0, unit="nmol/L"
                    ),
                ),
            ),
            definitions=(
                *tiny.definitions,
                Definition(
                    name="enzyme_activity", expression=parse("half / (half + concentration)")
                ),
            ),
            ports=(Port(name="enzyme_activity", unit="1", direction="out"),),
        )

    return build


def join(members, connections, main=None):
    return Assembly(
        id="pair", title="Two", members=members, connections=connections, main=main
    ).flatten()


def test_an_in_port_with_a_default_is_a_parameter_while_nothing_is_joined(victim):
    assert victim.parameter("enzyme_activity").reported.value == 1.0
    assert victim.typical_constants()["enzyme_activity"] == 1.0
    assert "enzyme_activity" in dict(victim.dynamics())["central"]


def test_a_default_has_the_unit_of_its_port(victim):
    warm = replace(ACTIVITY, unit="L/h", default=2.0, combine=None)
    with pytest.raises(UnitError, match="expected amount/time"):
        replace(victim, parameters=victim.parameters[:2], ports=(warm,))


def test_a_default_is_read_in_the_unit_of_its_port():
    port = Port(name="flow_of_bile", unit="mL/min", direction="in", default=100.0)
    assert port.parameter().reported.canonical() == pytest.approx(6.0, rel=1e-14, abs=0)


def test_a_port_without_default_leaves_the_model_open(victim):
    closed = replace(ACTIVITY, default=None, combine=None)
    open_model = replace(victim, parameters=victim.parameters[:2], ports=(closed,))
    with pytest.raises(ModelError, match="open ports enzyme_activity"):
        open_model.dynamics()
    with pytest.raises(ModelError, match=r"in port 'victim\.enzyme_activity' is not connected"):
        join({"victim": open_model}, {})


def test_an_unconnected_default_holds_in_an_assembly(victim, culprit):
    whole = join({"victim": victim, "culprit": culprit()}, {})
    assert whole.parameter("victim_enzyme_activity").reported.value == 1.0
    assert "victim_enzyme_activity" not in [each.name for each in whole.definitions]


def test_several_sources_make_a_product(victim, culprit):
    whole = join(
        {"victim": victim, "one": culprit("one"), "two": culprit("two", "morphine")},
        {"victim.enzyme_activity": ("one.enzyme_activity", "two.enzyme_activity")},
        main="victim",
    )
    formulas = {each.name: each.expression.text for each in whole.definitions}
    assert formulas["enzyme_activity"] == "one_enzyme_activity * two_enzyme_activity"
    assert "enzyme_activity" not in [each.name for each in whole.parameters]


def test_several_sources_make_a_sum_where_the_port_says_so(victim, culprit):
    summed = replace(victim, ports=(replace(ACTIVITY, combine="sum", default=0.0),))
    whole = join(
        {"victim": summed, "one": culprit("one"), "two": culprit("two", "morphine")},
        {"victim.enzyme_activity": ("one.enzyme_activity", "two.enzyme_activity")},
    )
    formulas = {each.name: each.expression.text for each in whole.definitions}
    assert formulas["victim_enzyme_activity"] == "one_enzyme_activity + two_enzyme_activity"


def test_several_sources_need_a_port_that_combines(victim, culprit):
    single = replace(victim, ports=(replace(ACTIVITY, combine=None),))
    with pytest.raises(ModelError, match="does not say how they combine"):
        join(
            {"victim": single, "one": culprit("one"), "two": culprit("two", "morphine")},
            {"victim.enzyme_activity": ("one.enzyme_activity", "two.enzyme_activity")},
        )


def test_one_source_feeds_a_port_once(victim, culprit):
    with pytest.raises(ModelError, match="expected distinct out ports"):
        join(
            {"victim": victim, "one": culprit("one")},
            {"victim.enzyme_activity": ("one.enzyme_activity", "one.enzyme_activity")},
        )


def test_the_main_member_keeps_its_names_and_its_drug(victim, culprit):
    whole = join(
        {"victim": victim, "culprit": culprit()},
        {"victim.enzyme_activity": "culprit.enzyme_activity"},
        main="victim",
    )
    assert [each.name for each in whole.states] == ["central", "culprit_central"]
    assert [each.name for each in whole.outputs] == ["plasma", "culprit_plasma"]
    assert [each.member for each in whole.inputs] == [None, "culprit"]
    assert whole.drug == "esketamine"


def test_ports_that_contradict_themselves_are_refused():
    with pytest.raises(ModelError, match="is an out port with a default"):
        Port(name="activity", unit="1", direction="out", default=1.0)
    with pytest.raises(ModelError, match="has no default"):
        Port(name="activity", unit="1", direction="in", combine="product")
    with pytest.raises(ModelError, match="product of sources in ng/mL"):
        Port(name="level", unit="ng/mL", direction="in", default=0.0, combine="product")
    with pytest.raises(ModelError, match="expected a finite number"):
        Port(name="activity", unit="1", direction="in", default=float("nan"))


def test_a_value_of_another_meaning_may_not_bear_the_name_of_a_defaulted_port(victim, value):
    own = value("enzyme_activity", 0.5, "1")
    with pytest.raises(ModelError, match="'enzyme_activity' is defined twice"):
        replace(victim, parameters=(*victim.parameters[:2], own))


def test_people_do_not_differ_in_the_default_of_a_port(victim, reported):
    spread = reported("enzyme_variance", 0.1, "1", "log_variance")
    effect = RandomEffect.from_reported(
        name="enzyme",
        parameters=("enzyme_activity",),
        kind="log_normal",
        level="subject",
        reported=spread,
    )
    with pytest.raises(ModelError, match="expected the spread on a parameter"):
        replace(
            victim,
            parameters=(*victim.parameters, Parameter(name=spread.name, reported=spread)),
            random_effects=(effect,),
        )


def test_a_defaulted_port_that_nothing_uses_is_refused(model):
    with pytest.raises(ModelError, match=r"ports\.enzyme_activity is used nowhere"):
        model(ports=(ACTIVITY,), states=(State(name="central", unit="nmol"),))

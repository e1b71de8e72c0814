"""Values of a model may be set to others: in their unit, in their range, wherever used."""

import pytest

from algesia.catalog.entry import entry
from algesia.errors import DomainError, InputError, ModelError, UnitError, UnknownNameError
from algesia.simulate.receipt import content_hash


@pytest.fixture(scope="module")
def backbone():
    return entry("ketamine_backbone").model


def test_a_value_is_set_as_an_assumption_and_told(backbone):
    set_to = backbone.with_values({"autoinduction_factor": 2})
    value = set_to.parameter("autoinduction_factor").reported
    assert (value.value, value.origin, value.grade.kind) == (2.0, "assumed", "D")
    assert set_to.notes[-1] == (
        "autoinduction_factor of ketamine_backbone is 2 here, 1 in the entry"
    )
    assert content_hash(set_to) != content_hash(backbone)


def test_a_value_is_converted_to_the_unit_of_the_entry(backbone):
    set_to = backbone.with_values({"volume_central": "12000 mL"})
    assert set_to.parameter("volume_central").reported.number() == pytest.approx(12.0)


def test_a_factor_of_a_covariate_effect_acts_through_the_effect(backbone):
    set_to = backbone.with_values({"clearance_female_factor": 1.2})
    factors = [
        effect.factor for effect in set_to.covariate_effects if effect.covariate == "female"
    ]
    assert factors == [1.2] * len(factors)
    assert factors


def test_a_spread_acts_through_its_random_effect(backbone):
    names = {name for block in backbone.blocks for name in block.effects}
    effect = next(each for each in backbone.random_effects if each.name not in names)
    set_to = backbone.with_values({effect.reported.name: 0.5})
    changed = next(each for each in set_to.random_effects if each.name == effect.name)
    assert changed.reported.number() == 0.5
    assert changed.variance != effect.variance


def test_the_default_of_a_port_may_be_set(backbone):
    set_to = backbone.with_values({"cyp3a4_hepatic_activity": 0.5})
    port = next(port for port in set_to.ports if port.name == "cyp3a4_hepatic_activity")
    assert port.default == 0.5
    assert set_to.parameter("cyp3a4_hepatic_activity").reported.canonical() == 0.5


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"autoinduction_facter": 2}, UnknownNameError, "close names: autoinduction_factor"),
        ({"autoinduction_factor": 30}, DomainError, "expected a value from 1 to 3"),
        ({"volume_central": 12}, UnitError, "expected one, such as '12 L'"),
        ({"volume_central": "12 h"}, UnitError, "expected the dimension of L"),
        ({"autoinduction_factor": True}, DomainError, "expected a number"),
        ({"volume_central": float("nan")}, InputError, "volume_central"),
    ],
)
def test_what_cannot_be_is_refused_by_name(backbone, values, kind, message):
    with pytest.raises(kind, match=message):
        backbone.with_values(values)


def test_who_was_studied_is_said_in_the_cohort(backbone):
    value = backbone.population[0].reported[0].name
    number = backbone.parameter(value).reported
    with pytest.raises(ModelError, match="say so in the cohort"):
        backbone.with_values({value: f"{number.number()} {number.unit}"})


def test_nothing_set_is_the_model_itself(backbone):
    assert backbone.with_values({}) is backbone

"""`algesia models`."""

import json

import pytest

from algesia.catalog.entry import entry, entry_ids
from algesia.units import unknown_drugs


def test_the_list_names_every_entry_with_its_rung(algesia):
    ended = algesia("models")
    assert ended.code == 0
    for name in entry_ids():
        assert name in ended.out
        assert entry(name).rung in ended.out


def test_a_card_shows_every_value_of_a_model(algesia):
    ended = algesia("models", "simons_2022_film")
    assert ended.code == 0
    for parameter in entry("simons_2022_film").model.parameters:
        assert parameter.name in ended.out


def test_a_card_as_json_holds_formulas_as_text_and_values_as_printed(algesia):
    answer = json.loads(algesia("models", "simons_2022_film", "--json").out)
    model = answer["data"]["model"]
    volume = next(each for each in model["parameters"] if each["name"] == "volume_central")
    assert volume["reported"]["value"] == 11.6
    assert volume["reported"]["unit"] == "L"
    definitions = {each["name"]: each["expression"] for each in model["definitions"]}
    assert definitions["concentration_central"] == "central / volume_central"


def test_the_list_as_json_has_one_record_per_entry(algesia):
    answer = json.loads(algesia("models", "--json").out)
    assert tuple(each["id"] for each in answer["data"]) == entry_ids()


@pytest.mark.parametrize("drug", ["metformin", "oxytocin", "amitriptyline", "minocycline"])
def test_a_drug_known_by_name_only_is_refused_with_the_reason(algesia, drug):
    ended = algesia("models", drug)
    assert ended.code == 2
    assert f"{drug} is known by name only" in ended.err
    assert unknown_drugs()[drug] in ended.err

"""`algesia models`."""

import json

from algesia.catalog.entry import entry, entry_ids


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

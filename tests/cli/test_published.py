"""`algesia models --published`."""

import json

from algesia.catalog.published import published_models


def test_the_list_shows_every_publication_with_its_entry(algesia):
    ended = algesia("models", "--published")
    assert ended.code == 0
    shown = "".join(ended.out.split())
    for each in published_models():
        assert f"{each.id}:" in shown
        assert (each.entry or "noentry:") in shown


def test_the_list_as_json_has_one_record_per_publication(algesia):
    answer = json.loads(algesia("models", "--published", "--json").out)
    assert answer["schema"] == "algesia/published/1"
    assert [each["id"] for each in answer["data"]] == [each.id for each in published_models()]


def test_the_list_of_publications_takes_no_model(algesia):
    ended = algesia("models", "simons_2022_film", "--published")
    assert ended.code == 2
    assert "--published is given with simons_2022_film; expected it alone" in ended.err

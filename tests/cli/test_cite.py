"""`algesia cite`."""

import json

from algesia.catalog.entry import entry


def test_every_value_of_a_model_is_cited_with_its_form_origin_grade_and_place(algesia):
    answer = json.loads(algesia("cite", "simons_2022_film", "--json").out)
    values = answer["data"]["arms"][0]["values"]
    model = entry("simons_2022_film").model
    assert {each["name"] for each in values} == {each.name for each in model.parameters}
    volume = next(each for each in values if each["name"] == "volume_central")
    assert (volume["form"], volume["origin"]) == ("estimate", "reported")
    assert volume["grade"] == {"kind": "A", "certainty": "moderate"}
    assert volume["locator"].startswith("Table 4")


def test_a_citation_is_complete(algesia):
    ended = algesia("cite", "simons_2022_film")
    assert "doi:10.3389/fpain.2022.946486" in ended.out
    assert "11.6 L" in ended.out


def test_a_scenario_is_cited_arm_by_arm(algesia, scenario):
    answer = json.loads(algesia("cite", scenario, "--json").out)
    assert [arm["name"] for arm in answer["data"]["arms"]] == ["infusion"]


def test_a_result_is_cited_from_what_it_holds_itself(algesia, scenario, monkeypatch):
    assert algesia("run", scenario, "--quiet", "--out", "a.parquet").code == 0

    def refuse(name):
        raise AssertionError(f"the catalogue was asked for {name}")

    monkeypatch.setattr("algesia.catalog.entry.entry", refuse)
    ended = algesia("cite", "a.parquet")
    assert ended.code == 0
    assert "volume_central" in ended.out
    assert "doi:10.3389/fpain.2022.946486" in ended.out


def test_every_name_fits_a_narrow_terminal(algesia, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = algesia("cite", "simons_2022_film").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(
        line.startswith("  intercompartmental_clearance_shallow = 2.43") for line in lines
    )


def test_the_list_of_sources_can_stand_alone(algesia):
    ended = algesia("cite", "simons_2022_film", "--sources")
    assert ended.code == 0
    assert "doi:10.3389/fpain.2022.946486" in ended.out
    assert "volume_central" not in ended.out

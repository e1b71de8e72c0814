"""`algesia compare-models`, and arms with companions."""

import json

import pytest


def test_it_prints_every_model_and_draws_them(algesia, scenario):
    ended = algesia("compare-models", scenario, "--figure", "models.svg")
    assert ended.code == 0, ended.err
    for name in ("simons_2022_film", "kamp_2020_general", "perezruixo_2021_nasal"):
        assert name in ended.out
    assert "Not compared" in ended.out
    again = algesia("compare-models", scenario, "--figure", "models.svg")
    assert again.code == 2
    assert "--force" in again.err


def test_json_holds_curves_ranges_and_refusals(algesia, scenario):
    ended = algesia("compare-models", scenario, "--subjects", 2, "--json")
    assert ended.code == 0, ended.err
    answer = json.loads(ended.out)
    data = answer["data"]
    assert data["own"] == "simons_2022_film"
    assert data["curves"][0]["cmax_ratio"] == 1.0
    assert {each["site"] for each in data["range_over_models"]} >= {"venous plasma"}
    assert data["refused"]["clarithromycin"] == "takes no esketamine"
    assert answer["notice"] == "research and education, not dosing advice"


def test_an_arm_that_does_not_exist_is_bad_input(algesia, scenario):
    ended = algesia("compare-models", scenario, "--arm", "infuson")
    assert ended.code == 2
    assert "no arm 'infuson'; close names: infusion" in ended.err


@pytest.mark.parametrize(
    ("regimen", "said"),
    [
        ("metformin 500 mg PO", "metformin is known by name only and cannot be given"),
        ("amitriptyline 25 mg PO", "amitriptyline is known by name only"),
        ("esketamine racemate 20 mg IV", "expected 'ketamine' for the racemate"),
        ("20 mg esketamine nasal rectal", "route twice (nasal and rectal)"),
        ("20 mg esketamine rectal", "no input for route 'rectal'; it has intravenous, film"),
        ("oxycodone 10 mg IV", "these are different molecules"),
    ],
)
def test_a_dose_that_cannot_be_given_is_refused_by_name(algesia, scenario, regimen, said):
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(
        text.replace("20 mg esketamine IV over 20 min", regimen), encoding="utf-8"
    )
    ended = algesia("run", scenario)
    assert ended.code == 2
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_a_dose_outside_what_was_studied_is_marked_in_text_figure_json_and_receipt(
    algesia, scenario, tmp_path
):
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text.replace("20 mg esketamine IV", "200 mg esketamine IV"))
    mark = "outside validity: esketamine intravenous 200 mg; studied: 20 mg"
    ended = algesia("run", scenario, "--plot", "one.svg", "--receipt", "one.json")
    assert ended.code == 0, ended.err
    assert f"note: {mark}" in ended.out
    assert ended.out.count(mark) == 2
    assert "outside validity: esketamine" in (tmp_path / "one.svg").read_text(encoding="utf-8")
    receipt = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert receipt["arms"][0]["outside_validity"] == [mark]
    answer = json.loads(algesia("run", scenario, "--json").out)
    assert answer["data"]["arms"][0]["notes"][0] == mark


def test_the_list_of_models_ends_with_what_is_known_by_name_only(algesia):
    out = algesia("models").out
    assert "Known by name only; asking for them is refused" in out
    assert "oxytocin: " in out


def test_a_card_shows_ports_with_their_defaults(algesia):
    out = algesia("models", "ketamine_backbone").out
    assert "Joins" in out
    assert (
        "cyp3a4_gut_activity (1), in: 1 while nothing is joined; several sources make their "
        "product"
    ) in out

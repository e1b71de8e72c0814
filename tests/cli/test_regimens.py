"""`algesia regimens`."""

import json

import pytest

from algesia.catalog.regimen_list import regimen_entry, regimen_ids
from algesia.formats.fhir_reading import read_fhir
from algesia.formats.nonmem_data import read_event_table
from algesia.formats.regimen_yaml import read_regimen
from algesia.formats.yaml_text import parse_yaml
from algesia.provenance import NOTICE
from algesia.regimen import parse_regimen


def test_marked_plans_stay_out_of_the_default_list(algesia):
    shown = algesia("regimens").out
    everything = algesia("regimens", "--all").out
    marked = set(regimen_ids(marked=True)) - set(regimen_ids())
    assert len(marked) >= 1
    for name in marked:
        assert f" {name} " not in shown
        assert f" {name} " in everything
        assert regimen_entry(name).marks[0] in everything


def test_a_plan_is_shown_dose_by_dose_with_its_sum(algesia):
    ended = algesia("regimens", "iv_0p5_x6_12d")
    assert ended.code == 0
    assert ended.out.count("0.5 mg/kg  ") == 6
    assert "total for 70 kg: 210 mg ketamine, free base" in ended.out


def test_a_plan_as_json_has_every_dose(algesia):
    answer = json.loads(algesia("regimens", "iv_0p5_x6_12d", "--json").out)
    (variant,) = answer["data"]["variants"].values()
    assert [row["time_h"] for row in variant["rows"]] == [0.0, 48.0, 96.0, 168.0, 216.0, 264.0]
    assert variant["total_mg"] == {"ketamine": 210.0}


def test_every_plan_can_be_shown(algesia):
    for name in regimen_ids(marked=True):
        ended = algesia("regimens", name)
        assert ended.code == 0, ended.err
        assert "not dosing advice" in ended.out


def test_a_long_plan_is_cut_on_the_screen_and_says_so(algesia):
    long = [n for n in regimen_ids() for v in regimen_entry(n).variants
            if len(regimen_entry(n).regimen(v).rows()) > 40]  # fmt: skip
    assert long
    assert "--json has them all" in algesia("regimens", long[0]).out


def test_show_may_stand_before_the_name(algesia):
    shown = algesia("regimens", "show", "iv_0p5_x6_12d").out
    assert shown == algesia("regimens", "iv_0p5_x6_12d").out
    assert (
        "reads as: ketamine 0.5 mg/kg intravenous over 40 min 3 times a week for 6 doses"
        in shown
    )


def test_the_sentence_that_is_shown_parses_back_to_the_same_rows(algesia):
    for name in regimen_ids(marked=True):
        entry = regimen_entry(name)
        answer = json.loads(algesia("regimens", "show", name, "--json").out)
        for variant, shown in answer["data"]["variants"].items():
            assert parse_regimen(shown["text"]).rows() == entry.regimen(variant).rows()


def test_the_time_of_an_event_can_be_given(algesia):
    answer = json.loads(
        algesia("regimens", "surgery_loftus", "--event", "closure=3h", "--json").out
    )
    assert answer["data"]["variants"]["plan"]["rows"][1]["duration_h"] == 3.0


def test_a_plan_as_yaml_reads_back(algesia):
    out = algesia("regimens", "esket_label_full", "--variant", "low", "--yaml").out
    assert out.startswith(f"# {NOTICE}\n")
    plan = read_regimen(parse_yaml(out, "plan.yaml"))
    assert plan == regimen_entry("esket_label_full").regimen("low")


def test_a_plan_as_an_event_table_has_the_doses_of_each_weight(algesia, tmp_path):
    ended = algesia("regimens", "iv_0p5_40min", "--nonmem", "--weight", "60", "--weight", "80")
    path = tmp_path / "plan.csv"
    path.write_text(ended.out, encoding="utf-8")
    table = read_event_table(path)
    assert table.amount.tolist() == [30.0, 40.0]
    assert NOTICE in ended.out


def test_a_plan_as_fhir_is_a_draft(algesia):
    for version in ("r4", "R5"):
        resource = json.loads(algesia("regimens", "iv_0p5_40min", "--fhir", version).out)
        assert (resource["status"], resource["experimental"]) == ("draft", True)
        assert read_fhir(resource).rows() == regimen_entry("iv_0p5_40min").regimen().rows()


def test_a_plan_is_drawn_with_its_marks(algesia, tmp_path):
    path = tmp_path / "plan.svg"
    ended = algesia("regimens", "uldn_20ug_tid", "--plot", str(path))
    assert f"wrote {path}" in ended.out
    picture = path.read_text(encoding="utf-8")
    assert "uldn_20ug_tid" in picture
    assert "marked: single account" in picture
    assert algesia("regimens", "uldn_20ug_tid", "--plot", str(path)).code == 2
    assert algesia("regimens", "uldn_20ug_tid", "--plot", str(path), "--force").code == 0


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["show"], "expected one name"),
        (["iv_0p5_40min", "persson_5min"], "expected one name"),
        (["--yaml"], "no plan is named"),
        (["--plot", "x.png"], "no plan is named"),
        (["persson_5min", "--yaml"], "has several variants"),
        (["iv_0p5_40min", "--yaml", "--json"], "--yaml and --json are asked"),
        (["iv_0p5_40min", "--yaml", "--plot", "x.png"], "--plot and --yaml are asked"),
        (["iv_0p5_40min", "--weight", "60"], "--weight is asked without --nonmem"),
        (["iv_0p5_40min", "--fhir", "r3"], "expected r4 or r5"),
        (["iv_0p5_40min", "--event", "closure"], "expected one such as closure=3h"),
        (["iv_0p5_40min", "--event", "closure=3h"], "no dose refers to it"),
        (["iv_0p5_40min", "--variant", "plann"], "close names: plan"),
        (["topical_k1", "--fhir", "r4"], "it needs strength_and_area"),
        (["topical_k1", "--plot", "x.png"], "it needs strength_and_area"),
    ],
)
def test_what_cannot_be_shown_is_refused(algesia, words, part):
    ended = algesia("regimens", *words)
    assert ended.code == 2
    assert part in ended.err

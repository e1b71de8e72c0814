"""`algesia regimens`."""

import json

from algesia.catalog.regimen_list import regimen_entry, regimen_ids


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

"""The timeline of a plan."""

import pytest

from algesia.errors import FileInputError
from algesia.provenance import NOTICE
from algesia.regimen import parse_regimen
from algesia.report.regimen_figure import write_regimen_figure

PLAN = (
    "ketamine 0.5 mg/kg IV over 40 min weekly for 4 doses (max 50 mg)"
    " plus midazolam 2 mg oral tablet daily for 5 doses"
)


def drawn(tmp_path, plans, name="plan.svg"):
    path = write_regimen_figure(plans, tmp_path / name, title="a plan")
    return path.read_text(encoding="utf-8")


def test_each_drug_and_route_has_a_strip_with_its_unit_and_largest_value(tmp_path):
    picture = drawn(tmp_path, {"plan": parse_regimen(PLAN)})
    for words in (
        "ketamine intravenous, rate of infusion (4 doses, with a largest amount)",
        "midazolam oral tablet, dose (5 doses)",
        ">mg/kg/h<", ">mg<", ">0.75<", ">2<", "time (d)",
    ):  # fmt: skip
        assert words in picture


def test_the_sentence_and_the_notice_stand_in_the_picture_and_its_metadata(tmp_path):
    picture = drawn(tmp_path, {"plan": parse_regimen(PLAN)})
    assert "over 40 min" in picture
    assert picture.count(NOTICE) >= 2


def test_several_plans_stand_below_each_other_by_name(tmp_path):
    plans = {
        "low": parse_regimen("5 mg IV for 2 doses daily"),
        "high": parse_regimen("9 mg IV"),
    }
    picture = drawn(tmp_path, plans)
    assert picture.index(">low<") < picture.index(">high<")
    assert "time (h)" in picture


@pytest.mark.parametrize("name", ["plan.png", "plan.pdf"])
def test_one_plan_gives_one_file(tmp_path, name):
    plans = {"plan": parse_regimen("ketamine 5 mg oral every 1 h for 300 doses")}
    first = write_regimen_figure(plans, tmp_path / name, title="a plan").read_bytes()
    again = write_regimen_figure(plans, tmp_path / name, title="a plan", force=True)
    assert again.read_bytes() == first
    assert NOTICE.encode() in first or name.endswith("pdf")


def test_another_ending_and_an_existing_file_are_refused(tmp_path):
    plans = {"plan": parse_regimen("5 mg oral")}
    with pytest.raises(FileInputError, match=r"ends in '\.txt'"):
        write_regimen_figure(plans, tmp_path / "plan.txt", title="a plan")
    drawn(tmp_path, plans)
    with pytest.raises(FileInputError, match="exists already"):
        drawn(tmp_path, plans)

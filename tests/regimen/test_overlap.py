import pytest

from algesia.errors import RegimenError
from algesia.regimen import parse_regimen


def test_two_doses_at_one_time_are_refused_and_both_named():
    with pytest.raises(RegimenError) as caught:
        parse_regimen("56 mg nasal once then 84 mg nasal twice weekly for 2 weeks")
    message = str(caught.value)
    assert "'56 mg nasal' given at 0 h" in message
    assert "'84 mg nasal twice a week for 2 weeks' at 0 h" in message


def test_an_infusion_may_not_overlap_itself():
    with pytest.raises(RegimenError, match="runs until 10 h, at the same time as"):
        parse_regimen("100 mg IV over 10 h every 8 h for 1 day")


def test_an_infusion_may_begin_as_the_last_one_ends():
    assert len(parse_regimen("100 mg IV over 8 h every 8 h for 1 day").rows()) == 3
    assert len(parse_regimen("100 mg IV over 40 min every 40 min for 36 doses").rows()) == 36


def test_overlapping_rules_side_by_side_are_refused():
    with pytest.raises(RegimenError, match="at the same time"):
        parse_regimen(
            "ketamine 5 mg/h IV for 5 h plus ketamine 6 mg/h IV for 2 h starting at 3 h"
        )


def test_the_word_concurrent_allows_it():
    plan = parse_regimen("100 mg IV over 10 h every 8 h for 1 day, concurrent")
    assert len(plan.rows()) == 3
    assert plan.concurrent


def test_a_bolus_may_go_with_an_infusion():
    plan = parse_regimen("1 mg/h IV for 5 h plus 2 mg IV bolus starting at 1 h")
    assert [row.time_h for row in plan.rows()] == [0.0, 1.0]


@pytest.mark.parametrize(
    "text",
    ["ketamine 5 mg oral plus esketamine 5 mg oral", "5 mg oral plus 5 mg nasal",
     "5 mg oral tablet plus 5 mg oral solution"],
)  # fmt: skip
def test_other_drugs_routes_and_formulations_do_not_collide(text):
    assert len(parse_regimen(text).rows()) == 2

"""What a text says about the enantiomers of its drug must be true of it."""

import pytest

from algesia.errors import RegimenError
from algesia.regimen import parse_regimen


@pytest.mark.parametrize("text", ["racemic ketamine", "ketamine racemate", "ketamine racemic"])
def test_the_racemate_may_be_called_one(text):
    (row,) = parse_regimen(f"{text} 20 mg IV").rows()
    assert row.drug == "ketamine"


@pytest.mark.parametrize("text", ["racemic esketamine", "S-ketamine racemate"])
def test_an_enantiomer_is_no_racemate(text):
    with pytest.raises(RegimenError) as refusal:
        parse_regimen(f"{text} 20 mg IV")
    assert str(refusal.value) == (
        "the dose is a racemate of esketamine (S enantiomer); expected 'ketamine' for the "
        "racemate, or 'esketamine' alone"
    )


def test_a_drug_without_enantiomers_is_no_racemate():
    with pytest.raises(
        RegimenError, match=r"midazolam \(achiral\); expected 'midazolam' alone"
    ):
        parse_regimen("midazolam racemate 2 mg IV")


def test_a_racemate_of_nothing_is_refused():
    with pytest.raises(RegimenError, match="a racemate is given and no drug"):
        parse_regimen("racemic 20 mg IV")


def test_two_routes_in_one_rule_are_refused_with_the_remedy():
    with pytest.raises(RegimenError, match=r"route twice \(nasal and rectal\).*'then' between"):
        parse_regimen("20 mg esketamine nasal rectal")

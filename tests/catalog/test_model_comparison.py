"""One question put to every entry that can take it."""

from pathlib import Path

import numpy as np
import pytest

from algesia.catalog.entry import entry_ids
from algesia.catalog.model_comparison import compare_models
from algesia.catalog.scenario_file import scenario_of
from algesia.errors import DomainError, UnknownNameError


def scenario(*regimens, model="kamp_2020_general"):
    content = {
        "schema": "algesia/scenario/1",
        "title": "which model",
        "subjects": 3,
        "cohort": {
            "covariates": {
                "age": {"distribution": "fixed", "value": "25 year"},
                "weight": {"distribution": "fixed", "value": "70 kg"},
                "female": {"distribution": "fixed", "value": False},
            }
        },
        "sampling": {"every": "20 min", "until": "8 h"},
        "arms": [
            {"name": f"arm {place}", "model": model, "regimen": text}
            for place, text in enumerate(regimens)
        ],
    }
    return scenario_of(content, where="test.yaml", folder=Path())


@pytest.fixture(scope="module")
def racemate():
    return compare_models(scenario("ketamine 0.5 mg/kg IV over 40 min"))


@pytest.fixture(scope="module")
def enantiomer():
    return compare_models(scenario("esketamine 20 mg IV over 20 min", model="simons_2022_film"))


def test_every_entry_answers_or_has_a_reason(racemate, enantiomer):
    for comparison in (racemate, enantiomer):
        answered = {arm.name for arm in comparison.answer.arms}
        assert answered | set(comparison.refused) == set(entry_ids())
        assert not answered & set(comparison.refused)
        assert all(comparison.refused.values())


def test_the_own_model_stands_first_with_a_ratio_of_one(enantiomer):
    first = enantiomer.curves[0]
    assert enantiomer.answer.arms[0].name == first.model == "simons_2022_film"
    assert first.moiety == "esketamine"
    assert (first.cmax_ratio, first.auc_ratio) == (1.0, 1.0)


def test_a_racemate_is_not_given_to_a_model_of_one_enantiomer(racemate):
    assert racemate.refused["simons_2022_film"] == (
        "takes esketamine only; a racemate is not given as its half"
    )


def test_a_missing_route_and_a_missing_drug_are_the_reason(racemate):
    oral = compare_models(scenario("esketamine 84 mg PO", model="perezruixo_2021_nasal"))
    assert (
        "no input for route 'oral'; it has intravenous" in oral.refused["otto_2021_intravenous"]
    )
    assert racemate.refused["clarithromycin"] == "takes no ketamine"


def test_people_outside_a_domain_are_the_reason(racemate):
    reason = racemate.refused["herd_2007_children"]
    assert "age of subject 0 is 25 year" in reason
    assert "(3 of 3 subjects are outside)" in reason


def test_all_models_see_the_same_people_and_missing_covariates_are_said(enantiomer):
    weights = [arm.covariates["weight"].tolist() for arm in enantiomer.answer.arms]
    assert weights == [[70.0, 70.0, 70.0]] * len(weights)
    nasal = enantiomer.answer.arm("perezruixo_2021_nasal")
    assert "ethnicity is white, the middle of its study" in nasal.notes


def test_exposure_is_that_of_the_answer_in_one_unit(enantiomer):
    rows = {
        (row.arm, row.output, row.measure): row.median for row in enantiomer.answer.exposure()
    }
    for curve in enantiomer.curves:
        found = rows[curve.model, curve.output, "cmax"] * curve.to_ng_per_ml
        assert curve.cmax == pytest.approx(found, rel=1e-12, abs=0)


def test_ranges_hold_curves_of_one_site_and_name_their_ends(enantiomer):
    spans = [each for each in enantiomer.spans() if each.moiety == "esketamine"]
    assert {span.site for span in spans} == {"arterial plasma", "venous plasma"}
    for span in spans:
        found = {}
        for curve in enantiomer.curves:
            if (curve.moiety, curve.site) == (span.moiety, span.site):
                arm = enantiomer.answer.arm(curve.model)
                median = arm.median()[:, arm.output_index(curve.output)] * curve.to_ng_per_ml
                found[curve.model] = float(np.interp(span.time_h, arm.time_h, median))
        assert span.models == len(found) > 1
        assert span.lowest == pytest.approx(min(found.values()), rel=1e-12, abs=0)
        assert span.highest == pytest.approx(max(found.values()), rel=1e-12, abs=0)
        assert found[span.lowest_model] == pytest.approx(span.lowest, rel=1e-12, abs=0)


def test_of_several_arms_one_must_be_named():
    several = scenario("ketamine 10 mg IV", "ketamine 20 mg IV")
    with pytest.raises(DomainError, match="has the arms arm 0, arm 1; expected one by name"):
        compare_models(several)
    with pytest.raises(UnknownNameError, match="no arm 'arm 2'"):
        compare_models(several, arm="arm 2")

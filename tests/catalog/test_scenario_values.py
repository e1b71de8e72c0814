"""`values:` of an arm, and levels and covariates that a scenario names."""

from pathlib import Path

import numpy as np
import pytest

from algesia.catalog.scenario_file import scenario_of
from algesia.errors import InputError, ModelError, UnknownNameError
from algesia.population import individual_parameters

ADULTS = {"age": {"distribution": "uniform", "low": "20 year", "high": "40 year"}}


def arm_with(covariates=None, **arm):
    asked = {"name": "a", "model": "ketamine_backbone", "regimen": "ketamine 0.5 mg/kg IV"}
    content = {
        "schema": "algesia/scenario/1",
        "title": "values",
        "subjects": 3,
        "sampling": {"every": "1 h", "until": "4 h"},
        "cohort": {"covariates": ADULTS | (covariates or {})},
        "arms": [asked | arm],
    }
    return scenario_of(content, where="test.yaml", folder=Path()).arms[0]


def fixed(value):
    return {"distribution": "fixed", "value": value}


def test_a_switch_is_set_and_told_and_changes_only_itself():
    usual, induced = arm_with(), arm_with(values={"autoinduction_factor": 2})
    assert "autoinduction_factor of ketamine_backbone is 2 here, 1 in the entry" in (
        induced.model.notes
    )
    place = usual.model.dynamic_parameters().index("autoinduction_factor")
    before = individual_parameters(usual.model, usual.cohort)[0]
    after = individual_parameters(induced.model, induced.cohort)[0]
    assert after[:, place].tolist() == [2.0, 2.0, 2.0]
    assert np.array_equal(np.delete(before, place, 1), np.delete(after, place, 1))


def test_a_value_of_a_companion_bears_its_id():
    arm = arm_with(**{"with": ["glia"], "values": {"glia_glial_inhibition": 0.5}})
    assert arm.model.parameter("glia_glial_inhibition").reported.number() == 0.5


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"autoinduction": 2}, UnknownNameError, "close names: autoinduction_factor"),
        ({"glial_inhibition": 0.5}, UnknownNameError, "arms.0.values: no value"),
        ({"autoinduction_factor": 9}, InputError, "expected a value from 1 to 3"),
        ({"volume_central": 9}, InputError, "such as '9 L'"),
    ],
)
def test_a_value_that_cannot_be_set_is_refused_with_its_place(values, kind, message):
    with pytest.raises(kind, match=message):
        arm_with(values=values)


def test_a_port_that_a_companion_feeds_cannot_be_set_as_well():
    with pytest.raises(ModelError, match="is set by a companion"):
        arm_with(**{"with": ["clarithromycin"], "values": {"cyp3a4_hepatic_activity": 0.5}})


def test_a_plain_word_is_a_level():
    arm = arm_with({"cyp2b6_genotype": fixed("star6_star6"), "ethnicity": fixed("asian")})
    assert arm.cohort.column("cyp2b6_genotype").tolist() == ["star6_star6"] * 3
    assert arm.cohort.column("ethnicity").tolist() == ["asian"] * 3


@pytest.mark.parametrize(
    ("covariates", "message"),
    [
        ({"cyp2b6_genotype": fixed("*6/*6")}, "'\\*6/\\*6'.*write star6_star6"),
        ({"cyp2b6_genotype": fixed("*6/*1")}, "write star1_star6"),
        ({"ethnicity": fixed("martian")}, "'martian'; ethnicity is white or black or asian"),
        (
            {"ethnicity": {"distribution": "categorical", "levels": {"asain": 1.0}}},
            "write asian",
        ),
        ({"ethnicity": fixed(True)}, "'true'; ethnicity is"),
        ({"ethnicity": {"distribution": "normal", "mean": "1 kg", "sd": "1 kg"}}, "levels"),
        ({"female": fixed("yes")}, "'yes'; expected true or false"),
        ({"hepatic_function": fixed(0.5)}, "such as '0.5 fraction' with its unit"),
        ({"sex": fixed("female")}, "no covariate 'sex'; expected female, true or false"),
    ],
)
def test_a_level_or_name_there_is_not_is_refused_with_those_there_are(covariates, message):
    with pytest.raises(InputError, match=message):
        arm_with(covariates)


def test_a_covariate_the_model_does_nothing_with_is_told():
    arm = arm_with({"hypertension": fixed("present"), "female": fixed(True)})
    assert "hypertension is not used by ketamine_backbone" in arm.notes
    assert (
        "female changes nothing in ketamine_backbone while clearance_female_factor is 1; "
        "`values:` sets it"
    ) in arm.notes
    on = arm_with({"female": fixed(True)}, values={"clearance_female_factor": 1.2})
    assert not [note for note in on.notes if note.startswith("female ")]


def test_covariates_of_the_study_population_alone_are_not_told():
    assert not [note for note in arm_with().notes if "not used by" in note]


def test_hepatic_impairment_without_an_effect_names_the_covariate_that_has_one():
    notes = arm_with({"hepatic_impairment": fixed("mild")}).notes
    assert "hepatic_impairment is not used by ketamine_backbone (hepatic_function is)" in notes

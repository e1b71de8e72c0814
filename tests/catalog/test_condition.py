"""Conditions: sets of graded values of mechanism entries, or a reason why there are none."""

from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from algesia.catalog.condition import condition, condition_ids
from algesia.catalog.entry import entry
from algesia.catalog.scenario_file import read_scenario, scenario_of
from algesia.errors import InputError, ModelError, UnknownNameError
from algesia.simulate import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "crps_course.yaml"


def test_conditions_with_data_are_told_from_those_that_are_only_named():
    with_data, named = set(condition_ids()), set(condition_ids(with_data=False))
    assert {
        "complex_regional_pain_syndrome",
        "fibromyalgia",
        "neuropathic_pain",
        "spinal_cord_injury",
        "cancer_pain",
        "postsurgical_acute",
        "healthy_volunteer",
    } <= with_data
    assert {"phantom_limb_pain", "other_named_conditions"} <= named - with_data


def test_a_condition_without_data_is_refused_with_its_reason():
    for name in set(condition_ids(with_data=False)) - set(condition_ids()):
        with pytest.raises(ModelError, match="is named without data: "):
            condition(name)


def test_an_unknown_condition_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownNameError, match="fibromyalgia"):
        condition("fibromyalga")


def test_every_value_of_a_condition_is_graded_sourced_or_assumed_and_has_a_range():
    for name in condition_ids():
        for model, values in condition(name).values.items():
            for value in values.values():
                where = f"{name}, {model}, {value.name}"
                assert None not in (value.minimum, value.maximum), where
                assert value.reported.origin == "assumed" or value.reported.source, where
                assert value.reported.note, where


def test_a_condition_changes_its_values_and_nothing_else():
    own = entry("dorsal_horn").model
    changed = condition("fibromyalgia").applied(own)
    different = {
        after.name
        for before, after in zip(own.parameters, changed.parameters, strict=True)
        if before != after
    }
    assert different == set(condition("fibromyalgia").values["dorsal_horn"])
    assert "noppers_2011_fibromyalgia" in {source.key for source in changed.sources}
    assert any("fibromyalgia" in note for note in changed.notes)


def test_a_model_that_a_condition_does_not_name_stays_as_it_is():
    backbone = entry("ketamine_backbone").model
    assert condition("fibromyalgia").applied(backbone) is backbone


def test_one_mixture_of_responders_gives_the_printed_difference_for_a_gain_of_six_points():
    shares = condition("complex_regional_pain_syndrome").responders
    # 5.45 - 2.68 printed.
    assert_allclose(shares.mean_difference(6.3), 5.45 - 2.68, rtol=1e-2, atol=0.0)


def arm(**more):
    return {
        "schema": "algesia/scenario/1",
        "title": "one",
        "sampling": {"times": ["0 h", "24 h"]},
        "cohort": {"typical": {"weight": "70 kg"}},
        "arms": [
            {
                "name": "one",
                "model": "dorsal_horn",
                "with": ["ketamine_backbone", "nmda_receptor_channel"],
                "regimen": "esketamine 0.001 mg IV",
                "outputs": ["pain_rating"],
                **more,
            }
        ],
    }


@pytest.mark.parametrize(
    ("kind", "rating"), [("fibromyalgia", 6.0), ("complex_regional_pain_syndrome", 7.1)]
)
def test_a_scenario_names_the_condition_of_an_arm(kind, rating, tmp_path):
    scenario = scenario_of(arm(condition=kind), where="file", folder=tmp_path)
    answer = run(scenario).arms[0]
    assert_allclose(answer.values[0, :, 0], rating, rtol=1e-3, atol=0.0)
    assert any(note.startswith("condition: ") for note in answer.notes)


def test_a_condition_that_no_entry_of_an_arm_knows_is_refused(tmp_path):
    asked = arm(model="ketamine_backbone", condition="fibromyalgia", outputs=[])
    del asked["arms"][0]["with"]
    with pytest.raises(
        InputError, match=r"arms\.0\.condition: fibromyalgia changes dorsal_horn"
    ):
        scenario_of(asked, where="file", folder=tmp_path)


def test_the_example_of_a_course_shows_relief_that_outlasts_it_and_is_lost():
    scenario = read_scenario(EXAMPLE)
    answer = run(scenario)
    assert answer.failed == 0
    course, short = answer.arms
    rating = course.median()[:, course.output_index("pain_rating")]
    day = course.time_h / 24.0
    assert_allclose(rating[0], 7.1, rtol=1e-6, atol=0.0)
    week, quarter = (float(rating[abs(day - at).argmin()]) for at in (7.0, 84.0))
    assert week < 3.0
    assert quarter > 6.5
    after = short.median()[:, short.output_index("pain_rating")]
    assert after.min() < 0.5 * after[0]
    assert_allclose(after[-1], after[0], rtol=0.02, atol=0.0)

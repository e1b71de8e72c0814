"""What the command line changes in a question."""

import pytest

from algesia.cli.question import Question
from algesia.errors import InputError


def question(scenario, text, **changes):
    scenario.write_text(text, encoding="utf-8")
    return Question(path=scenario, **changes).scenario()


def test_the_seed_of_an_arm_of_its_own_is_changed_too(scenario, scenario_text):
    text = scenario_text + "    cohort: {subjects: 6, seed: 3}\n"
    (arm,) = question(scenario, text).arms
    assert (arm.cohort.size, arm.cohort.seed) == (6, 3)
    (arm,) = question(scenario, text, subjects=2, seed=8).arms
    assert (arm.cohort.size, arm.cohort.seed) == (2, 8)


@pytest.mark.parametrize(
    "cohort", ["{typical: {weight: 70 kg}}", "{table: patients.csv}"], ids=["typical", "table"]
)
def test_patients_who_are_given_cannot_be_made_more(cohort, scenario, scenario_text):
    with pytest.raises(InputError, match="--subjects 5 cannot change a cohort"):
        question(scenario, f"{scenario_text}    cohort: {cohort}\n", subjects=5)


def test_a_file_is_the_same_question_with_and_without_an_empty_change(scenario, scenario_text):
    plain = question(scenario, scenario_text)
    assert question(scenario, scenario_text, subjects=4).arms[0].cohort.size == 4
    assert plain.arms[0].cohort.size == 4


def test_an_event_table_takes_the_seed_of_the_command_line(events):
    asked = Question(path=events, model="simons_2022_film", seed=9).scenario()
    assert asked.arms[0].cohort.seed == 9
    assert asked.arms[0].cohort.subjects.tolist() == [1, 2]

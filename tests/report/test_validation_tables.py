"""A validation on the terminal."""

import io

import pytest
from rich.console import Console

from algesia.evidence import PkValidation, validate_pk
from algesia.provenance import NOTICE
from algesia.report.validation_tables import (
    count_text,
    goal_cells,
    goal_notes,
    split_lines,
    validation_view,
)


@pytest.fixture(scope="module")
def found() -> PkValidation:
    return validate_pk("perezruixo_2021_nasal")


def shown(found: PkValidation, *, every: bool = False) -> str:
    stream = io.StringIO()
    Console(file=stream, width=200, markup=False, highlight=False).print(
        validation_view(found, every=every)
    )
    return stream.getvalue()


def test_every_goal_is_shown_with_its_verdict_and_denominator(found):
    text = shown(found)
    for check in found.goals:
        assert check.goal.sentence in text
        assert check.verdict in text
    assert "0/12 (0 %)" in text


def test_a_missed_goal_without_a_stated_reason_says_so(found):
    missed = found.goals_missed[0]
    assert any(line == "reason: none stated" for line in goal_notes(missed))


def test_what_gave_values_is_told_apart(found):
    text = shown(found)
    assert (
        "not counted, the model took values from them: 13 of 13 pass, predicted over observed"
        in text
    )
    assert "no evidence" in text


def test_conflicts_stand_side_by_side_with_the_model_and_no_average(found):
    text = shown(found)
    assert "Conflicts, shown and not averaged" in text
    assert "0.48 to 0.54 of the label's device" in text
    assert "0.08 of S-ketamine (fanta_2015); model 0.1" in text


def test_everything_not_predicted_has_its_reason(found):
    text = shown(found)
    for each in found.unpredicted:
        assert str(each.problem) in text.replace("\n", " ")


def test_each_observation_is_listed_only_when_asked(found):
    name = "spravato_label/vein/clearance_esketamine"
    assert name not in shown(found)
    assert name in shown(found, every=True)


def test_what_becomes_of_the_observations_is_told(found):
    (line,) = split_lines(found)
    assert line.startswith(f"Of {len(found.predictions)} observations: evidence, predicted")
    assert "true by construction 2" in line
    assert line.split(";")[0] in shown(found)


def test_the_share_with_the_conflicting_ones_stands_beside(found):
    check = next(each for each in found.goals if each.goal.id == "norketamine")
    passed = check.passed + check.conflict_passed
    counted = check.counted + check.conflict
    assert f"with the conflicting ones {passed}/{counted}" in goal_cells(check)[2]


def test_what_is_no_goal_tells_its_reason_too(found):
    check = next(each for each in found.goals if each.goal.kind == "listed")
    assert goal_cells(check)[1] == "no goal"
    assert any(line.startswith("reason: ") for line in goal_notes(check))


def test_the_notice_ends_it(found):
    assert shown(found).rstrip().endswith(NOTICE)


def test_a_share_of_nothing_is_no_percentage():
    assert count_text(0, 0) == "0/0"
    assert count_text(1, 3) == "1/3 (33 %)"

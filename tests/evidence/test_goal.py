"""Goals and stated reasons."""

from algesia.catalog.entry import entry_ids
from algesia.evidence.goal import goal_reason, goals
from algesia.evidence.observation_file import studies
from algesia.evidence.record import headlines


def test_goals_are_named_once_and_say_what_they_want():
    names = [goal.id for goal in goals()]
    assert len(names) == len(set(names))
    assert all(goal.sentence for goal in goals())


def test_every_goal_about_observations_is_about_some():
    known = [each for study in studies().values() for each in study.observations]
    for goal in (goal for goal in goals() if goal.kind == "share"):
        about = [
            each
            for each in known
            if each.measure in goal.measures
            and (not goal.routes or each.arm.route in goal.routes)
            and (not goal.products or each.arm.product in goal.products)
        ]
        assert about, goal.id


def test_what_was_seen_is_told_of_entries_that_exist():
    seen = {model for goal in goals() for model in goal.seen}
    assert seen == {"ketamine_backbone", "kamp_2020_general"}
    assert seen <= set(entry_ids())


def test_every_perpetrator_of_a_goal_was_given_in_a_study():
    given = {
        each.arm.perpetrator.entry
        for study in studies().values()
        for each in study.observations
        if each.arm.perpetrator is not None
    }
    assert {goal.perpetrator for goal in goals() if goal.perpetrator} <= given


def test_a_reason_is_stated_only_for_what_is_missed_or_no_goal():
    for model, kept in headlines().items():
        for name, told in kept["goals"].items():
            if goal_reason(name, model) is not None:
                assert told["verdict"] in {"not reached", "no goal"}, (model, name)


def test_no_reason_is_made_up_where_none_is_stated():
    assert goal_reason("parent_vein_and_film", "a model nobody wrote") is None

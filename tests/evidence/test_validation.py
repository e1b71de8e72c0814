"""Everything that was observed, against one model."""

from collections import Counter

import pytest

from algesia.errors import DomainError, UnknownNameError
from algesia.evidence import studies, validate_pk


@pytest.mark.parametrize("which", ["venous", "arterial"])
def test_nothing_is_dropped_each_observation_is_predicted_or_has_a_reason(which, request):
    found = request.getfixturevalue(which)
    assert len(found.predictions) == sum(len(each.observations) for each in studies().values())
    for each in found.predictions:
        assert (each.central is None) != (each.problem is None), each.observation.name


def test_scores_hold_evidence_only_and_add_up(venous):
    scores = venous.scores()
    (whole,) = scores["all"]
    assert whole.n == sum(each.fold is not None for each in venous.evidence)
    for by in ("study", "route", "moiety", "measure"):
        assert sum(each.n for each in scores[by]) == whole.n
        assert sum(each.within_2 for each in scores[by]) == whole.within_2


def test_studies_the_model_took_values_from_are_scored_apart(venous):
    apart = {each.name for each in venous.used_scores()}
    counted = {each.name for each in venous.scores()["study"]}
    assert apart == {"perez_ruixo_2021", "spravato_label"}
    assert not apart & counted


def test_the_split_adds_up_to_all_observations(venous, arterial):
    for found in (venous, arterial):
        split = found.split()
        assert sum(split.values()) == len(found.predictions)
        assert split["evidence_predicted"] == found.scores()["all"][0].n


def test_what_is_true_by_construction_does_not_count(venous):
    trivial = {each.observation.name for each in venous.standing("trivial")}
    assert trivial == {
        "spravato_label/device/urinary_recovery_esketamine",
        "pmc9118341_in_iv/injection_10/fraction_absorbed_ketamine",
    }


def test_printed_exposures_are_predicted_in_the_people_they_are_printed_for(venous):
    ratios = {
        each.observation.name: each.ratio
        for each in venous.predictions
        if "/typical_" in each.observation.name and each.observation.moieties == ("esketamine",)
    }
    assert len(ratios) == 10
    # The entry is the model that these were computed with.
    assert all(ratio == pytest.approx(1.0, abs=0.02, rel=0.0) for ratio in ratios.values())


def test_two_reports_of_one_trial_are_known_as_one():
    trials = {
        each.arm.trial
        for study in studies().values()
        for each in study.observations
        if study.id in {"zanos_2018_table1", "im_f"} and each.printed.route in {"PO", "IM"}
    }
    assert trials == {"grant_1981"}
    assert "hasan_2021" in studies()["greifswald_pr_abstract"].same_trial_as


def test_a_number_reported_twice_for_one_trial_would_count_once(venous):
    keys = Counter(
        each.observation.same_as for each in venous.predictions if each.standing == "evidence"
    )
    assert max(keys.values()) == 1


def test_each_goal_gets_a_verdict(venous):
    for check in venous.goals:
        assert check.verdict
        assert check.passed <= check.counted
    assert {each.goal.id for each in venous.goals_missed} >= {"arterial_curve_esketamine"}


def test_bands_come_with_sampled_patients_and_leave_the_typical_one_alone(arterial):
    found = validate_pk("kamp_2020_general", subjects=25)
    bands = [each for each in found.predictions if each.band is not None]
    assert bands
    for each in bands:
        assert each.observation.value.spread() is not None
        assert each.band[0] < each.band[1]
    assert [each.central for each in found.predictions] == [
        each.central for each in arterial.predictions
    ]
    band = next(each for each in found.goals if each.goal.kind == "band")
    assert band.counted == sum(each.standing == "evidence" for each in bands)


def test_too_few_patients_make_no_band():
    with pytest.raises(DomainError, match="expected at least 20"):
        validate_pk("kamp_2020_general", subjects=5)


def test_an_unknown_model_is_refused_with_close_names():
    with pytest.raises(UnknownNameError, match="kamp_2020_general"):
        validate_pk("kamp_2020_genral")

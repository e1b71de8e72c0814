"""Conflicts between sources."""

from algesia.evidence.conflict import conflicts, observation_conflicts
from algesia.evidence.observation_file import studies


def observation(name: str):
    study = studies()[name.partition("/")[0]]
    return next(each for each in study.observations if each.name == name)


def test_every_conflict_has_two_sides_and_says_how_it_is_carried():
    for conflict in conflicts():
        assert len(conflict.sides) >= 2, conflict.id
        assert conflict.carried.strip(), conflict.id


def test_off_device_sprays_are_set_apart_and_the_labelled_device_is_not():
    spray = observation("pmc9118341_in_iv/spray_30/fraction_absorbed_ketamine")
    device = observation("perez_ruixo_2021/device_56/fraction_absorbed_esketamine")
    assert observation_conflicts(spray) == ("nasal_fraction",)
    assert observation_conflicts(device) == ()


def test_both_sides_of_the_norketamine_ratio_are_set_apart():
    first = "greifswald_pr_abstract/infusion_5/auc_ratio_norketamine_over_ketamine"
    second = "pmc9118341_in_iv/injection_10/auc_ratio_norketamine_over_ketamine"
    for name in (first, second):
        assert observation_conflicts(observation(name)) == ("norketamine_after_a_vein",)


def test_a_side_of_a_whole_arm_names_all_its_observations():
    whole = next(each for each in conflicts() if each.id == "enzyme_identity").sides[0]
    named = [
        each.name
        for study in studies().values()
        for each in study.observations
        if whole.names(each)
    ]
    arm = "peltoniemi_2011/oral_with_itraconazole/"
    assert named
    assert all(name.startswith(arm) for name in named)


def test_what_no_source_contradicts_after_an_off_device_spray_counts():
    for name in ("cmax_ketamine", "tmax_ketamine", "cmax_norketamine"):
        each = observation(f"pmc9118341_in_iv/spray_10/{name}")
        assert observation_conflicts(each) == ()
    area = observation("pmc9118341_in_iv/spray_10/auc_ketamine")
    assert observation_conflicts(area) == ("nasal_fraction",)


def test_the_narrow_and_the_wide_spread_of_the_oral_fraction_stand_side_by_side():
    narrow, wide = next(each for each in conflicts() if each.id == "oral_spread").sides
    (eleven,) = {observation(name).value.cv_percent for name in narrow.observations}
    shares = [observation(name).value for name in wide.observations]
    assert eleven == 11
    assert min(value.sd / value.central for value in shares) > 4 * eleven / 100

import math

import pytest

from algesia.errors import RegimenError
from algesia.regimen import Calendar, Course, Dose, Pause, Repeat, Schedule
from algesia.regimen.course import courses_of, expand, most_doses, plan_length_h

TABLET = Course(dose=Dose(amount=25, unit="mg"), schedule=Schedule(every_h=24, span_h=48))
INFUSION = Course(dose=Dose(amount=10, unit="mg/h", duration_h=6))


def test_one_infusion_lasts_as_long_as_it_runs():
    assert INFUSION.length_h == 6
    assert TABLET.length_h == 48


def test_parts_follow_each_other():
    items = (INFUSION, Pause(length_h=4), TABLET)
    assert plan_length_h(items) == 58
    assert [time_h for time_h, _ in expand(items, 0.0, Calendar())] == [0, 10, 34]


def test_a_group_is_given_so_many_times_in_all():
    group = Repeat(items=(TABLET, Pause(length_h=24)), times=3)
    assert [time_h for time_h, _ in expand((group,), 0.0, Calendar())] == [
        0,
        24,
        72,
        96,
        144,
        168,
    ]
    assert group.length_h == 216
    assert most_doses((group,)) == 6
    assert list(courses_of((group,))) == [TABLET]


def test_groups_may_hold_groups():
    inner = Repeat(items=(TABLET,), times=2)
    outer = Repeat(items=(inner, Pause(length_h=4)), times=2)
    expected = [0, 24, 48, 72, 100, 124, 148, 172]
    assert [time_h for time_h, _ in expand((outer,), 0.0, Calendar())] == expected


@pytest.mark.parametrize("length", [0.0, -1.0, math.nan, math.inf])
def test_a_pause_has_a_positive_length(length):
    with pytest.raises(RegimenError, match="no dose can stand before the start"):
        Pause(length_h=length)


@pytest.mark.parametrize("times", [0, -1, 1.5, True])
def test_the_number_of_courses_is_whole(times):
    with pytest.raises(RegimenError, match="number of courses"):
        Repeat(items=(TABLET,), times=times)


def test_a_group_without_a_dose_is_refused():
    with pytest.raises(RegimenError, match="no dose stands before the repeat"):
        Repeat(items=(Pause(length_h=1),), times=10**9)

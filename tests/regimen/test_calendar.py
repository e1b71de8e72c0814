import pytest

from algesia.errors import RegimenError
from algesia.regimen import Calendar


def test_a_plan_starts_on_monday_at_eight():
    assert Calendar().weekday_at(0.0) == 0
    assert Calendar().weekday_at(15.9) == 0
    assert Calendar().weekday_at(16.0) == 1


def test_a_week_later_is_the_same_day():
    assert [Calendar(weekday=5).weekday_at(24.0 * day) for day in range(8)] == [
        5, 6, 0, 1, 2, 3, 4, 5,
    ]  # fmt: skip


def test_the_wait_for_a_time_of_day_is_below_a_day():
    calendar = Calendar(clock_h=9.0)
    assert calendar.until_clock_h(9.0, 0.0) == 0.0
    assert calendar.until_clock_h(8.0, 0.0) == 23.0
    assert calendar.until_clock_h(20.0, 48.0) == 11.0


@pytest.mark.parametrize("clock", [-1.0, 24.0, 8.001, float("nan")])
def test_a_time_of_day_is_a_whole_minute(clock):
    with pytest.raises(RegimenError, match="expected a whole minute"):
        Calendar(clock_h=clock)


@pytest.mark.parametrize("day", [-1, 7, 1.5, True])
def test_a_weekday_is_a_number_from_monday_to_sunday(day):
    with pytest.raises(RegimenError, match="start weekday"):
        Calendar(weekday=day)

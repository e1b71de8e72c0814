import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import RegimenError
from algesia.regimen import Calendar, Schedule

DAY = 24.0
WEEK = 168.0


def times(schedule, start_h=0.0, calendar=None):
    return list(schedule.times_h(start_h, calendar or Calendar()))


def test_a_schedule_without_a_pattern_is_one_dose_at_its_start():
    assert times(Schedule(), 5.0) == [5.0]
    assert Schedule().length_h == 0.0


def test_twice_weekly_is_days_zero_and_three():
    assert times(Schedule(times_a_week=2, span_h=2 * WEEK)) == [0, 3 * DAY, 7 * DAY, 10 * DAY]


@pytest.mark.parametrize(
    ("count", "days"),
    [(1, [0]), (2, [0, 3]), (3, [0, 2, 4]), (4, [0, 1, 3, 5]), (7, [0, 1, 2, 3, 4, 5, 6])],
)
def test_doses_of_a_week_are_spread_over_its_days(count, days):
    assert times(Schedule(times_a_week=count, span_h=WEEK)) == [day * DAY for day in days]


def test_doses_of_a_day_are_spread_evenly():
    assert times(Schedule(times_a_day=3, doses=4)) == [0, 8, 16, 24]


def test_a_span_keeps_the_doses_that_start_before_its_end():
    assert times(Schedule(every_h=8, span_h=24)) == [0, 8, 16]
    assert times(Schedule(every_h=8, span_h=24.001)) == [0, 8, 16, 24]


def test_weekdays_depend_on_the_day_the_plan_starts():
    schedule = Schedule(weekdays=(0, 2, 4), span_h=2 * WEEK)
    monday = [day * DAY for day in (0, 2, 4, 7, 9, 11)]
    thursday = [day * DAY for day in (1, 4, 6, 8, 11, 13)]
    assert times(schedule) == monday
    assert times(schedule, calendar=Calendar(weekday=3)) == thursday


def test_weekdays_of_a_late_rule_count_from_the_start_of_the_plan():
    schedule = Schedule(weekdays=(0,), span_h=WEEK)
    assert times(schedule, 2 * DAY) == [7 * DAY]


def test_times_of_day_wait_for_the_clock():
    schedule = Schedule(clocks_h=(8.0, 20.0), span_h=2 * DAY)
    assert times(schedule) == [0, 12, 24, 36]
    assert times(schedule, calendar=Calendar(clock_h=9.0)) == [11, 23, 35, 47]


def test_a_weekday_ends_at_midnight():
    schedule = Schedule(weekdays=(0,), clocks_h=(7.0, 23.0), span_h=WEEK)
    assert times(schedule) == [15.0, 167.0]


def test_explicit_times_are_given_as_they_are():
    assert times(Schedule(at_h=(0, 336, 672)), 10.0) == [10, 346, 682]
    assert Schedule(at_h=(0, 336, 672)).length_h == 672


@pytest.mark.parametrize(
    ("schedule", "length_h"),
    [
        (Schedule(every_h=8, doses=10), 80.0),
        (Schedule(times_a_day=2, doses=3), 36.0),
        (Schedule(times_a_week=3, doses=6), 2 * WEEK),
        (Schedule(times_a_week=2, doses=5), 3 * WEEK),
        (Schedule(weekdays=(0, 1, 2, 3, 4), doses=10), 2 * WEEK),
        (Schedule(weekdays=(0, 3), times_a_day=2, doses=8), 2 * WEEK),
        (Schedule(clocks_h=(8.0, 20.0), doses=3), 2 * DAY),
        (Schedule(every_h=DAY, span_h=100.0), 100.0),
    ],
)
def test_what_follows_a_counted_rule_waits_for_its_last_interval(schedule, length_h):
    assert schedule.length_h == length_h


@given(every_h=st.floats(0.5, 50.0), doses=st.integers(1, 50), start_h=st.floats(0.0, 1000.0))
def test_a_regular_rule_has_no_drift(every_h, doses, start_h):
    given_times = times(Schedule(every_h=every_h, doses=doses), start_h)
    assert len(given_times) == doses
    assert given_times[-1] == start_h + (doses - 1) * every_h


@given(
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    start=st.integers(0, 6),
    doses=st.integers(1, 30),
)
def test_doses_on_weekdays_fall_on_those_days_only(weekdays, start, doses):
    calendar = Calendar(weekday=start)
    given_times = times(Schedule(weekdays=tuple(sorted(weekdays)), doses=doses), 0.0, calendar)
    assert len(given_times) == doses
    assert {calendar.weekday_at(time_h) for time_h in given_times} <= weekdays
    assert all(later > earlier for earlier, later in itertools.pairwise(given_times))


@pytest.mark.parametrize(
    "schedule",
    [Schedule(every_h=7, span_h=100), Schedule(times_a_week=3, span_h=1000),
     Schedule(times_a_day=4, doses=9), Schedule(weekdays=(1, 4), span_h=1000)],
)  # fmt: skip
def test_the_bound_on_the_number_of_doses_holds(schedule):
    assert len(times(schedule)) <= schedule.most_doses()


def test_a_boundless_number_of_doses_is_counted_without_trying():
    assert Schedule(every_h=1e-300, span_h=1e300).most_doses() >= 10**9


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_intervals_and_spans_are_positive_and_finite(value):
    with pytest.raises(RegimenError, match="expected a finite number above 0"):
        Schedule(every_h=value, doses=2)
    with pytest.raises(RegimenError, match="expected a finite number above 0"):
        Schedule(every_h=1.0, span_h=value)


@pytest.mark.parametrize(
    "fields",
    [{"times_a_day": 0}, {"times_a_week": 8}, {"doses": 0}, {"doses": 1.5}, {"doses": True},
     {"times_a_day": 2000}],
)  # fmt: skip
def test_counts_are_whole_and_in_range(fields):
    with pytest.raises(RegimenError, match="expected a whole number"):
        Schedule(**fields)


@pytest.mark.parametrize("at_h", [(-1.0,), (math.nan,), (0.0, 0.0), (5.0, 1.0)])
def test_explicit_times_increase_from_zero(at_h):
    with pytest.raises(RegimenError, match=r"dose time|increasing"):
        Schedule(at_h=at_h)


def test_an_endless_or_doubly_ended_rule_is_refused():
    with pytest.raises(RegimenError, match="schedule has no end; expected 'for 4 weeks'"):
        Schedule(every_h=24)
    with pytest.raises(RegimenError, match="8 doses and a length of 168 h"):
        Schedule(every_h=24, span_h=WEEK, doses=8)


def test_a_length_or_a_count_without_a_pattern_is_refused():
    with pytest.raises(RegimenError, match="without saying how often"):
        Schedule(span_h=WEEK)
    with pytest.raises(RegimenError, match="without saying how often"):
        Schedule(doses=3)
    assert times(Schedule(doses=1)) == [0.0]


def test_two_patterns_at_once_are_refused():
    with pytest.raises(RegimenError, match="every so many hours and times a day"):
        Schedule(every_h=8, times_a_day=3, doses=3)
    with pytest.raises(RegimenError, match="weekdays and times a week"):
        Schedule(times_a_week=2, weekdays=(0,), doses=3)


def test_an_interval_that_might_never_meet_a_weekday_is_refused():
    with pytest.raises(RegimenError, match="divides a day evenly"):
        Schedule(every_h=WEEK, weekdays=(1,), doses=3)


@pytest.mark.parametrize("weekdays", [(7,), (2, 1), (1, 1), (-1,)])
def test_weekdays_are_known_and_in_order(weekdays):
    with pytest.raises(RegimenError, match="weekday"):
        Schedule(weekdays=weekdays, doses=1)

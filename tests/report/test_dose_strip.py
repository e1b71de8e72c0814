from algesia.report.dose_strip import dose_marks, outside_text
from algesia.report.time_axis import time_axis

DAY = time_axis(0.0, 24.0, ())


def test_infusions_are_bars_boluses_ticks_and_other_routes_markers(make_dose):
    rows = (
        make_dose(),
        make_dose(duration_h=0.0),
        make_dose(duration_h=0.0, route="oral"),
        make_dose(duration_h=0.0, route="nasal"),
        make_dose(duration_h=0.0, route=None),
    )
    marks = dose_marks(rows, DAY)
    assert [mark.kind for mark in marks] == ["bar", "tick", "v", "D", "tick"]
    assert [mark.label for mark in marks][1:] == [
        "intravenous bolus", "oral dose", "nasal dose", "dose",
    ]  # fmt: skip


def test_rates_of_different_units_are_never_on_one_scale(make_dose):
    rows = (make_dose(), make_dose(amount=20.0, unit="mg", duration_h=2.0))
    labels = [mark.label for mark in dose_marks(rows, DAY)]
    assert labels == [
        "infusion, bar height is the rate, tallest 0.75 mg/kg/h",
        "infusion, bar height is the rate, tallest 10 mg/h",
    ]


def test_doses_outside_the_times_drawn_are_counted(make_dose):
    rows = tuple(make_dose(time_h=24.0 * day, duration_h=0.0) for day in range(4))
    assert sum(len(mark.rows) for mark in dose_marks(rows, DAY)) == 2
    assert outside_text(rows, DAY) == "2 doses outside the times drawn"
    assert outside_text(rows[:1], DAY) == ""


def test_an_infusion_that_runs_into_the_window_is_drawn(make_dose):
    late = time_axis(10.0, 20.0, ())
    assert len(dose_marks((make_dose(time_h=4.0, duration_h=8.0),), late)) == 1

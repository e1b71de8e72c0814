import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from algesia.catalog.regimen_list import regimen_entry, regimen_ids
from algesia.errors import RegimenError
from algesia.formats.regimen_yaml import read_regimen, regimen_mapping
from algesia.regimen import (
    FORMULATIONS,
    INFUSIBLE_ROUTES,
    ROUTES,
    Calendar,
    Course,
    Dose,
    Pause,
    Regimen,
    Repeat,
    Schedule,
    describe,
    parse_regimen,
)

lengths_h = st.floats(0.01, 2000.0) | st.integers(1, 12).map(lambda n: n * 84.0)
amounts = st.floats(1e-3, 1e4) | st.sampled_from([0.5, 56.0, 84.0])
drugs = st.sampled_from(["ketamine", "esketamine", "midazolam"])
schedules = (
    st.just(Schedule())
    | st.builds(
        Schedule, every_h=st.floats(1.0, 400.0) | st.sampled_from([24.0, 168.0, 336.0]),
        doses=st.integers(1, 6),
    )
    | st.builds(Schedule, times_a_day=st.integers(1, 6), span_h=st.floats(1.0, 200.0))
    | st.builds(Schedule, times_a_week=st.integers(1, 7), span_h=st.floats(1.0, 900.0))
    | st.builds(
        Schedule,
        at_h=st.sets(st.floats(0.0, 500.0), min_size=1, max_size=4).map(
            lambda times: tuple(sorted(times))
        ),
    )
    | st.builds(
        Schedule,
        weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda s: tuple(sorted(s))),
        clocks_h=st.sets(st.integers(0, 1439), max_size=3).map(
            lambda s: tuple(minute / 60 for minute in sorted(s))
        ),
        doses=st.integers(1, 8),
    )
)  # fmt: skip


@st.composite
def doses(draw, drug, routed):
    per_kilogram, rate = draw(st.booleans()), draw(st.booleans())
    unit = draw(st.sampled_from(["mg", "µg", "g"])) + ("/kg" if per_kilogram else "")
    unit += draw(st.sampled_from(["/h", "/min", "/day"])) if rate else ""
    routes = sorted(INFUSIBLE_ROUTES) if rate else list(ROUTES)
    duration_h = draw(lengths_h) if rate else draw(st.just(0.0) | lengths_h)
    bases = ["actual", "ideal", "capped"] if per_kilogram else ["actual"]
    basis = draw(st.sampled_from(bases))
    salted = drug in ("ketamine", "esketamine") and draw(st.booleans())
    return Dose(
        amount=draw(amounts),
        unit=unit,
        drug=drug,
        route=draw(st.sampled_from(routes)) if routed else None,
        form="hydrochloride" if salted else "base",
        duration_h=duration_h,
        weight_basis=basis,
        weight_cap_kg=draw(st.floats(30.0, 200.0)) if basis == "capped" else None,
        cap_mg=draw(st.none() | amounts),
        cap_rate_mg_per_h=draw(st.none() | amounts) if duration_h else None,
        formulation=draw(st.none() | st.sampled_from(FORMULATIONS)),
    )


@st.composite
def tracks(draw, drug, routed):
    courses = st.builds(Course, dose=doses(drug, routed), schedule=schedules)
    part = courses | st.builds(Pause, length_h=lengths_h)
    items = (*draw(st.lists(part, max_size=3)), draw(courses))
    if draw(st.booleans()):
        items = (
            *draw(st.lists(part, max_size=2)),
            Repeat(items=items, times=draw(st.integers(1, 3))),
        )
    return items


@st.composite
def plans(draw):
    named, routed = draw(st.booleans()), draw(st.booleans())
    drug = drugs if named else st.none()
    try:
        return Regimen(
            tracks=tuple(
                draw(tracks(draw(drug), routed)) for _ in range(draw(st.integers(1, 2)))
            ),
            calendar=Calendar(
                weekday=draw(st.integers(0, 6)), clock_h=draw(st.integers(0, 1439)) / 60
            ),
            concurrent=draw(st.booleans()),
        )
    except RegimenError:
        assume(False)


@given(plans())
def test_a_described_plan_reads_back_to_identical_rows(plan):
    again = parse_regimen(describe(plan))
    assert again.rows() == plan.rows()
    assert again.concurrent == plan.concurrent


@given(plans())
def test_a_plan_written_to_a_file_reads_back_to_identical_rows(plan):
    again = read_regimen(regimen_mapping(plan))
    assert again.rows() == plan.rows()
    assert again == plan


@pytest.mark.parametrize("id", regimen_ids(marked=True))
def test_a_described_plan_of_the_list_reads_back_to_identical_rows(id):
    entry = regimen_entry(id)
    for variant in entry.variants:
        plan = entry.regimen(variant)
        assert parse_regimen(describe(plan)).rows() == plan.rows()
        assert read_regimen(regimen_mapping(plan)) == plan


def test_a_description_says_everything_in_plain_words():
    text = "S-ketamine HCl 25 mg PO TID for 10 days, pause 2 weeks, repeat 3 times"
    assert describe(parse_regimen(text)) == (
        "esketamine hydrochloride 25 mg oral 3 times a day for 10 days, then pause 2 weeks,"
        " 3 courses in all"
    )


@pytest.mark.parametrize(
    "text",
    [
        "ketamine hydrochloride 5 mg oral then pause 1 day then ketamine base 6 mg oral",
        "5 mg oral tablet then pause 1 day then 6 mg oral any formulation",
        "1 mg/kg (ideal weight) then pause 1 day then 2 mg/kg (actual weight)",
        "1 mg/kg (weight capped at 90 kg) then pause 1 day then 2 mg/kg (actual weight)",
        "1 mg/kg (max 50 mg) then pause 1 day then 2 mg/kg (no max)",
        "1 mg/h for 2 h (max 5 mg/h) then pause 1 day then 2 mg/h for 1 h (no max)",
        "1 mg over 2 h then pause 1 day then 2 mg bolus",
    ],
)
def test_a_description_says_when_something_no_longer_holds(text):
    plan = parse_regimen(text)
    first, second = plan.rows()
    assert parse_regimen(describe(plan)).rows() == (first, second)
    assert (second.form, second.formulation, second.weight_basis, second.cap_mg) == (
        "base", None, "actual", None,
    )  # fmt: skip


def test_a_bolus_is_called_a_bolus():
    text = "ketamine 1 mg/kg IV then 1 mg/kg/h for 6 h"
    assert describe(parse_regimen(text)) == (
        "ketamine 1 mg/kg intravenous bolus, then ketamine 1 mg/kg/h intravenous for 6 h"
    )


def test_the_start_is_said_only_where_it_is_not_monday_morning():
    assert describe(parse_regimen("5 mg oral")) == "5 mg oral"
    text = "5 mg oral, starting on Sunday at 20:00"
    assert describe(parse_regimen(text)) == text

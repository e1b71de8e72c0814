import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import DomainError, InputError, UnitError, UnknownNameError
from algesia.provenance import FORMS, Grade, Reported

HUMAN = Grade(kind="A", certainty="moderate")
ASSUMPTION = Grade(kind="D", certainty="low")
CLEARANCE = Reported(
    name="clearance",
    value=96.0,
    unit="L/h/70 kg",
    form="estimate",
    origin="reported",
    grade=HUMAN,
    source="example_2020",
    locator="Table 2",
)


def changed(**parts):
    return dataclasses.replace(CLEARANCE, **parts)


def test_a_reported_value_prints_as_one_line_with_everything_it_stands_on():
    assert str(CLEARANCE) == (
        "clearance = 96 L/h/70 kg [estimate, reported, A, moderate; example_2020, Table 2]"
    )


def test_a_pure_number_prints_without_its_unit():
    spread = changed(name="spread", value=0.21, unit="1", form="log_sd")
    assert str(spread).startswith("spread = 0.21 [log_sd,")


def test_printing_keeps_every_digit_of_the_source():
    assert "= 1234567.25 mg [" in str(changed(value=1234567.25, unit="mg"))


def test_a_clearance_per_seventy_kilograms_becomes_one_per_kilogram():
    assert CLEARANCE.canonical_unit == "L/h/kg_body"
    assert_allclose(CLEARANCE.canonical(), 96.0 / 70.0, rtol=1e-15, atol=0)


def test_an_unknown_value_can_be_declared_and_shown_but_not_read():
    unknown = changed(value=None)
    assert not unknown.known
    assert str(unknown).startswith("clearance = unknown [")
    for read in (unknown.number, unknown.canonical):
        with pytest.raises(DomainError, match="clearance is declared unknown"):
            read()


def test_a_known_value_is_read_as_printed():
    assert CLEARANCE.known
    assert_allclose(CLEARANCE.number(), 96.0, rtol=0, atol=0)


@pytest.mark.parametrize("value", [np.nan, np.inf, True, "96"])
def test_a_value_that_is_not_a_finite_number_is_refused(value):
    with pytest.raises(DomainError, match=r"clearance is .*expected a .*number"):
        changed(value=value)


def test_a_misspelt_form_is_refused_with_the_nearest():
    with pytest.raises(
        UnknownNameError, match="no form of clearance 'logsd'; close names: log_sd"
    ):
        changed(form="logsd")


def test_a_misspelt_origin_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="close names: digitised"):
        changed(origin="digitized")


def test_an_unknown_unit_is_refused_at_construction():
    with pytest.raises(UnitError, match="no unit 'litre_s'"):
        changed(unit="litre_s/h")


@pytest.mark.parametrize(
    "form",
    [
        "log_sd",
        "log_variance",
        "logit_sd",
        "covariance_log",
        "correlation",
        "factor",
        "exponent",
    ],
)
def test_a_number_on_the_log_scale_has_no_unit(form):
    with pytest.raises(UnitError, match=f"is a {form} in 'mg'"):
        changed(value=0.2, unit="mg", form=form)
    assert_allclose(changed(value=0.2, unit="1", form=form).canonical(), 0.2, rtol=0, atol=0)


def test_a_coefficient_of_variation_must_say_percent():
    with pytest.raises(UnitError, match="is a cv_percent in '1'; expected unit '%'"):
        changed(value=0.3, unit="1", form="cv_percent")
    assert_allclose(
        changed(value=30.0, unit="%", form="cv_percent").canonical(), 0.3, rtol=1e-15, atol=0
    )


@pytest.mark.parametrize(
    ("form", "unit"),
    [
        ("log_sd", "1"),
        ("log_variance", "1"),
        ("cv_percent", "%"),
        ("logit_sd", "1"),
        ("sd", "mg"),
        ("variance", "mg^2"),
    ],
)
def test_a_spread_below_zero_is_refused(form, unit):
    with pytest.raises(DomainError, match="expected 0 or above"):
        changed(value=-0.1, unit=unit, form=form)
    assert changed(value=0.0, unit=unit, form=form).canonical() == 0.0


def test_a_correlation_beyond_one_is_refused():
    with pytest.raises(DomainError, match="a correlation; expected -1 to 1"):
        changed(value=-1.2, unit="1", form="correlation")
    assert changed(value=-1.0, unit="1", form="correlation").canonical() == -1.0


@pytest.mark.parametrize("origin", ["derived", "digitised", "assumed"])
def test_a_value_that_was_not_read_off_the_page_says_how_it_was_obtained(origin):
    with pytest.raises(DomainError, match=f"is {origin} without a note"):
        changed(origin=origin, note=" ")
    assert changed(origin=origin, note="from the half-life").origin == origin


def test_a_value_of_grade_d_is_assumed_or_explained():
    with pytest.raises(DomainError, match="at grade D without a note"):
        changed(grade=ASSUMPTION)
    assert changed(grade=ASSUMPTION, note="no data in humans").grade.kind == "D"


def test_only_an_assumed_value_may_lack_a_source_and_a_place():
    for field in ("source", "locator"):
        with pytest.raises(DomainError, match=f"without a {field}"):
            changed(**{field: ""})
    assumed = changed(
        origin="assumed", grade=ASSUMPTION, source="", locator="", note="no data in humans"
    )
    assert str(assumed).endswith("[estimate, assumed, D, low; no data in humans]")


def test_a_value_without_a_name_or_a_grade_is_refused():
    with pytest.raises(InputError, match="has no name"):
        changed(name=" ")
    with pytest.raises(InputError, match="has grade 'A'; expected a Grade"):
        changed(grade="A")


def test_there_are_fifteen_forms_and_each_can_be_made():
    assert len(FORMS) == 15
    for form in FORMS:
        unit = "%" if form == "cv_percent" else "1"
        assert changed(value=0.5, unit=unit, form=form).form == form

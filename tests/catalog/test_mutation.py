import pytest

from algesia.catalog.mutation import MUTATION_KINDS, mutations_of
from algesia.errors import InputError
from algesia.provenance import Grade, Reported


def reported(value: float | None, unit: str, form: str) -> Reported:
    return Reported(
        name="some_value",
        value=value,
        unit=unit,
        form=form,  # type: ignore[arg-type]
        origin="reported",
        grade=Grade(kind="A", certainty="low"),
        source="somebody_2020",
        locator="Table 1",
    )


@pytest.mark.parametrize(
    ("value", "unit", "form", "slips"),
    [
        (20.0, "L/h", "estimate", {(22.0, "L/h"), (-20.0, "L/h"), (20.0, "mL/h")}),
        (0.3, "1/h", "estimate", {(0.33, "1/h"), (-0.3, "1/h"), (0.3, "1/min")}),
        (0.6, "1", "factor", {(0.66, "1"), (-0.6, "1"), (0.006, "1")}),
    ],
)
def test_a_plain_value_slips_in_size_sign_and_unit(value, unit, form, slips) -> None:
    found = {(round(m.value, 9), m.unit) for m in mutations_of(reported(value, unit, form))}
    assert found == slips


@pytest.mark.parametrize(
    ("form", "unit", "value", "slip"),
    [
        ("log_sd", "1", 0.2, (0.2, "log_variance")),
        ("log_variance", "1", 0.2, (0.2, "log_sd")),
        ("cv_percent", "%", 30.0, (9.0, "cv_percent")),
        ("logit_sd", "1", 0.5, (0.25, "logit_sd")),
        ("sd", "kg", 9.0, (9.0, "variance")),
    ],
)
def test_a_spread_is_taken_for_its_square_or_root(form, unit, value, slip) -> None:
    found = {m.kind: m for m in mutations_of(reported(value, unit, form))}
    assert found["SD for variance"].value == pytest.approx(slip[0], rel=1e-12)
    assert found["SD for variance"].form == slip[1]


def test_an_unknown_value_has_no_slips_and_a_zero_only_those_that_change_it() -> None:
    assert list(mutations_of(reported(None, "L", "estimate"))) == []
    assert list(mutations_of(reported(0.0, "fraction", "mean"))) == []


def test_a_negative_spread_is_refused_where_it_is_made() -> None:
    slips = {m.kind: m for m in mutations_of(reported(0.2, "1", "log_sd"))}
    with pytest.raises(InputError, match="expected 0 or above"):
        slips["sign"].mutant()
    assert set(slips) <= set(MUTATION_KINDS)


def test_a_slip_in_words_gives_both_numbers() -> None:
    tenth = next(mutations_of(reported(20.0, "L/h", "estimate")))
    assert str(tenth) == "some_value: a tenth more: 22 L/h (estimate), not 20 L/h (estimate)"

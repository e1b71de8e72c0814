import pytest

from algesia.errors import DomainError, ModelError, UnitError
from algesia.model import Output, ResidualError, parse
from algesia.units import substance

PLASMA = Output(name="plasma", expression=parse("c"), unit="ng/mL", substance="esnorketamine")
RATING = Output(name="rating", expression=parse("r"), unit="score")


def make(kind, output=PLASMA, **values):
    return ResidualError.from_reported(output=output, kind=kind, values=values)


@pytest.mark.parametrize(
    ("form", "number", "unit"),
    [("sd", 0.11, "1"), ("variance", 0.0121, "1"), ("cv_percent", 11.0, "%")],
)
def test_a_proportional_error_may_be_printed_as_sd_variance_or_percent(
    reported, form, number, unit
):
    error = make("proportional", proportional=reported("residual", number, unit, form))
    assert error.proportional_sd == pytest.approx(0.11, rel=1e-12, abs=0)


def test_an_additive_error_in_moles_is_held_in_the_unit_of_the_output(reported):
    error = make("additive", additive=reported("residual", 0.058, "nmol/mL", "sd"))
    expected = 0.058 * substance("esnorketamine").molar_mass()
    assert error.additive_sd == pytest.approx(expected, rel=1e-12, abs=0)


def test_an_additive_variance_is_rooted_with_its_unit(reported):
    error = make("additive", additive=reported("residual", 4.0, "ng^2/mL^2", "variance"))
    assert error.additive_sd == pytest.approx(2.0, rel=1e-12, abs=0)


def test_a_combined_error_has_both_terms(reported):
    error = make(
        "combined",
        proportional=reported("share", 0.1, "1", "sd"),
        additive=reported("floor", 2.0, "ng/mL", "sd"),
    )
    assert (error.proportional_sd, error.log_sd) == (0.1, 0.0)
    assert error.additive_sd == pytest.approx(2.0, rel=1e-12, abs=0)
    assert [value.name for value in error.reported] == ["share", "floor"]


def test_a_log_additive_error_is_on_the_log_scale(reported):
    error = make("log_additive", log_additive=reported("residual", 0.276, "1", "log_sd"))
    assert error.log_sd == pytest.approx(0.276, rel=1e-12, abs=0)
    with pytest.raises(ModelError, match="accepted: log_sd, log_variance"):
        make("log_additive", log_additive=reported("residual", 0.276, "1", "sd"))


def test_terms_must_be_those_of_the_kind(reported):
    with pytest.raises(ModelError, match="expected proportional and additive"):
        make("combined", proportional=reported("share", 0.1, "1", "sd"))
    with pytest.raises(
        ModelError, match="has an SD of the additive term; expected only proportional"
    ):
        ResidualError(
            output="plasma", kind="proportional", proportional_sd=0.1, additive_sd=1.0
        )


def test_an_additive_error_of_another_dimension_is_refused(reported):
    with pytest.raises(UnitError, match="'residual' is in 'nmol/L' and the output in 'score'"):
        make("additive", output=RATING, additive=reported("residual", 1.0, "nmol/L", "sd"))
    with pytest.raises(UnitError, match="expected dimensionless"):
        make("proportional", proportional=reported("residual", 1.0, "ng/mL", "sd"))


def test_an_error_of_zero_is_refused(reported):
    with pytest.raises(DomainError, match="expected above 0"):
        make("proportional", proportional=reported("residual", 0.0, "1", "sd"))

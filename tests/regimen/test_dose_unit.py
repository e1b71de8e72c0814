import pytest

from algesia.errors import RegimenError
from algesia.regimen.dose_unit import dose_unit


@pytest.mark.parametrize(
    ("written", "text", "row_unit", "rate", "factor"),
    [
        ("mg", "mg", "mg", False, 1.0),
        ("g", "g", "mg", False, 1000.0),
        ("microgram", "µg", "mg", False, 0.001),
        ("mcg", "µg", "mg", False, 0.001),
        ("ng", "ng", "mg", False, 1e-6),
        ("mg/kg", "mg/kg", "mg/kg_body", False, 1.0),
        ("mg per kg per hour", "mg/kg/h", "mg/kg_body", True, 1.0),
        ("ug/kg/min", "µg/kg/min", "mg/kg_body", True, 0.06),
        ("mg/h/70kg", "mg/h/70 kg", "mg/kg_body", True, 1 / 70),
        ("mg/24 h", "mg/day", "mg", True, 1 / 24),
        ("mg/day", "mg/day", "mg", True, 1 / 24),
    ],
)
def test_a_dose_unit_has_one_spelling_and_a_size(written, text, row_unit, rate, factor):
    unit = dose_unit(written)
    assert (unit.text, unit.row_unit, unit.rate) == (text, row_unit, rate)
    assert unit.factor == pytest.approx(factor, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    "written", ["mL", "IU", "mg/lb", "nmol", "kg", "", "mg/kgh", "mg/week"]
)
def test_what_is_no_mass_is_refused(written):
    with pytest.raises(RegimenError, match="no dose unit"):
        dose_unit(written)


@pytest.mark.parametrize("written", ["mg/kg/kg", "mg/h/min", "mg/kg/70 kg"])
def test_dividing_twice_by_the_same_is_refused(written):
    with pytest.raises(RegimenError, match="divides twice"):
        dose_unit(written)

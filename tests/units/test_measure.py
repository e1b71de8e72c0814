import pytest

from algesia.units.measure import USUAL_UNITS
from algesia.units.registry import SPELLINGS, measured_by_pint


@pytest.mark.parametrize("name", USUAL_UNITS)
def test_the_usual_units_are_worth_what_pint_says(name):
    asked = measured_by_pint(SPELLINGS.get(name, name), name)
    assert USUAL_UNITS[name] == asked

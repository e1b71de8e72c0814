import subprocess
import sys
from fractions import Fraction

import pytest

import algesia.units
from algesia.errors import UnitError
from algesia.units import unit_registry
from algesia.units.registry import measure


def test_there_is_one_registry_in_the_project():
    assert unit_registry() is unit_registry()
    assert algesia.units.Quantity is unit_registry().Quantity
    assert algesia.units.Unit is unit_registry().Unit


def test_the_units_room_offers_no_other_name():
    with pytest.raises(AttributeError, match="has no attribute 'Quantitty'"):
        algesia.units.Quantitty  # noqa: B018


def test_importing_units_leaves_pint_unloaded():
    code = "import sys, algesia.units; sys.exit('pint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("text", ["h", "mg", "nmol", "L", "kg_body", "1"])
def test_a_canonical_unit_measures_exactly_one(text):
    assert measure(text).canonical_size == 1


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("min", Fraction(1, 60)),
        ("day", 24),
        ("week", 168),
        ("wk", 168),
        ("year", Fraction(8766)),
        ("y", Fraction(8766)),
        ("g", 1000),
        ("mcg", Fraction(1, 1000)),
        ("ng", Fraction(1, 10**6)),
        ("mL", Fraction(1, 1000)),
        ("dm^3", 1),
        ("umol", 1000),
        ("nM", 1),
        ("%", Fraction(1, 100)),
        ("L/h/70 kg", Fraction(1, 70)),
        ("mg/24 h", Fraction(1, 24)),
        ("mL/min/1.73 m2", Fraction(60, 173000)),
    ],
)
def test_the_size_of_a_unit_is_an_exact_fraction(text, size):
    assert measure(text).canonical_size == size


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("mgg", "no unit 'mgg'; close names: mg"),
        ("mikrogram/kg", "no unit 'mikrogram' in 'mikrogram/kg'; close names: microgram"),
        ("houer", "close names: hour"),
        ("qqqqqq", "expected for example mg, nmol, L or h"),
    ],
)
def test_an_unknown_unit_is_refused_with_the_nearest_names(text, hint):
    with pytest.raises(UnitError, match=hint):
        measure(text)


@pytest.mark.parametrize(("text", "meant"), [("Mg/kg", "mg"), ("ML", "mL"), ("Mmol/L", "mmol")])
def test_a_mistyped_capital_that_means_mega_is_refused(text, meant):
    with pytest.raises(UnitError, match=f"is not accepted; write {meant}$"):
        measure(text)


@pytest.mark.parametrize("text", ["degC", "dB", "kelvin", "statC"])
def test_a_scale_without_a_canonical_unit_is_refused(text):
    with pytest.raises(UnitError, match="it has no canonical unit"):
        measure(text)


def test_a_rating_point_is_a_pure_number_and_not_a_printers_length():
    assert measure("points").dimension.dimensionless
    assert measure("1/point").dimension.dimensionless

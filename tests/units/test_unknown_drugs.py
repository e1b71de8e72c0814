"""Drugs known by name only are refused wherever a drug may be named."""

import pytest

from algesia.catalog.entry import entry, entry_ids
from algesia.errors import InputError
from algesia.formats.regimen_yaml import read_regimen
from algesia.regimen import Dose, parse_regimen
from algesia.units import substance, unknown_drugs


@pytest.mark.parametrize("name", sorted(unknown_drugs()))
def test_a_drug_known_by_name_only_is_refused_with_the_reason(name):
    reason = unknown_drugs()[name]
    for ask in (
        lambda: parse_regimen(f"{name} 50 mg PO"),
        lambda: parse_regimen(f"ketamine 20 mg IV plus {name.capitalize()} 50 mg PO"),
        lambda: Dose(amount=50.0, unit="mg", drug=name, route="oral"),
        lambda: read_regimen(
            {"plan": [{"dose": "50 mg", "drug": name, "route": "oral"}]}, where="plan"
        ),
    ):
        with pytest.raises(InputError) as refusal:
            ask()
        assert f"{name} is known by name only and cannot be given: {reason}" in str(
            refusal.value
        )


def test_reasons_hold_no_number():
    assert not [r for r in unknown_drugs().values() if any(c.isdigit() for c in r)]


def test_what_is_neither_known_nor_unknown_gets_close_names():
    with pytest.raises(InputError, match="no substance 'metforminn'"):
        substance("metforminn")


def test_no_catalogue_entry_takes_a_drug_that_is_known_by_name_only():
    taken = {
        name
        for each in entry_ids()
        for way in entry(each).model.inputs
        for name in way.substances
    }
    assert not taken & set(unknown_drugs())

import pytest

from algesia.catalog.entry import Entry, entry
from algesia.catalog.gates_balance import moles_conserved, no_negative_amounts

from .small_entry import small_entry, value


def test_a_dose_taken_up_in_part_is_balanced(tmp_path) -> None:
    chosen = small_entry(tmp_path)
    assert no_negative_amounts(chosen) == []
    assert moles_conserved(chosen) == []


def test_elimination_at_a_rate_that_no_amount_limits_goes_below_zero(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["hepatic_flow"] = value(5.0, "mg/h")
        model["flows"]["elimination"]["rate"] = "hepatic_flow"
        values["clearance_elimination_variance"]["value"] = None
        model["random_effects"]["clearance_elimination"]["parameters"] = ["volume_central"]
        del values["clearance_elimination"]

    issues = no_negative_amounts(small_entry(tmp_path, spoil))
    assert {"state 'central'" in issue.message for issue in issues} == {True}
    assert len(issues) == 3


def from_nowhere(model, values, claims) -> None:
    values["hepatic_flow"] = value(1.0, "mg/h")
    model["flows"]["production"] = {"from": None, "to": "central", "rate": "hepatic_flow"}


def own_formula(model, values, claims) -> None:
    del model["flows"]
    model["derivatives"] = {
        "oral_depot": "-oral_absorption_rate * oral_depot",
        "central": "oral_absorption_rate * oral_depot"
        " - clearance_elimination * concentration_central",
    }


def more_than_all(model, values, claims) -> None:
    values["swallowed_fraction"] = value(1.4, "1")
    model["flows"]["absorption"]["fraction"] = "swallowed_fraction"


def more_than_the_dose(model, values, claims) -> None:
    values["gut_availability"]["value"] = 1.4


def mass_for_mass(model, values, claims) -> None:
    model["states"]["norketamine_central"] = {"unit": "mg", "substance": "esnorketamine"}
    model["flows"]["elimination"]["to"] = "norketamine_central"
    model["flows"]["loss"] = {
        "from": "norketamine_central",
        "to": None,
        "rate": "oral_absorption_rate * norketamine_central",
    }


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (from_nowhere, "nmol in states and sinks"),
        (own_formula, "nmol in states and sinks"),
        (more_than_all, "give back"),
        (more_than_the_dose, "hands out 1.4 doses"),
        (mass_for_mass, "nmol in states and sinks"),
    ],
)
def test_molecules_that_appear_or_vanish_are_reported_unless_the_entry_says_why(
    tmp_path, spoil, word: str
) -> None:
    issues = moles_conserved(small_entry(tmp_path / "silent", spoil))
    assert issues
    assert word in " ".join(issue.message for issue in issues)

    def excused(model, values, claims) -> None:
        spoil(model, values, claims)
        model["exemptions"] = {"moles_conserved": "apparent"}

    assert moles_conserved(small_entry(tmp_path / "excused", excused)) == []


def test_an_exemption_that_is_not_needed_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["exemptions"] = {"moles_conserved": "to be safe"}

    (issue,) = moles_conserved(small_entry(tmp_path, spoil))
    assert "remove it" in issue.message


def without_exemption(name: str) -> Entry:
    from dataclasses import replace

    chosen = entry(name)
    return replace(chosen, model=replace(chosen.model, exemptions={}))


def test_the_film_makes_molecules_by_handing_out_more_than_a_dose_and_by_nothing_else() -> None:
    (issue,) = moles_conserved(without_exemption("simons_2022_film"))
    assert issue.place.startswith("inputs.film")
    assert "hands out 1.423 doses" in issue.message


@pytest.mark.parametrize(
    "name", ["ashraf_2018_oral", "otto_2021_intravenous", "perezruixo_2021_nasal"]
)
def test_an_apparent_metabolite_makes_molecules_after_every_dose(name: str) -> None:
    chosen = without_exemption(name)
    places = {issue.place.split(",")[0] for issue in moles_conserved(chosen)}
    assert places == {f"inputs.{each.name}" for each in chosen.model.inputs}

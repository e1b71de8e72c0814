"""Entries beside an entry: ports of one name are joined, the main entry stays itself."""

from dataclasses import replace

import numpy as np
import pytest

from algesia.catalog import scenario_file
from algesia.catalog.companion import accompanied, assembly, lowest_rung
from algesia.catalog.entry import RUNGS
from algesia.catalog.gates_dose import dose_moves_every_output, every_number_moves_an_output
from algesia.catalog.gates_names import names_in_vocabulary
from algesia.catalog.scenario_file import scenario_of
from algesia.errors import DomainError, InputError, ModelError, RouteError
from algesia.population import individual_parameters
from algesia.simulate import run
from algesia.simulate.regimen_plan import occasions_of
from algesia.simulate.stream import run_in_chunks

from .small_entry import small_entry, value

PORT = {"unit": "1", "direction": "in", "default": 1, "combine": "product"}
HALF_MG_PER_L = 0.1


def victim(model, values, claims):
    model["id"] = "victim"
    model["ports"] = {"cyp3a4_hepatic_activity": dict(PORT)}
    model["residuals"] = {
        "plasma_esketamine": {"kind": "proportional", "proportional": "residual_proportional"}
    }
    values["residual_proportional"] = value(0.1, "1", "sd")
    elimination = model["flows"]["elimination"]
    elimination["rate"] = (
        "clearance_elimination * cyp3a4_hepatic_activity * concentration_central"
    )


def culprit(drug="midazolam", name="culprit", **validity):
    def spoil(model, values, claims):
        model["id"], model["drug"] = name, drug
        for part in (*model["states"].values(), *model["outputs"].values()):
            part["substance"] = drug
        for part in model["inputs"].values():
            part["substances"] = [drug]
        model["outputs"] = {f"plasma_{drug}": model["outputs"]["plasma_esketamine"]}
        model["definitions"]["cyp3a4_hepatic_activity"] = (
            "inhibition_half / (inhibition_half + concentration_central)"
        )
        model["ports"] = {"cyp3a4_hepatic_activity": {"unit": "1", "direction": "out"}}
        values["inhibition_half"] = value(HALF_MG_PER_L, "mg/L")
        model["validity"]["covariates"] |= validity
        claims["claims"] = []

    return spoil


def bystander(model, values, claims):
    culprit("morphine", "bystander")(model, values, claims)
    del model["ports"], model["definitions"]["cyp3a4_hepatic_activity"]
    del values["inhibition_half"]


@pytest.fixture
def entries(tmp_path, monkeypatch):
    """Small entries by name, as scenario files see the catalogue."""
    held = {
        "victim": small_entry(tmp_path, victim),
        "culprit": small_entry(tmp_path, culprit()),
        "second": small_entry(tmp_path, culprit("morphine", "second")),
        "bystander": small_entry(tmp_path / "more", bystander),
    }
    monkeypatch.setattr(scenario_file, "entry", held.__getitem__)
    return held


def scenario(**arm):
    regimen = "esketamine 10 mg IV at 12 h"
    alone = {"name": "asked", "model": "victim", "regimen": regimen} | arm
    content = {
        "schema": "algesia/scenario/1",
        "title": "beside",
        "subjects": 6,
        "sampling": {"every": "1 h", "until": "36 h", "at_doses": False},
        "arms": [alone],
    }
    return scenario_of(content, where="test.yaml", folder=scenario_file.Path())


BOTH = "midazolam 20 mg PO twice daily for 2 days plus esketamine 10 mg IV at 12 h"


def test_an_inhibitor_raises_the_exposure_of_its_victim(entries):
    alone = run(scenario())
    joined = run(scenario(**{"with": ["culprit"], "regimen": BOTH}))
    ours, theirs = alone.arms[0], joined.arms[0]
    assert [each.name for each in theirs.outputs] == [
        "plasma_esketamine",
        "culprit_plasma_midazolam",
    ]
    late = ours.time_h >= 14.0
    raised = theirs.values[:, late, 0] / ours.values[:, late, 0]
    assert np.all(raised > 1.05)


def test_a_companion_that_is_not_given_changes_nothing(entries):
    alone = run(scenario()).arms[0]
    beside = run(scenario(**{"with": ["culprit"]})).arms[0]
    np.testing.assert_allclose(beside.values[:, :, 0], alone.values[:, :, 0], 1e-5, 1e-9)
    assert np.all(beside.values[:, :, 1] == 0.0)


def test_a_companion_changes_no_draw_of_the_main_entry(entries):
    alone, beside = scenario().arms[0], scenario(**{"with": ["second", "culprit"]}).arms[0]
    ours = individual_parameters(alone.model, alone.cohort)[0]
    theirs = individual_parameters(beside.model, beside.cohort)[0]
    names = beside.model.dynamic_parameters()
    for place, name in enumerate(alone.model.dynamic_parameters()):
        if name != "cyp3a4_hepatic_activity":
            assert np.array_equal(ours[:, place], theirs[:, names.index(name)]), name
    for name, column in alone.cohort.covariates.items():
        assert np.array_equal(column, beside.cohort.column(name)), name
    own = theirs[:, names.index("clearance_elimination")]
    other = theirs[:, names.index("culprit_clearance_elimination")]
    assert np.unique(own).size == own.size
    assert not np.any(own == other)


def test_doses_of_a_companion_open_no_occasion_of_the_main_entry(entries):
    gap = {"with": ["culprit"], "regimen": BOTH, "occasion_gap": "6 h"}
    arm = scenario(**gap).arms[0]
    (effect,) = (e for e in arm.model.random_effects if e.name == "clearance_elimination")
    others = tuple(e for e in arm.model.random_effects if e is not effect)
    model = replace(arm.model, random_effects=(replace(effect, level="occasion"), *others))
    arm = replace(arm, model=model)
    rows = arm.regimen.rows()
    occasion, starts_h = occasions_of(arm, rows)
    assert starts_h.tolist() == [12.0]
    assert set(occasion.tolist()) == {0}


def test_an_assembly_run_in_chunks_is_the_same_run(entries):
    asked = scenario(**{"with": ["culprit"], "regimen": BOTH})
    whole = run(asked)
    pieces = run_in_chunks(asked, chunk_subjects=4)
    assert pieces.receipt["arms"][0]["values"] == whole.receipt["arms"][0]["values"]
    assert whole.receipt["arms"][0]["model"] == "victim+culprit"


def test_measurement_errors_of_the_main_entry_stay_what_they_are(entries):
    alone, beside = (
        run(scenario(observations={}, **more)).arms[0] for more in ({}, {"with": ["culprit"]})
    )
    given = alone.time_h > 12.0
    ours, theirs = (
        arm.observed[:, given, 0] / arm.values[:, given, 0] for arm in (alone, beside)
    )
    np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=0)
    assert np.ptp(ours) > 0.1


def test_two_inhibitors_multiply(entries):
    model = accompanied(entries["victim"].model, [entries["culprit"], entries["second"]])
    formulas = {each.name: each.expression.text for each in model.definitions}
    assert formulas["cyp3a4_hepatic_activity"] == (
        "culprit_cyp3a4_hepatic_activity * second_cyp3a4_hepatic_activity"
    )
    assert "cyp3a4_hepatic_activity of victim is set by culprit and second" in model.notes


def test_a_companion_without_a_common_port_says_that_it_acts_on_nothing(entries):
    model = accompanied(entries["victim"].model, [entries["bystander"]])
    assert model.notes[-1] == "bystander acts on nothing here"
    assert model.parameter("cyp3a4_hepatic_activity").reported.value == 1.0


def test_a_companion_without_port_and_dose_is_refused(entries, tmp_path):
    def idle(model, values, claims):
        bystander(model, values, claims)
        model["id"], model["inputs"] = "idle", {}
        del values["gut_availability"]

    found = small_entry(tmp_path / "idle", idle)
    with pytest.raises(
        ModelError, match="'idle' has no port in common with the rest and takes"
    ):
        accompanied(entries["victim"].model, [found])


def test_an_entry_does_not_stand_beside_itself(entries):
    with pytest.raises(ModelError, match="'victim' stands beside itself"):
        accompanied(entries["victim"].model, [entries["victim"]])


def test_people_outside_the_domain_of_a_companion_are_refused_naming_it(entries, tmp_path):
    heavy = culprit("midazolam", "heavy", weight={"from": "80 kg", "to": "100 kg"})
    entries["heavy"] = small_entry(tmp_path / "heavy", heavy)
    with pytest.raises(DomainError, match=r"80 to 100 kg, the domain of 'heavy', \(6 of 6"):
        run(scenario(**{"with": ["heavy"]}))


def test_a_drug_that_no_member_takes_is_refused_with_those_they_take(entries):
    with pytest.raises(RouteError, match="takes no oxycodone; it takes esketamine, midazolam"):
        run(scenario(**{"with": ["culprit"], "regimen": "oxycodone 10 mg PO"}))


def test_a_route_is_looked_for_in_the_member_that_takes_the_drug(entries):
    with pytest.raises(
        RouteError, match=r"no input for route 'rectal'; it has intravenous, oral"
    ):
        run(scenario(**{"with": ["culprit"], "regimen": "midazolam 10 mg rectal"}))


def test_a_mistake_in_with_names_its_place(entries):
    with pytest.raises(InputError, match=r"test\.yaml: arms\.0\.with: 'culprit' stands beside"):
        scenario(**{"with": ["culprit", "culprit"]})


def test_what_is_made_of_entries_stands_on_the_lowest_rung_of_them(entries):
    victim, other = entries["victim"], entries["culprit"]
    assert lowest_rung([victim, other]) == RUNGS[0]


def test_the_public_function_joins_catalogue_entries():
    model = assembly("ketamine_backbone", companions=["clarithromycin"])
    assert model.id == "ketamine_backbone+clarithromycin"
    assert (
        "cyp3a4_hepatic_activity of ketamine_backbone is set by clarithromycin" in model.notes
    )
    with pytest.raises(ModelError, match="expected at least one"):
        assembly("ketamine_backbone", companions=[])


def test_a_dose_that_names_no_drug_is_one_of_the_main_entry(entries):
    beside = scenario(**{"with": ["culprit"], "regimen": "10 mg IV at 12 h"})
    (row,) = run(beside).arms[0].rows
    assert (row.drug, row.route) == ("esketamine", "intravenous")


def test_the_gates_look_at_what_an_entry_shows_to_others(entries):
    assert every_number_moves_an_output(entries["culprit"]) == []
    assert dose_moves_every_output(entries["culprit"]) == []
    assert every_number_moves_an_output(entries["victim"]) == []


def test_a_port_of_a_name_that_is_not_shared_is_found(entries, tmp_path):
    def odd(model, values, claims):
        victim(model, values, claims)
        model["id"], model["ports"] = "odd", {"enzyme_of_mine": dict(PORT)}
        model["flows"]["elimination"]["rate"] = (
            "clearance_elimination * enzyme_of_mine * concentration_central"
        )

    assert names_in_vocabulary(entries["victim"]) == []
    (issue,) = names_in_vocabulary(small_entry(tmp_path / "odd", odd))
    assert issue.place == "ports.enzyme_of_mine"

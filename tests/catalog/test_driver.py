"""What stands beside a model without doses, so that gates and claims can try it."""

from shutil import copytree

import pytest

from algesia.catalog.administration import trial_of
from algesia.catalog.claim_check import check_claims
from algesia.catalog.driver import driven, drivers_of, tried_inputs
from algesia.catalog.entry import entry, entry_at
from algesia.catalog.gates_dose import dose_moves_every_output, every_number_moves_an_output
from algesia.errors import FileInputError, UnknownNameError


def altered(tmp_path, old, new, name="nmda_receptor_channel"):
    """Folder of a copy of an entry with one change of its model file."""
    folder = tmp_path / name
    copytree(entry(name).folder, folder)
    path = folder / "model.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_a_model_with_doses_of_its_own_stands_alone():
    chosen = entry("simons_2022_film")
    assert drivers_of(chosen.folder) == {}
    assert tried_inputs(chosen.folder) is None
    assert driven(chosen.folder, chosen.model) is chosen.model


def test_a_model_without_doses_is_tried_by_those_of_its_driver_that_it_names():
    chosen = entry("nmda_receptor_channel")
    assert tried_inputs(chosen.folder) == {"ketamine_backbone_intravenous_ketamine"}
    trial = trial_of(chosen)
    assert {each.substance for each in trial.administrations} == {"ketamine"}
    # Its own names stay; those of the driver begin with its id.
    names = {output.name for output in trial.model.outputs}
    assert {"nmda_conductance_spinal", "ketamine_backbone_arterial_ketamine"} <= names


def test_claims_of_a_model_without_doses_are_run_beside_its_driver():
    for check in check_claims(entry("nmda_receptor_channel")):
        assert check.holds, str(check)
        assert check.problem == ""


def test_a_driver_beside_doses_of_its_own_is_refused(tmp_path):
    folder = tmp_path / "simons_2022_film"
    copytree(entry("simons_2022_film").folder, folder)
    with (folder / "model.yaml").open("a", encoding="utf-8") as file:
        file.write("\ndriven_by: {ketamine_backbone: []}\n")
    with pytest.raises(FileInputError, match="driven_by stands beside inputs"):
        drivers_of(folder)


def test_an_unknown_driver_or_input_of_it_is_refused_by_name(tmp_path):
    old = "ketamine_backbone: [intravenous_ketamine]"
    folder = altered(tmp_path / "a", old, "ketamine_backbone: [intravenous_ketamin]")
    with pytest.raises(FileInputError, match="names input 'intravenous_ketamin'"):
        tried_inputs(folder)
    folder = altered(tmp_path / "b", old, "ketamine_backbon: [intravenous_ketamine]")
    with pytest.raises(UnknownNameError, match="ketamine_backbone"):
        driven(folder, entry_at(folder).model)


def test_numbers_behind_a_switch_that_is_off_count_as_used():
    # Half-time of adaptation, time of healing, duration of disease act through switches only.
    assert every_number_moves_an_output(entry("nmda_receptor_channel")) == []
    assert every_number_moves_an_output(entry("dorsal_horn")) == []


def test_a_number_of_a_driven_model_that_cancels_out_is_reported(tmp_path):
    old = "  injury: -injury / injury_time\n"
    new = "  injury: -injury / (24 * 5 * injury_time / injury_time * block_memory_time / 24)\n"
    folder = altered(tmp_path, old, new, name="dorsal_horn")
    (issue,) = every_number_moves_an_output(entry_at(folder))
    assert issue.place == "values.injury_time"


def test_an_output_of_a_driven_model_that_no_dose_moves_is_reported(tmp_path):
    old = 'unit: "1", description: "ongoing pain, 0 to 10"}'
    new = old + (
        '\n  hyperalgesia_at_rest: {expression: pain_at_rest, unit: "1",'
        ' description: "never moves"}'
    )
    folder = altered(tmp_path, old, new, name="dorsal_horn")
    issues = dose_moves_every_output(entry_at(folder))
    assert issues
    assert all("hyperalgesia_at_rest" in issue.message for issue in issues)

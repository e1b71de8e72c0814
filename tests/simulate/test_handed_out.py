"""A model of the user's own that makes more of a dose than there is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from algesia.catalog.entry import entry, entry_ids
from algesia.catalog.entry_file import read_single_file_model
from algesia.model import parse
from algesia.population import Cohort
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, run
from algesia.simulate.handed_out import handed_out_notes

OWN = Path(__file__).parents[2] / "examples" / "conformance" / "one_compartment.yaml"


def notes_of(model):
    arm = Arm(
        name="a",
        model=model,
        regimen=parse_regimen("20 mg esketamine IV"),
        cohort=Cohort.typical({"weight": 70.0}),
    )
    sampling = Sampling.every(1.0, until_h=4.0)
    found = run(Scenario(title="own", arms=(arm,), sampling=sampling)).arms[0]
    return [note for note in found.notes if "times the dose" in note]


def test_a_run_names_the_input_that_brings_in_more_than_the_dose():
    model = entry("simons_2022_film").model
    assert notes_of(model) == []
    (note,) = notes_of(replace(model, exemptions={}))
    assert "input 'film'" in note
    assert "1.423 times the dose" in note


@pytest.mark.parametrize("name", entry_ids())
def test_no_entry_of_the_catalogue_does_so_unsaid(name):
    model = entry(name).model
    if not model.data_columns:
        assert handed_out_notes(model, np.zeros((1, 0))) == ()


def test_a_model_in_one_file_is_looked_at_with_the_values_of_its_first_subject():
    model = read_single_file_model(OWN)
    row = np.ones((1, len(model.dynamic_parameters())))
    parts = (replace(model.inputs[0].parts[0], fraction=parse("1.3")),)
    inputs = (replace(model.inputs[0], parts=parts), *model.inputs[1:])
    assert len(handed_out_notes(replace(model, inputs=inputs), row)) == 1

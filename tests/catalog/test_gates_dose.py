import pytest

from algesia.catalog.entry import entry
from algesia.catalog.gates_dose import dose_moves_every_output, every_number_moves_an_output

from .small_entry import small_entry, value


def test_a_dose_by_each_input_moves_the_output_and_every_number_counts(tmp_path) -> None:
    chosen = small_entry(tmp_path)
    assert dose_moves_every_output(chosen) == []
    assert every_number_moves_an_output(chosen) == []


def test_an_output_that_no_dose_reaches_is_reported_for_every_dose(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["states"]["deep"] = {"unit": "mg", "substance": "arketamine"}
        model["flows"]["loss"] = {
            "from": "deep",
            "to": None,
            "rate": "oral_absorption_rate * deep",
        }
        model["outputs"]["plasma_arketamine"] = {
            "expression": "deep / volume_central",
            "unit": "ng/mL",
            "substance": "arketamine",
        }

    issues = dose_moves_every_output(small_entry(tmp_path, spoil))
    assert [issue.place for issue in issues] == [
        "inputs.intravenous, esketamine 10 mg intravenous",
        "inputs.intravenous, esketamine 10 mg intravenous over 30 min",
        "inputs.oral, esketamine 10 mg oral",
    ]
    assert all("plasma_arketamine" in issue.message for issue in issues)


def test_an_output_that_only_one_input_reaches_is_reported_for_the_other(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["flows"]["absorption"]["to"] = None

    (issue,) = dose_moves_every_output(small_entry(tmp_path, spoil))
    assert issue.place == "inputs.oral, esketamine 10 mg oral"


def test_a_number_that_cancels_out_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["volume_deep"] = value(100.0, "L")
        model["flows"]["absorption"]["rate"] += " * volume_deep / volume_deep"

    (issue,) = every_number_moves_an_output(small_entry(tmp_path, spoil))
    assert issue.place == "values.volume_deep"


def test_a_fraction_that_is_multiplied_by_zero_in_an_input_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["nasal_fraction"] = value(0.5, "1")
        model["inputs"]["oral"]["parts"][0]["fraction"] += " + 0 * nasal_fraction"

    (issue,) = every_number_moves_an_output(small_entry(tmp_path, spoil))
    assert issue.place == "values.nasal_fraction"


@pytest.mark.parametrize("part", ["lag", "duration"])
def test_a_number_that_only_delays_an_input_counts_as_used(tmp_path, part: str) -> None:
    def spoil(model, values, claims) -> None:
        values["oral_release_duration"] = value(0.5, "h")
        model["inputs"]["oral"]["parts"][0][part] = "oral_release_duration"

    assert every_number_moves_an_output(small_entry(tmp_path, spoil)) == []


def test_a_number_that_only_a_second_device_feels_counts_as_used() -> None:
    assert every_number_moves_an_output(entry("perezruixo_2021_nasal")) == []

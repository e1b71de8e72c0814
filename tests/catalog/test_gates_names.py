from algesia.catalog.gates_names import names_in_vocabulary, spread_has_form

from .small_entry import small_entry, value


def test_names_of_the_vocabulary_in_its_dimensions_pass(tmp_path) -> None:
    entry = small_entry(tmp_path)
    assert names_in_vocabulary(entry) == []
    assert spread_has_form(entry) == []


def test_a_state_by_another_name_is_reported_with_the_nearest(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["states"]["centre"] = {"unit": "mg", "substance": "esketamine"}
        model["flows"]["exchange"] = {
            "from": "central",
            "to": "centre",
            "rate": "oral_absorption_rate * central",
        }

    (issue,) = names_in_vocabulary(small_entry(tmp_path, spoil))
    assert issue.place == "states.centre"
    assert "central" in issue.message


def test_a_known_name_in_another_dimension_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        # Its value is a rate constant, its name that of a volume.
        values["volume_deep"] = values.pop("oral_absorption_rate")
        model["flows"]["absorption"]["rate"] = "volume_deep * oral_depot"

    (issue,) = names_in_vocabulary(small_entry(tmp_path, spoil))
    assert issue.place == "values.volume_deep"
    assert "volume" in issue.message


def test_an_unknown_output_and_an_unknown_value_are_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["outputs"]["blood"] = model["outputs"]["plasma_esketamine"]
        values["f_oral"] = values.pop("gut_availability")
        model["inputs"]["oral"]["parts"][0]["fraction"] = "f_oral"

    issues = names_in_vocabulary(small_entry(tmp_path, spoil))
    assert [issue.place for issue in issues] == ["outputs.blood", "values.f_oral"]


def test_a_variance_that_is_an_sd_by_its_form_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["clearance_elimination_variance"]["form"] = "log_sd"

    (issue,) = spread_has_form(small_entry(tmp_path, spoil))
    assert issue.place == "values.clearance_elimination_variance"
    assert "log_variance" in issue.message


def test_a_spread_without_a_number_still_needs_its_form(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["clearance_elimination_variance"] = value(None, "1", "estimate")

    (issue,) = spread_has_form(small_entry(tmp_path, spoil))
    assert "estimate" in issue.message


def test_a_number_of_the_equations_that_calls_itself_a_variance_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["gut_availability"]["form"] = "log_variance"

    (issue,) = spread_has_form(small_entry(tmp_path, spoil))
    assert issue.place == "values.gut_availability"

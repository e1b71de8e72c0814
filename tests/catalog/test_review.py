import pytest

from algesia.catalog.entry import entry
from algesia.catalog.review import check_review, reviews_folder
from algesia.errors import FileInputError

from .small_entry import small_entry, value, written_out

AGREEING = {
    "volume_central": {"value": 40_000, "unit": "mL", "form": "estimate"},
    "clearance_elimination": {"value": 333.333, "unit": "mL/min", "form": "estimate"},
    "oral_absorption_rate": {"value": 2.0, "unit": "1/h", "form": "estimate"},
    "gut_availability": {"value": 50, "unit": "%", "form": "mean"},
    "clearance_elimination_variance": {"value": 0.2, "unit": "1", "form": "log_sd"},
}


@pytest.fixture
def outcomes(tmp_path):
    """Outcome of each value of the small entry under a second reading."""

    def of(changes, spoil=None, *, readme="# small\n\nFor tests.\n", whose="small"):
        given = {} if spoil is None else {"spoil": spoil}
        chosen = small_entry(tmp_path / "entries", readme=readme, **given)
        folder = tmp_path / "reviews"
        folder.mkdir()
        content = {
            "schema": "algesia/review/1",
            "entry": whose,
            "read_in": "a study",
            "reader": "another",
            "values": AGREEING | changes,
        }
        (folder / "small.yaml").write_text(written_out(content), encoding="utf-8")
        check = check_review(chosen, folder)
        assert check is not None
        return check, {reading.name: reading.outcome for reading in check.readings}

    return of


def test_the_same_values_in_other_units_and_forms_agree(outcomes) -> None:
    check, found = outcomes({})
    assert set(found.values()) == {"agrees"}
    assert check.agrees
    assert check.counts() == {"agrees": 5}


@pytest.mark.parametrize(
    ("reading", "outcome"),
    [
        ({"value": 0.04, "unit": "1", "form": "log_variance"}, "agrees"),
        ({"value": 20, "unit": "%", "form": "log_sd"}, "agrees"),
        ({"value": 20.2017, "unit": "%", "form": "cv_percent"}, "agrees"),
        ({"value": 20, "unit": "%", "form": "cv_percent"}, "differs"),
        ({"value": 0.04, "unit": "1", "form": "log_sd"}, "differs"),
        ({"value": 0.2, "unit": "1", "form": "logit_sd"}, "differs"),
        ({"value": 0.04, "unit": "1", "form": "estimate"}, "differs"),
        ({"value": 0.04, "unit": "1", "form": "omega"}, "differs"),
    ],
)
def test_a_spread_agrees_only_as_the_same_spread(outcomes, reading, outcome: str) -> None:
    _, found = outcomes({"clearance_elimination_variance": reading})
    assert found["clearance_elimination_variance"] == outcome


@pytest.mark.parametrize(
    ("number", "outcome"), [(40.19, "agrees"), (40.21, "differs"), (39.79, "differs")]
)
def test_half_a_percent_is_the_limit(outcomes, number: float, outcome: str) -> None:
    check, found = outcomes({"volume_central": {"value": number, "unit": "L"}})
    assert found["volume_central"] == outcome
    assert check.agrees == (outcome == "agrees")


def test_a_unit_of_another_kind_differs(outcomes) -> None:
    _, found = outcomes({"volume_central": {"value": 40, "unit": "L/h"}})
    assert found["volume_central"] == "differs"


def test_a_variance_and_its_square_root_are_one_measurement_error(outcomes) -> None:
    def spoil(model, values, claims) -> None:
        values["residual_proportional_esketamine"] = value(0.09, "1", "variance")
        model["residuals"] = {
            "plasma_esketamine": {
                "kind": "proportional",
                "proportional": "residual_proportional_esketamine",
            }
        }

    as_sd = {"value": 30, "unit": "%", "form": "sd"}
    _, found = outcomes({"residual_proportional_esketamine": as_sd}, spoil)
    assert found["residual_proportional_esketamine"] == "agrees"


def test_what_could_not_be_read_stands_in_the_way_unless_it_was_assumed(outcomes) -> None:
    def spoil(model, values, claims) -> None:
        values["gut_availability"] |= {"origin": "assumed", "note": "a guess"}

    unread = {"unread": "not printed"}
    check, found = outcomes({"gut_availability": unread, "volume_central": unread}, spoil)
    assert (found["gut_availability"], found["volume_central"]) == ("assumed", "unread")
    assert not check.agrees


def test_an_assumed_value_that_the_source_prints_otherwise_differs(outcomes) -> None:
    def spoil(model, values, claims) -> None:
        values["gut_availability"] |= {"origin": "assumed", "note": "a guess"}

    _, found = outcomes({"gut_availability": {"value": 0.7, "unit": "1"}}, spoil)
    assert found["gut_availability"] == "differs"


def test_a_spread_that_neither_found_agrees_and_one_that_one_found_differs(outcomes) -> None:
    def spoil(model, values, claims) -> None:
        values["clearance_elimination_variance"]["value"] = None

    _, found = outcomes({"clearance_elimination_variance": {"unread": "blank"}}, spoil)
    assert found["clearance_elimination_variance"] == "agrees"


def test_a_number_where_the_entry_has_none_differs(outcomes) -> None:
    def spoil(model, values, claims) -> None:
        values["clearance_elimination_variance"]["value"] = None

    _, found = outcomes({}, spoil)
    assert found["clearance_elimination_variance"] == "differs"


def test_a_difference_is_settled_where_the_readme_names_the_value_in_its_section(
    outcomes,
) -> None:
    readme = "# small\n\n`gut_availability`\n\n## Second reading\n\n`volume_central`: digits.\n"
    changes = {
        "volume_central": {"value": 41, "unit": "L"},
        "gut_availability": {"value": 0.7, "unit": "1"},
    }
    check, found = outcomes(changes, readme=readme)
    assert (found["volume_central"], found["gut_availability"]) == ("settled", "differs")
    assert not check.agrees


def test_a_reading_of_a_value_the_entry_lacks_is_refused(outcomes) -> None:
    with pytest.raises(FileInputError, match="volume_centre"):
        outcomes({"volume_centre": {"value": 1, "unit": "L"}})


def test_a_reading_of_another_entry_is_refused(outcomes) -> None:
    with pytest.raises(FileInputError, match="expected 'small'"):
        outcomes({}, whose="large")


def test_an_entry_without_a_reading_has_no_review(tmp_path) -> None:
    assert check_review(small_entry(tmp_path), tmp_path) is None


def test_readings_are_looked_for_beside_src_and_nowhere_else(tmp_path) -> None:
    assert reviews_folder(small_entry(tmp_path)) is None
    place = tmp_path / "src" / "algesia" / "catalog" / "entries"
    chosen = small_entry(place)
    assert reviews_folder(chosen) is None
    (tmp_path / "reviews").mkdir()
    assert reviews_folder(chosen) == (tmp_path / "reviews").resolve()


def test_every_entry_of_the_catalogue_was_read_a_second_time() -> None:
    from algesia.catalog.entry import entry_ids

    for name in entry_ids():
        chosen = entry(name)
        folder = reviews_folder(chosen)
        assert folder is not None
        assert check_review(chosen, folder) is not None

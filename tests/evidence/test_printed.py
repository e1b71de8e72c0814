"""Words of sources."""

import pytest

from algesia.errors import FileInputError
from algesia.evidence.observation import ObservedValue
from algesia.evidence.printed import (
    printed_measure,
    printed_moieties,
    printed_unit,
    printed_value,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("96", ObservedValue(central=96.0)),
        ("52.3 (SD 12.2)", ObservedValue(central=52.3, sd=12.2)),
        ("273 (CI 259 to 287)", ObservedValue(central=273.0, confidence=(259.0, 287.0))),
        ("3 (range 2.4 to 3.6)", ObservedValue(central=3.0, extent=(2.4, 3.6))),
        ("95 (CV 13 %)", ObservedValue(central=95.0, cv_percent=13.0)),
        (
            "geometric mean 296 (geometric SD 1.71)",
            ObservedValue(central=296.0, geometric_sd=1.71),
        ),
        ("about 0.3", ObservedValue(central=0.3, approximate=True)),
        ("20 to 40", ObservedValue(low=20.0, high=40.0)),
        (">=78", ObservedValue(low=78.0)),
        ("<=2", ObservedValue(high=2.0)),
        ("4-5 times lower", ObservedValue(low=0.2, high=0.25)),
        ("decreased P<0.001", ObservedValue()),
        (None, ObservedValue()),
    ],
)
def test_a_printed_number_is_read_with_what_is_said_of_its_spread(text, value):
    assert printed_value(text) == value


def test_a_relative_change_becomes_a_ratio():
    assert printed_value("-0.54", relative=True).central == pytest.approx(
        0.46, rel=1e-9, abs=0.0
    )


def test_an_unknown_kind_of_spread_is_refused():
    with pytest.raises(FileInputError, match="expected SD, CV, CI or range"):
        printed_value("12 (SEM 3)")


def test_a_window_in_the_name_of_an_area_is_read():
    read = printed_measure("AUC0-6h")
    assert (read.measure, read.from_h, read.to_h) == ("auc", 0.0, 6.0)


def test_a_level_on_a_day_is_the_mean_of_that_day():
    read = printed_measure("Css day 3")
    assert (read.measure, read.from_h, read.to_h) == ("steady_state", 48.0, 72.0)


def test_a_change_knows_that_it_is_relative():
    assert printed_measure("NK_to_K_ratio_change").relative
    assert not printed_measure("AUC_ratio").relative


def test_words_that_are_not_known_are_refused():
    with pytest.raises(FileInputError, match="'MRT' is not understood"):
        printed_measure("MRT")
    with pytest.raises(FileInputError, match="'aspirin' is not understood"):
        printed_moieties("aspirin", "Cmax")


def test_a_ratio_names_what_it_is_divided_by():
    assert printed_moieties("norketamine/ketamine", "AUC ratio (dose-normalised)") == (
        ("norketamine",),
        "ketamine",
    )


def test_units_get_the_spelling_of_the_project():
    assert printed_unit("ug*h/L") == "µg*h/L"
    assert printed_unit("ng*min/mL") == "ng*min/mL"

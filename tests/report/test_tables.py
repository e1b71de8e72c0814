import dataclasses
import io
import re

import pytest
from rich.console import Console

from algesia.catalog.entry import entry
from algesia.provenance import NOTICE
from algesia.report.tables import exposure_table, model_list, source_list


@pytest.fixture
def printed():
    """Print something 80 columns wide and give the text."""

    def show(renderable, **options):
        stream = io.StringIO()
        Console(file=stream, width=80, **options).print(renderable)
        return stream.getvalue()

    return show


def test_the_exposure_table_shows_median_and_range_with_units(printed, result):
    text = printed(exposure_table(result.exposure()))
    row = next(row for row in result.exposure() if row.measure == "cmax")
    line = next(line for line in text.splitlines() if "Cmax, ng/mL" in line)
    assert re.split(r"\s{2,}", line.strip())[1:] == [
        str(row.n), f"{row.median:.1f}", f"{row.p05:.1f} to {row.p95:.1f}",
    ]  # fmt: skip
    assert "AUC, ng*h/mL" in text
    assert "5–95 % range" in text
    assert NOTICE in text


def test_failed_subjects_are_counted_under_the_table_of_their_arm(printed, result):
    text = printed(exposure_table(result.exposure()))
    assert text.count("failed: 1 of 60 subjects, not in these numbers") == 1
    assert text.index("failed: 1 of 60") < text.index("film 50 mg")


def test_a_measure_that_is_not_defined_is_a_dash_and_explained(printed, make_arm, make_result):
    arm = make_arm(rows=(), failed=0)
    text = printed(exposure_table(make_result(arm).exposure()))
    assert "–" in next(line for line in text.splitlines() if "half-life" in line)
    assert "n is smaller where a measure is not defined" in text


def test_every_line_fits_80_columns_and_names_are_not_cut(printed, make_arm, make_result):
    arm = make_arm("a name that is much longer than a terminal is wide, " * 3)
    outputs = (dataclasses.replace(arm.outputs[0], name="plasma_" + "x" * 60), arm.outputs[1])
    run = make_result(dataclasses.replace(arm, outputs=outputs))
    text = printed(exposure_table(run.exposure()))
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("x") >= 60


def test_square_brackets_in_names_are_not_markup(printed, make_arm, make_result):
    text = printed(exposure_table(make_result(make_arm("[bold]a[/bold]")).exposure()))
    assert "[bold]a[/bold]" in text


def test_colour_is_left_to_the_console_that_prints(printed, result):
    table = exposure_table(result.exposure())
    assert "\x1b[" not in printed(table, force_terminal=True, no_color=True, color_system=None)
    assert "\x1b[" in printed(table, force_terminal=True, color_system="standard")


def test_sources_are_listed_once_with_what_each_number_was_used_for(printed, result):
    text = printed(source_list(result))
    assert text.count("doi:10.3389/fpain.2022.946486") == 1
    assert "clearance = 72 L/h (Table 4, reported, grade A, moderate)" in text
    assert NOTICE in text


def test_an_assumed_value_without_a_source_is_listed_as_such(printed, make_arm, make_result):
    arm = make_arm()
    assumed = dataclasses.replace(
        arm.values_used[0], name="lag", origin="assumed", source="", locator="", note="a guess"
    )
    text = printed(source_list(make_result(dataclasses.replace(arm, values_used=(assumed,)))))
    assert "assumed, no source" in text
    assert "lag = 72 L/h (assumed, grade A, moderate)" in text


def test_no_exposure_and_no_sources_are_said_and_carry_the_notice(printed, make_result):
    assert printed(exposure_table(())).splitlines() == ["no exposure to show", NOTICE]
    assert printed(source_list(make_result())).splitlines() == ["no sources", NOTICE]


def test_the_model_list_names_id_routes_and_rung(printed):
    film = entry("simons_2022_film")
    text = printed(model_list([film]))
    assert "simons_2022_film" in text
    assert "intravenous" in text
    assert film.rung in text
    assert NOTICE in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_measure_of_one_subject_has_no_range(printed, result):
    row = dataclasses.replace(result.exposure()[0], n=1, p05=19.23, p95=19.23)
    text = printed(exposure_table([row]))
    assert "19.23" not in text
    assert "–" in text.splitlines()[3] + text.splitlines()[4]


def test_a_measure_that_rests_on_too_few_samples_is_marked(printed, result):
    row = dataclasses.replace(result.exposure()[0], measure="auc", spacing_h=0.25)
    text = " ".join(printed(exposure_table([row])).split())
    assert "(coarse)" in text
    assert (
        f"AUC of {row.output} rests on samples 15 min apart and may be far off; "
        "sample more closely after doses"
    ) in text

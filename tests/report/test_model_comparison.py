"""Models side by side, as tables and as a figure."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from algesia.catalog.model_comparison import compare_models
from algesia.catalog.scenario_file import scenario_of
from algesia.errors import FileInputError
from algesia.report.model_comparison import coarse_measures, comparison_tables
from algesia.report.model_comparison_figure import write_comparison_figure


@pytest.fixture(scope="module")
def comparison():
    content = {
        "schema": "algesia/scenario/1",
        "title": "which model",
        "cohort": {"typical": {"age": "25 year", "weight": "70 kg", "female": False}},
        "sampling": {"every": "20 min", "until": "8 h"},
        "arms": [
            {
                "name": "infusion",
                "model": "simons_2022_film",
                "regimen": "esketamine 20 mg IV over 20 min",
            }
        ],
    }
    return compare_models(scenario_of(content, where="test.yaml", folder=Path()))


def printed(comparison):
    buffer = StringIO()
    Console(file=buffer, width=400).print(comparison_tables(comparison))
    return buffer.getvalue()


def test_the_tables_name_models_ratios_ranges_refusals_and_the_notice(comparison):
    text = printed(comparison)
    for curve in comparison.curves:
        assert curve.model in text
        assert curve.rung in text
    for name in comparison.refused:
        assert name in text
    assert "ratios to simons_2022_film" in text
    assert "Range over models that show one site" in text
    assert (
        "note on perezruixo_2021_nasal: outside validity: esketamine intravenous 20 mg" in text
    )
    assert text.rstrip().endswith("research and education, not dosing advice")


def test_models_whose_exposure_rests_on_a_coarse_grid_are_named(comparison):
    lines = coarse_measures(comparison)
    assert lines
    for line in lines:
        assert line.partition(":")[0] in {curve.model for curve in comparison.curves}
        assert "on samples 20 min apart" in line
        assert line in printed(comparison)


def test_the_figure_names_every_curve_at_its_end_and_marks_doses_not_studied(
    comparison, tmp_path
):
    path = write_comparison_figure(comparison, tmp_path / "models.svg")
    drawn = path.read_text(encoding="utf-8")
    short = {"arterial plasma": ", art.", "venous plasma": ", ven."}
    for curve in comparison.curves:
        assert f"{curve.model}{short.get(curve.site or '', '')} ({curve.rung})" in drawn
    assert f"({comparison.answer.arm('perezruixo_2021_nasal').rung})*" in drawn
    for moiety in comparison.moieties():
        assert f">{moiety}<" in drawn
    assert drawn.count("research and education, not dosing advice") > len(comparison.moieties())


def test_the_same_comparison_gives_the_same_bytes(comparison, tmp_path):
    first, second = (
        write_comparison_figure(comparison, tmp_path / name).read_bytes()
        for name in ("one.svg", "two.svg")
    )
    assert first == second


def test_a_figure_of_another_kind_is_refused(comparison, tmp_path):
    with pytest.raises(
        FileInputError, match=r"ends in '.gif'; expected one of .svg, .png, .pdf"
    ):
        write_comparison_figure(comparison, tmp_path / "models.gif")

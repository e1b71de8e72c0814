"""Observed against predicted, drawn."""

from dataclasses import replace

import pytest

from algesia.errors import FileInputError
from algesia.evidence import PkValidation, validate_pk
from algesia.provenance import NOTICE
from algesia.report.validation_figure import validation_svg, write_validation_figure


@pytest.fixture(scope="module")
def found() -> PkValidation:
    return validate_pk("kamp_2020_general")


def test_the_figure_names_what_it_shows_and_carries_the_notice(found):
    text = validation_svg(found)
    for words in (
        "Peak and steady level, ng/mL",
        "Area under the curve, ng·h/mL",
        "Predicted over observed by route",
        "predicted over observed by time",
        "intravenous, injection",
        NOTICE,
    ):
        assert words in text


@pytest.mark.parametrize(("ending", "start"), [(".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_every_kind_of_file_can_be_written(ending, start, found, tmp_path):
    path = write_validation_figure(found, tmp_path / f"figure{ending}")
    assert path.read_bytes().startswith(start)


def test_the_same_validation_gives_the_same_bytes(found):
    assert validation_svg(found) == validation_svg(found)


def test_a_model_that_predicts_nothing_still_has_a_figure(found):
    nothing = tuple(
        replace(each, central=None, low=None, high=None, problem="no")
        for each in found.predictions
    )
    text = validation_svg(replace(found, predictions=nothing, curves=()))
    assert NOTICE in text


def test_another_ending_is_refused(found, tmp_path):
    with pytest.raises(FileInputError, match=r"expected one of \.svg, \.png, \.pdf"):
        write_validation_figure(found, tmp_path / "figure.gif")

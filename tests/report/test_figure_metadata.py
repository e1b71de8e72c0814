from pathlib import Path

import pytest

from algesia.provenance import NOTICE
from algesia.regimen import parse_regimen
from algesia.report.figure_metadata import figure_metadata
from algesia.report.regimen_figure import write_regimen_figure


@pytest.mark.parametrize(
    ("kind", "field", "date"),
    [
        ("svg", "Description", "Date"),
        ("png", "Description", None),
        ("pdf", "Subject", "CreationDate"),
    ],
)
def test_every_kind_of_figure_carries_the_notice_and_no_date(kind, field, date) -> None:
    metadata = figure_metadata("one film", kind)
    assert metadata[field] == NOTICE
    assert date is None or metadata[date] is None


def test_no_figure_writes_metadata_of_its_own() -> None:
    room = Path(__file__).parents[2] / "src" / "algesia" / "report"
    saving = [path for path in room.glob("*.py") if ".savefig(" in path.read_text()]
    assert len(saving) >= 4
    assert all("figure_metadata(" in path.read_text() for path in saving)


def test_the_notice_stands_in_the_file(tmp_path) -> None:
    path = write_regimen_figure(
        {"plan": parse_regimen("50 mg esketamine film")}, tmp_path / "a.png", title="one film"
    )
    assert NOTICE.encode() in path.read_bytes()

"""The page that opens without a network."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from algesia.errors import FileInputError
from algesia.evidence import PkValidation, validate_pk
from algesia.provenance import NOTICE
from algesia.report.validation_page import validation_html, write_validation_page

EMPTY = {"meta", "path", "use", "circle", "br", "img", "link", "rect", "line", "input"}


@pytest.fixture(scope="module")
def found() -> PkValidation:
    return validate_pk("kamp_2020_general")


class Nesting(HTMLParser):
    """Checks that every element that opens also closes, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in EMPTY:
            assert self.open.pop() == tag


def test_the_page_is_well_nested(found):
    reader = Nesting()
    reader.feed(validation_html(found))
    reader.close()
    assert reader.open == []


def test_nothing_on_the_page_is_fetched(found):
    text = validation_html(found)
    assert not re.search(r"<(script|link|iframe|img)\b", text)
    assert not re.search(r"@import|url\(\s*['\"]?https?:", text)
    assert not re.search(r"(src|xlink:href|href)\s*=\s*['\"]https?:", text)


def test_the_notice_stands_above_and_below(found):
    text = validation_html(found)
    assert text.count(f'<p class="notice">{NOTICE}</p>') == 2


def test_the_figure_is_inside_and_every_observation_is_there(found):
    text = validation_html(found)
    assert "<svg" in text
    for each in found.predictions:
        assert each.observation.name in text


def test_what_is_not_predicted_is_not_said_to_count(found):
    text = validation_html(found)
    missing = text.partition("<h2>Not predicted</h2>")[2].partition("<h2>Studies</h2>")[0]
    assert "would count; missed where a goal asks for it" in missing
    assert "<td>counts</td>" not in missing
    assert "Of 163 observations: " in text


def test_text_of_sources_is_escaped(found):
    odd = replace(found.predictions[0], problem="<b>bold</b> & more", central=None)
    text = validation_html(replace(found, predictions=(odd, *found.predictions[1:])))
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in text


def test_a_page_is_not_written_over_another_without_leave(found, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileInputError, match="exists already"):
        write_validation_page(found, path)
    assert path.read_text(encoding="utf-8") == "mine"
    assert write_validation_page(found, path, force=True) == path
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_another_ending_is_refused(found, tmp_path):
    with pytest.raises(FileInputError, match=r"expected \.html"):
        write_validation_page(found, tmp_path / "page.pdf")

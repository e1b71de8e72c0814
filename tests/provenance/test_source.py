import dataclasses

import pytest

from algesia.errors import DomainError
from algesia.provenance import Source

WEIGHTS = Source(
    key="prohaska_2022",
    authors="Prohaska T, et al.",
    year=2022,
    title="Standard atomic weights of the elements 2021",
    journal="Pure and Applied Chemistry",
    doi="10.1515/pac-2019-0603",
)


def test_a_citation_is_one_line_with_authors_year_title_journal_and_address():
    assert WEIGHTS.citation() == (
        "Prohaska T, et al. (2022). Standard atomic weights of the elements 2021. "
        "Pure and Applied Chemistry. doi:10.1515/pac-2019-0603"
    )


def test_a_title_over_two_lines_is_cited_on_one():
    folded = dataclasses.replace(WEIGHTS, title="Standard\n  atomic weights.")
    assert "Standard atomic weights. Pure" in folded.citation()


@pytest.mark.parametrize(
    ("parts", "address"),
    [
        ({"pmid": "12345"}, "doi:10.1515/pac-2019-0603"),
        ({"doi": None, "pmid": "12345"}, "pmid:12345"),
        ({"doi": None, "url": "https://example.org/label"}, "https://example.org/label"),
        ({"doi": None, "note": "printed thesis, no address"}, "printed thesis, no address"),
    ],
)
def test_a_source_is_found_by_doi_then_pmid_then_web_then_a_reason(parts, address):
    assert dataclasses.replace(WEIGHTS, **parts).address == address


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"doi": None}, "prohaska_2022 has no doi, pmid or url"),
        ({"doi": None, "note": "  "}, "has no doi, pmid or url"),
        ({"doi": "https://doi.org/10.1515/x"}, "has doi 'https://doi.org/10.1515/x'; expected"),
        ({"pmid": "PMC12"}, "has pmid 'PMC12'; expected up to nine digits"),
        ({"url": "example.org"}, "expected an address that begins with http"),
        ({"key": "Simons 2022"}, "source key is 'Simons 2022'; expected lower case"),
        ({"year": 22}, "has year 22; expected 1800 to 2100"),
        ({"authors": " "}, "has no authors; expected text"),
        ({"title": ""}, "has no title"),
        ({"journal": ""}, "has no journal"),
    ],
)
def test_a_source_that_cannot_be_found_again_is_refused(parts, message):
    with pytest.raises(DomainError, match=message):
        dataclasses.replace(WEIGHTS, **parts)

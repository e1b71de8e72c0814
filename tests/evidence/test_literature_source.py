"""What claims and conflicts cite."""

import pytest

from algesia.errors import FileInputError, UnknownNameError
from algesia.evidence.clinical_claim import clinical_claims
from algesia.evidence.literature_conflict import literature_conflicts
from algesia.evidence.literature_source import (
    cited,
    literature_sources,
    literature_sources_of,
)

ROW = {"cite": "A 2001", "read": "seen", "doi": "10.1000/1"}


def file(row):
    return {"schema": "algesia/literature_sources/1", "sources": {"a_2001": row}}


def test_every_source_is_cited_by_a_claim_or_a_conflict():
    used = {source.line for each in clinical_claims().values() for source in each.sources}
    for conflict in literature_conflicts().values():
        used |= {line for side in conflict.sides for line in side.sources}
    assert not [each.id for each in literature_sources().values() if each.line not in used]


def test_identifiers_look_like_identifiers():
    for each in literature_sources().values():
        assert each.doi is None or each.doi.startswith("10."), each.id
        assert each.pmid is None or each.pmid.isdigit(), each.id
        assert each.url is None or each.url.startswith(("https://", "http://")), each.id


def test_a_line_names_identifier_and_how_far_it_was_read():
    found = literature_sources_of(file(ROW | {"read": "recalled"}), where="x.yaml")
    assert found["a_2001"].line == "A 2001; doi 10.1000/1; recalled"


def test_a_source_without_place_needs_a_note():
    with pytest.raises(FileInputError, match="source 'a_2001' has no place"):
        literature_sources_of(file({"cite": "A", "read": "seen"}), where="x.yaml")


def test_a_reading_that_is_not_known_is_refused():
    with pytest.raises(FileInputError, match=r"a_2001\.read"):
        literature_sources_of(file(ROW | {"read": "glanced"}), where="x.yaml")


def test_a_name_that_does_not_exist_is_answered_with_close_ones():
    with pytest.raises(UnknownNameError, match="close names: dahan_2011"):
        cited(["dahan_2012"], place="a test")

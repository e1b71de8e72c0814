"""Conflicts of the literature, of all kinds."""

import copy

import pytest

from algesia.errors import FileInputError, InputError, UnknownNameError
from algesia.evidence.conflict import conflicts
from algesia.evidence.literature_conflict import (
    CONFLICT_KINDS,
    conflicts_about,
    literature_conflicts,
    literature_conflicts_of,
)
from algesia.safety.guideline_file import disagreements

DATA = {
    "schema": "algesia/literature_conflicts/1",
    "conflicts": [
        {
            "id": "one",
            "kind": "harm",
            "what": "something",
            "carried": "both",
            "sides": [
                {"says": "yes", "evidence": "A", "n": 12, "sources": ["dahan_2011"]},
                {"says": "no", "evidence": "D", "sources": ["dahan_2011"], "claims": ["S0_01"]},
            ],
        }
    ],
}


def side_changed(**keys):
    data = copy.deepcopy(DATA)
    data["conflicts"][0]["sides"][0] |= keys
    return data


def test_every_conflict_has_two_sides_with_sources_and_evidence():
    for each in literature_conflicts().values():
        assert len(each.sides) >= 2, each.id
        assert each.carried.strip(), each.id
        for side in each.sides:
            assert side.says.strip(), each.id
            assert side.sources, each.id
            assert side.evidence, each.id


def test_kinetics_and_guidelines_are_taken_from_where_they_stand():
    known = literature_conflicts()
    assert {each.id for each in conflicts()} <= set(known)
    guideline = [each for each in known.values() if each.kind == "guideline"]
    assert len(guideline) == len(disagreements())


def test_every_kind_is_there():
    assert {each.kind for each in literature_conflicts().values()} == set(CONFLICT_KINDS)
    assert len(conflicts_about("mechanism")) == 18


def test_a_kinetic_side_says_whether_it_counts():
    first, _, third = literature_conflicts()["nasal_fraction"].sides
    assert first.evidence == "shown in the validation and set apart"
    assert third.evidence == "counts in the validation"


def test_a_retracted_paper_says_so():
    retracted = [
        side.evidence
        for each in literature_conflicts().values()
        for side in each.sides
        if side.retracted
    ]
    assert retracted == ["in vitro; retracted"]


def test_a_conflict_of_guidelines_names_both_documents():
    found = literature_conflicts()["c_dose_rate_against_f_max"]
    assert "doi 10.1097/AAP.0000000000000808" in found.sides[0].sources[0]
    assert found.sides[0].sources != found.sides[1].sources


@pytest.mark.parametrize("topic", ["late_p38", "LATE_P38", "p38"])
def test_a_topic_is_a_name_or_a_word(topic):
    assert [each.id for each in conflicts_about(topic)] == ["late_p38"]


def test_a_word_finds_kinetics_and_mechanisms_alike():
    kinds = {each.kind for each in conflicts_about("norketamine")}
    assert kinds == {"kinetics", "mechanism"}


@pytest.mark.parametrize("topic", ["mechanisn", ""])
def test_a_topic_that_nothing_is_about_is_refused(topic):
    with pytest.raises(UnknownNameError, match="no conflict about"):
        conflicts_about(topic)


def test_data_that_fits_is_read():
    (found,) = literature_conflicts_of(DATA, where="x.yaml")
    assert [side.evidence for side in found.sides] == [
        "measured in people; 12 people",
        "assumed, recalled or a bare claim",
    ]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"sources": ["dahan_2012"]}, "close names: dahan_2011"),
        ({"claims": ["S0_99"]}, "no claim in x.yaml, one 'S0_99'"),
        ({"evidence": "E"}, "sides.0.evidence"),
        ({"sources": []}, "sources is empty"),
        ({"n": 0}, "sides.0.n"),
        ({"sez": "x"}, "unknown key 'conflicts.0.sides.0.sez'; known: says"),
    ],
)
def test_a_side_that_does_not_fit_is_refused(keys, message):
    with pytest.raises(InputError) as caught:
        literature_conflicts_of(side_changed(**keys), where="x.yaml")
    assert message in str(caught.value)


def test_one_side_alone_is_no_conflict():
    data = copy.deepcopy(DATA)
    del data["conflicts"][0]["sides"][1]
    with pytest.raises(FileInputError):
        literature_conflicts_of(data, where="x.yaml")

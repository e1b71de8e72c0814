"""The list of published models, the page about it and the entries it names."""

from pathlib import Path

import pytest

from algesia.catalog.entry import entry_ids
from algesia.catalog.published import published_models

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "published_models.md"
KETAMINE = ("ketamine", "found_besides")


def test_every_entry_that_the_list_names_exists() -> None:
    named = {each.entry for each in published_models()} - {None}
    assert named <= set(entry_ids())


def test_no_publication_stands_twice() -> None:
    names = [each.id for each in published_models()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("group", KETAMINE)
def test_a_complete_model_of_ketamine_is_an_entry_or_kept_out_on_purpose(group: str) -> None:
    for each in published_models():
        if each.group == group and each.complete == "yes":
            assert each.entry is not None or each.why.startswith("Kept out on purpose")


@pytest.mark.parametrize("group", KETAMINE)
def test_a_model_without_enough_numbers_is_no_entry_and_says_what_is_missing(
    group: str,
) -> None:
    for each in published_models():
        if each.group == group:
            assert each.complete is not None
            assert len(each.why) > 15
            assert each.complete != "no" or each.entry is None


@pytest.mark.parametrize("model", published_models(), ids=lambda model: model.id)
def test_the_page_names_every_publication_and_its_entry(model) -> None:
    row = next(
        line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| `{model.id}` ")
    )
    assert model.citation in row
    assert f"| {model.complete or 'not judged'} |" in row
    assert f"| `{model.entry}` |" in row if model.entry else "| – |" in row
    assert model.why in row

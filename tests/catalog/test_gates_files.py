from algesia.catalog.entry import entry_at
from algesia.catalog.gates_files import (
    exemptions_known,
    files_complete,
    no_open_question,
    sources_cited,
)

from .small_entry import small_entry, value, write_entry


def test_an_entry_that_explains_itself_and_claims_something_is_complete(tmp_path) -> None:
    entry = small_entry(tmp_path)
    assert files_complete(entry) == []
    assert no_open_question(entry) == []
    assert sources_cited(entry) == []
    assert exemptions_known(entry) == []


def test_an_entry_without_a_readme_is_not_complete(tmp_path) -> None:
    (issue,) = files_complete(small_entry(tmp_path, readme=""))
    assert issue.place == "README.md"


def test_an_entry_without_a_claim_is_not_complete(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        claims["claims"] = []

    (issue,) = files_complete(small_entry(tmp_path, spoil))
    assert issue.place == "claims.yaml"


def test_an_empty_box_in_the_readme_is_an_open_question_and_a_ticked_one_is_not(
    tmp_path,
) -> None:
    readme = "# small\n\n- [x] units\n- [ ] is it a variance?\n"
    (issue,) = no_open_question(small_entry(tmp_path, readme=readme))
    assert issue.place == "README.md, line 4"
    assert "is it a variance?" in issue.message


def test_the_word_open_in_a_note_is_an_open_question(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["volume_central"]["note"] = "OPEN: per kg or not"

    (issue,) = no_open_question(small_entry(tmp_path, spoil))
    assert issue.place.startswith("values.yaml, line")


def test_a_source_that_nothing_was_read_in_is_reported(tmp_path) -> None:
    folder = write_entry(tmp_path)
    path = folder / "values.yaml"
    text = path.read_text(encoding="utf-8")
    block = (
        "  spare:\n    authors: N\n    year: 2001\n    title: T\n    journal: J\n    note: n\n"
    )
    path.write_text(text.replace("values:\n", f"{block}values:\n", 1), encoding="utf-8")
    (issue,) = sources_cited(entry_at(folder))
    assert issue.place == "values.yaml, sources.spare"


def test_an_exemption_from_no_known_gate_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["exemptions"] = {"mole_conserved": "because", "linear": "because"}

    (issue,) = exemptions_known(small_entry(tmp_path, spoil))
    assert issue.place == "model.yaml, exemptions.mole_conserved"
    assert "moles_conserved" in issue.message


def test_a_source_cited_by_a_spread_without_a_number_counts_as_cited(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["clearance_elimination_variance"] = value(None, "1", "log_variance")

    assert sources_cited(small_entry(tmp_path, spoil)) == []

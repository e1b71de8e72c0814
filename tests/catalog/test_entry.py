import pytest

from algesia.catalog.entry import RUNGS, entry, entry_hash, entry_ids, recorded_ladder
from algesia.errors import UnknownNameError

from .small_entry import claim, small_entry, write_entry


def test_an_entry_nobody_recorded_is_a_draft(tmp_path) -> None:
    assert small_entry(tmp_path).rung == "draft"


@pytest.mark.parametrize("name", entry_ids())
def test_an_entry_of_the_catalogue_has_the_recorded_rung_of_its_very_files(name: str) -> None:
    recorded = recorded_ladder()[name]
    chosen = entry(name)
    assert recorded["content"] == entry_hash(chosen.folder)
    assert chosen.rung == recorded["rung"]
    assert chosen.rung in RUNGS
    assert list(chosen.misfits) == recorded["misfits"]


def test_an_entry_that_does_not_exist_is_refused_with_a_close_name() -> None:
    with pytest.raises(UnknownNameError, match="simons_2022_film"):
        entry("simons_2022_films")


def test_misfits_with_one_reason_are_one_line(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        for name, reason in (("a", "apparent"), ("b", "apparent"), ("c", "other")):
            claims["claims"].append(
                claim(name, "1 L/h", {"measure": "clearance"}, expected_to_fail=reason)
            )

    assert small_entry(tmp_path, spoil).misfits == (
        "misfit: a and 1 more: apparent",
        "misfit: c: other",
    )


def test_the_hash_changes_with_any_file_the_checks_rest_on(tmp_path) -> None:
    folder = write_entry(tmp_path)
    seen = {entry_hash(folder)}
    for name in ("model.yaml", "values.yaml", "claims.yaml"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
        seen.add(entry_hash(folder))
    assert len(seen) == 4

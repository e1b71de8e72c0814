"""`algesia doctor`."""

import json
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from algesia.catalog.entry import entry, entry_folder

PAGE = Path(__file__).parents[2] / "docs" / "how_to" / "nonmem_tables.md"


@pytest.fixture
def own_model(tmp_path):
    """The model in one file that a page shows."""
    text = PAGE.read_text(encoding="utf-8")
    shown = re.search(r"`model.yaml`[^`]*```\w+\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "model.yaml"
    path.write_text(shown.group(1), encoding="utf-8")
    return path


def test_versions_cache_and_threads_are_named(algesia, tmp_path, monkeypatch):
    monkeypatch.setenv("ALGESIA_CACHE", str(tmp_path / "kernels here"))
    answer = json.loads(algesia("doctor", "--json").out)["data"]
    assert answer["packages"]["numba"] == version("numba")
    assert answer["cache"]["directory"].startswith(str(tmp_path / "kernels here"))
    assert answer["cache"]["writable"] is True
    assert answer["threads"] >= 1


def test_a_missing_extra_comes_with_the_line_that_installs_it(algesia, monkeypatch):
    def absent(package):
        if package == "zarr":
            raise PackageNotFoundError(package)
        return version(package)

    monkeypatch.setattr(sys.modules["importlib.metadata"], "version", absent)
    assert "zarr is not installed; run: pip install 'algesia[arrays]'" in algesia("doctor").out


def test_a_model_is_named_with_its_states_and_stepper(algesia):
    ended = algesia("doctor", "simons_2022_film")
    states = entry("simons_2022_film").model.states
    assert f"{len(states)} states" in ended.out
    assert states[0].name in ended.out
    assert "stepper exact: linear between events" in ended.out


def test_a_cache_that_cannot_be_used_is_said_with_where_it_went(algesia, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("ALGESIA_CACHE", str(tmp_path / "file"))
    cache = json.loads(algesia("doctor", "--json").out)["data"]["cache"]
    assert cache["as_wished"] is False
    assert cache["wished"] == str(tmp_path / "file" / "kernels")
    out = " ".join(algesia("doctor").out.split())
    assert "which cannot be used" in out
    assert "it went to" in out


@pytest.mark.parametrize(
    ("name", "stepper"), [("simons_2022_film", "exact"), ("nmda_receptor_channel", "rodas5p")]
)
def test_the_source_behind_a_model_is_kept_and_can_be_read(algesia, name, stepper):
    ended = algesia("doctor", name, "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)["data"]["model"]
    assert found["stepper"] == stepper
    assert (found["lanes"] == 1) is (stepper == "exact") or found["lanes"] in {1, 4, 8}
    text = Path(found["source"]).read_text(encoding="utf-8")
    assert found["source"].endswith(".py")
    assert "def outputs(" in text or "def rhs(" in text
    compile(text, found["source"], "exec")


def test_a_file_of_the_user_and_a_folder_of_an_entry_are_looked_at(
    algesia, tmp_path, own_model
):
    ended = algesia("doctor", own_model, "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["data"]["model"]["rung"] == "a file of your own"
    folder = tmp_path / "copies" / "simons_2022_film"
    shutil.copytree(entry_folder("simons_2022_film"), folder)
    for path in (folder, folder / "model.yaml"):
        ended = algesia("doctor", path, "--json")
        assert json.loads(ended.out)["data"]["model"]["id"] == "simons_2022_film"
    ended = algesia("doctor", tmp_path / "none.yaml")
    assert (ended.code, "none.yaml" in ended.err) == (2, True)

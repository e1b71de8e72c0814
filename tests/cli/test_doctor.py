"""`algesia doctor`."""

import json
import sys
from importlib.metadata import PackageNotFoundError, version

from algesia.catalog.entry import entry


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

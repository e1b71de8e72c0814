import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from algesia.engine.cache import cache_directory
from algesia.engine.lanes.width import best_width

LANES = ["1", "4"] if best_width() > 1 else ["1"]

CODE = """
import sys
import numpy as np
from algesia.engine import Batch, Program, Tolerances, solve
program = Program(
    states=("x",), parameters=("k",), derivatives=("-k * x",), outputs=(("x", "x"),))
none = np.zeros(0, dtype=np.int64)
batch = Batch(parameters=[[0.5]], initial=[[8.0]], start_row=[0], start_time_h=[0.0],
    event_offset=[0, 0], event_time_h=[], event_kind=none, event_index=none, event_value=[],
    sample_time_h=[[2.0]], sample_event=[[0]])
answer = solve(program, batch, Tolerances(relative=1e-10, absolute=1e-12))
assert abs(answer.values[0, 0, 0] - 8.0 * np.exp(-1.0)) < 1e-8
print("sympy" in sys.modules, "numba" in sys.modules, answer.values[0, 0, 0].hex())
"""


def start(directory: Path, lanes: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", CODE],
        env={**os.environ, "ALGESIA_CACHE": str(directory), "ALGESIA_LANES": lanes},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[tuple[str, ...], str]:
    """Which of sympy and numba the process needed, and the bits of its answer."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    *imported, bits = out.split()
    return tuple(imported), bits


def only_loads(lanes: str) -> tuple[str, str]:
    """What a process needs that finds everything made; scalar kernels are numba's own."""
    return ("False", str(lanes == "1"))


@pytest.fixture(scope="module", params=LANES)
def made(request, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A cache that two processes filled at the same time, the bits of their answer, lanes."""
    directory, lanes = tmp_path_factory.mktemp("cache"), request.param
    first, second = start(directory, lanes), start(directory, lanes)
    answers = {finish(first), finish(second)}
    assert len({bits for _, bits in answers}) == 1
    return directory, answers.pop()[1], lanes


def compiled_files(directory: Path) -> dict[str, int]:
    files = [file for file in (directory / "kernels").rglob("*") if file.suffix != ".py"]
    return {file.name: file.stat().st_ino for file in files if file.is_file()}


def test_two_processes_at_once_leave_one_readable_file_of_each_kind(made):
    directory, _, lanes = made
    sources = list((directory / "kernels").glob("*"))
    expected = ["", ".py"] if lanes == "1" else [".bin", ".bin", ".py"]
    assert sorted(file.suffix for file in sources) == expected
    assert compiled_files(directory)


def test_a_later_process_generates_and_compiles_nothing(made):
    directory, bits, lanes = made
    before = compiled_files(directory)
    assert finish(start(directory, lanes)) == (only_loads(lanes), bits)
    assert compiled_files(directory) == before


def test_a_damaged_source_is_made_again(made):
    directory, bits, lanes = made
    source = next((directory / "kernels").glob("kernels_*.py"))
    whole = source.read_text()
    source.write_text(whole.replace("-k", "+k")[: len(whole) // 2])
    assert finish(start(directory, lanes)) == (("True", only_loads(lanes)[1]), bits)
    assert source.read_text() == whole


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_damaged_compiled_file_is_made_again(made, suffix):
    directory, bits, lanes = made
    for file in (directory / "kernels" / "__pycache__").glob(f"*{suffix}"):
        file.write_bytes(file.read_bytes()[:40] + b"rubbish")
    assert finish(start(directory, lanes)) == (only_loads(lanes), bits)
    before = compiled_files(directory)
    assert finish(start(directory, lanes)) == (only_loads(lanes), bits)
    assert compiled_files(directory) == before


def test_damaged_machine_code_is_made_again_from_the_kept_source(made):
    directory, bits, lanes = made
    for file in (directory / "kernels").glob("*.bin"):
        whole = file.read_bytes()
        file.write_bytes(whole[:-200] + bytes(200))
        needed = str("driver" in file.name)
        assert finish(start(directory, lanes)) == (("False", needed), bits)
        assert file.read_bytes() == whole


def test_a_place_that_cannot_be_written_to_is_replaced_by_a_private_one(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a directory")
    monkeypatch.setenv("ALGESIA_CACHE", str(tmp_path / "file"))
    found = cache_directory()
    assert tmp_path not in found.parents
    assert not found.stat().st_mode & (stat.S_IWOTH | stat.S_IWGRP)


def test_a_place_everybody_can_write_to_is_not_used(tmp_path, monkeypatch):
    shared = tmp_path / "kernels"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setenv("ALGESIA_CACHE", str(tmp_path))
    assert cache_directory() != shared


def test_without_a_wish_the_cache_of_the_user_is_taken(tmp_path, monkeypatch):
    monkeypatch.delenv("ALGESIA_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "algesia" / "kernels"

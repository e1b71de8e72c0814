"""What only a process of its own can show: start-up, Ctrl-C, pipes."""

import os
import signal
import subprocess
import sys
import time

import pytest

MANY = """\
schema: algesia/scenario/1
title: long
subjects: 2000000
sampling: {every: 1 h, until: 24 h}
arms:
  - {name: a, model: simons_2022_film, regimen: 20 mg esketamine IV over 20 min}
"""
ALGESIA = (sys.executable, "-m", "algesia")


def started(arguments, folder):
    return subprocess.Popen(
        [*ALGESIA, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ALGESIA_TRACEBACK": ""},
    )


@pytest.mark.parametrize("after_s", [0.4, 1.5, 5.0])
def test_ctrl_c_at_any_time_ends_with_130_and_leaves_nothing(after_s, tmp_path):
    (tmp_path / "s.yaml").write_text(MANY, encoding="utf-8")
    process = started(["run", "s.yaml", "--out", "a.parquet", "--plot", "a.svg"], tmp_path)
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def first_part(process, folder):
    """Wait until the first part of a run stands there."""
    part = folder / "a.parquet" / "part-00000.parquet"
    end_s = time.monotonic() + 60.0
    while not part.exists():
        assert process.poll() is None
        assert time.monotonic() < end_s
        time.sleep(0.01)
    return part


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "interrupted\n"), (signal.SIGKILL, -signal.SIGKILL, "")],
)
def test_a_run_in_chunks_that_is_stopped_keeps_its_parts_and_is_finished_by_resume(
    number, code, said, tmp_path
):
    (tmp_path / "s.yaml").write_text(MANY.replace("2000000", "8000"), encoding="utf-8")
    run = ["run", "s.yaml", "--quiet", "--chunk", "400", "--out", "a.parquet"]
    process = started(run, tmp_path)
    part = first_part(process, tmp_path)
    process.send_signal(number)
    since_s = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, "", said)
    # Measured below one second on two idle processors; the machine of the tests may be busy.
    assert time.monotonic() - since_s < 10.0
    kept = part.stat().st_mtime_ns
    left = [path.name for path in (tmp_path / "a.parquet").iterdir()]
    assert len([name for name in left if not name.startswith(".")]) < 20
    if number == signal.SIGINT:
        assert all(name.startswith("part-") for name in left)
    ended = started([*run, "--resume", "--receipt", "r.json"], tmp_path)
    assert (*ended.communicate(timeout=120), ended.returncode) == ("", "", 0)
    assert part.stat().st_mtime_ns == kept
    assert len(list((tmp_path / "a.parquet").iterdir())) == 20
    whole = started(["run", "s.yaml", "--quiet", "--receipt", "whole.json"], tmp_path)
    assert (*whole.communicate(timeout=120), whole.returncode) == ("", "", 0)
    texts = [(tmp_path / name).read_text(encoding="utf-8") for name in ("r.json", "whole.json")]
    assert texts[0] == texts[1]


def test_a_reader_that_stops_reading_is_met_with_silence(tmp_path):
    process = started(["models"], tmp_path)
    process.stdout.close()
    with process.stderr as stream:
        err = stream.read()
    assert (process.wait(timeout=60), err) == (0, "")


def test_help_loads_nothing_heavy(tmp_path):
    code = (
        "import sys; from algesia.cli.main import main; main(['--help']); "
        "heavy = {'numpy', 'numba', 'sympy', 'scipy', 'pint', 'pydantic', 'polars', "
        "'matplotlib', 'pyarrow', 'zarr', 'rich.table'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")

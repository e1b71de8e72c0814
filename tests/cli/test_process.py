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

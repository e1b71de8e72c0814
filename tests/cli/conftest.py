"""Commands run in this process, with what they print caught."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from algesia.cli.main import main

SCENARIO = """\
schema: algesia/scenario/1
title: Film and infusion
subjects: 4
sampling: {every: 1 h, until: 12 h}
arms:
  - name: infusion
    model: simons_2022_film
    regimen: 20 mg esketamine IV over 20 min
    outputs: [plasma_esketamine]
"""

EVENTS = """\
ID,TIME,AMT,RATE,EVID,CMT
1,0,20,60,1,1
1,1,.,.,0,1
1,6,.,.,0,1
2,0,20,60,1,1
2,1,.,.,0,1
2,6,.,.,0,1
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def algesia(capsys, tmp_path, monkeypatch) -> Callable[..., Ended]:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Ended:
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ended(code=code, out=printed.out, err=printed.err)

    return call


@pytest.fixture
def scenario(tmp_path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture
def events(tmp_path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS, encoding="utf-8")
    return path


@pytest.fixture
def scenario_text() -> str:
    return SCENARIO

"""`Process`: a worker of one contender, asked by lines of JSON."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Contender", "Failed", "Process"]

WORKER = Path(__file__).with_name("worker.py")


class Failed(Exception):
    """A worker stopped without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One row of the comparison.

    Attributes
    ----------
    name
        As shown.
    module
        Module in `peers`.
    python
        Interpreter that has the packages it needs.
    patients
        Patients per run for each shape; a shape that is left out is not measured.
    options
        Keyword arguments of the module's `prepare`.
    """

    name: str
    module: str
    python: Path
    patients: dict[str, int]
    options: dict[str, Any] = field(default_factory=dict)


class Process:
    """A running worker, bound to one processor.

    Parameters
    ----------
    contender
        What to run.
    directory
        Data written by `side_by_side.py`; also gets the worker's log.
    environment
        Added to the environment of this process.
    """

    def __init__(
        self, contender: Contender, directory: Path, environment: dict[str, str]
    ) -> None:
        label = contender.name.replace(" ", "_").replace(",", "")
        self._log = directory / f"{label}.log"
        arguments = [contender.module, str(directory), json.dumps(contender.options)]
        with self._log.open("w", encoding="utf-8") as log:
            self._child = subprocess.Popen(
                [str(contender.python), str(WORKER), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **environment},
            )
        # One processor for all: the last one that this process may use.
        os.sched_setaffinity(self._child.pid, {max(os.sched_getaffinity(0))})
        self.ready = self._read()

    def ask(self, **wish: object) -> dict[str, Any]:
        """Ask for one run and wait for the answer.

        Raises
        ------
        Failed
            If the worker stopped; the message has the last line of its log.
        """
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(wish) + "\n")
            self._child.stdin.flush()
        except BrokenPipeError as error:
            raise Failed(self._reason()) from error
        return self._read()

    def close(self) -> None:
        """End the worker."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child.wait()

    def _read(self) -> dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise Failed(self._reason())
        return json.loads(line)

    def _reason(self) -> str:
        code = self._child.wait()
        lines = self._log.read_text(encoding="utf-8").strip().splitlines()
        return f"exit {code}: {lines[-1] if lines else 'no message'}"

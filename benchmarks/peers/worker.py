"""One peer in a process of its own, told what to solve by lines of JSON on standard input.

Started by `side_by_side.py`: `python benchmarks/peers/worker.py PEER DIRECTORY OPTIONS`, where
the directory holds `model.json`, `population.npy` and `reference_A.npy` and so on, and the
options are JSON. Each answer is one line of JSON on standard output.
"""

import json
import os
import sys
import time
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from numpy.typing import NDArray
from peers.model_text import Model
from problems.dosing_shapes import shape

SMALLEST_SCALE = 1e-3
"""Part of a state's largest value that counts as its size where the state is smaller."""

WARMING_TOLERANCE = 1e-3

SMALLEST_NUMBER = 1e-290
"""Keeps 0 / 0 from arising."""


def achieved_error(values: NDArray[np.float64], reference: NDArray[np.float64]) -> float:
    """Largest error over patients, times and states, relative to the size of the state.

    Parameters
    ----------
    values
        States found, (S, T, X).
    reference
        Exact states of the same patients, or of more, (S or more, T, X).

    Returns
    -------
    float
        Infinite where a value is not a number.
    """
    # A state that stays 0 is compared too: any other value of it is an infinite error.
    largest = np.maximum(np.abs(reference).max(axis=(0, 1)), SMALLEST_NUMBER)
    known = reference[: len(values)]
    error = np.abs(values[: len(known)] - known) / (np.abs(known) + SMALLEST_SCALE * largest)
    return float(np.where(np.isfinite(error), error, np.inf).max())


def peak_memory_mib() -> float:
    """Largest resident memory of this process so far, MiB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status has no VmHWM; expected Linux")


class Bench:
    """A prepared peer and the data it is measured on."""

    def __init__(self, peer: str, directory: Path, options: dict[str, Any]) -> None:
        self._directory = directory
        self._population = np.load(directory / "population.npy")
        model = Model.read(directory / "model.json")
        begin, wall = time.process_time(), time.perf_counter()
        module = import_module(f"peers.{peer}")
        self._solver = module.prepare(model, **options)
        self._solver.run(shape("A"), self._population[:1], WARMING_TOLERANCE)
        self._warm: set[tuple[str, int]] = set()
        self.ready = {
            "first_result_cpu_s": time.process_time() - begin,
            "first_result_s": time.perf_counter() - wall,
            "versions": {name: _version(name) for name in module.PACKAGES},
            "memory_mib": peak_memory_mib(),
            "lanes": getattr(self._solver, "lanes", None),
        }

    def answer(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Solve what is wished and compare it with the reference."""
        problem = shape(wish["shape"])
        rows = self._population[: wish["patients"]]
        # Some compile again for every number of patients and samples.
        if (problem.name, len(rows)) not in self._warm:
            self._solver.run(problem, rows, WARMING_TOLERANCE)
            self._warm.add((problem.name, len(rows)))
        begin = time.perf_counter()
        values, seconds = self._solver.run(problem, rows, wish["tolerance"])
        wall = time.perf_counter() - begin
        reference = np.load(self._directory / f"reference_{problem.name}.npy")
        return {
            "error": achieved_error(values, reference),
            "ms_per_patient": 1e3 * seconds / len(rows),
            "wall_ms_per_patient": 1e3 * wall / len(rows),
            "accepted_steps": getattr(self._solver, "accepted", None),
            "memory_mib": peak_memory_mib(),
        }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def main() -> None:
    """Answer until standard input ends."""
    # Libraries that print must not disturb the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer, directory, options = sys.argv[1:]
    bench = Bench(peer, Path(directory), json.loads(options))
    answers.write(json.dumps(bench.ready) + "\n")
    for line in sys.stdin:
        answers.write(json.dumps(bench.answer(json.loads(line))) + "\n")


if __name__ == "__main__":
    main()

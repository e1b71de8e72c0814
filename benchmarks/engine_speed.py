"""Measure the engine: compiling, loading and solving two problems.

`lane_speed.py` compares the vector kernels with the scalar one.

Run `python benchmarks/engine_speed.py`; with `--cold` the cache begins empty, in a directory
that is removed at the end. Each time is the best of five.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "problems"))

MILLISECONDS = 1e3
SUBJECTS = 1000
PATIENT_YEARS = 20


def say(what: str, value: float, unit: str) -> None:
    """Print one measure."""
    sys.stdout.write(f"{what:58s} {value:10.3f} {unit}\n")


def best(work: Callable[[], object], repeats: int = 5) -> float:
    """Shortest time of some repetitions, s."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


SCALAR = "from algesia.engine.cache import compiled_kernels as ready\n"
LANES = (
    "from algesia.engine.lanes.machine_code import lane_kernels\n"
    "from algesia.engine.lanes.run import lane_driver\n"
    "from algesia.engine.lanes.width import best_width\n"
    "def ready(program): lane_kernels(program, best_width()); lane_driver()\n"
)
"""What makes a solver of each kind ready to run."""


def load_time(module: str, kind: str) -> float:
    """Time from importing numba to a solver ready to run, in a new process, s."""
    code = (
        f"import sys, time; sys.path.insert(0, {str(Path(__file__).parent / 'problems')!r})\n"
        f"import {module}\n{kind}"
        f"begin = time.perf_counter(); ready({module}.program())\n"
        "print(time.perf_counter() - begin)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return float(result.stdout)


def measure_linear() -> None:
    """A thousand subjects of a linear model for a week, hourly output."""
    import linear_pk_15 as problem

    from algesia.engine import Tolerances, solve

    program, batch = problem.program(), problem.batch(SUBJECTS)
    for threads in (1, 2):
        seconds = best(lambda n=threads: solve(program, batch, Tolerances(), threads=n))
        say(f"linear, 15 states, 1000 subjects x 7 d, {threads} threads", seconds, "s")


def measure_stiff() -> None:
    """Patient years of the stiff model, two infusions a week, daily output."""
    import numpy as np
    import stiff_qsp_35 as problem

    from algesia.engine import Tolerances, solve

    days = np.arange(problem.DAYS_PER_YEAR + 1.0) * problem.HOURS_PER_DAY
    population = problem.population(SUBJECTS)[:PATIENT_YEARS]
    batch = problem.batch(population, problem.infusions_for_a_year(), days)
    for relative in (1e-4, 1e-6):
        tolerances = Tolerances(relative=relative, absolute=relative * 1e-3)
        seconds = best(lambda t=tolerances: solve(problem.program(), batch, t, threads=1))
        per_year = seconds * MILLISECONDS / PATIENT_YEARS
        say(f"stiff, 35 states, one patient year at {relative:.0e}", per_year, "ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="begin with an empty cache")
    with tempfile.TemporaryDirectory() as directory:
        if parser.parse_args().cold:
            os.environ["ALGESIA_CACHE"] = directory
        for module in ("linear_pk_15", "stiff_qsp_35"):
            for name, kind in (("scalar", SCALAR), ("lanes", LANES)):
                say(f"{module}, {name}, first process", load_time(module, kind), "s")
                say(f"{module}, {name}, second process", load_time(module, kind), "s")
        measure_linear()
        measure_stiff()


if __name__ == "__main__":
    main()

"""Exact propagation against Rodas5P on linear catalogue entries, in turns, kernels compiled.

Run it with `python benchmarks/linear_speed.py`; with `--cold` the time to the first answer of a
new process is measured as well, with an empty cache and with a full one. Each time is the best
of five, of one thread, in processor seconds. Quote ratios, not seconds, from a shared machine.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from catalogue_speed import plan_for

import algesia as al
from algesia.engine import StepperName, solve
from algesia.simulate.lower import lower

PATIENTS, RUNS, WEEK_H = 1_000, 5, 168.0
DAYS_H = 24.0 * np.arange(366)
ENTRIES = ("simons_2022_film", "kamp_2020_general")
STEPPERS: tuple[StepperName, ...] = ("exact", "rodas5p")
MICROSECONDS = 1e6

SAMPLINGS: Mapping[str, tuple[str, al.Sampling]] = {
    "7 d hourly": ("1 week", al.Sampling.every(1.0, until_h=WEEK_H)),
    "1 year daily": ("52 weeks", al.Sampling(times_h=DAYS_H)),
    "7 d every 10 min": ("1 week", al.Sampling.every(1.0 / 6.0, until_h=WEEK_H)),
    "7 d, 200 random times": (
        "1 week",
        al.Sampling(times_h=np.sort(np.random.default_rng(1).uniform(0.0, WEEK_H, 200))),
    ),
    "7 d, 2000 random times": (
        "1 week",
        al.Sampling(times_h=np.sort(np.random.default_rng(1).uniform(0.0, WEEK_H, 2000))),
    ),
}
TOLERANCES = (1e-6, 1e-9)

FIRST_ANSWER = """
import sys, time
import numba, scipy, sympy
import algesia as al
from dataclasses import replace
from algesia.engine import solve
from algesia.simulate.lower import lower
sys.path.insert(0, sys.argv[1])
from catalogue_speed import plan_for
model = al.entry(sys.argv[2]).model
arm = al.Arm(name="one", model=model, regimen=al.parse_regimen(plan_for(model)),
    cohort=al.cohort(model, subjects=1, seed=1))
numbers = lower(arm, sampling=al.Sampling.every(1.0, until_h=24.0), tolerance=al.Tolerance())
begin = time.process_time()
solve(replace(numbers.program, stepper=sys.argv[3]), numbers.batch, numbers.tolerances)
print(time.process_time() - begin)
"""


def compare(name: str, shape: str, relative: float) -> None:
    """Print one line: both times for one patient, and their ratio."""
    length, sampling = SAMPLINGS[shape]
    model = al.entry(name).model
    patients = PATIENTS if length == "1 week" else PATIENTS // 10
    arm = al.Arm(
        name=name,
        model=model,
        regimen=al.parse_regimen(plan_for(model).replace("1 week", length)),
        cohort=al.cohort(model, subjects=patients, seed=1),
    )
    numbers = lower(arm, sampling=sampling, tolerance=al.Tolerance(relative=relative))
    times: dict[StepperName, list[float]] = {stepper: [] for stepper in STEPPERS}
    for _ in range(RUNS + 1):
        for stepper in STEPPERS:
            begin = time.process_time()
            program = replace(numbers.program, stepper=stepper)
            solve(program, numbers.batch, numbers.tolerances, threads=1)
            times[stepper].append(time.process_time() - begin)
    exact, stepped = (min(times[each][1:]) * MICROSECONDS / patients for each in STEPPERS)
    sys.stdout.write(
        f"{name:20s} {shape:24s} {relative:.0e}  exact {exact:8.1f}  rodas5p {stepped:8.1f} "
        f"µs/patient  ratio {stepped / exact:5.1f}\n"
    )


def first_answers(name: str) -> None:
    """Print the time to the first answer in new processes, by an empty and by a full cache."""
    for stepper in STEPPERS:
        with tempfile.TemporaryDirectory() as directory:
            for what in ("empty cache", "full cache"):
                answer = subprocess.run(
                    [sys.executable, "-c", FIRST_ANSWER, sys.path[0], name, stepper],
                    env={**os.environ, "ALGESIA_CACHE": directory},
                    capture_output=True,
                    text=True,
                    check=True,
                )
                seconds = float(answer.stdout)
                sys.stdout.write(f"{name:20s} {stepper:8s} {what}  {seconds:6.3f} s\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="measure compiling too")
    cold = parser.parse_args().cold
    for name in ENTRIES:
        for shape in SAMPLINGS:
            for relative in TOLERANCES:
                compare(name, shape, relative)
        if cold:
            first_answers(name)


if __name__ == "__main__":
    main()

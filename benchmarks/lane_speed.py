"""Measure the vector kernels against the scalar one, in turns so that all see the same machine.

Run `python benchmarks/lane_speed.py`. Times are processor time of one thread, the best of three
turns: on a machine that others use, the clock on the wall tells of them. With `--references
DIRECTORY` of files `ref_A.npy` and so on, made by another solver for the first patients, the
achieved error is told too.

A: one infusion, a week, hourly output. B: two infusions a week for a year. C: three oral doses
a day for a year. The last two have daily output.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "problems"))

import stiff_qsp_35

from algesia.arrays import FloatArray
from algesia.engine import Batch, EventKind, Program, Raw, Tolerances, solve

TURNS = 3
MILLISECONDS, MICROSECONDS = 1e3, 1e6
WIDTHS = (1, 4, 8)
PATIENTS = {"A": 256, "B": 32, "C": 16}
ORAL_HOURS, ORAL_MG = (7.0, 13.0, 19.0), 25.0
RELATIVE = {"A": 1e-4, "B": 1e-4, "C": 1e-5}
"""Tolerances with an achieved error of about 1e-5."""


def problem(name: str) -> Batch:
    """The batch of one of the problems of the stiff model."""
    patients = stiff_qsp_35.population(1000)[: PATIENTS[name]]
    days = np.arange(stiff_qsp_35.DAYS_PER_YEAR + 1.0) * stiff_qsp_35.HOURS_PER_DAY
    if name == "A":
        return stiff_qsp_35.batch(patients, np.zeros(1), np.arange(169.0))
    infused = stiff_qsp_35.batch(patients, stiff_qsp_35.infusions_for_a_year(), days)
    return infused if name == "B" else fed(infused, days)


def fed(batch: Batch, days: FloatArray) -> Batch:
    """The batch with oral doses of both forms in place of its events."""
    states = list(stiff_qsp_35.INITIAL)
    into = (states.index("GutS"), states.index("GutR"))
    doses = [(day + hour, state) for day in days[:-1] for hour in ORAL_HOURS for state in into]
    time_h = np.array([hour for hour, _ in doses])
    count, subjects = len(doses), batch.subjects
    return replace(
        batch,
        event_offset=np.arange(subjects + 1) * count,
        event_time_h=np.tile(time_h, subjects),
        event_kind=np.full(subjects * count, EventKind.ADD),
        event_index=np.tile(np.array([state for _, state in doses]), subjects),
        event_value=np.full(subjects * count, ORAL_MG),
        sample_event=np.tile(np.searchsorted(time_h, days, side="left"), (subjects, 1)),
    )


def processor_time(work: Callable[[], Raw]) -> tuple[float, Raw]:
    """Time the processor worked on something, s, and the answer."""
    begin = time.process_time()
    answer = work()
    return time.process_time() - begin, answer


def measure(title: str, program: Program, batch: Batch, relative: float) -> dict[int, Raw]:
    """Print the times of all widths; return their answers."""
    tolerances = Tolerances(relative=relative, absolute=relative * 1e-3)
    solve_one = batch.take(np.arange(1))
    for lanes in WIDTHS:
        solve(program, solve_one, tolerances, threads=1, lanes=lanes)
    best = dict.fromkeys(WIDTHS, np.inf)
    answers: dict[int, Raw] = {}
    for _ in range(TURNS):
        for lanes in WIDTHS:
            seconds, answers[lanes] = processor_time(
                lambda n=lanes: solve(program, batch, tolerances, threads=1, lanes=n)
            )
            best[lanes] = min(best[lanes], seconds)
    for lanes, seconds in best.items():
        steps = (answers[lanes].accepted + answers[lanes].rejected).sum()
        say(f"{title} at {relative:.0e}, {lanes} lanes", seconds, batch.subjects, int(steps))
    return answers


def say(what: str, seconds: float, subjects: int, steps: int) -> None:
    """Print one measure."""
    sys.stdout.write(
        f"{what:42s} {seconds * MILLISECONDS / subjects:9.3f} ms a patient"
        f" {seconds * MICROSECONDS / steps:7.3f} us a step, {steps / subjects:8.1f} steps\n"
    )


def tell_error(answers: dict[int, Raw], reference: Path) -> None:
    """Print the largest error of each width over states, times and patients."""
    expected = np.load(reference)
    floor = 1e-3 * np.abs(expected).max(axis=(0, 1))
    count = min(len(expected), len(next(iter(answers.values())).values))
    for lanes, answer in answers.items():
        scale = np.abs(expected[:count]) + np.where(floor > 0.0, floor, 1.0)
        error = np.abs(answer.values[:count] - expected[:count]) / scale
        sys.stdout.write(f"    {lanes} lanes: achieved error {error.max():.1e}\n")


def measure_threads(program: Program, batch: Batch) -> None:
    """Print the time on the wall with one and with two threads."""
    best = dict.fromkeys((1, 2), np.inf)
    for _ in range(TURNS):
        for threads in best:
            begin = time.perf_counter()
            solve(program, batch, Tolerances(), threads=threads)
            best[threads] = min(best[threads], time.perf_counter() - begin)
    for threads, seconds in best.items():
        sys.stdout.write(f"    {threads} threads: {seconds:.3f} s on the wall\n")


def measure_entry() -> None:
    """A linear model of the catalogue: a thousand patients, a week, every hour."""
    from entry_week import entry_week

    program, batch = entry_week("simons_2022_film", patients=1000)
    measure("simons, 1000 patients x 7 d", program, batch, 1e-6)
    measure_threads(program, batch)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--references", type=Path, help="directory of ref_A.npy and so on")
    parser.add_argument("--problems", default="ABC", help="which of them, as in AB")
    arguments = parser.parse_args()
    for name in arguments.problems:
        answers = measure(name, stiff_qsp_35.program(), problem(name), RELATIVE[name])
        reference = (arguments.references or Path()) / f"ref_{name}.npy"
        if arguments.references is not None and reference.exists():
            tell_error(answers, reference)
    measure_entry()


if __name__ == "__main__":
    main()

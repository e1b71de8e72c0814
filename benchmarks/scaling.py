"""How time grows with patients, doses and processors; writes `scaling.json`.

Run with `make bench`, or `python benchmarks/scaling.py` with the project's own Python. The
stiff model of 35 states gets two infusions a week (shape B). Processor time tells of the work
on a machine that others use; the time on the wall is the best of several turns.
`side_by_side_report.py` writes what this measured.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "problems"))

import stiff_qsp_35

from algesia.engine import Batch, Tolerances, solve

RESULTS = Path(__file__).resolve().parent / "scaling.json"
HOURS_PER_WEEK = 168.0
PATIENTS = (32, 128, 512)
WEEKS = (13, 26, 52)
MANY_PATIENTS, MANY_RELATIVE = 1000, 1e-6
RELATIVE = 1e-4
TURNS = 5


def batch(patients: int, weeks: int = WEEKS[-1]) -> Batch:
    """Patients who get two infusions a week, and a sample a day."""
    starts = stiff_qsp_35.infusions_for_a_year()
    days = np.arange(7 * weeks + 1) * stiff_qsp_35.HOURS_PER_DAY
    rows = stiff_qsp_35.population(max(patients, MANY_PATIENTS))[:patients]
    return stiff_qsp_35.batch(rows, starts[starts + 1.0 < weeks * HOURS_PER_WEEK], days)


def run(given: Batch, threads: int, relative: float = RELATIVE) -> tuple[float, float]:
    """Seconds on the wall and of processor time."""
    tolerances = Tolerances(relative=relative, absolute=relative * 1e-3)
    wall, processor = time.perf_counter(), time.process_time()
    solve(stiff_qsp_35.program(), given, tolerances, threads=threads)
    return time.perf_counter() - wall, time.process_time() - processor


def in_turns(
    works: dict[str, Callable[[], tuple[float, float]]],
) -> dict[str, dict[str, float]]:
    """Best wall and processor time of each work, all of them once in every turn."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(TURNS):
        for name, work in works.items():
            found[name].append(work())
    return {
        name: {
            "wall_s": min(wall for wall, _ in rows),
            "processor_s": min(processor for _, processor in rows),
        }
        for name, rows in found.items()
    }


def slope(sizes: list[float], times: list[float]) -> float:
    """Exponent of the power of the size that the time grows with."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def measure() -> dict[str, Any]:
    """All that is measured."""
    processors = len(os.sched_getaffinity(0))
    run(batch(1), 1)
    by_patients = {str(count): batch(count) for count in PATIENTS}
    by_weeks = {str(weeks): batch(PATIENTS[0], weeks) for weeks in WEEKS}
    patients = in_turns(
        {name: lambda given=given: run(given, 1) for name, given in by_patients.items()}
    )
    weeks = in_turns(
        {name: lambda given=given: run(given, 1) for name, given in by_weeks.items()}
    )
    middle = batch(PATIENTS[1])
    threads = in_turns(
        {str(count): lambda count=count: run(middle, count) for count in (1, processors)}
    )
    many = batch(MANY_PATIENTS)
    longer = [run(many, processors, MANY_RELATIVE) for _ in range(2)]
    return {
        "processors": processors,
        "load_before": os.getloadavg()[0],
        "patients": patients,
        "weeks": weeks,
        "infusions": {
            name: len(np.unique(given.event_time_h)) // 2 for name, given in by_weeks.items()
        },
        "threads": threads,
        "threads_patients": PATIENTS[1],
        "exponent_of_patients": slope(
            list(map(float, PATIENTS)), [row["processor_s"] for row in patients.values()]
        ),
        "exponent_of_weeks": slope(
            list(map(float, WEEKS)), [row["processor_s"] for row in weeks.values()]
        ),
        "many": {
            "patients": MANY_PATIENTS,
            "relative": MANY_RELATIVE,
            "wall_s": min(wall for wall, _ in longer),
            "processor_s": statistics.median(processor for _, processor in longer),
        },
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=RESULTS, help="file to write")
    given = parser.parse_args()
    given.to.write_text(json.dumps(measure(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

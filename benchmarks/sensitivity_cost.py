"""Measure what derivatives in 1, 5 and 10 parameters cost, over a plain solution.

Run `python benchmarks/sensitivity_cost.py`. The problem is the stiff model of 35 states, with
20 subjects and four weeks of infusions, at a relative tolerance of 1e-6. Each time is processor
time, the best of five, on one thread and without lanes.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "problems"))

SUBJECTS, DAYS = 20, 28
SOUGHT = ("V1S", "VmS", "ka", "EmaxE", "KiS", "EC50B", "ksy", "kint", "CLn", "hE")


def best(work: Callable[[], object], repeats: int = 5) -> float:
    """Least processor time of some repetitions, s."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    """Print the ratios."""
    import stiff_qsp_35 as problem

    from algesia.engine import Tolerances, solve, solve_with_sensitivities

    program = problem.program()
    starts_h = problem.infusions_for_a_year()
    starts_h = starts_h[starts_h < DAYS * problem.HOURS_PER_DAY]
    days_h = np.arange(DAYS + 1.0) * problem.HOURS_PER_DAY
    batch = problem.batch(problem.population(SUBJECTS), starts_h, days_h)
    tolerances = Tolerances(relative=1e-6, absolute=1e-9)
    plain = solve(program, batch, tolerances, threads=1, lanes=1)
    unit = best(lambda: solve(program, batch, tolerances, threads=1, lanes=1))
    sys.stdout.write(f"plain: {unit:.4f} s, {plain.accepted.mean():.0f} steps a subject\n")
    for count in (1, 5, 10):
        names = SOUGHT[:count]
        found = solve_with_sensitivities(program, batch, tolerances, wrt=names, threads=1)
        seconds = best(
            lambda n=names: solve_with_sensitivities(
                program, batch, tolerances, wrt=n, threads=1
            )
        )
        sys.stdout.write(
            f"{count:2d} columns: {seconds / unit:5.2f} times plain, "
            f"{found.raw.accepted.mean():.0f} steps a subject; "
            f"central differences cost {2 * count:d}\n"
        )


if __name__ == "__main__":
    main()

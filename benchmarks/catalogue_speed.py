"""Time of 1,000 patients over 7 days with hourly output, for every catalogue entry, warm.

Run it with `python benchmarks/catalogue_speed.py`; the best of five runs of `algesia.run` is
printed, kernels already compiled. Quote ratios, not seconds, from a shared machine.
"""

import sys
import time

import algesia as al

PATIENTS, HOURS, RUNS = 1_000, 168.0, 5


def plan_for(model: al.Model) -> str:
    """Write a plan the entry can give: twice weekly into its first input."""
    first = model.inputs[0]
    over = " over 40 min" if first.infusible else ""
    return f"20 mg {first.substances[0]} {first.routes[0]}{over} twice weekly for 1 week"


def best_seconds(name: str) -> float:
    """Time the run of one entry."""
    model = al.entry(name).model
    arm = al.Arm(
        name=name,
        model=model,
        regimen=al.parse_regimen(plan_for(model)),
        cohort=al.cohort(model, subjects=PATIENTS, seed=1),
    )
    scenario = al.Scenario(
        title="speed", arms=(arm,), sampling=al.Sampling.every(1.0, until_h=HOURS)
    )
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        al.run(scenario)
        times.append(time.perf_counter() - start)
    return min(times[1:])


def main() -> None:
    """Print a line per entry."""
    for name in al.entry_ids():
        sys.stdout.write(f"{name:28s} {best_seconds(name):6.3f} s\n")


if __name__ == "__main__":
    main()

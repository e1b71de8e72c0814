"""The engine beside its peers, at equal achieved error; writes `results.json`.

Run it with `make bench`. Each contender is a process of its own; all share one processor. First
each one's tolerance is tightened until the target error is met; then the two tolerances around
the target are timed in rounds, every contender once per round, so that a busy machine slows all
alike. `side_by_side_report.py` draws and writes what this measured.
"""

import argparse
import hashlib
import json
import os
import platform
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from peers.model_text import Model
from peers.process import Contender, Failed, Process
from problems import stiff_qsp_35
from problems.dosing_shapes import DRIVEN, FED, NAMES, shape
from reference import check, write_reference

HERE = Path(__file__).resolve().parent
TARGET_ERROR = 1e-5
TOLERANCES = [float(f"{10.0**-power:.3g}") for power in np.arange(3.0, 10.1, 0.5)]
ROUNDS = {"A": 5, "B": 3, "C": 3}
OURS = {"A": 256, "B": 64, "C": 64}
PEERS = {"A": 16, "B": 4, "C": 2}
CHECKED = {"A": 2, "B": 1, "C": 1}
"""Patients of the independent check of the reference."""

DIRECTORY = HERE.parent / "out" / "bench"
RESULTS = HERE / "results.json"
PRODUCT = HERE.parent / ".venv" / "bin" / "python"
BENCH = HERE.parent / ".bench-venv" / "bin" / "python"


def contenders() -> list[Contender]:
    """Everyone who is measured, ours first: ratios are to the first."""

    def ours(name: str, **options: int) -> Contender:
        return Contender(
            name=name,
            module="algesia_engine",
            python=PRODUCT,
            patients=OURS,
            options=options,
        )

    def peer(name: str, module: str, **patients: int) -> Contender:
        return Contender(name=name, module=module, python=BENCH, patients=patients or PEERS)

    return [
        ours("algesia"),
        ours("algesia, 1 lane", lanes=1),
        ours("algesia, 4 lanes", lanes=4),
        replace(ours("algesia, one patient"), patients=dict.fromkeys(NAMES, 1)),
        replace(ours("algesia's kernels, gcc"), module="algesia_c"),
        replace(ours("CVODE, C, KLU"), module="cvode_c", patients=PEERS),
        replace(
            ours("CVODE, C, dense"), module="cvode_c", patients=PEERS, options={"dense": True}
        ),
        peer("numbalsoda", "numbalsoda_lsoda"),
        peer("pydiffsol", "pydiffsol_bdf"),
        peer("libroadrunner", "roadrunner_cvode"),
        peer("SciPy LSODA", "scipy_lsoda"),
        peer("CVODE, scikit-sundae", "sundae_cvode"),
        peer("diffrax", "diffrax_kvaerno", A=16),
    ]


def write_data() -> dict[str, Any]:
    """Write model, population and references; return how well the references are known."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    model = Model(
        states=tuple(stiff_qsp_35.INITIAL),
        initial=tuple(stiff_qsp_35.INITIAL.values()),
        parameters=(*stiff_qsp_35.VARYING, *stiff_qsp_35.FIXED),
        definitions=stiff_qsp_35.DEFINITIONS,
        derivatives=tuple(stiff_qsp_35.DERIVATIVES[name] for name in stiff_qsp_35.INITIAL),
        driven=DRIVEN,
        fed=FED,
    )
    model.write(DIRECTORY / "model.json")
    population = stiff_qsp_35.population(1000)[: max(OURS.values())]
    np.save(DIRECTORY / "population.npy", population)
    known = {}
    for name in NAMES:
        kept = DIRECTORY / f"reference_{name}_{digest(model, population, name)}.json"
        if not kept.exists():
            rows, patients = population[: PEERS[name]], CHECKED[name]
            exact = write_reference(shape(name), model, rows, DIRECTORY)
            error = check(shape(name), model, rows[:patients], exact)
            kept.write_text(json.dumps({"patients": patients, "error_of_dop853": error}))
        known[name] = json.loads(kept.read_text(encoding="utf-8"))
        say(f"reference {name}: {known[name]}")
    return known


def digest(model: Model, population: NDArray[np.float64], name: str) -> str:
    """Mark of all that a reference follows from: one that is kept is not made again."""
    parts = [repr(model), repr(astuple(shape(name))), repr(PEERS), repr(CHECKED)]
    text = "".join(parts).encode() + population.tobytes()
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def say(text: str) -> None:
    """Tell what goes on."""
    sys.stderr.write(f"{text}\n")


def sweep(process: Process, name: str, patients: int) -> list[dict[str, float]]:
    """Tighten the tolerance until the error has met the target twice running."""
    found: list[dict[str, float]] = []
    for tolerance in TOLERANCES:
        answer = process.ask(shape=name, patients=patients, tolerance=tolerance)
        found.append({"tolerance": tolerance, **answer})
        if len(found) > 1 and all(row["error"] <= TARGET_ERROR for row in found[-2:]):
            break
    return found


def around_target(found: list[dict[str, float]]) -> list[dict[str, float]]:
    """The last run that misses the target and the next one; the first alone if none misses."""
    missing = [i for i, row in enumerate(found) if row["error"] > TARGET_ERROR]
    if not missing:
        return found[:1]
    if missing[-1] + 1 == len(found):
        raise Failed(f"no error below {TARGET_ERROR:g}: {found[-1]['error']:.1e} at the end")
    return found[missing[-1] : missing[-1] + 2]


def at_target(errors: list[float], times: list[float]) -> float:
    """Time at the target error, between two runs, both axes logarithmic."""
    if len(errors) == 1 or not np.isfinite(errors[0]):
        return times[-1]
    part = np.log(errors[0] / TARGET_ERROR) / np.log(errors[0] / errors[1])
    return float(times[0] ** (1 - part) * times[1] ** part)


def measure_shape(
    name: str, running: dict[str, Process], chosen: list[Contender]
) -> dict[str, dict[str, Any]]:
    """Sweep everyone, then time everyone in rounds."""
    results: dict[str, dict[str, Any]] = {}
    pairs = {}
    for contender in chosen:
        if contender.name not in running or name not in contender.patients:
            continue
        patients = contender.patients[name]
        result: dict[str, Any] = {"patients": patients}
        results[contender.name] = result
        try:
            result["sweep"] = sweep(running[contender.name], name, patients)
            pairs[contender.name] = around_target(result["sweep"])
            say(f"{name} {contender.name}: {pairs[contender.name][-1]}")
        except Failed as error:
            result["failed"] = str(error)
            say(f"{name} {contender.name}: {error}")
    for _ in range(ROUNDS[name]):
        for label, pair in pairs.items():
            times = [
                running[label].ask(
                    shape=name,
                    patients=results[label]["patients"],
                    tolerance=row["tolerance"],
                )["ms_per_patient"]
                for row in pair
            ]
            errors = [row["error"] for row in pair]
            results[label].setdefault("rounds_ms", []).append(at_target(errors, times))
    summarise(results)
    return results


def summarise(results: dict[str, dict[str, Any]]) -> None:
    """Add medians, and the median of the ratios to the first contender round by round."""
    base = next(iter(results.values()))["rounds_ms"]
    for result in results.values():
        rounds = result.get("rounds_ms")
        if rounds:
            ratios = [own / ours for own, ours in zip(rounds, base, strict=True)]
            result["ms_per_patient"] = statistics.median(rounds)
            result["ratio"] = statistics.median(ratios)
            result["ratio_range"] = [min(ratios), max(ratios)]


def work_of_all(process: Process) -> dict[str, float]:
    """Steps of an average patient of our batch over those of the peers' patients."""

    def steps(name: str, patients: int) -> float:
        return process.ask(shape=name, patients=patients, tolerance=1e-5)["accepted_steps"]

    return {name: steps(name, OURS[name]) / steps(name, PEERS[name]) for name in NAMES}


def machine() -> dict[str, Any]:
    """What the machine is, without its name."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(":", 1) for line in lines if ":" in line]
    facts = {key.strip(): value.strip() for key, value in reversed(pairs)}
    vectors = [name for name in ("avx2", "avx512f") if name in facts.get("flags", "").split()]
    return {
        "processor": facts.get("model name", platform.machine()),
        "vectors": vectors,
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def start_all(
    stack: ExitStack, chosen: list[Contender]
) -> tuple[dict[str, Process], dict[str, Any]]:
    """Start every worker, ours with an empty cache; keep what each said when it was ready."""
    running: dict[str, Process] = {}
    started: dict[str, Any] = {}
    caches = []
    for contender in chosen:
        caches.append(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            process = Process(contender, DIRECTORY, {"ALGESIA_CACHE": caches[-1]})
            stack.callback(process.close)
            running[contender.name] = process
            started[contender.name] = process.ready
        except FileNotFoundError:
            started[contender.name] = {"failed": "no environment; run `sh benchmarks/setup`"}
        except Failed as error:
            started[contender.name] = {"failed": str(error)}
        say(f"{contender.name}: {started[contender.name]}")
    if chosen[0].name not in running:
        raise Failed(f"{chosen[0].name} did not start; there is nothing to compare with")
    # The same again: now the kernels come from the cache.
    again = Process(chosen[0], DIRECTORY, {"ALGESIA_CACHE": caches[0]})
    started[chosen[0].name]["second_result_cpu_s"] = again.ready["first_result_cpu_s"]
    again.close()
    return running, started


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", default="".join(NAMES), help="letters of the shapes")
    parser.add_argument("--only", help="names of contenders, separated by semicolons")
    parser.add_argument("--to", type=Path, default=RESULTS, help="file to write")
    given = parser.parse_args()
    wanted = given.only.split(";") if given.only else None
    chosen = [one for one in contenders() if wanted is None or one.name in wanted]
    known = write_data()
    with ExitStack() as stack:
        running, started = start_all(stack, chosen)
        results = {name: measure_shape(name, running, chosen) for name in given.shapes}
        ours = running.get("algesia, 1 lane")
        work = work_of_all(ours) if ours is not None else {}
    found = {
        "target_error": TARGET_ERROR,
        "machine": machine(),
        "reference": known,
        "work_of_our_batch_over_peers_patients": work,
        "started": started,
        "shapes": results,
    }
    given.to.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

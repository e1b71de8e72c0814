"""Write `RESULTS.md` and draw `results.svg` from `results.json`; measures nothing.

Run `python benchmarks/side_by_side_report.py`.
"""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
SCALING = HERE / "scaling.json"
TABLE = HERE / "RESULTS.md"
FIGURE = HERE / "results.svg"

OURS = "algesia"
TITLES = {
    "A": "A, one infusion, 7 days, hourly",
    "B": "B, 105 infusions, 1 year, daily",
    "C": "C, 1,095 oral doses, 1 year, daily",
}
COLOURS = ("#0072B2", "#56B4E9", "#009E73", "#D55E00", "#CC79A7", "#E69F00", "#7F7F7F",
           "#8C564B", "#000000", "#332288", "#AA4499", "#999933", "#882255")  # fmt: skip


def digits(value: float, count: int = 2) -> str:
    """A number to some significant digits, without an exponent."""
    if value >= 10.0 ** (count - 1):
        size = len(str(int(value)))
        return f"{round(value, count - size):,.0f}"
    return f"{value:#.{count}g}".rstrip(".")


def cell(result: dict[str, Any] | None) -> str:
    """Time and ratio of one contender on one shape."""
    if result is None:
        return "not measured"
    if "failed" in result:
        return f"failed: {result['failed']}"
    if "ratio" not in result:
        return "no time"
    return f"{digits(result['ms_per_patient'])} ms (×{digits(result['ratio'])})"


def time_table(found: dict[str, Any]) -> list[str]:
    """Time per patient of every contender on every shape."""
    shapes = found["shapes"]
    heads = [TITLES[name] for name in shapes]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name in found["started"]:
        cells = [cell(results.get(name)) for results in shapes.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def start_table(found: dict[str, Any]) -> list[str]:
    """Versions, time to the first result and memory of every contender."""
    lines = [
        "| | versions | first result, s | largest memory, MiB | patients in a run (A, B, C) |",
        "|---|---|---|---|---|",
    ]
    for name, start in found["started"].items():
        if "failed" in start:
            lines.append(f"| {name} | did not start: {start['failed']} | | | |")
            continue
        versions = ", ".join(f"{key} {value}" for key, value in start["versions"].items())
        first = digits(start["first_result_cpu_s"])
        if "second_result_cpu_s" in start:
            first += f", from the cache {digits(start['second_result_cpu_s'])}"
        runs = [results.get(name, {}) for results in found["shapes"].values()]
        memory = max(
            [row["memory_mib"] for run in runs for row in run.get("sweep", [])],
            default=start["memory_mib"],
        )
        patients = ", ".join(str(run.get("patients", "–")) for run in runs)
        lines.append(f"| {name} | {versions} | {first} | {memory:.0f} | {patients} |")
    return lines


def spread_lines(found: dict[str, Any]) -> list[str]:
    """Smallest and largest ratio over the rounds."""
    lines = []
    for shape, results in found["shapes"].items():
        parts = [
            f"{name} {digits(result['ratio_range'][0])}–{digits(result['ratio_range'][1])}"
            for name, result in results.items()
            if "ratio_range" in result and name != OURS
        ]
        lines.append(f"- {shape}: {'; '.join(parts)}.")
    return lines


def step_lines(found: dict[str, Any]) -> list[str]:
    """Cost of one of our steps, from the sweeps' last runs."""
    lines = []
    for shape, results in found["shapes"].items():
        for name, result in results.items():
            last = result.get("sweep", [{}])[-1]
            if last.get("accepted_steps"):
                steps = last["accepted_steps"]
                cost = 1e3 * last["ms_per_patient"] / steps
                lines.append(
                    f"  - {shape}, {name}: {digits(steps, 3)} steps per patient at "
                    f"{last['tolerance']:.0e}, {digits(cost)} µs each, rejected ones included."
                )
    return lines


def agreement(found: dict[str, Any]) -> str:
    """How far the independent method is from the reference, shape by shape."""
    return ", ".join(
        f"{name} {row['error_of_dop853']:.1e} (patients: {row['patients']})"
        for name, row in found["reference"].items()
    )


def reading_lines(found: dict[str, Any]) -> list[str]:
    """What the numbers are and are not."""
    machine = found["machine"]
    lanes = ", ".join(
        f"{name}: {start['lanes']}"
        for name, start in found["started"].items()
        if start.get("lanes")
    )
    work = ", ".join(
        f"{name} {value:.2f}"
        for name, value in found["work_of_our_batch_over_peers_patients"].items()
    )
    return [
        f"- Machine: {machine['processor']}, {machine['processors']} shared processors, "
        f"{', '.join(machine['vectors']) or 'no AVX2'}, {machine['system']}, "
        f"Python {machine['python']}.",
        "- Other work ran at the same time: ratios mean more than times, and neither more "
        "than two digits.",
        f"- Widest lanes: {lanes}. The first row is `algesia.engine.solve` as it comes, with "
        "`threads=1`.",
        "- Problem: 35 stiff states, 62 parameters of which 12 differ between patients; made "
        "up for measuring (`problems/stiff_qsp_35.py`). Other models, small ones above all, "
        "can rank differently.",
        "- Error: the largest over patients, samples and states of |y - exact| / (|exact| + "
        "0.001 × the state's largest value), over the same first patients for everyone. "
        "Absolute tolerances are 0.001 × the relative ones.",
        "- Time: interpolated to the target error between two tolerances half a decade apart, "
        "both axes logarithmic; median over rounds in which everyone is timed once.",
        "- Who meets the target at the loosest tolerance (0.001) is timed there.",
        "- Exact: our plain kernels at 1e-12. SciPy's DOP853, an explicit method, at 1e-12 "
        f"is off by {agreement(found)}.",
        "- We solve a batch, the peers a few patients. An average patient of the batch takes "
        f"this many times the steps of the peers' patients: {work}.",
        "- First result: processor time from import to the first patient of A, compiling "
        "included. diffrax compiles again for every shape and number of patients, which is "
        "not in its times.",
    ]


LIMITS = (
    "- LSODA, CVODE and the BDF of diffsol are multistep methods: they begin at order 1 after "
    "every dose.",
    "- SciPy and scikit-sundae reach compiled functions through Python at every evaluation. "
    "CVODE called from C has the engine's own right-hand side and Jacobian as C and no Python "
    "in its loop; its library is the system's, not the one that scikit-sundae brings along.",
    "- The row with gcc has the engine's kernels, instruction by instruction, as C under a "
    "driver in C: what a C compiler would make of the engine.",
    "- One patient fills one lane of a vector of four; the others calculate for nobody. Its "
    "error is that of the first patient alone.",
    "- libroadrunner, pydiffsol, SciPy and scikit-sundae are called once per segment from "
    "Python; numbalsoda's and diffrax's loops are compiled.",
    "- diffrax: each step is many small array operations; it is made for gradients and "
    "accelerators, neither of which is used here.",
    "- Tools outside the Python package index are not compared (mrgsolve, deSolve, rxode2, "
    "DifferentialEquations.jl, Pumas, NONMEM).",
    "- Our steps are one-step and keep their order across doses; what is left to gain is "
    "the number of steps and the arithmetic of each:",
)


def scaling_lines(found: dict[str, Any]) -> list[str]:
    """How time grows with patients, doses and processors."""
    one, several = found["threads"].values()
    many = found["many"]
    patients = "; ".join(
        f"{name} patients {digits(1e3 * row['processor_s'] / int(name))} ms each"
        for name, row in found["patients"].items()
    )
    weeks = "; ".join(
        f"{found['infusions'][name]} infusions "
        f"{digits(1e3 * row['processor_s'] / found['infusions'][name])} ms each"
        for name, row in found["weeks"].items()
    )
    return [
        "Shape B on our engine alone (`scaling.py`), best of several turns; load of the "
        f"machine when it began: {found['load_before']:.1f}.",
        "",
        f"- Patients: {patients}; time grows with their number to the power "
        f"{found['exponent_of_patients']:.2f}.",
        f"- Doses: {weeks}; time grows with the length of the treatment to the power "
        f"{found['exponent_of_weeks']:.2f}.",
        f"- Processors: {found['threads_patients']} patients take {digits(one['wall_s'])} s on "
        f"one and {digits(several['wall_s'])} s on {found['processors']}, "
        f"{digits(one['wall_s'] / several['wall_s'])} times as fast; their processor times "
        f"are in the ratio {several['processor_s'] / one['processor_s']:.2f}.",
        f"- {many['patients']:,} patients for a year at a tolerance of {many['relative']:g}: "
        f"{digits(many['wall_s'])} s on {found['processors']} processors, "
        f"{digits(many['processor_s'])} s of processor time.",
    ]


def page(found: dict[str, Any], scaling: dict[str, Any] | None) -> str:
    """The whole of `RESULTS.md`."""
    lines = [
        "# The engine beside its peers",
        "",
        "Milliseconds of processor time per patient on one processor, at an achieved error of "
        f"{found['target_error']:g}; in brackets the ratio to the first row. Written by "
        "`side_by_side_report.py` from `results.json`; `make bench` measures again. How each "
        "peer is set up, and why, is in [peers.md](peers.md).",
        "",
        *time_table(found),
        "",
        "![Time against achieved error](results.svg)",
        "",
        "## How to read it",
        "",
        *reading_lines(found),
        "",
        *start_table(found),
        "",
        "## What limits",
        "",
        *LIMITS,
        *step_lines(found),
        "",
        *(["## How time grows", "", *scaling_lines(scaling), ""] if scaling else []),
        "## Smallest and largest ratio over the rounds",
        "",
        *spread_lines(found),
        "",
    ]
    return "\n".join(lines)


def draw(found: dict[str, Any], path: Path) -> None:
    """Time against achieved error, a panel per shape, a line per contender."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "algesia", "font.size": 9})
    from matplotlib import pyplot as plt

    shapes = found["shapes"]
    figure, panels = plt.subplots(1, len(shapes), figsize=(11, 4.2), squeeze=False)
    colours = dict(zip(found["started"], COLOURS, strict=False))
    for panel, (shape, results) in zip(panels[0], shapes.items(), strict=True):
        for name, result in results.items():
            rows = [row for row in result.get("sweep", []) if row["error"] < 1]
            panel.plot(
                [row["error"] for row in rows],
                [row["ms_per_patient"] for row in rows],
                marker="o",
                markersize=3,
                linewidth=1,
                color=colours[name],
                label=name,
            )
            if "ms_per_patient" in result:
                panel.plot(
                    [found["target_error"]],
                    [result["ms_per_patient"]],
                    marker="D",
                    markersize=5,
                    color=colours[name],
                )
        panel.axvline(found["target_error"], color="0.8", linewidth=1, zorder=0)
        panel.set(xscale="log", yscale="log", title=TITLES[shape], xlabel="achieved error")
        panel.invert_xaxis()
    panels[0][0].set_ylabel("processor time per patient, ms")
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=5, frameon=False)
    figure.tight_layout(rect=(0, 0.12, 1, 1))
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Write the page and the figure."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    found = json.loads(source.read_text(encoding="utf-8"))
    scaling = json.loads(SCALING.read_text(encoding="utf-8")) if SCALING.exists() else None
    TABLE.write_text(page(found, scaling), encoding="utf-8")
    draw(found, FIGURE)


if __name__ == "__main__":
    main()

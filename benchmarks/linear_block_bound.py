"""Bound what exact propagation of linear blocks could give inside a model that is not linear.

Run `python benchmarks/linear_block_bound.py`. A model is timed as it is, and without its
linear block, whose course is handed to the rest as a sum of exponentials: no treatment of the
block can cost less than leaving it out. Same doses, tolerance and processor; in turns; the best
turn.

`gut`: the stiff model of 35 states as it is. Linear, and fed by nothing but doses, are its two
gut amounts. `kinetics`: the same model with its kinetics made linear (nothing saturates, no
enzyme is induced in it), so that 17 of its 35 states are a linear block. Shapes as in
`lane_speed.py`: infusions twice a week (B), oral doses three times a day (C), for a year.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "problems"))

import stiff_qsp_35
from lane_speed import MILLISECONDS, ORAL_MG, RELATIVE, problem, processor_time

from algesia.arrays import FloatArray
from algesia.engine import Batch, EventKind, Program, Raw, Tolerances, solve

TURNS = 5
WORTH_BUILDING = 1.3
"""Ratio of times from which building was to follow."""

COLUMN = {name: at for at, name in enumerate((*stiff_qsp_35.VARYING, *stiff_qsp_35.FIXED))}
GUT = ("GutS", "GutR")
FORMS = (
    ("LivS", "CenS", "P1S", "P2S"),
    ("LivR", "CenR", "P1R", "P2R"),
    ("NS", "NPS"),
    ("NR", "NPR"),
    ("CeS",),
    ("CeR",),
    ("CeN",),
)
"""The linear block of `kinetics`, cut where rates of decay belong to one part."""

RATES_OF_DECAY = 12
"""Different rates of decay: four of each form, two of norketamine, two of effect sites."""

SEEN = ("ClSum", "CeS", "CeR", "CeN", "CnSum")
"""What the rest of `kinetics` sees of its block."""

LINEAR_DEFINITIONS = {
    "metS": "VmS*(ClS/KmS)",
    "metR": "VmR*(ClR/KmR)",
    "gmS": "gS*fgS",
    "gmR": "gR*fgR",
}
LINEAR_DERIVATIVES = {
    "NS": "fm*metS+gmS-CLn*CnS-QN*(CnS-NPS/VNP)",
    "NR": "fm*metR+gmR-CLn*CnR-QN*(CnR-NPR/VNP)",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A program, its batch and the states it shares with the one it is compared with."""

    program: Program
    batch: Batch


def program(
    states: Sequence[str],
    definitions: Sequence[tuple[str, str]],
    derivatives: dict[str, str],
    more: Sequence[str] = (),
) -> Program:
    """A variant of the stiff model; every state is an output."""
    return Program(
        states=tuple(states),
        parameters=(*COLUMN, *more),
        definitions=tuple(definitions),
        derivatives=tuple(derivatives[name] for name in states),
        outputs=tuple((name, name) for name in states),
    )


def without(batch: Batch, kept: Sequence[str]) -> Batch:
    """The batch with the kept states alone, and without events."""
    states = list(stiff_qsp_35.INITIAL)
    subjects = batch.subjects
    return replace(
        batch,
        initial=batch.initial[:, [states.index(name) for name in kept]],
        event_offset=np.zeros(subjects + 1, dtype=np.int64),
        event_time_h=np.zeros(0),
        event_kind=np.zeros(0, dtype=np.int64),
        event_index=np.zeros(0, dtype=np.int64),
        event_value=np.zeros(0),
        sample_event=np.zeros_like(batch.sample_event),
    )


def switched(batch: Batch, times: FloatArray, rows: FloatArray) -> Batch:
    """A batch that takes another row of parameters at each of the times.

    Parameters
    ----------
    batch
        A batch without events.
    times
        Times of the changes, the same for all, (K,), h.
    rows
        The row from each time on, (S, K, P); the first is that at the start.
    """
    subjects, count, width = rows.shape
    changes = count - 1
    first = np.arange(subjects) * count
    applied = np.searchsorted(times[1:], batch.sample_time_h[0], side="left")
    return replace(
        batch,
        parameters=rows.reshape(-1, width),
        start_row=first,
        event_offset=np.arange(subjects + 1) * changes,
        event_time_h=np.tile(times[1:], subjects),
        event_kind=np.full(subjects * changes, EventKind.PARAMETERS),
        event_index=(first[:, None] + np.arange(1, count)).ravel(),
        event_value=np.zeros(subjects * changes),
        sample_event=np.tile(applied, (subjects, 1)),
    )


def gut_cases(shape: str) -> tuple[Case, Case]:
    """The stiff model, and the same without its gut."""
    batch = problem(shape)
    whole = Case(program=stiff_qsp_35.program(), batch=batch)
    states = [name for name in stiff_qsp_35.INITIAL if name not in GUT]
    if shape == "C":
        gut = {"gS": "ka*gut*exp(-ka*(time-since))", "gR": "ka*gut*exp(-ka*(time-since))"}
    else:
        gut = {"gS": "0.0", "gR": "0.0"}
    definitions = [(name, gut.get(name, text)) for name, text in stiff_qsp_35.DEFINITIONS]
    more = ("gut", "since") if shape == "C" else ()
    rest = program(states, definitions, stiff_qsp_35.DERIVATIVES, more)
    if shape != "C":
        place = {list(stiff_qsp_35.INITIAL).index(name): at for at, name in enumerate(states)}
        moved = np.array([place[int(index)] for index in batch.event_index])
        kept = without(batch, states).initial
        return whole, Case(program=rest, batch=replace(batch, event_index=moved, initial=kept))
    times = np.concatenate([[0.0], np.unique(batch.event_time_h)])
    amounts = np.zeros((batch.subjects, len(times)))
    rate = batch.parameters[:, COLUMN["ka"]]
    for k in range(1, len(times)):
        passed = np.exp(-rate * (times[k] - times[k - 1]))
        amounts[:, k] = amounts[:, k - 1] * passed + ORAL_MG
    own = np.repeat(batch.parameters[:, None, :], len(times), axis=1)
    since = np.tile(times, (batch.subjects, 1))
    rows = np.concatenate([own, amounts[:, :, None], since[:, :, None]], axis=2)
    return whole, Case(program=rest, batch=switched(without(batch, states), times, rows))


def kinetics_cases(shape: str, *, free: bool = False) -> tuple[Case, Case]:
    """The model with linear kinetics, and the same without them.

    With `free` the rest sees straight lines in place of the exponentials: wrong answers, at the
    price of a forcing that costs nothing.
    """
    batch = problem(shape)
    definitions = [
        (name, LINEAR_DEFINITIONS.get(name, text)) for name, text in stiff_qsp_35.DEFINITIONS
    ]
    derivatives = stiff_qsp_35.DERIVATIVES | LINEAR_DERIVATIVES
    whole = program(list(stiff_qsp_35.INITIAL), definitions, derivatives)
    block = {name for part in FORMS for name in part} | set(GUT)
    states = [name for name in stiff_qsp_35.INITIAL if name not in block]
    decays = [] if free else [f"exp(-decay{i}*(time-since))" for i in range(RATES_OF_DECAY)]
    seen: list[tuple[str, str]] = [(f"e{i}", text) for i, text in enumerate(decays)]
    more = [f"decay{i}" for i in range(RATES_OF_DECAY)] + ["since"]
    for name in SEEN:
        weights = [f"{name}_{i}" for i in range(RATES_OF_DECAY)]
        terms = "+".join(f"{weight}*e{i}" for i, weight in enumerate(weights))
        line = f"1e-9*{weights[0]}*(time-since)"
        seen.append((name, f"{name}_fixed+{line if free else terms}"))
        more += [*weights, f"{name}_fixed"]
    first = [name for name, _ in definitions].index("Cl")
    own = [(name, text.replace("ClS+ClR", "ClSum")) for name, text in definitions[first:]]
    shown = derivatives | {"Uro": "kur*(CnSum*3*(1+Uro)-Uro)"}
    rest = program(states, [*seen, *own], shown, more)
    times, rows = course(batch)
    return (
        Case(program=whole, batch=batch),
        Case(program=rest, batch=switched(without(batch, states), times, rows)),
    )


def course(batch: Batch) -> tuple[FloatArray, FloatArray]:
    """Times at which an infusion starts or stops, and a row of parameters from each on."""
    count = int(batch.event_offset[1])
    times = np.concatenate([[0.0], np.unique(batch.event_time_h[:count])])
    value = batch.event_value[:count].reshape(-1, 2)[:, 0]
    inputs = np.concatenate([[0.0], value])
    rows = [subject_rows(row, times, inputs) for row in batch.parameters]
    return times, np.stack(rows)


def subject_rows(row: FloatArray, times: FloatArray, inputs: FloatArray) -> FloatArray:
    """Rows of parameters of one subject, (K, P)."""
    p = {name: float(row[at]) for name, at in COLUMN.items()}
    names = [name for part in FORMS for name in part if name not in {"NR", "NPR"}]
    matrix, into = linear_kinetics(p, names)
    values, vectors = np.linalg.eig(matrix)
    values, vectors = values.real, vectors.real
    inverse = np.linalg.inv(vectors)
    kinds, place = np.unique(np.round(-values, 9), return_inverse=True)
    if len(kinds) > RATES_OF_DECAY:
        raise ValueError(f"{len(kinds)} rates of decay; expected {RATES_OF_DECAY} at most")
    decay = np.zeros(RATES_OF_DECAY)
    decay[: len(kinds)] = kinds
    read = readings(p, names)
    state = np.zeros(len(names))
    found = []
    for k, start in enumerate(times):
        fixed = -np.linalg.solve(matrix, into * inputs[k])
        parts = inverse @ (state - fixed)
        weights = np.zeros((len(SEEN), RATES_OF_DECAY))
        for at, kind in enumerate(place.ravel()):
            weights[:, kind] += read @ vectors[:, at] * parts[at]
        block = np.column_stack([weights, read @ fixed])
        found.append(np.concatenate([row, decay, [start], block.ravel()]))
        if k + 1 < len(times):
            passed = np.exp(values * (times[k + 1] - start))
            state = fixed + vectors @ (passed * parts)
    return np.stack(found)


def linear_kinetics(p: dict[str, float], names: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Matrix of the linear block without its gut, and where an infusion of both forms goes.

    The metabolites of both forms have the same rates: they are taken together, as the S form.
    """
    known = {**p, **dict.fromkeys([*GUT, "EH", "EG", "NR", "NPR"], 0.0)}
    derivatives = stiff_qsp_35.DERIVATIVES | LINEAR_DERIVATIVES
    derivatives["NS"] = derivatives["NS"].replace("fm*metS", "fm*(metS+metR)")
    count = [name for name, _ in stiff_qsp_35.DEFINITIONS].index("Cl")

    def slope(state: FloatArray) -> FloatArray:
        scope = known | dict(zip(names, state, strict=True))
        for name, text in stiff_qsp_35.DEFINITIONS[:count]:
            text = LINEAR_DEFINITIONS.get(name, text)
            scope[name] = eval(text, {}, scope)  # noqa: S307 - text of this repository
        return np.array([eval(derivatives[name], {}, scope) for name in names])  # noqa: S307

    matrix = np.column_stack([slope(unit) for unit in np.eye(len(names))])
    into = np.array([float(name in {"CenS", "CenR"}) for name in names])
    return matrix, into


def readings(p: dict[str, float], names: Sequence[str]) -> FloatArray:
    """`SEEN` as sums over the states of the block, (quantities, states)."""
    of = {
        "ClSum": {"LivS": 1 / p["VL"], "LivR": 1 / p["VL"]},
        "CnSum": {"NS": 1 / p["VN"]},
    }
    return np.array(
        [[of.get(one, {one: 1.0}).get(name, 0.0) for name in names] for one in SEEN]
    )


def compare(title: str, cases: tuple[Case, Case], relative: float) -> None:
    """Print the times of both, their ratios, and how far the shared states differ."""
    tolerances = Tolerances(relative=relative, absolute=relative * 1e-3)
    best = [np.inf, np.inf]
    answers: list[Raw] = []
    for _ in range(TURNS):
        answers = []
        for at, case in enumerate(cases):
            seconds, answer = processor_time(
                lambda case=case: solve(case.program, case.batch, tolerances, threads=1)
            )
            best[at] = min(best[at], seconds)
            answers.append(answer)
    steps = [float(np.mean(answer.accepted + answer.rejected)) for answer in answers]
    shared = [name for name, _ in cases[1].program.outputs]
    columns = [[name for name, _ in cases[0].program.outputs].index(name) for name in shared]
    first, second = answers[0].values[:, :, columns], answers[1].values
    scale = np.abs(first) + 1e-3 * np.abs(first).max(axis=(0, 1)) + 1e-290
    apart = float((np.abs(first - second) / scale).max())
    subjects = cases[0].batch.subjects
    each = [seconds * MILLISECONDS / subjects for seconds in best]
    cost = [1e3 * milliseconds / count for milliseconds, count in zip(each, steps, strict=True)]
    sys.stdout.write(
        f"{title} at {relative:.0e}: {len(cases[0].program.states)} states {each[0]:.2f} ms, "
        f"{len(shared)} states {each[1]:.2f} ms a patient, ratio {each[0] / each[1]:.2f}; "
        f"steps {steps[0]:.0f}, {steps[1]:.0f}; a step {cost[0]:.3f}, {cost[1]:.3f} us, "
        f"ratio {cost[0] / cost[1]:.2f}; answers apart {apart:.0e}\n"
    )


def main() -> None:
    """Measure and print."""
    for shape in ("B", "C"):
        for relative in (RELATIVE[shape], 1e-6):
            compare(f"gut, {shape}", gut_cases(shape), relative)
    for relative in (RELATIVE["B"], 1e-6):
        compare("kinetics, B", kinetics_cases("B"), relative)
    compare("kinetics, B, free forcing", kinetics_cases("B", free=True), RELATIVE["B"])
    sys.stdout.write(f"Worth building from a ratio of {WORTH_BUILDING} on.\n")


if __name__ == "__main__":
    main()

"""A linear model with 15 states: parent and metabolite, each form with its own compartments.

Made up for measuring the engine; not a model of anybody. Units: h, mg.
"""

import numpy as np

from algesia.engine import Batch, EventKind, Program, StepperName

RATES = {
    "absorption": 1.2,
    "elimination": 0.9,
    "to_shallow": 2.5,
    "from_shallow": 1.1,
    "to_deep": 0.6,
    "from_deep": 0.08,
    "formation": 0.5,
    "metabolite_elimination": 0.25,
    "transit": 3.0,
    "equilibration": 6.0,
}
LOG_SD = 0.3
DOSE_TIMES_H = (0.0, 24.0, 72.0)
DOSE_MG = 28.0
HOURS = 168


def program(stepper: StepperName = "rodas5p") -> Program:
    """Two forms of a drug, each with depot, transit, three compartments, metabolite, effect."""
    states: list[str] = []
    derivatives: list[str] = []
    for form in ("s", "r"):
        part = [f"{name}_{form}" for name in ("depot", "transit", "central", "shallow", "deep")]
        depot, transit, central, shallow, deep = part
        metabolite, effect = f"metabolite_{form}", f"effect_{form}"
        states += [*part, metabolite, effect]
        derivatives += [
            f"-absorption * {depot}",
            f"absorption * {depot} - transit * {transit}",
            f"transit * {transit} - (elimination + formation) * {central}"
            f" - (to_shallow + to_deep) * {central}"
            f" + from_shallow * {shallow} + from_deep * {deep}",
            f"to_shallow * {central} - from_shallow * {shallow}",
            f"to_deep * {central} - from_deep * {deep}",
            f"formation * {central} - metabolite_elimination * {metabolite}",
            f"equilibration * ({central} - {effect})",
        ]
    states.append("excreted")
    derivatives.append("metabolite_elimination * (metabolite_s + metabolite_r)")
    return Program(
        states=tuple(states),
        parameters=tuple(RATES),
        derivatives=tuple(derivatives),
        outputs=tuple((name, name) for name in states),
        stepper=stepper,
    )


def batch(subjects: int, seed: int = 3) -> Batch:
    """Three doses in a week and a sample every hour."""
    generator = np.random.default_rng(seed)
    spread = np.exp(LOG_SD * generator.standard_normal((subjects, len(RATES))))
    doses = len(DOSE_TIMES_H)
    samples = np.arange(HOURS + 1.0)
    applied = np.searchsorted(DOSE_TIMES_H, samples, side="left")
    return Batch(
        parameters=np.array(list(RATES.values())) * spread,
        initial=np.zeros((subjects, 15)),
        start_row=np.arange(subjects),
        start_time_h=np.zeros(subjects),
        event_offset=np.arange(subjects + 1) * doses,
        event_time_h=np.tile(DOSE_TIMES_H, subjects),
        event_kind=np.full(subjects * doses, EventKind.ADD),
        event_index=np.zeros(subjects * doses, dtype=np.int64),
        event_value=np.full(subjects * doses, DOSE_MG),
        sample_time_h=np.tile(samples, (subjects, 1)),
        sample_event=np.tile(applied, (subjects, 1)),
    )

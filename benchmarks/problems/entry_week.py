"""A model of the catalogue given twice in a week, as numbers for the engine."""

import algesia as al
from algesia.engine import Batch, Program
from algesia.simulate.lower import lower

__all__ = ["entry_week"]

HOURS = 168.0


def entry_week(name: str, *, patients: int) -> tuple[Program, Batch]:
    """Twice 20 mg in a week into the first input of an entry, and a sample every hour."""
    model = al.entry(name).model
    first = model.inputs[0]
    over = " over 40 min" if first.infusible else ""
    text = f"20 mg {first.substances[0]} {first.routes[0]}{over} twice weekly for 1 week"
    arm = al.Arm(
        name=name,
        model=model,
        regimen=al.parse_regimen(text),
        cohort=al.cohort(model, subjects=patients, seed=1),
    )
    scenario = al.Scenario(
        title="speed", arms=(arm,), sampling=al.Sampling.every(1.0, until_h=HOURS)
    )
    lowered = lower(arm, sampling=scenario.sampling, tolerance=scenario.tolerance)
    return lowered.program, lowered.batch

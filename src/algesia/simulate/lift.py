"""Lifting: the one place where the engine's numbers get units, sources and grades back."""

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Raw, Status
from algesia.population import observe, outputs_without_error
from algesia.provenance import Reported, Source

from .dose_mark import outside_studied
from .input_note import input_notes
from .lower import Lowered
from .scenario import Arm
from .trajectories import ArmTrajectories

__all__ = ["lift"]

_REASONS = {
    Status.STEP_TOO_SMALL: "the step became too small",
    Status.TOO_MANY_STEPS: "too many steps were needed",
    Status.NOT_FINITE: "a value was not finite",
}


def lift(arm: Arm, numbers: Lowered, raw: Raw) -> ArmTrajectories:
    """Give the engine's numbers their units, sources and grades back.

    Parameters
    ----------
    arm
        The arm.
    numbers
        What `lower` made of it.
    raw
        What the engine found, (S, T, O) for all outputs `numbers.columns` chooses from.
    """
    values = raw.values[:, :, _places(numbers.columns)] * numbers.factors
    observed, below = _observed(arm, numbers, values)
    return ArmTrajectories(
        name=arm.name,
        model_id=arm.model.id,
        model_title=arm.model.title,
        rung=arm.rung,
        outputs=numbers.outputs,
        time_h=numbers.time_h,
        values=values,
        observed=observed,
        below_limit=below,
        status=raw.status,
        failures=_failures(arm, numbers, raw),
        subjects=arm.cohort.subjects,
        covariates=arm.cohort.covariates,
        rows=numbers.rows,
        regimen_text=numbers.regimen_text,
        notes=(
            *outside_studied(arm),
            *input_notes(arm),
            *arm.notes,
            *arm.model.notes,
            *numbers.notes,
            *_exact_outputs(arm),
        ),
        values_used=_values_used(arm),
        sources=_sources(arm),
        band_label=_band_label(arm),
    )


def _places(columns: tuple[int, ...]) -> slice | list[int]:
    """Columns as a slice where they stand together, which copies nothing."""
    together = columns == tuple(range(columns[0], columns[0] + len(columns)))
    return slice(columns[0], columns[-1] + 1) if together else list(columns)


def _observed(
    arm: Arm, numbers: Lowered, values: FloatArray
) -> tuple[FloatArray | None, np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None]:
    if not arm.observations:
        return None, None
    return observe(
        arm.model,
        values,
        arm.cohort,
        outputs=tuple(each.name for each in numbers.outputs),
        limit_of_quantification=arm.limits_of_quantification,
    )


def _exact_outputs(arm: Arm) -> tuple[str, ...]:
    """Say which outputs are observed without error, because the model states none."""
    if not arm.observations:
        return ()
    wanted = arm.output_names()
    names = [name for name in outputs_without_error(arm.model) if name in wanted]
    if not names:
        return ()
    return (f"no residual error is stated for {', '.join(names)}; observed as simulated",)


def _failures(arm: Arm, numbers: Lowered, raw: Raw) -> tuple[str, ...]:
    """One line per failed subject: who, when, which state, after which event."""
    lines = []
    for place in np.flatnonzero(raw.status):
        reason = _REASONS[Status(int(raw.status[place]))]
        state = int(raw.failure_state[place])
        where = f" in state '{numbers.program.states[state]}'" if state >= 0 else ""
        event = int(raw.failure_event[place])
        after = f", after event {event + 1}" if event >= 0 else ", before the first event"
        lines.append(
            f"arm '{arm.name}', subject {int(arm.cohort.subjects[place])}: {reason}{where} "
            f"at {raw.failure_time_h[place]:g} h{after}"
        )
    return tuple(lines)


def _values_used(arm: Arm) -> tuple[Reported, ...]:
    """Every reported value of the model, those of borrowed spreads included, each once."""
    used = {each.reported.name: each.reported for each in arm.model.parameters}
    for effect in arm.model.random_effects:
        used[effect.reported.name] = effect.reported
    return tuple(used.values())


def _sources(arm: Arm) -> tuple[Source, ...]:
    wanted = {each.source for each in _values_used(arm)}
    return tuple(source for source in arm.model.sources if source.key in wanted)


def _band_label(arm: Arm) -> str:
    """What the band between subjects shows."""
    if not arm.cohort.spread:
        return "typical patient, no spread"
    if not arm.model.random_effects:
        return "5–95 % of patients, covariates only: the model reports no spread"
    borrowed = sorted({note for note in arm.model.notes if "borrowed from" in note})
    return "; ".join(["5–95 % of patients", *borrowed])

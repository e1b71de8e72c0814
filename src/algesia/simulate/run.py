"""Run a scenario: lower each arm, solve it, give the numbers their units back."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Raw, Status, solve
from algesia.population import observe, outputs_without_error
from algesia.provenance import Reported, Source

from .lower import Lowered, lower
from .mass_balance import require_mass_balance
from .receipt import make_receipt
from .scenario import Arm, Scenario
from .trajectories import ArmTrajectories, Trajectories
from .values_hash import values_hash, values_sum

__all__ = ["Progress", "failure_warnings", "further_warnings", "run", "solved_arm"]

Progress: TypeAlias = Callable[[int, int], None]

_REASONS = {
    Status.STEP_TOO_SMALL: "the step became too small",
    Status.TOO_MANY_STEPS: "too many steps were needed",
    Status.NOT_FINITE: "a value was not finite",
}


def run(
    scenario: Scenario,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Trajectories:
    """Answer a scenario.

    Parameters
    ----------
    scenario
        The question.
    threads
        Threads to use, all processors where not given; the answer does not depend on it.
    progress
        Told how many subjects are done, and of how many.
    cancelled
        Asked now and then; the run stops where it says yes.

    Returns
    -------
    Trajectories
        Values with units. A subject that fails is NaN from there on, flagged and counted.

    Raises
    ------
    InputError
        If doses, patients and models do not fit together; before anything is solved.
    """
    lowered = [
        lower(arm, sampling=arm.sampling or scenario.sampling, tolerance=scenario.tolerance)
        for arm in scenario.arms
    ]
    total = sum(arm.cohort.size for arm in scenario.arms)
    done_before = 0
    answers = []
    for arm, numbers in zip(scenario.arms, lowered, strict=True):
        told = _shifted(progress, done_before, total)
        answers.append(
            solved_arm(arm, numbers, threads=threads, progress=told, cancelled=cancelled)
        )
        done_before += arm.cohort.size
    return Trajectories(
        title=scenario.title,
        arms=tuple(answers),
        receipt=make_receipt(
            scenario,
            steppers={
                arm.name: numbers.program.stepper
                for arm, numbers in zip(scenario.arms, lowered, strict=True)
            },
            values={arm.name: values_hash(values_sum(arm), arm) for arm in answers},
        ),
        warnings=failure_warnings((arm.name, arm.failed, arm.status.size) for arm in answers),
    )


def solved_arm(
    arm: Arm,
    numbers: Lowered,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ArmTrajectories:
    """Solve an arm that has been lowered.

    Parameters
    ----------
    arm
        The arm, or some of its subjects.
    numbers
        What `lower` made of it.
    threads, progress, cancelled
        As in `run`.
    """
    require_mass_balance(arm.name, numbers.batch, numbers.told)
    raw = solve(
        numbers.program,
        numbers.batch,
        numbers.tolerances,
        threads=threads,
        progress=progress,
        cancelled=cancelled,
    )
    return _lift(arm, numbers, raw)


def failure_warnings(arms: Iterable[tuple[str, int, int]]) -> tuple[str, ...]:
    """One line per arm in which subjects failed.

    Parameters
    ----------
    arms
        Name, number of failed subjects and number of subjects of each arm.
    """
    return tuple(
        f"arm '{name}': {failed} of {subjects} subjects did not run to the end"
        for name, failed, subjects in arms
        if failed
    )


def further_warnings(answer: Trajectories) -> tuple[str, ...]:
    """Warnings of a run that are not about the number of failed subjects."""
    counted = failure_warnings((arm.name, arm.failed, arm.status.size) for arm in answer.arms)
    return tuple(text for text in answer.warnings if text not in counted)


def _shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    if progress is None:
        return None
    tell = progress

    def told(done: int, _: int) -> None:
        tell(before + done, total)

    return told


def _lift(arm: Arm, numbers: Lowered, raw: Raw) -> ArmTrajectories:
    """Give the engine's numbers their units, sources and grades back."""
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
        notes=(*arm.notes, *arm.model.notes, *numbers.notes, *_exact_outputs(arm)),
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
